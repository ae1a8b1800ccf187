# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file holds: bytes, or a synthetic body that is made only when it is read; and the version resource."""

from __future__ import annotations

import hashlib
import weakref
from dataclasses import dataclass

_POOL: weakref.WeakValueDictionary[str, Bytes] = weakref.WeakValueDictionary()
_POOL_FROM = 4096


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version resource: the quad, and the text that FileVersion shows, e.g.

    ``6.0.6001.18000 (longhorn_rtm.080118-1840)``.
    """

    quad: tuple[int, int, int, int]
    text: str
    company: str = "Microsoft Corporation"
    description: str = ""

    @property
    def number(self) -> str:
        return ".".join(map(str, self.quad))

    @property
    def lab(self) -> str:
        """``longhorn_rtm.080118-1840``, or empty."""
        return self.text.partition("(")[2].rstrip(")")


class Body:
    """The bytes of a file."""

    __slots__ = ("__weakref__",)

    @property
    def size(self) -> int:
        raise NotImplementedError

    def read(self) -> bytes:
        raise NotImplementedError


class Bytes(Body):
    """Bytes that are there; large equal ones are shared by all machines of the process (see ``body_of``)."""

    __slots__ = ("_data", "size")
    size: int

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self) -> bytes:
        return self._data


class Growing(Body):
    """A file that is being appended to."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes = b"") -> None:
        self._data = bytearray(data)

    @property
    def size(self) -> int:
        return len(self._data)

    def append(self, data: bytes) -> None:
        self._data += data

    def read(self) -> bytes:
        return bytes(self._data)


class Synthetic(Body):
    """A file of a given size whose bytes follow from a seed: always the same, made when read."""

    __slots__ = ("seed", "size")
    size: int

    def __init__(self, seed: str, size: int) -> None:
        self.seed = seed
        self.size = size

    def read(self) -> bytes:
        block = b"".join(hashlib.sha256(f"{self.seed}#{index}".encode()).digest() for index in range(64))
        return (b"MZ" + block * (self.size // len(block) + 1))[: self.size]


def body_of(data: bytes) -> Body:
    """A body for these bytes; equal large contents on many machines take their memory once."""
    if len(data) < _POOL_FROM:
        return Bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    body = _POOL.get(digest)
    if body is None:
        body = Bytes(data)
        _POOL[digest] = body
    return body
