# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A toy delta behind the mark of the genuine ones: `PA30`, the time, then deflated bytes that may lean on a basis.

The encoding is our own. It needs its basis, as genuine deltas do, and says nothing of Microsoft's, which nobody here
decodes.
"""

from __future__ import annotations

import struct
import zlib

MARK = b"PA30"
_TOY = b"TOY1"
_WINDOW = 32768
_MOST = 64 * 2**20


class DeltaError(ValueError):
    """The bytes are no toy delta, or its basis is another."""


def make(data: bytes, basis: bytes | None, when: int) -> bytes:
    """A delta that gives `data` when it is undone with the same basis. when: FILETIME."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zdict=basis[:_WINDOW]) if basis else zlib.compressobj(9)
    return MARK + struct.pack("<Q", when) + _TOY + packer.compress(data) + packer.flush()


def is_toy(delta: bytes) -> bool:
    """Is it one of ours, and no genuine one?"""
    return delta.startswith(MARK) and delta[12:16] == _TOY


def undo(delta: bytes, basis: bytes | None) -> bytes:
    """The content. DeltaError when the delta is broken, too large, or made against another basis."""
    if not is_toy(delta):
        raise DeltaError("no delta that can be undone")
    reader = zlib.decompressobj(zdict=basis[:_WINDOW]) if basis else zlib.decompressobj()
    try:
        data = reader.decompress(delta[16:], _MOST)
    except zlib.error as error:
        raise DeltaError(str(error)) from error
    if not reader.eof or reader.unused_data:
        raise DeltaError("the delta is cut off or goes on behind its end")
    return data
