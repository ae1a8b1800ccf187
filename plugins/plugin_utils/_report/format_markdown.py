# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a Markdown table, for tickets, wikis and summaries of build servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .._text.columns import cut
from .about import About
from .following import following
from .format import Format, Rows
from .lines import HEADINGS, cells, changes, counted, origin, shown, why

_LONGEST = 300
_MARKED = re.compile(r"([\\`*\[\]<>#|~&$@]|(?<!\w)_|_(?!\w)|^[+=-]|:(?=//))")


def as_markdown(rows: Rows, about: About) -> str:
    """A heading, counts, what to type, and the table. Whatever hosts said is text in it and nothing else."""
    return "".join(f"{line}\n" for line in _lines(rows, about))


def _lines(rows: Rows, about: About) -> Iterator[str]:
    yield from (f"## {_text(about.title)}", "", _text(origin(about)), "")
    if about.query:
        yield from (f"Rows chosen by {_text(about.query)}", "")
    yield from (_text(counted(rows)), "")
    if about.comparison is not None:
        since = about.comparison.since
        yield from (f"Since {_text(since)}:" if since else "Since the beginning of this run:", "")
        yield from (f"- {_text(line)}" for line in changes(about.comparison))
        yield ""
    for at, told in enumerate(following(rows, about)):
        yield from ([""] if at else [])
        yield _text(told.why)
        if told.command:
            yield ""
            yield from (f"    {line}" for line in told.command.splitlines())
    some = shown(rows)
    if some.rows:
        yield from ("", _row((*HEADINGS, "why")), "|" + " --- |" * (len(HEADINGS) + 1))
        yield from (_row((*cells(row, about), why(row))) for row in some.rows)
    if some.left_out:
        yield from ("", _text(f"... {some.left_out}"))


def _row(line: Sequence[str]) -> str:
    return "| " + " | ".join(map(_text, line)) + " |"


def _text(value: str) -> str:
    """Text that stays text: every sign that Markdown or its HTML could read has a backslash in front."""
    return _MARKED.sub(r"\\\1", cut(" ".join(value.split()), _LONGEST))


class Markdown(Format):
    """See Format."""

    name = "markdown"
    suffix = "md"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The table, a line a piece."""
        return (f"{line}\n" for line in _lines(rows, about))
