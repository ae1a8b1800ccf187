# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An article as its form tells it, before anything is understood: headings, lines and tables, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..errors import ArticleError

Row = tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Bounds of one article. The longest that is known has some 180,000 characters and 2,000 rows."""

    size: int = 4 * 1024 * 1024
    """Bytes of the file."""
    lines: int = 200_000
    cells: int = 400_000
    """Of all tables together, those that a span repeats included."""
    columns: int = 40
    depth: int = 60
    """Of elements inside each other that matter here: tables and lists."""
    cell_length: int = 4_000
    rows: int = 20_000
    """Of all file tables together."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the article's title."""

    level: int
    text: str


@dataclass(frozen=True)
class Line:
    """A line, a paragraph or an item of a list."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells. Where a cell had a line break it has a line feed."""

    rows: tuple[Row, ...]


Block = Heading | Line | Table


class Blocks:
    """Collects blocks within the bounds. Raises ArticleError beyond them."""

    def __init__(self, what: str, limits: Limits) -> None:
        self._what = what
        self.limits = limits
        self._cells = 0
        self.found: list[Block] = []

    def refuse(self, reason: str) -> NoReturn:
        """Raises ArticleError."""
        raise ArticleError(f"{self._what}: {reason}")

    def _add(self, block: Block) -> None:
        if len(self.found) >= self.limits.lines:
            self.refuse(f"it has more than {self.limits.lines} lines and tables, as no article has")
        self.found.append(block)

    def heading(self, level: int, text: str) -> None:
        if text := squeezed(text):
            self._add(Heading(level, text))

    def line(self, text: str) -> None:
        if text := squeezed(text):
            self._add(Line(text))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        self.count(sum(map(len, rows)))
        longest = self.limits.cell_length
        if kept := [tuple(cell[:longest] for cell in row) for row in rows if any(cell.strip() for cell in row)]:
            self._add(Table(tuple(kept)))

    def count(self, cells: int) -> None:
        """Cells that were made. Raises ArticleError when they are too many."""
        self._cells += cells
        if self._cells > self.limits.cells:
            self.refuse(f"its tables have more than {self.limits.cells} cells, as no article has")


def squeezed(text: str) -> str:
    """The text with single blanks."""
    return " ".join(text.split())
