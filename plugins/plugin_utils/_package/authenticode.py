# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the signature in a cabinet says of itself: PKCS #7 signed data, read as it stands (MS Authenticode, RFC 2315).

Nothing is proven here. It is read before osslsigncode gets the file, so that a hostile structure does not reach it, and
it tells which certificates took part, which no output of the tool does.
"""

from __future__ import annotations

import datetime
import struct
from dataclasses import dataclass
from pathlib import Path

from .der import GENERALIZED_TIME, OCTETS, SEQUENCE, SET, UTC_TIME, DerError, Element, context, first_element
from .errors import PackageError

_HEADER = struct.Struct("<4s4xI18xH4xHBBIII")  # MS-CAB 2.1, then the place of the signature in the reserved area
_FLAG_RESERVE = 4
_RESERVED = (20, 0, 0)
_SIZE_MAX = 4 * 1024 * 1024
_PADDING_MAX = 7
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_INDIRECT_DATA = "1.3.6.1.4.1.311.2.1.4"
_SIGNING_TIME = "1.2.840.113549.1.9.5"
_COUNTER_SIGNATURE = "1.2.840.113549.1.9.6"
_TIME_STAMP_TOKEN = "1.3.6.1.4.1.311.3.3.1"  # noqa: S105 - RFC 3161's name for it
_NESTED = "1.3.6.1.4.1.311.2.4.1"
_DIGESTS = {
    "1.3.14.3.2.26": 20,
    "2.16.840.1.101.3.4.2.1": 32,
    "2.16.840.1.101.3.4.2.2": 48,
    "2.16.840.1.101.3.4.2.3": 64,
}
"""SHA-1, SHA-256, SHA-384, SHA-512 and their lengths in bytes."""


class SignatureUnreadableError(PackageError):
    """The signature is none, or lies about its place. reason: the code for results; the text is a clause."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True)
class Embedded:
    """The primary signature. serial: of the signer's certificate. certificates, stamp_certificates: DER, as they came.

    stamp: the moment that the one time stamp tells; None when there is none, more than one, or it is unreadable.
    nested: how many further signatures are in it; Windows Vista looks at none of them.
    """

    serial: int
    certificates: tuple[bytes, ...]
    stamp_certificates: tuple[bytes, ...]
    stamp: datetime.datetime | None
    nested: int


def read_embedded(path: Path) -> Embedded:
    """Read the signature that a cabinet's header points to.

    Raises SignatureUnreadableError when it is no signature or not the end of the file, OSError.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise SignatureUnreadableError("unreadable", "the file is cut off in its header")
        _magic, cabinet_size, flags, *reserved, _four, place, size = _HEADER.unpack(header)
        if not flags & _FLAG_RESERVE or tuple(reserved) != _RESERVED:
            raise SignatureUnreadableError("unreadable", "the header has another form than signed cabinets have")
        length = file.seek(0, 2)
        if place != cabinet_size or place + size != length:
            raise SignatureUnreadableError("size_mismatch", "bytes were appended to the file or cut off")
        if size > _SIZE_MAX:
            raise SignatureUnreadableError("unreadable", f"the signature claims {size} bytes")
        file.seek(place)
        data = file.read(size)
    try:
        return _read(data)
    except (DerError, IndexError, ValueError) as error:
        text = f"the signature that the file carries cannot be read: {error}"
        raise SignatureUnreadableError("unreadable", text) from error


def _read(data: bytes) -> Embedded:
    whole = first_element(data)
    padding = data[whole.end :]
    if len(padding) > _PADDING_MAX or any(padding):
        raise DerError("something stands behind it")
    signed = _signed_data(whole)
    _check_content(signed[2])
    signers = signed[-1].expect(SET).children()
    if len(signers) != 1:
        raise DerError(f"it has {len(signers)} signers")
    fields = signers[0].expect(SEQUENCE).children()
    serial = fields[1].expect(SEQUENCE).children()[1].integer()
    unsigned = fields[-1].children() if fields[-1].tag == context(1) else ()
    stamps: list[datetime.datetime | None] = []
    others: list[bytes] = []
    nested = 0
    for attribute in unsigned:
        kind, values = _attribute(attribute)
        if kind == _NESTED:
            nested += len(values)
        elif kind == _COUNTER_SIGNATURE:
            stamps += [_countersigned(value) for value in values]
        elif kind == _TIME_STAMP_TOKEN:
            for value in values:
                token = _signed_data(value)
                others += _certificates(token)
                stamps.append(_token_time(token))
    stamp = stamps[0] if len(stamps) == 1 else None
    return Embedded(serial, _certificates(signed), tuple(others), stamp, nested)


def _signed_data(element: Element) -> tuple[Element, ...]:
    """The fields of a ContentInfo's SignedData: version, digests, content, certificates, lists, signers."""
    kind, content = element.expect(SEQUENCE).children()
    if kind.oid() != _SIGNED_DATA:
        raise DerError("it is no signed data")
    (signed,) = content.expect(context(0)).children()
    fields = signed.expect(SEQUENCE).children()
    if not 4 <= len(fields) <= 6:  # noqa: PLR2004 - RFC 2315, 9.1
        raise DerError(f"signed data has {len(fields)} fields")
    return fields


def _check_content(element: Element) -> None:
    """The digest of the file is one of a known kind and has its length.

    osslsigncode before 2.12 writes a longer one over its own memory (its change log says so).
    """
    kind, content = element.expect(SEQUENCE).children()
    if kind.oid() != _INDIRECT_DATA:
        raise DerError("it signs something else than a file")
    (indirect,) = content.expect(context(0)).children()
    digest = indirect.expect(SEQUENCE).children()[1].expect(SEQUENCE).children()
    algorithm = digest[0].expect(SEQUENCE).children()[0].oid()
    if algorithm not in _DIGESTS:
        raise DerError(f"the digest algorithm {algorithm} is none that is accepted")
    if len(digest[1].expect(OCTETS).content) != _DIGESTS[algorithm]:
        raise DerError("the digest has not the length of its algorithm")


def _certificates(signed: tuple[Element, ...]) -> tuple[bytes, ...]:
    for field in signed[3:-1]:
        if field.tag == context(0):
            return tuple(_certificate(one) for one in field.children())
    return ()


def _certificate(element: Element) -> bytes:
    """Its bytes. What its own signature does not cover is DER too, or it could be written anew with another hash."""
    _signed, algorithm, _value = element.expect(SEQUENCE).children()
    algorithm.expect(SEQUENCE).children()
    return element.raw


def _attribute(element: Element) -> tuple[str, tuple[Element, ...]]:
    kind, values = element.expect(SEQUENCE).children()
    return kind.oid(), values.expect(SET).children()


def _countersigned(signer: Element) -> datetime.datetime | None:
    """The signing time of a counter-signature (PKCS #9): a signed attribute of its SignerInfo."""
    for field in signer.expect(SEQUENCE).children():
        if field.tag != context(0):
            continue
        for attribute in field.children():
            kind, values = _attribute(attribute)
            if kind == _SIGNING_TIME:
                return _moment(values[0])
    return None


def _token_time(token: tuple[Element, ...]) -> datetime.datetime | None:
    """genTime of a time-stamp token (RFC 3161, 2.4.2)."""
    _kind, content = token[2].expect(SEQUENCE).children()
    (octets,) = content.expect(context(0)).children()
    fields = first_element(octets.expect(OCTETS).content).expect(SEQUENCE).children()
    return _moment(fields[4])


def _moment(element: Element) -> datetime.datetime | None:
    forms = {UTC_TIME: "%y%m%d%H%M%SZ", GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}
    if element.tag not in forms:
        return None
    text = element.content.decode("ascii", "replace").partition(".")[0].removesuffix("Z") + "Z"
    try:
        return datetime.datetime.strptime(text, forms[element.tag]).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
