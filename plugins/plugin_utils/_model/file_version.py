# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A four-part file version (`6.0.6001.22191`) and the servicing branch that its build and revision tell."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from .builds import MINOR_OF_BUILD

_QUAD = re.compile(r"\s*([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})(?:\s+\([^()]{0,120}\))?\s*", re.ASCII)
_PART_MAX = 0xFFFF

NT = 6

GDR_FIRST = 16384
LDR_FIRST = 20480
LDR_LAST = 24575


class Branch(enum.Enum):
    """The servicing branch of a file.

    GDR is general distribution, LDR is limited distribution, where hotfixes live, and is cumulative per file. Builds
    that have one branch only are SINGLE. OTHER: nothing tells the branch.
    """

    GDR = "gdr"
    LDR = "ldr"
    SINGLE = "single"
    OTHER = "other"


_RANGES: dict[int, tuple[tuple[Branch, int, int], ...]] = {
    6000: ((Branch.GDR, GDR_FIRST, LDR_FIRST - 1), (Branch.LDR, LDR_FIRST, LDR_LAST)),
    6001: ((Branch.GDR, GDR_FIRST, LDR_FIRST - 1), (Branch.LDR, LDR_FIRST, LDR_LAST)),
    6002: ((Branch.GDR, 18005, 19999), (Branch.LDR, 22119, 24999)),
    6003: ((Branch.SINGLE, 20489, _PART_MAX),),
    7600: ((Branch.GDR, 16385, 17999), (Branch.LDR, 20518, 21999)),
    7601: ((Branch.GDR, 17514, 19999), (Branch.LDR, 21000, _PART_MAX)),
    9200: ((Branch.GDR, 16384, 17999), (Branch.LDR, 20000, _PART_MAX)),
    9600: ((Branch.SINGLE, 16384, _PART_MAX),),
}
"""First and last revisions of each branch by build: file tables of articles and the rules of scanners. Revisions
between them were never seen and are of no known branch."""

_CAME_WITH = {6000: 16386, 6001: 18001, 6002: 18005, 7600: 16385, 7601: 17514, 9200: 16384, 9600: 16384}
"""The last revision that each build came with: its files are at it or, where they were built before, below it."""


def branches_of(build: int) -> frozenset[Branch]:
    """The branches whose revisions are known for files that count with a build; empty for an unknown build."""
    return frozenset(branch for branch, _first, _last in _RANGES.get(build, ()))


@dataclass(frozen=True, order=True)
class FileVersion:
    """A file version of four 16-bit parts, ordered part by part: always compare whole quads, never revisions alone."""

    major: int
    minor: int
    build: int
    revision: int

    def __post_init__(self) -> None:
        for part in (self.major, self.minor, self.build, self.revision):
            if not 0 <= part <= _PART_MAX:
                raise ValueError(f"a part of a file version is {part}: each is between 0 and {_PART_MAX}")

    @classmethod
    def parse(cls, text: str) -> FileVersion:
        """Read `6.0.6001.22191` or `6.0.6001.22191 (vistasp1_ldr.080530-1504)`.

        Raises ValueError, in one sentence, for anything else.
        """
        match = _QUAD.fullmatch(text)
        if match is None:
            raise ValueError(f"{text[:60]!r} is no file version: four numbers with dots were expected (6.0.6001.22191)")
        return cls(*(int(part) for part in match.groups()))

    @property
    def os_version(self) -> tuple[int, int, int]:
        """major, minor, build: what the operating system's own version would be."""
        return (self.major, self.minor, self.build)

    @property
    def counts_with_windows(self) -> bool:
        """Whether it has the form 6.x.BUILD.revision with a build of Windows. Others count otherwise, as 4.5.6001.22159
        and 6.20.1076.0 do."""
        return self.major == NT and self.build in MINOR_OF_BUILD

    def contradicts(self, windows: tuple[int, int, int]) -> bool:
        """Whether it counts with Windows and is of another build of the same one (windows: the version of a build).

        A file of another Windows contradicts nothing: parts of a later one are released for an earlier one too, as the
        Remote Desktop client 6.0.6001 was for XP (KB976110).
        """
        same = MINOR_OF_BUILD.get(self.build) == windows[1] and windows[0] == NT
        return self.counts_with_windows and same and self.build != windows[2]

    def came_with(self, windows: tuple[int, int, int]) -> bool:
        """Whether it is a version that this build of Windows came with (its own files, and those that it took over from
        an earlier build), so that every such host has it: it proves no fix.

        That is so whatever the version's first numbers are: Windows Installer is 4.0.6001.18000 in Service Pack 1.
        """
        last = _CAME_WITH.get(self.build)
        return last is not None and self.build <= windows[2] and GDR_FIRST <= self.revision <= last

    @property
    def branch(self) -> Branch:
        """By build and revision. Files with a major version of their own (4.5.6001.22159) count builds with Windows."""
        ranges = _RANGES.get(self.build, ())
        return next((branch for branch, first, last in ranges if first <= self.revision <= last), Branch.OTHER)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.build}.{self.revision}"


def no_branch(version: FileVersion) -> str:
    """Why a version whose build has known branches is on none of them, as a clause."""
    ranges = _RANGES.get(version.build, ())
    listed = ", ".join(f"{branch.value} {first} to {last}" for branch, first, last in ranges)
    return f"{version} is on no known branch of build {version.build} ({listed or 'none is known'})"
