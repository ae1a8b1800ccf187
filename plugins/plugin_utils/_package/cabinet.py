# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of a cabinet file (MS-CAB 2.1 to 2.3), read and judged before anything is unpacked.

Own code and not the library's: a claim is refused here before a decoder sees it, and the names are known also where
the decoder is absent. Only the data blocks are left to it.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from .errors import HostilePackage, PackageError
from .limits import Budget
from .names import safe_name, shown

SIGNATURE = b"MSCF"
BLOCK = 32768
COMPRESSIONS = {0: "none", 1: "mszip", 2: "quantum", 3: "lzx"}

_HEADER = struct.Struct("<IIIIIBBHHHHH")
_RESERVE = struct.Struct("<HBB")
_SIGNATURE_PLACE = struct.Struct("<IIIQ")
_FOLDER = struct.Struct("<IHH")
_FILE = struct.Struct("<IIHHHH")
_FLAG_PREVIOUS, _FLAG_NEXT, _FLAG_RESERVE = 1, 2, 4
_NAME_IS_UTF8 = 0x80
_NAME_MAX = 255


@dataclass(frozen=True)
class Folder:
    """A run of data blocks that are packed together: where the first one starts and how many there are."""

    offset: int
    blocks: int
    compression: str


@dataclass(frozen=True)
class Entry:
    """One file of a cabinet: name with backslashes, size in bytes, and where it lies in its folder's unpacked bytes."""

    name: str
    size: int
    folder: int
    offset: int

    @property
    def base_name(self) -> str:
        return self.name.rpartition("\\")[2]


@dataclass(frozen=True)
class Directory:
    """A whole cabinet. reserve is the count of bytes that stand in front of each block's data.

    signature_size: bytes of the Authenticode signature that the header points to; 0 when there is none.
    """

    folders: tuple[Folder, ...]
    entries: tuple[Entry, ...]
    size: int
    reserve: int
    signature_size: int

    @property
    def compression(self) -> str:
        """`none`, `mszip`, `lzx`, `quantum` or `unknown`; several are joined by `+`."""
        return "+".join(sorted({folder.compression for folder in self.folders}))


def is_cabinet(file: BinaryIO) -> bool:
    """Whether a file starts as a cabinet does; its position is at the start afterwards."""
    file.seek(0)
    start = file.read(len(SIGNATURE))
    file.seek(0)
    return start == SIGNATURE


def read_directory(file: BinaryIO, what: str, budget: Budget) -> Directory:
    """Read the directory of a cabinet. `what` names it in messages.

    Raises PackageError when it is no cabinet, cut off, part of a set or inconsistent; HostilePackage when a name or
    a size is one that no package has.
    """
    try:
        return _Reader(file, what, budget).read()
    except struct.error:
        raise PackageError(f"{what}: the cabinet is cut off in its directory: get the file again") from None


class _Reader:
    def __init__(self, file: BinaryIO, what: str, budget: Budget) -> None:
        self._file = file
        self._what = what
        self._budget = budget
        self._file_size = file.seek(0, os.SEEK_END)
        file.seek(0)

    def read(self) -> Directory:
        limits = self._budget.limits
        if self._file.read(len(SIGNATURE)) != SIGNATURE:
            raise PackageError(f"{self._what} is no cabinet file: it does not start with MSCF")
        header = self._take(_HEADER)
        size, files_offset = header[1], header[3]
        minor, major, folder_count, file_count, flags = header[5:10]
        if (major, minor) != (1, 3):
            raise PackageError(f"{self._what}: cabinets of version {major}.{minor} are unknown; 1.3 was expected")
        if size > self._file_size:
            raise PackageError(f"{self._what}: it says {size} bytes and has {self._file_size}: get the file again")
        if flags & (_FLAG_PREVIOUS | _FLAG_NEXT):
            raise PackageError(f"{self._what}: it is one of a set of cabinets, which no hotfix is")
        if not 0 < folder_count <= limits.folders or not 0 < file_count <= limits.members:
            raise HostilePackage(
                f"{self._what}: it claims {folder_count} folders and {file_count} files;"
                f" 1 to {limits.folders} and 1 to {limits.members} are accepted"
            )
        header_reserve = folder_reserve = block_reserve = signature_size = 0
        if flags & _FLAG_RESERVE:
            header_reserve, folder_reserve, block_reserve = self._take(_RESERVE)
        start = self._file.tell()
        if header_reserve == _SIGNATURE_PLACE.size:
            signature_size = self._take(_SIGNATURE_PLACE)[2]
        self._file.seek(start + header_reserve)
        folders = tuple(self._folder(folder_reserve, size) for _unused in range(folder_count))
        if not self._file.tell() <= files_offset < size:
            raise PackageError(f"{self._what}: its list of files starts outside of the cabinet")
        self._file.seek(files_offset)
        entries = tuple(self._entry(len(folders)) for _unused in range(file_count))
        self._check(folders, entries, size)
        return Directory(folders, entries, size, block_reserve, signature_size)

    def _take(self, layout: struct.Struct) -> tuple[int, ...]:
        return layout.unpack(self._file.read(layout.size))

    def _folder(self, reserve: int, size: int) -> Folder:
        offset, blocks, kind = self._take(_FOLDER)
        self._file.seek(reserve, os.SEEK_CUR)
        if offset > size:
            raise PackageError(f"{self._what}: its data starts behind its end: get the file again")
        return Folder(offset, blocks, COMPRESSIONS.get(kind & 0x0F, "unknown"))

    def _entry(self, folder_count: int) -> Entry:
        size, offset, folder, _date, _time, attributes = self._take(_FILE)
        start = self._file.tell()
        raw, end, _rest = self._file.read(_NAME_MAX + 1).partition(b"\0")
        if not end:
            raise HostilePackage(f"{self._what}: a file name has no end")
        self._file.seek(start + len(raw) + 1)
        try:
            name = raw.decode("utf-8" if attributes & _NAME_IS_UTF8 else "cp437")
        except UnicodeDecodeError:
            raise HostilePackage(f"{self._what}: the name {raw[:60]!r} is not the UTF-8 that it claims to be") from None
        if folder >= folder_count:
            raise PackageError(f"{self._what}: {shown(name)} lies in folder {folder}, of {folder_count}")
        return Entry(safe_name(name, self._what), size, folder, offset)

    def _check(self, folders: tuple[Folder, ...], entries: tuple[Entry, ...], size: int) -> None:
        limits = self._budget.limits
        names = {entry.name.casefold() for entry in entries}
        if len(names) != len(entries):
            raise HostilePackage(f"{self._what}: two of its files have the same name")
        filled = [0] * len(folders)
        current = 0
        for entry in entries:
            if entry.size > limits.member_size:
                raise HostilePackage(
                    f"{self._what}: {shown(entry.name)} claims {entry.size} bytes;"
                    f" at most {limits.member_size} are accepted"
                )
            if entry.offset < filled[entry.folder] and entry.offset + entry.size <= filled[entry.folder]:
                raise PackageError(
                    f"{self._what} is a cabinet but no update package: {shown(entry.name)} shares its data with another"
                    " file, as in an installer's cabinets: give the .msu of the hotfix"
                )
            if entry.folder < current or entry.offset != filled[entry.folder]:
                raise PackageError(f"{self._what}: {shown(entry.name)} overlaps another file or leaves a gap")
            current = entry.folder
            filled[current] += entry.size
        for index, folder in enumerate(folders):
            room = folder.blocks * BLOCK
            if filled[index] > room:
                raise HostilePackage(
                    f"{self._what}: folder {index} claims {filled[index]} bytes and has room for {room}"
                )
        self._budget.check_ratio(self._what, size, sum(filled))
