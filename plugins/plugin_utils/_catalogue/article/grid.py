# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File tables that came as rows and cells: which column is which is told by what stands in it, in any language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import values
from .blocks import Row, Table, squeezed
from .rows import Column, FileRow, read_row

_SHARE = 0.5


@dataclass(frozen=True)
class Caption:
    """A row of a table that is its title, or that of the rows below."""

    text: str


Found = FileRow | Caption


def read_table(table: Table) -> list[Found] | None:
    """The rows of a file table with the captions among them; None for a table of something else."""
    rows = _without_cards(table.rows)
    width = max(map(len, rows))
    grid = [(*row, *[""] * (width - len(row))) for row in rows]
    files = [row for row in grid if _is_file(row)]
    columns = _columns(files, width)
    if Column.NAME not in columns or not {Column.SIZE, Column.VERSION} & set(columns):
        return None
    return list(_read(grid, columns))


def _read(grid: Sequence[Row], columns: dict[Column, int]) -> Iterator[Found]:
    for row in grid:
        told = {squeezed(cell) for cell in row if cell.strip()}
        if len(told) == 1 and not values.is_name(next(iter(told))):
            yield Caption(next(iter(told)))
        elif _has_values(row):  # a row without any is a header
            yield read_row({column: row[place] for column, place in columns.items()})


def _is_file(row: Row) -> bool:
    return _has_values(row) and any(values.is_name(values.joined(cell)) for cell in row)


def _has_values(row: Row) -> bool:
    """A size, a version or a date stands in it: it is no header."""
    return any(values.version(cell) or values.size(cell) is not None or values.is_day(cell) for cell in row)


def _columns(rows: Sequence[Row], width: int) -> dict[Column, int]:
    """Which column is which, by the forms of its cells. Each column is one thing, and each thing one column."""
    found: dict[Column, int] = {}
    tests: tuple[tuple[Column, Callable[[str], object], float], ...] = (
        (Column.DATE, values.is_day, _SHARE),
        (Column.TIME, values.clock, _SHARE),
        (Column.NAME, lambda cell: values.is_name(values.joined(cell)) and not values.version(cell), _SHARE),
        (Column.VERSION, values.version, 0.0),
        (Column.PLATFORM, values.platform, 0.0),
        (Column.REQUIREMENT, values.requirement, 0.0),
        (Column.BRANCH, values.branch, 0.0),
        (Column.SIZE, lambda cell: values.size(cell) is not None, _SHARE),
    )
    for column, test, share in tests:
        shares = {place: _share(rows, place, test) for place in range(width) if place not in found.values()}
        best = max(shares, key=lambda place: shares[place], default=None)
        if best is not None and shares[best] > share:
            found[column] = best
    return found


def _share(rows: Sequence[Row], place: int, test: Callable[[str], object]) -> float:
    return sum(bool(test(row[place])) for row in rows) / len(rows) if rows else 0.0


def _without_cards(rows: Sequence[Row]) -> Sequence[Row]:
    """Cards (a file is a block of lines, label and value) turned into rows; other tables as they are."""
    if max(map(len, rows)) != 2 or len(rows) < 3 or not values.is_name(values.joined(rows[0][-1])):
        return rows
    first = squeezed(rows[0][0])
    cards: list[dict[str, str]] = []
    for row in rows:
        label, value = squeezed(row[0]), row[1] if len(row) > 1 else ""
        if label == first:
            cards.append({})
        cards[-1][label] = value
    labels = list(dict.fromkeys(label for card in cards for label in card))
    return [tuple(card.get(label, "") for label in labels) for card in cards]
