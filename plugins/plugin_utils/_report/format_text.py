# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a table for a terminal: at most WIDTH columns, what needs work first, the next commands at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .._text.columns import columns, cut, fill, wrap
from .about import About
from .following import following
from .format import Format, Rows
from .lines import HEADINGS, cells, changes, counted, origin, shown, why, withheld
from .urgency import needs_work

WIDTH = 100
_HEAD, _CURED, _WORDED = 6, 5, 8
_GAP = 2
_INDENT = " " * 4
_LEAST_BESIDE = 40
_NARROWEST, _WIDEST = (12, 20), (40, 34, 15, 34, 7)
"""Columns of each of HEADINGS. A host whose name is longer than its column has a line of its own for it."""


def as_text(rows: Rows, about: About) -> str:
    """The table, then counts, changes and what to type. It ends with a line feed."""
    return "".join(f"{line}\n" for line in _lines(rows, about))


def _lines(rows: Rows, about: About) -> Iterator[str]:
    for at, line in enumerate(wrap(f"{about.title} ({origin(about)})", WIDTH - len(_INDENT), _HEAD)):
        yield line if at == 0 else _INDENT + line
    if about.query:
        yield cut(f"Rows chosen by {about.query}", WIDTH)
    some = shown(rows)
    if some.rows:
        yield ""
        yield from _table([(cells(row, about), why(row), _most(row)) for row in some.rows])
    if some.left_out:
        whole = f"; all of them: {about.run.report}" if about.run.report else ""
        yield from wrap(f"... {some.left_out}{whole}", WIDTH, 3)
    yield ""
    yield from wrap(counted(rows), WIDTH, 3)
    if about.comparison is not None:
        yield f"Since {about.comparison.since}:" if about.comparison.since else "Since the beginning of this run:"
        for line in changes(about.comparison):
            yield from (("  " if at == 0 else _INDENT) + one for at, one in enumerate(wrap(line, WIDTH - 4, 3)))
    for told in following(rows, about):
        yield from wrap(told.why, WIDTH, _WORDED)
        if told.command:  # whole, however long: it is there to be copied
            yield from (f"  {one}" for one in told.command.splitlines())


def _most(row: dict[str, Any]) -> int:
    """Lines of the reason: more where it says how to get a verdict at all."""
    if withheld(row["recommendation"]):
        return _CURED
    return 2 if needs_work(row) else 1


def _table(lines: Sequence[tuple[tuple[str, ...], str, int]]) -> Iterator[str]:
    widths = [max(columns(line[at]) for line in (HEADINGS, *(line for line, _why, _most in lines)))
              for at in range(len(HEADINGS))]
    widths = [min(width, most) for width, most in zip(widths, _WIDEST, strict=True)]
    gaps = _GAP * (len(widths) - 1)
    for at in (1, 0):  # Windows gives way first, then the host, whose long names have lines of their own
        widths[at] = max(_NARROWEST[at], widths[at] - max(0, sum(widths) + gaps - WIDTH))
    beside = WIDTH - sum(widths) - gaps - _GAP
    beside = beside if beside >= _LEAST_BESIDE else 0
    yield _joined((*HEADINGS, "why") if beside else HEADINGS, widths)
    for line, reason, most in lines:
        if columns(line[0]) > widths[0]:
            yield cut(line[0], WIDTH)
        first = line if columns(line[0]) <= widths[0] else ("", *line[1:])
        parts = wrap(reason, beside or WIDTH - len(_INDENT), most)
        yield _joined((*first, parts.pop(0)) if beside and parts else first, widths)
        indent = " " * (WIDTH - beside) if beside else _INDENT
        yield from (indent + one for one in parts)


def _joined(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [fill(cut(cell, width), width) for cell, width in zip(line, widths, strict=False)]
    return (" " * _GAP).join([*padded, *line[len(widths):]]).rstrip()


class Text(Format):
    """See Format."""

    name = "text"
    suffix = "txt"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The table, a line a piece."""
        return (f"{line}\n" for line in _lines(rows, about))
