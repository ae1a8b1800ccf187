# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks something else than HTTP/1 where WinRM was expected, by the first bytes that it sends."""

from __future__ import annotations

from . import errors
from .address import CHECK_PORT
from .place import Place

_SHOWN = 60
_TLS_RECORDS = frozenset({0x14, 0x15, 0x16, 0x17})
_SETTINGS = 4

TLS_RECORD = b"\x16\x03"
"""How what a TLS server sends begins: for who has seen that TLS is spoken, by other means than this module's."""


def _is_tls(first: bytes) -> bool:
    """A TLS record: its type, then version 3.x (RFC 8446 5.1)."""
    return len(first) >= 2 and first[0] in _TLS_RECORDS and first[1] == 3


def _is_http2(first: bytes) -> bool:
    """The client's preface, or the SETTINGS frame with which a server begins (RFC 9113 3.4, 4.1)."""
    return first.startswith(b"PRI * HTTP/2") or (len(first) >= 5 and first[0] == 0 and first[3] == _SETTINGS)


def not_http(first: bytes, place: Place) -> errors.WSManError:
    """The error for an answer that begins with these bytes."""
    service = _service(first)
    if place.established:
        return errors.ConnectionLost(f"what came after good answers is no HTTP: {service}")
    if place.proxy:
        return errors.ProxyFailed(f"{place.proxy} does not answer in HTTP: {service}", do=place.past_proxy)
    if _is_tls(first) and not place.tls:
        return errors.TLSFailed(
            "TLS is spoken at this port, and plain HTTP was sent",
            do=f"Set {place.names.scheme}: https, or ansible_port to the port of plain HTTP (5985, or 80).",
        )
    return errors.NotWSMan(
        f"the answer is no HTTP: {service}", do=CHECK_PORT
    )


def _service(first: bytes) -> str:
    if _is_tls(first):
        return "TLS is spoken there"
    if _is_http2(first):
        return "HTTP/2 is spoken there, and WinRM speaks HTTP/1.1"
    said = first.partition(b"\n")[0][:_SHOWN].decode("ascii", "backslashreplace").strip()
    is_text = sum(character.isprintable() for character in said) > len(said) / 2
    readable = said if is_text else f"bytes {first[:8].hex()}"
    if first.startswith(b"SSH-"):
        return f"an SSH server answers ({readable})"
    return f"another service answers ({readable})"
