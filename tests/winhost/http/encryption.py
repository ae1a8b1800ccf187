# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message encryption over HTTP: the multipart framing of MS-WSMV 2.2.9.1."""

from __future__ import annotations

import re
import struct
from typing import Any

BOUNDARY = b"--Encrypted Boundary"
_SIXTEEN_KB = 16384
_LENGTH = re.compile(rb"OriginalContent:\s*type=[^\r\n]*;Length=(\d+)", re.IGNORECASE)
_PROTOCOL = re.compile(r'protocol="?([^";]+)"?', re.IGNORECASE)

SPNEGO = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS = "application/HTTP-Kerberos-session-encrypted"
CREDSSP = "application/HTTP-CredSSP-session-encrypted"


class FramingError(Exception):
    """The body is no well-formed encrypted message."""


def is_encrypted(content_type: str) -> bool:
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


def protocol_of(content_type: str) -> str:
    match = _PROTOCOL.search(content_type)
    return match.group(1) if match else ""


def decrypt(body: bytes, context: Any) -> bytes:
    """The plain message; raises FramingError, or what the security context raises for a forged one."""
    parts = body.split(BOUNDARY + b"\r\n")
    if len(parts) < 3 or parts[0].strip() or len(parts) % 2 == 0:
        raise FramingError("the parts are not delimited by the boundary")
    plain = []
    for header, payload in zip(parts[1::2], parts[2::2], strict=True):
        length = _LENGTH.search(header)
        if length is None:
            raise FramingError("a part does not say its original length")
        marker = b"\tContent-Type: application/octet-stream\r\n"
        if not payload.startswith(marker):
            raise FramingError("a part holds no octet stream")
        data = payload[len(marker) :]
        if data.endswith(BOUNDARY + b"--\r\n"):
            data = data[: -len(BOUNDARY) - 4]
        elif data.endswith(BOUNDARY + b"--"):
            data = data[: -len(BOUNDARY) - 2]
        if len(data) < 4:
            raise FramingError("a part is cut off")
        (size,) = struct.unpack("<I", data[:4])
        if size > len(data) - 4:
            raise FramingError("a part's header is longer than the part")
        message = context.unwrap_winrm(data[4 : 4 + size], data[4 + size :])
        if len(message) != int(length.group(1)):
            raise FramingError("a part is not as long as it says")
        plain.append(message)
    return b"".join(plain)


def encrypt(body: bytes, context: Any, protocol: str) -> tuple[str, bytes]:
    """(Content-Type, body) of an encrypted answer; CredSSP splits above 16 KB."""
    split = protocol == CREDSSP and len(body) > _SIXTEEN_KB
    pieces = [body[at : at + _SIXTEEN_KB] for at in range(0, len(body), _SIXTEEN_KB)] if split else [body]
    framed = []
    for piece in pieces:
        wrapped = context.wrap_winrm(piece)
        framed.append(
            BOUNDARY + b"\r\n\tContent-Type: " + protocol.encode() + b"\r\n"
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
            + str(len(piece) + wrapped.padding_length).encode()
            + b"\r\n"
            + BOUNDARY
            + b"\r\n\tContent-Type: application/octet-stream\r\n"
            + struct.pack("<I", len(wrapped.header))
            + wrapped.header
            + wrapped.data
        )
    kind = "multipart/x-multi-encrypted" if split else "multipart/encrypted"
    return f'{kind};protocol="{protocol}";boundary="Encrypted Boundary"', b"".join(framed) + BOUNDARY + b"--\r\n"
