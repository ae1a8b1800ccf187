# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of a file table, and how its cells are read once it is known which cell is which."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..._model.facts import Architecture
from ..._model.file_version import FileVersion
from . import values


class Column(enum.Enum):
    """What a cell of a file table is."""

    NAME = "name"
    VERSION = "version"
    SIZE = "size"
    DATE = "date"
    TIME = "time"
    PLATFORM = "platform"
    REQUIREMENT = "requirement"
    BRANCH = "branch"


_NO_VERSION = "is no file version"
NO_ROW = "is no row that can be read"


@dataclass(frozen=True)
class FileRow:
    """One row as the article has it. version: None where the article gives none. size in bytes, time in UTC.

    platform: of the image. requirement (`SP1`) and branch (`gdr`, `ldr`, `wow`): where the table has such columns.
    architecture: of the Windows that the table is for; section: its caption. Both None where nothing tells them.
    problems: what of the row could not be read, as clauses.
    """

    name: str
    version: FileVersion | None = None
    size: int | None = None
    time: datetime | None = None
    platform: Architecture | None = None
    requirement: str | None = None
    branch: str | None = None
    architecture: Architecture | None = None
    section: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_servicing_data(self) -> bool:
        """Manifests and catalogues, which CBS keeps for itself."""
        return self.name.lower().endswith((".mum", ".manifest", ".cat"))

    @property
    def unread_version(self) -> str | None:
        """What the row says in a version's place and is none, as a clause; None where it says nothing there."""
        return next((one for one in self.problems if one.endswith((_NO_VERSION, NO_ROW))), None)


def read_row(cells: Mapping[Column, str]) -> FileRow:
    """The row that these cells make. What cannot be read is None, and named in problems."""
    problems: list[str] = []
    name = values.joined(cells.get(Column.NAME, ""))
    if not values.is_name(name):
        problems.append(f"{name[:60]!r} is no file name")
    told = cells.get(Column.VERSION, "").strip()
    version = values.version(told)
    if version is None and any(character.isdigit() for character in told):
        problems.append(f"{told[:40]!r} {_NO_VERSION}")
    told = cells.get(Column.SIZE, "").replace("\n", " ").strip()
    size = values.size(told)
    if size is None and told:
        problems.append(f"{told[:40]!r} is no size")
    day = cells.get(Column.DATE, "").replace("\n", " ").strip()
    time = _moment(day, cells.get(Column.TIME, ""))
    if time is None and day:
        problems.append(f"{day[:40]!r} is no date that is certain")
    return FileRow(
        name,
        version,
        size,
        time,
        values.platform(cells.get(Column.PLATFORM, "")),
        values.requirement(cells.get(Column.REQUIREMENT, "")),
        values.branch(cells.get(Column.BRANCH, "")),
        problems=tuple(problems),
    )


def _moment(day: str, clock: str) -> datetime | None:
    """Midnight where the article gives no time of day."""
    date, time = values.day(day), values.clock(clock) or (0, 0)
    return datetime(date.year, date.month, date.day, *time, tzinfo=UTC) if date else None
