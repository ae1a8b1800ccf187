# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package of any size, written to disk block by block: 300 MB cost neither 300 MB of memory nor a minute."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from pathlib import Path

from .cab import BLOCK
from .contents import answer_file, package_manifest


def _lzx_block(size: int, *, first: bool) -> bytes:
    bits = ((3 << 24) | size) << (4 if first else 5)
    return struct.pack("<HHIII", bits >> 16, bits & 0xFFFF, 1, 1, 1) + bytes(size + size % 2)


def _header(names: list[tuple[bytes, int]], blocks: int, kind: int, data_size: int) -> bytes:
    """Header, one folder and the files of a cabinet whose blocks have data_size bytes together, headers included."""
    files, offset = b"", 0
    for name, size in names:
        files += struct.pack("<IIHHHH", size, offset, 0, 0, 0, 0x20) + name + b"\0"
        offset += size
    start = 44 + len(files)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, start + data_size, 0, 44, 0, 3, 1, 1, len(names), 0, 1, 0)
    return head + struct.pack("<IHH", start, blocks, kind) + files


def _payload(size: int) -> Iterator[bytes]:
    """An LZX cabinet of uncompressed blocks: update.mum and one file of about `size` bytes."""
    manifest = package_manifest("Package_for_KB952876", "x64", "KB952876", 3597)
    big = -(-size // BLOCK) * BLOCK - len(manifest)
    blocks = (len(manifest) + big) // BLOCK
    packed = BLOCK + 16
    yield _header([(b"update.mum", len(manifest)), (b"big.dat", big)], blocks, 0x1503, blocks * (8 + packed))
    for index in range(blocks):
        block = _lzx_block(BLOCK, first=index == 0)
        if index == 0:
            block = block[:16] + manifest + block[16 + len(manifest) :]
        yield struct.pack("<IHH", 0, packed, BLOCK) + block


def write_large_msu(path: Path, size: int) -> None:
    """An .msu with a payload of about `size` bytes; the data blocks carry no checksum, which the format allows."""
    answer = answer_file("Package_for_KB952876", "x64", "big.cab")
    inner_size = sum(len(piece) for piece in _payload(size))
    total = inner_size + len(answer)
    blocks = -(-total // BLOCK)
    names = [(b"big.cab", inner_size), (b"big.xml", len(answer))]
    with path.open("wb") as file:
        file.write(_header(names, blocks, 0, total + 8 * blocks))
        held = bytearray()
        for piece in itertools.chain(_payload(size), [answer]):
            held += piece
            while len(held) >= BLOCK:
                file.write(struct.pack("<IHH", 0, BLOCK, BLOCK) + held[:BLOCK])
                del held[:BLOCK]
        if held:
            file.write(struct.pack("<IHH", 0, len(held), len(held)) + held)
