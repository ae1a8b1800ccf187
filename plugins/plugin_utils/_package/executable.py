# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Portable Executable tells of itself: the machine it is for and the file version in its version resource.

A small bounded reader: headers, the section table, the resource tree down to RT_VERSION, VS_FIXEDFILEINFO. It reads
from a seekable file and never more than a few kilobytes at a time.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from .._model.facts import Architecture
from .._model.file_version import FileVersion
from .errors import PackageError

MACHINES = {0x014C: Architecture.X86, 0x8664: Architecture.X64, 0x0200: Architecture.IA64}
_PE32, _PE32_PLUS = 0x10B, 0x20B
_DIRECTORIES_AT = {_PE32: 96, _PE32_PLUS: 112}
_SECTIONS_MAX = 96
_ENTRIES_MAX = 4096
_VERSIONS_MAX = 64
_RT_VERSION = 16
_SUBDIRECTORY = 0x80000000
_FIXED_SIGNATURE = 0xFEEF04BD
_KEY = "VS_VERSION_INFO\0".encode("utf-16-le")
_FIXED_AT = 40  # 6 bytes of lengths and type, 32 bytes of key, 2 of padding


class ExecutableError(PackageError):
    """The image is cut off, malformed, or tells two file versions. The text is one clause."""


@dataclass(frozen=True)
class Executable:
    """machine is the raw number of the header; architecture is None for one that Windows hotfixes are not for.

    version is None when there is no version resource.
    """

    machine: int
    architecture: Architecture | None
    version: FileVersion | None


@dataclass(frozen=True)
class _Section:
    rva: int
    size: int
    offset: int


def read_executable(file: BinaryIO) -> Executable:
    """Read a PE image. Raises ExecutableError when it is none or cannot be understood; never reads without bound."""
    try:
        return _Image(file).read()
    except struct.error:
        raise ExecutableError("it is cut off") from None


class _Image:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._sections: tuple[_Section, ...] = ()

    def _at(self, offset: int, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self._bytes(offset, struct.calcsize(layout)))

    def _bytes(self, offset: int, size: int) -> bytes:
        if offset < 0 or offset + size > self._size:
            raise ExecutableError("it is cut off or points outside of itself")
        self._file.seek(offset)
        return self._file.read(size)

    def read(self) -> Executable:
        if self._bytes(0, 2) != b"MZ":
            raise ExecutableError("it does not start as an executable")
        (start,) = self._at(0x3C, "<I")
        if self._bytes(start, 4) != b"PE\0\0":
            raise ExecutableError("it has no PE header")
        machine, count, _time, _symbols, _symbol_count, optional_size, _flags = self._at(start + 4, "<HHIIIHH")
        if count > _SECTIONS_MAX:
            raise ExecutableError(f"it claims {count} sections")
        optional = start + 24
        (magic,) = self._at(optional, "<H")
        if magic not in _DIRECTORIES_AT:
            raise ExecutableError(f"its optional header is of the unknown kind {magic:#x}")
        table = optional + optional_size
        self._sections = tuple(self._section(table + 40 * index) for index in range(count))
        return Executable(machine, MACHINES.get(machine), self._version(optional, optional_size, magic))

    def _section(self, offset: int) -> _Section:
        virtual, rva, raw, raw_offset = self._at(offset + 8, "<IIII")
        return _Section(rva, max(virtual, raw) if virtual else raw, raw_offset)

    def _offset(self, rva: int) -> int:
        for section in self._sections:
            if section.rva <= rva < section.rva + section.size:
                return section.offset + rva - section.rva
        raise ExecutableError("a resource lies in no section")

    def _version(self, optional: int, optional_size: int, magic: int) -> FileVersion | None:
        directories = _DIRECTORIES_AT[magic]
        if optional_size < directories + 3 * 8:
            return None
        (count,) = self._at(optional + directories - 4, "<I")
        rva, size = self._at(optional + directories + 2 * 8, "<II")
        if count < 3 or not rva or not size:
            return None
        root = self._offset(rva)
        versions: set[FileVersion] = set()
        nodes = [node for kind, node in self._entries(root, 0) if kind == _RT_VERSION]
        for _unused in range(2):  # names, then languages
            nodes = [below for node in nodes for _unused, below in self._entries(root, self._below(node))]
            if len(nodes) > _VERSIONS_MAX:
                raise ExecutableError("it has too many version resources")
        for node in nodes:
            if node & _SUBDIRECTORY:
                raise ExecutableError("its resources are nested too deeply")
            data_rva, data_size, _unused, _unused = self._at(root + node, "<IIII")
            versions.add(self._fixed(self._offset(data_rva), data_size))
        if len(versions) > 1:
            raise ExecutableError("it tells two file versions: " + ", ".join(map(str, sorted(versions))))
        return versions.pop() if versions else None

    @staticmethod
    def _below(node: int) -> int:
        if not node & _SUBDIRECTORY:
            raise ExecutableError("its version resource has no name or language")
        return node & ~_SUBDIRECTORY

    def _entries(self, root: int, relative: int) -> list[tuple[int, int]]:
        named, numbered = self._at(root + relative + 12, "<HH")
        if named + numbered > _ENTRIES_MAX:
            raise ExecutableError("a resource directory is too large")
        raw = self._bytes(root + relative + 16, 8 * (named + numbered))
        return list(struct.iter_unpack("<II", raw))

    def _fixed(self, offset: int, size: int) -> FileVersion:
        if size < _FIXED_AT + 52:
            raise ExecutableError("its version resource is too short")
        raw = self._bytes(offset, _FIXED_AT + 52)
        signature, _unused, high, low = struct.unpack_from("<IIII", raw, _FIXED_AT)
        if raw[6 : 6 + len(_KEY)] != _KEY or signature != _FIXED_SIGNATURE:
            raise ExecutableError("its version resource is malformed")
        return FileVersion(high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
