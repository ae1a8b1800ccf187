# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certification authority of the tests' own, and signatures made with it by osslsigncode."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TOOL = "osslsigncode"
_UTC = datetime.UTC


def available() -> bool:
    return shutil.which(TOOL) is not None


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, in memory and as PEM files."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    path: Path
    key_path: Path


@dataclass(frozen=True)
class Names:
    """What certificates are called: the authority between root and signer, the signer, and whose the signer is."""

    root: str = "Test Root"
    issuer: str | None = None
    signer: str = "Test Signer"
    organization: str | None = None


MICROSOFT = Names(
    "Microsoft Root Certificate Authority",
    "Microsoft Code Signing PCA",
    "Microsoft Corporation",
    "Microsoft Corporation",
)
"""The names that stand in genuine packages. Anybody can write them."""


class Authority:
    """A root and what it issued; everything lies in one folder."""

    def __init__(self, folder: Path, name: str = "Test Root", *, names: Names | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._count = 0
        self._names = names or Names(root=name)
        self.root = self._make(self._names.root, None, _at(2000), _at(2090), None)
        self.issuer = self.root
        if self._names.issuer:
            self.issuer = self._make(self._names.issuer, self.root, _at(2000), _at(2090), None)

    @property
    def root_file(self) -> Path:
        return self.root.path

    def another_issuer(self) -> Certificate:
        """A second authority of the same name below the root, with a key of its own."""
        return self._make(self._names.issuer or "Test Issuer", self.root, _at(2000), _at(2090), None)

    def signer(
        self, *, start: int = 2020, end: int = 2080, for_code: bool = True, issuer: Certificate | None = None
    ) -> Certificate:
        """A code signing certificate, valid from the start of one year to the start of another."""
        usage = ExtendedKeyUsageOID.CODE_SIGNING if for_code else ExtendedKeyUsageOID.EMAIL_PROTECTION
        return self._make(self._names.signer, issuer or self.issuer, _at(start), _at(end), usage)

    def time_stamper(self, *, start: int = 2000, end: int = 2080) -> Certificate:
        return self._make("Test Time", self.root, _at(start), _at(end), ExtendedKeyUsageOID.TIME_STAMPING)

    def _make(
        self,
        name: str,
        issuer: Certificate | None,
        start: datetime.datetime,
        end: datetime.datetime,
        usage: x509.ObjectIdentifier | None,
    ) -> Certificate:
        """usage: of an end entity; None makes an authority."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if self._names.organization:
            attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._names.organization))
        subject = x509.Name(attributes)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        signing_key = issuer.key if issuer else key
        if issuer:
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
            builder = builder.add_extension(authority, critical=False)
        builder = builder.add_extension(
            x509.KeyUsage(
                digital_signature=usage is not None,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=usage is None,
                crl_sign=usage is None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        if usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        certificate = builder.sign(signing_key, hashes.SHA256())
        self._count += 1
        path, key_path = (self._folder / f"{self._count}.{kind}.pem" for kind in ("cert", "key"))
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return Certificate(certificate, key, path, key_path)


def _at(year: int) -> datetime.datetime:
    return datetime.datetime(year, 1, 1, tzinfo=_UTC)


def sign(
    path: Path,
    signer: Certificate,
    *,
    stamper: Certificate | None = None,
    signing_year: int | None = None,
    algorithm: str = "sha256",
    chain: Sequence[Certificate] = (),
    nest: bool = False,
) -> None:
    """Sign a file in place; with `stamper`, time-stamp it by osslsigncode's own authority.

    signing_year: the time (1 July) that the signature and the time stamp tell; None: now.
    chain: further certificates that go into the signature. nest: add the signature within the one that is there.
    """
    signed = path.with_name(path.name + ".signed")
    command = [TOOL, "sign", "-certs", str(signer.path), "-key", str(signer.key_path), "-h", algorithm]
    if signing_year is not None:
        moment = str(int(datetime.datetime(signing_year, 7, 1, tzinfo=_UTC).timestamp()))
        command += ["-time", moment]
        if stamper:
            command += ["-TSA-time", moment]
    if stamper:
        command += ["-TSA-certs", str(stamper.path), "-TSA-key", str(stamper.key_path)]
    if chain:
        others = path.with_name(path.name + ".chain")
        others.write_bytes(b"".join(one.path.read_bytes() for one in chain))
        command += ["-ac", str(others)]
    if nest:
        command.append("-nest")
    command += ["-in", str(path), "-out", str(signed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"osslsigncode could not sign: {done.stdout}{done.stderr}")
    signed.replace(path)
    path.with_name(path.name + ".chain").unlink(missing_ok=True)
