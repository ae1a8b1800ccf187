# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes cabinet files (MS-CAB): stored, MSZIP, or LZX made of uncompressed blocks (no free tool writes LZX).

For tests only. Everything a hostile cabinet may claim can be overridden, so that broken ones are made by the same code.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Compression = Literal["none", "mszip", "lzx"]

BLOCK = 32768
_TYPE = {"none": 0x0000, "mszip": 0x0001, "lzx": 0x1503}  # LZX with a window of 2^21 bytes
_DOS_DATE = ((2008 - 1980) << 9) | (5 << 5) | 31
_DOS_TIME = (18 << 11) | (22 << 5)


@dataclass(frozen=True)
class Member:
    """A file to put into a cabinet. claimed_size replaces the size that the directory tells (None: the true one)."""

    name: str
    data: bytes
    claimed_size: int | None = None
    attributes: int = 0x20

    @property
    def size(self) -> int:
        return len(self.data) if self.claimed_size is None else self.claimed_size


@dataclass(frozen=True)
class CabinetOverrides:
    """Lies that a header may tell; None keeps the truth."""

    cabinet_size: int | None = None
    folder_count: int | None = None
    file_count: int | None = None
    flags: int | None = None
    files_offset: int | None = None
    folder_index: int | None = None
    compression_type: int | None = None
    break_checksums: bool = False


def checksum(data: bytes, seed: int = 0) -> int:
    """The checksum of MS-CAB 3.1: exclusive or of little-endian words, the odd bytes at the end in reverse."""
    whole = len(data) & ~3
    words = int.from_bytes(data[:whole], "little")
    bits = whole * 8
    while bits > 32:
        half = ((bits // 32 + 1) // 2) * 32
        words = (words >> half) ^ (words & ((1 << half) - 1))
        bits = half
    return seed ^ words ^ int.from_bytes(data[whole:], "big")


def _stored(blocks: Iterable[bytes]) -> Iterable[bytes]:
    return blocks


def _mszip(blocks: Iterable[bytes]) -> Iterable[bytes]:
    history = b""
    for block in blocks:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, history)
        yield b"CK" + packer.compress(block) + packer.flush()
        history = block


def _lzx(blocks: Iterable[bytes]) -> Iterable[bytes]:
    """One uncompressed LZX block (type 3) a CFDATA: header bits, three recent offsets, the bytes themselves."""
    first = True
    for block in blocks:
        bits, count = (3 << 24) | len(block), 27
        if first:  # one bit more: no translation of x86 calls
            count, first = 28, False
        padded = bits << (32 - count)
        words = struct.pack("<HH", padded >> 16, padded & 0xFFFF)
        yield words + struct.pack("<III", 1, 1, 1) + block + (b"\0" if len(block) % 2 else b"")


_PACK = {"none": _stored, "mszip": _mszip, "lzx": _lzx}


def _folder_blocks(members: Sequence[Member], compression: Compression) -> list[tuple[bytes, int]]:
    plain = b"".join(member.data for member in members)
    blocks = [plain[start : start + BLOCK] for start in range(0, len(plain), BLOCK)]
    return [(packed, len(block)) for packed, block in zip(_PACK[compression](blocks), blocks, strict=True)]


def write_cabinet(
    members: Sequence[Member] | Sequence[Sequence[Member]],
    compression: Compression = "none",
    overrides: CabinetOverrides | None = None,
) -> bytes:
    """A cabinet of one folder, or of one folder for each sequence of members."""
    lies = overrides or CabinetOverrides()
    folders: list[list[Member]] = []
    for one in members:
        if isinstance(one, Member):
            folders = folders or [[]]
            folders[0].append(one)
        else:
            folders.append(list(one))
    packed = [_folder_blocks(folder, compression) for folder in folders]
    directory = bytearray()
    for index, folder in enumerate(folders):
        offset = 0
        for member in folder:
            number = index if lies.folder_index is None else lies.folder_index
            directory += struct.pack(
                "<IIHHHH", member.size, offset & 0xFFFFFFFF, number, _DOS_DATE, _DOS_TIME, member.attributes
            )
            directory += member.name.encode("utf-8" if member.attributes & 0x80 else "cp437") + b"\0"
            offset += member.size
    files_offset = 36 + 8 * len(folders)
    data_offset = files_offset + len(directory)
    headers, body = bytearray(), bytearray()
    kind = _TYPE[compression] if lies.compression_type is None else lies.compression_type
    for blocks in packed:
        headers += struct.pack("<IHH", data_offset + len(body), len(blocks), kind)
        for data, plain_size in blocks:
            sizes = struct.pack("<HH", len(data), plain_size)
            total = checksum(sizes, checksum(data)) ^ (1 if lies.break_checksums else 0)
            body += struct.pack("<I", total) + sizes + data
    size = data_offset + len(body)
    header = struct.pack(
        "<4sIIIIIBBHHHHH",
        b"MSCF",
        0,
        size if lies.cabinet_size is None else lies.cabinet_size,
        0,
        files_offset if lies.files_offset is None else lies.files_offset,
        0,
        3,
        1,
        len(folders) if lies.folder_count is None else lies.folder_count,
        sum(map(len, folders)) if lies.file_count is None else lies.file_count,
        lies.flags or 0,
        0x1234,
        0,
    )
    return bytes(header + headers + directory + body)
