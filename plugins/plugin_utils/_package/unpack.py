# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacks a cabinet as a stream, file after file in the directory's order; nothing is kept in memory or on disk here.

Stored cabinets are read here (their blocks are the files' bytes). MSZIP and LZX are libarchive's: PyPI's
libarchive-c over the system's libarchive.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .cabinet import BLOCK, Directory, Entry
from .errors import DecoderMissing, PackageError
from .limits import Budget
from .names import shown

_BLOCK_HEADER = struct.Struct("<IHH")
_CHUNK = 65536
_SYSTEM_LIBRARY = "libarchive13 on Debian, Ubuntu and SUSE, libarchive on Enterprise Linux, Fedora, Alpine and Arch"
Member = tuple[Entry, Iterator[bytes]]


def members(path: Path, directory: Directory, what: str, budget: Budget) -> Iterator[Member]:
    """Each entry with its bytes in pieces. A piece is asked for before the next entry is; what is left is skipped.

    Raises DecoderMissing at once when the compression needs the library and that is absent, PackageError when the
    data is broken, short or longer than claimed.
    """
    if directory.compression == "none":
        return _stored(path, directory, what, budget)
    if set(directory.compression.split("+")) - {"none", "mszip", "lzx"}:
        raise PackageError(f"{what}: its compression ({directory.compression}) is none that hotfixes have")
    return _packed(path, directory, what, budget, _libarchive(what, directory.compression))


def _libarchive(what: str, compression: str) -> object:
    packed = f"{what} is packed with {compression.upper()}, which needs"
    try:
        import libarchive
    except ImportError as error:
        raise DecoderMissing(
            f"{packed} the Python package libarchive-c on the controller (pip install libarchive-c) and the system's"
            f" libarchive ({_SYSTEM_LIBRARY})"
        ) from error
    except (OSError, TypeError, AttributeError) as error:  # the package is there, the library is not or is no such one
        raise DecoderMissing(
            f"{packed} the system's libarchive on the controller: {_SYSTEM_LIBRARY}; the Python package libarchive-c is"
            " there and did not find it"
        ) from error
    logging.getLogger("libarchive").setLevel(logging.CRITICAL)  # its warnings are about file names that are not used
    return libarchive


def _exactly(entry: Entry, pieces: Iterator[bytes], what: str, budget: Budget) -> Iterator[bytes]:
    """Pass pieces on and raise PackageError unless they are as long together as the directory says."""
    left = entry.size
    for piece in pieces:
        budget.check_time(what)
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        word = "longer" if left < 0 else "shorter"
        raise PackageError(f"{what}: {shown(entry.name)} is {word} than the {entry.size} bytes that it claims")


def _packed(path: Path, directory: Directory, what: str, budget: Budget, library: object) -> Iterator[Member]:
    from libarchive.exception import ArchiveError

    try:
        with library.file_reader(str(path), "cab", "none", block_size=_CHUNK) as archive:  # type: ignore[attr-defined]
            found = iter(archive)
            for entry in directory.entries:
                decoded = next(found, None)
                if decoded is None or decoded.size != entry.size:
                    raise PackageError(f"{what}: {shown(entry.name)} cannot be unpacked: the directory is inconsistent")
                yield entry, _exactly(entry, _decoded(decoded, what), what, budget)
    except ArchiveError as error:
        raise _broken(what, error) from error


def _decoded(entry: object, what: str) -> Iterator[bytes]:
    from libarchive.exception import ArchiveError

    try:
        yield from entry.get_blocks(_CHUNK)  # type: ignore[attr-defined]
    except ArchiveError as error:
        raise _broken(what, error) from error


def _broken(what: str, error: Exception) -> PackageError:
    told = getattr(error, "msg", None) or type(error).__name__  # its text carries addresses as well
    return PackageError(f"{what}: its data is broken ({shown(str(told))}): get the file again")


def _stored(path: Path, directory: Directory, what: str, budget: Budget) -> Iterator[Member]:
    with path.open("rb") as file:
        index, stream = -1, None
        for entry in directory.entries:  # in the order of their folders
            if stream is None or entry.folder != index:
                index, stream = entry.folder, _Stored(file, directory, entry.folder, what)
            pieces = _exactly(entry, stream.take(entry.size), what, budget)
            yield entry, pieces
            for _unused in pieces:
                pass


class _Stored:
    """The bytes of one folder without compression, block after block, each checked by its checksum."""

    def __init__(self, file: BinaryIO, directory: Directory, index: int, what: str) -> None:
        self._file = file
        self._what = what
        self._reserve = directory.reserve
        self._next = directory.folders[index].offset
        self._blocks = directory.folders[index].blocks
        self._held = b""

    def take(self, size: int) -> Iterator[bytes]:
        while size > 0:
            if not self._held:
                if not self._blocks:
                    return
                self._held = self._block()
            piece, self._held = self._held[:size], self._held[size:]
            size -= len(piece)
            yield piece

    def _block(self) -> bytes:
        self._file.seek(self._next)
        header = self._file.read(_BLOCK_HEADER.size + self._reserve)
        if len(header) < _BLOCK_HEADER.size + self._reserve:
            raise PackageError(f"{self._what}: it is cut off: get the file again")
        total, packed, plain = _BLOCK_HEADER.unpack_from(header)
        data = self._file.read(packed)
        if len(data) < packed or packed != plain or not 0 < packed <= BLOCK:
            raise PackageError(f"{self._what}: a block of its data is cut off or malformed: get the file again")
        if total and total != checksum(header[4:], checksum(data)):
            raise PackageError(f"{self._what}: a block of its data has another checksum: get the file again")
        self._next = self._file.tell()
        self._blocks -= 1
        return data


def checksum(data: bytes, seed: int = 0) -> int:
    """MS-CAB's checksum: exclusive or of little-endian 32-bit words; up to three bytes at the end count reversed."""
    whole = len(data) - len(data) % 4
    words = int.from_bytes(data[:whole], "little")
    count = whole // 4
    while count > 1:  # fold the upper half of the words onto the lower one
        half = (count + 1) // 2
        words = (words >> 32 * half) ^ (words & ((1 << 32 * half) - 1))
        count = half
    return seed ^ words ^ int.from_bytes(data[whole:], "big")
