# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at one member of a cabinet while it streams by: checksums, is it an executable, its version, its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cabinet import Entry
from .checksums import Hasher
from .contents import ContainedFile
from .executable import ExecutableError, read_executable
from .report import PackedFile

# fmt: off
_RUNNABLE = frozenset((
    "acm", "ax", "bat", "cmd", "com", "cpl", "dll", "drv", "efi", "exe", "hta", "inf", "job", "js", "jse", "lnk",
    "msc", "msi", "msp", "mst", "mui", "ocx", "pif", "ps1", "psd1", "psm1", "reg", "scf", "scr", "sys", "tsp",
    "url", "vb", "vbe", "vbs", "vbscript", "wsc", "wsf", "wsh",
))
# fmt: on
_IMAGE = b"MZ"
_START = 4


def is_runnable(name: str) -> bool:
    """Whether Windows would run or load a file of that name."""
    _unused, dot, suffix = name.lower().rpartition("\\")[2].rpartition(".")
    return bool(dot) and suffix in _RUNNABLE


@dataclass(frozen=True)
class Seen:
    """One member. kept: the temporary file with its bytes, when it was to be kept. text: its bytes, when wanted.

    start: its first four bytes.
    """

    packed: PackedFile
    kept: Path | None
    text: bytes | None
    start: bytes


class Inspector:
    """Writes only into the given folder, under names that it counts itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def look(self, entry: Entry, pieces: Iterator[bytes], *, keep: bool = False, text: int = 0) -> Seen:
        """Read a member to its end. text: hand its bytes back, unless they are more than that.

        Raises PackageError when the stream does, OSError when the disk is full.
        """
        hasher = Hasher()
        start = next(pieces, b"")
        while len(start) < min(_START, entry.size) and (more := next(pieces, b"")):
            start += more  # a piece ends where a block does, which may be in the middle of the mark
        is_image = start.startswith(_IMAGE)
        collect = text > 0 and entry.size <= text
        collected: list[bytes] = []
        self._count += 1
        path = self._folder / f"{self._count}.bin"
        output = path.open("xb") if keep or is_image else None
        try:
            piece = start
            while piece:
                hasher.update(piece)
                if collect:
                    collected.append(piece)
                if output is not None:
                    output.write(piece)
                piece = next(pieces, b"")
        finally:
            if output is not None:
                output.close()
        file = self._describe(entry, path if is_image else None)
        if is_image and not keep:
            path.unlink()
        body = b"".join(collected) if collect else None
        return Seen(PackedFile(file, hasher.result()), path if keep else None, body, start[:_START])

    @staticmethod
    def _describe(entry: Entry, image: Path | None) -> ContainedFile:
        if image is None:
            runnable = is_runnable(entry.name)
            problem = "its name says that Windows would run it, but it is no image" if runnable else ""
            return ContainedFile(entry.name, entry.size, executable=runnable, problem=problem)
        try:
            with image.open("rb") as file:
                told = read_executable(file)
        except ExecutableError as error:
            return ContainedFile(entry.name, entry.size, executable=True, problem=str(error))
        problem = "" if told.version else "it has no version resource"
        if told.architecture is None:
            problem = f"it is for a machine of the unknown kind {told.machine:#06x}"
        return ContainedFile(entry.name, entry.size, True, told.version, told.architecture, problem)
