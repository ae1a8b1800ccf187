# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a host's port: its name, its ports, and the TLS that is spoken there. Bounded, and nothing is asked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from ..._doctor.seen import CertificateSeen, PortSeen, TLSSeen
from ..._text.visible import visible
from ..._wsman import errors, sockets, tls_context
from ..._wsman.watchdog import Watch

_NAMES = 10
_LONGEST = 120


def addresses(host: str, port: int, seconds: float) -> list[Any]:
    """getaddrinfo's answer. Raises errors.Unreachable in words."""
    return sockets.resolve(host, port, seconds)


def look_at_ports(found: Sequence[Any], ports: Sequence[int], seconds: float) -> tuple[PortSeen, ...]:
    """Each port by a connection that is closed at once, all at the same time, each for so many seconds at most."""
    families = [(family, address) for family, _kind, _protocol, _name, address in found]
    wanted = tuple(dict.fromkeys(ports))
    with ThreadPoolExecutor(max_workers=len(wanted), thread_name_prefix="winlegacy-port") as pool:
        return tuple(pool.map(lambda port: _port(families, port, seconds), wanted))


def _port(families: Sequence[tuple[int, Any]], port: int, seconds: float) -> PortSeen:
    """Open at any of the addresses; else what the last one showed."""
    seen = PortSeen(port, "unreachable", "the name has no address")
    share = seconds / max(1, len(families))
    for family, address in families:
        with socket.socket(family, socket.SOCK_STREAM) as made:
            made.settimeout(max(share, 0.1))
            try:
                made.connect((address[0], port, *address[2:]))
                return PortSeen(port, "open")
            except ConnectionRefusedError:
                seen = PortSeen(port, "refused")
            except TimeoutError:
                seen = PortSeen(port, "silent")
            except OSError as error:
                seen = PortSeen(port, "unreachable", visible(error.strerror or str(error))[:_LONGEST])
    return seen


def look_at_tls(host: str, port: int, seconds: float) -> TLSSeen:
    """What is spoken there when every version and any certificate is taken. No request is sent."""
    watch = Watch()
    try:
        context = tls_context.lowered(verify=False)
        context.check_hostname = False
        with watch.within(seconds), sockets.connect(watch, host, port, seconds) as plain:
            plain.settimeout(seconds)
            with context.wrap_socket(plain, server_hostname=host) as session:
                cipher = (session.cipher() or ("", "", 0))[0]
                return _session(session.version() or "", cipher, session.getpeercert(binary_form=True))
    except (OSError, ValueError, ImportError, errors.WSManError) as error:
        reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
        return TLSSeen(problem=visible(str(reason or error))[:_LONGEST])
    finally:
        watch.release()


def _session(version: str, cipher: str, der: bytes | None) -> TLSSeen:
    if not der:
        return TLSSeen(version, cipher, problem="the host showed no certificate")
    try:
        return TLSSeen(version, cipher, read_certificate(der))
    except Exception as error:  # noqa: BLE001 - a certificate of any form at all
        return TLSSeen(version, cipher, problem=visible(f"the certificate cannot be read: {error}")[:_LONGEST])


def read_certificate(der: bytes) -> CertificateSeen:
    """A certificate's own words. Raises what the cryptography library does for one that is none."""
    from cryptography import x509

    found = x509.load_der_x509_certificate(der)
    common = [str(one.value) for one in found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    try:
        other = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        named = [*other.get_values_for_type(x509.DNSName), *map(str, other.get_values_for_type(x509.IPAddress))]
    except (x509.ExtensionNotFound, ValueError):
        named = []
    hash_ = found.signature_hash_algorithm
    return CertificateSeen(
        subject=_shown(found.subject.rfc4514_string()),
        issuer=_shown(found.issuer.rfc4514_string()),
        names=tuple(map(_shown, dict.fromkeys([*named, *common])))[:_NAMES],
        starts=_utc(found, "not_valid_before"),
        ends=_utc(found, "not_valid_after"),
        self_signed=found.subject == found.issuer,
        hash="" if hash_ is None else hash_.name,
        bits=getattr(found.public_key(), "key_size", None),
    )


def _utc(certificate: Any, name: str) -> datetime:
    """In UTC; cryptography before 42 has times without a zone only, which are UTC."""
    time: datetime | None = getattr(certificate, f"{name}_utc", None)
    return time if time is not None else getattr(certificate, name).replace(tzinfo=UTC)


def _shown(text: str) -> str:
    return visible(" ".join(text.split()))[:_LONGEST]
