# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted messages over HTTP: the framing of MS-WSMV 2.2.9.1 around what is sealed. Pure functions."""

from __future__ import annotations

import re
import struct

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'
_BOUNDARY = b"--Encrypted Boundary"
_HEAD = (
    _BOUNDARY + b"\r\n\tContent-Type: " + PROTOCOL.encode() + b"\r\n"
    b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
)
_MIDDLE = b"\r\n" + _BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n"
_END = _BOUNDARY + b"--\r\n"
_LENGTH = re.compile(rb"OriginalContent:[^\r\n]*;\s*Length=([0-9]{1,10})\r\n", re.IGNORECASE)
_OCTETS = re.compile(rb"Content-Type:\s*application/octet-stream\r\n", re.IGNORECASE)
_LAST = re.compile(rb"--\s*Encrypted Boundary(--)?\s*\Z")  # some answer with a space after the dashes
_LONGEST_HEAD = 4096


class Undeciphered(LookupError):
    """The answer holds no message that was sealed for us."""


def frame(length: int, header: bytes, sealed: bytes) -> bytes:
    """The body of a request. length: of the message in clear; header: the seal's signature."""
    return b"".join((_HEAD, b"%d" % length, _MIDDLE, struct.pack("<i", len(header)), header, sealed, _END))


def unframe(content_type: str, body: bytes) -> tuple[int, bytes, bytes]:
    """Length in clear, signature and sealed message of an answer. Raises Undeciphered."""
    if f'protocol="{PROTOCOL}"'.lower() not in content_type.lower():
        raise Undeciphered("the answer is not encrypted")
    octets, end = _OCTETS.search(body, 0, _LONGEST_HEAD), _LAST.search(body, max(0, len(body) - 64))
    length = _LENGTH.search(body, 0, octets.start()) if octets is not None else None
    if octets is None or end is None or length is None or end.start() < octets.end() + 4:
        raise Undeciphered("the answer's parts are not those of an encrypted message")
    data = body[octets.end() : end.start()]
    (size,) = struct.unpack("<i", data[:4])
    if not 0 <= size <= len(data) - 4:
        raise Undeciphered("the answer's signature is longer than the answer")
    return int(length[1]), data[4 : 4 + size], data[4 + size :]
