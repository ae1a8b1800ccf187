# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A four-part file version (`6.0.6001.22191`) and the servicing branch that its revision tells."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_QUAD = re.compile(r"\s*([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})(?:\s+\([^()]{0,120}\))?\s*", re.ASCII)
_PART_MAX = 0xFFFF

GDR_FIRST = 16384
LDR_FIRST = 20480
LDR_LAST = 24575


class Branch(enum.Enum):
    """The servicing branch of a file of NT 6.0, told by its revision.

    GDR is general distribution (16384 to 20479: build 6000 reaches 17021, 6001 starts at 18000), LDR is limited
    distribution (20480 to 24575) and is where hotfixes live. Any other revision is OTHER.
    """

    GDR = "gdr"
    LDR = "ldr"
    OTHER = "other"


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
    def branch(self) -> Branch:
        if GDR_FIRST <= self.revision < LDR_FIRST:
            return Branch.GDR
        if LDR_FIRST <= self.revision <= LDR_LAST:
            return Branch.LDR
        return Branch.OTHER

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.build}.{self.revision}"
