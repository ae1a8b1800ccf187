# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS contexts as urllib3 and requests make them, and the lowered ones for hosts that speak TLS 1.0 at most."""

from __future__ import annotations

import functools
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TLSOptions:
    """authority: path of a file or a folder of certificates; "" for those that requests brings; None: any certificate
    is accepted. certificate, key: PEM files of the controller's own, "" for none. legacy: accept TLS 1.0.
    """

    authority: str | None = ""
    certificate: str = ""
    key: str = ""
    legacy: bool = False


def lowered(*, verify: bool) -> ssl.SSLContext:
    """A context that accepts TLS 1.0, SHA-1 certificates and servers without secure renegotiation.

    This weakens HTTPS to these hosts: a man in the middle with the means of 2011 can read it. verify: whether
    certificates are validated, which stays as it is. OpenSSL 3 needs version and security level both lowered.
    """
    from urllib3.util.ssl_ import create_urllib3_context

    made: ssl.SSLContext = create_urllib3_context(
        cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE, ciphers="DEFAULT:@SECLEVEL=0"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = ssl.TLSVersion.TLSv1
    made.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return made


@functools.lru_cache(maxsize=64)
def context(options: TLSOptions) -> ssl.SSLContext:
    """One context for all connections of these options: reading the authorities takes longer than an assessment.

    Raises OSError (ssl.SSLError among them) for a file that is missing or cannot be used.
    """
    from urllib3.util.ssl_ import ALPN_PROTOCOLS, create_urllib3_context

    verify = options.authority is not None
    if options.legacy:
        made = lowered(verify=verify)
    else:
        made = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    if options.authority is not None:
        _trust(made, options.authority)
    if options.certificate:
        # An empty password: OpenSSL would ask for that of an encrypted key at the terminal.
        made.load_cert_chain(options.certificate, options.key or None, password="")
    made.set_alpn_protocols(ALPN_PROTOCOLS)
    return made


def _trust(made: ssl.SSLContext, authority: str) -> None:
    if not authority:
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        authority = str(DEFAULT_CA_BUNDLE_PATH)
    place = Path(authority)
    if not place.exists():
        raise OSError(f"Could not find a suitable TLS CA certificate bundle, invalid path: {authority}")
    if place.is_dir():
        made.load_verify_locations(capath=authority)
    else:
        made.load_verify_locations(cafile=authority)


def channel_bindings(certificate: bytes) -> bytes | None:
    """What binds an authentication to a TLS session (RFC 5929 4.1, tls-server-end-point), of the host's certificate.

    None where its signature's hash is none that is known. certificate: DER.
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes

    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    weak = algorithm is None or algorithm.name in {"md5", "sha1"}
    digest = hashes.Hash(hashes.SHA256() if algorithm is None or weak else algorithm)
    digest.update(certificate)
    return b"tls-server-end-point:" + digest.finalize()
