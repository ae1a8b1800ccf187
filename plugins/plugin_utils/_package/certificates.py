# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, read by the cryptography library, which every ansible-core brings: of a signature, and of a ca_file."""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .authenticode import Embedded
from .der import DerError, first_element
from .errors import PackageError
from .microsoft import ORGANIZATION, may_sign_code
from .names import shown

try:
    from cryptography import x509
except ImportError:  # ansible-core needs it, so only a broken installation lacks it
    x509 = None  # type: ignore[assignment]

_CA_FILE_MAX = 16 * 1024 * 1024
_BLOCK = re.compile(rb"-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----([^-]*)-----END \1-----")
_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]*CERTIFICATE-----")
_CODE_SIGNING_USE = "1.3.6.1.5.5.7.3.3"


@dataclass(frozen=True)
class Signer:
    """The certificate that signed, as the signature claims. Nothing of it is proven here.

    name: its subject, `/C=US/…/CN=…`. microsoft: issued to Microsoft Corporation for signing code, by one of
    Microsoft's code-signing authorities. signs_code: for signing code at all. first, last: when it is valid.
    """

    name: str
    microsoft: bool
    signs_code: bool
    first: datetime.datetime
    last: datetime.datetime

    def valid_at(self, moment: datetime.datetime) -> bool:
        return self.first <= moment <= self.last


def available() -> bool:
    return x509 is not None


def signer_of(embedded: Embedded) -> Signer | None:
    """The signer's certificate; None when the signature has none or more than one of its number, or unreadable ones."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names that are too long, of roots of 1997
            loaded = [(one, x509.load_der_x509_certificate(one)) for one in embedded.certificates]
            return _signer(loaded, embedded.serial)
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None


def _signer(loaded: Sequence[tuple[bytes, Any]], serial: int) -> Signer | None:
    mine = [one for _der, one in loaded if one.serial_number == serial]
    if len(mine) != 1:
        return None
    certificate = mine[0]
    # The chain was proven by name and key. Every certificate that could have been taken for the issuer must be a
    # known one; names are compared more loosely than by OpenSSL, so that none escapes.
    issuers = [der for der, one in loaded if _loose(one.subject) == _loose(certificate.issuer)]
    organizations = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    signs_code = _signs_code(certificate)
    return Signer(
        name=shown("".join(f"/{one.rfc4514_attribute_name}={_text(one)}" for one in certificate.subject))[1:-1],
        microsoft=signs_code
        and [_text(one) for one in organizations] == [ORGANIZATION]
        and bool(issuers)
        and all(may_sign_code(one) for one in issuers),
        signs_code=signs_code,
        first=_utc(certificate, "not_valid_before"),
        last=_utc(certificate, "not_valid_after"),
    )


def _utc(certificate: Any, name: str) -> datetime.datetime:
    """cryptography 42 has the name with _utc; without it the time has no zone, and a later release will lack it."""
    found: datetime.datetime | None = getattr(certificate, f"{name}_utc", None)
    if found is None:
        naive: datetime.datetime = getattr(certificate, name)
        found = naive.replace(tzinfo=datetime.UTC)
    return found


def _text(attribute: Any) -> str:
    value = attribute.value
    return value if isinstance(value, str) else value.hex()


def _loose(name: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.oid.dotted_string, " ".join(_text(one).casefold().split())) for one in name))


def _signs_code(certificate: Any) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return any(one.dotted_string == _CODE_SIGNING_USE for one in uses)


def read_ca_file(path: Path) -> bytes:
    """The certificates of a PEM file, and nothing else that is in it, as PEM again.

    Raises PackageError unless it holds certificates and each of them can be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_CA_FILE_MAX + 1)
    except OSError as error:
        raise PackageError(f"ca_file {path} cannot be read: {error.strerror}") from error
    if len(data) > _CA_FILE_MAX:
        raise PackageError(f"ca_file {path} has more than {_CA_FILE_MAX} bytes: give only the roots that you trust")
    blocks = _BLOCK.findall(data)
    if not blocks:
        raise PackageError(f"ca_file {path} holds no certificate: PEM form was expected (-----BEGIN CERTIFICATE-----)")
    if len(blocks) != len(_BEGIN.findall(data)):
        raise PackageError(f"ca_file {path} is damaged: a certificate in it has a beginning and no end")
    found: list[bytes] = []
    for number, (_label, body) in enumerate(blocks, 1):
        try:
            der = first_element(base64.b64decode(b"".join(body.split()), validate=True)).raw
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                x509.load_der_x509_certificate(der)
        except (binascii.Error, DerError, ValueError, TypeError) as error:
            raise PackageError(f"ca_file {path}: certificate {number} in it cannot be read: it is damaged") from error
        found.append(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n")
    return b"".join(found)
