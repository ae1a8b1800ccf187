# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures written element by element: well-formed ones that prove nothing, and ones with a single fault."""

from __future__ import annotations

import struct
from pathlib import Path

SHA1, SHA256, MD5 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.5"


def element(tag: int, *parts: bytes) -> bytes:
    """One element of DER."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


def oid(text: str) -> bytes:
    """An object identifier."""
    first, second, *rest = map(int, text.split("."))
    found = b""
    for number in (first * 40 + second, *rest):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.insert(0, 0x80 | number & 0x7F)
        found += bytes(digits)
    return element(0x06, found)


def signature(
    *,
    algorithm: str = SHA1,
    digest: bytes = bytes(20),
    signers: int = 1,
    content: str = "1.3.6.1.4.1.311.2.1.4",
    certificate: bytes = b"",
) -> bytes:
    """Signed data about a file's digest, without certificates or with something in place of one."""
    kind = element(0x30, oid(algorithm), element(0x05))
    told = element(0x30, element(0x30, oid("1.3.6.1.4.1.311.2.1.25")), element(0x30, kind, element(0x04, digest)))
    number = element(0x30, element(0x30), element(0x02, b"\x01"))
    signer = element(0x30, element(0x02, b"\x01"), number, kind, kind, element(0x04, bytes(256)))
    signed = element(
        0x30,
        element(0x02, b"\x01"),
        element(0x31, kind),
        element(0x30, oid(content), element(0xA0, told)),
        element(0xA0, certificate),
        element(0x31, *[signer] * signers),
    )
    return element(0x30, oid("1.2.840.113549.1.7.2"), element(0xA0, signed))


def attach(path: Path, blob: bytes) -> Path:
    """Let the header of an unsigned cabinet point to a signature behind it, as signing tools do."""
    data = path.read_bytes()
    (folders,) = struct.unpack_from("<H", data, 26)
    size = len(data) + 24
    reserve = struct.pack("<HBBIIIQ", 20, 0, 0, 0x100000, size, len(blob), 0)
    grown = bytearray(data[:36] + reserve + data[36:] + blob)
    struct.pack_into("<I", grown, 8, size)
    struct.pack_into("<I", grown, 16, struct.unpack_from("<I", data, 16)[0] + 24)
    struct.pack_into("<H", grown, 30, 4)
    for index in range(folders):
        place = 60 + 8 * index
        struct.pack_into("<I", grown, place, struct.unpack_from("<I", grown, place)[0] + 24)
    path.write_bytes(grown)
    return path
