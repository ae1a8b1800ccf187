# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS of the HTTPS listeners: a certificate of its own for a host, and the TLS 1.0 with SHA-1 of NT 6.0."""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_LEGACY_CIPHERS = "AES128-SHA:@SECLEVEL=0"
_KEYS = {"version", "sha1", "certificate", "key", "client_ca", "names"}


def server_context(options: Mapping[str, Any], name: str, *, want_client_certificate: bool = False) -> ssl.SSLContext:
    """The context of one listener. ``version`` "1.0": TLS 1.0 only, as a Vista; else what the library offers."""
    unknown = set(options) - _KEYS
    if unknown:
        raise ValueError(f"host {name}: tls: unknown key {sorted(unknown)[0]!r}; there are: {', '.join(sorted(_KEYS))}")
    legacy = str(options.get("version", "")) == "1.0"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if legacy:
        context.set_ciphers(_LEGACY_CIPHERS)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    elif want_client_certificate:
        # requests' client certificates are asked for in the handshake; TLS 1.3 would ask later
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if options.get("certificate"):
        context.load_cert_chain(str(options["certificate"]), str(options["key"]))
    else:
        chain = _self_signed(tuple(options.get("names", ())), bool(options.get("sha1", legacy)))
        with tempfile.NamedTemporaryFile("wb", suffix=".pem") as stream:
            stream.write(chain)
            stream.flush()
            context.load_cert_chain(stream.name)
    if want_client_certificate:
        context.verify_mode = ssl.CERT_OPTIONAL
        if options.get("client_ca"):
            context.load_verify_locations(str(options["client_ca"]))
    return context


@lru_cache(maxsize=16)
def _self_signed(names: tuple[str, ...], sha1: bool) -> bytes:
    """A key and a self-signed certificate in PEM, made once for each set of names."""
    entries = []
    for name in names or ("localhost", "127.0.0.1"):
        try:
            ipaddress.ip_address(name)
            entries.append(f"IP:{name}")
        except ValueError:
            entries.append(f"DNS:{name}")
    digest = "-sha1" if sha1 else "-sha256"
    with tempfile.TemporaryDirectory(prefix="winhost-") as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "cert.pem")
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            digest,
            "-days",
            "30",
            "-subj",
            "/CN=simulated-windows-host",
            "-addext",
            "subjectAltName=" + ",".join(entries),
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except FileNotFoundError:
            raise RuntimeError("HTTPS listeners need the program openssl; install it (Debian: openssl)") from None
        return key.read_bytes() + certificate.read_bytes()
