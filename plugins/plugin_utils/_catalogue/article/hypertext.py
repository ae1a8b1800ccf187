# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML as saved pages have it, by the standard library's parser: it forgives everything and needs no requirement more.

That parser's time grows with the square of some broken input, so that only whole tags reach it (_tamed), which takes
time in proportion to the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .blocks import Blocks

_TOKEN = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9:-]{0,30})((?:\s|/)[^<>]{0,4000})?>")
_SILENT = frozenset(["script", "style", "noscript", "template", "svg", "textarea", "iframe"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# fmt: off
_ENDS_LINE = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "option", "p", "pre",
        "section", "summary", "ul", "caption"
    )
)
# fmt: on
_CELLS = frozenset({"td", "th"})


@dataclass
class _Grid:
    """A table while it is read. spans: for a column, how many rows below still have its text."""

    rows: list[list[str]] = field(default_factory=list)
    spans: dict[int, tuple[int, str]] = field(default_factory=dict)
    cell: list[str] | None = None
    columns: int = 1
    below: int = 0


def read_html(text: str, blocks: Blocks) -> None:
    """Add what the page holds. Raises ArticleError beyond the bounds."""
    page = _Page(blocks)
    page.feed(_tamed(text))
    page.close()
    page.finish()


def _tamed(text: str) -> str:
    """The text with whole tags only, without comments and without elements whose content is not for people."""
    pieces: list[str] = []
    place, wanted = 0, len(text)
    lowered = text.lower()
    if len(lowered) != wanted:  # a letter whose small form is two would move all places
        lowered = text
    while place < wanted:
        start = text.find("<", place)
        if start < 0:
            pieces.append(text[place:])
            break
        pieces.append(text[place:start])
        match = _TOKEN.match(text, start)
        if match is None:
            place = _behind_markup(text, start)
            pieces.append(" " if place > start + 1 else "&lt;")
            continue
        name, place = match[1].lower(), match.end()
        if name in _SILENT:
            end = lowered.find(f"</{name}", place)
            place = wanted if end < 0 else end + len(name) + 2
            place = max(place, text.find(">", place) + 1) if end >= 0 else place
            continue
        pieces.append(match[0])
    return "".join(pieces)


def _behind_markup(text: str, start: int) -> int:
    """Behind a comment or declaration; behind the sign itself where it is none, or one without an end."""
    closing = "-->" if text.startswith("<!--", start) else ">" if text.startswith(("<!", "<?"), start) else ""
    end = text.find(closing, start + 2) if closing else -1
    if closing and end < 0:
        return len(text)
    return end + len(closing) if closing else start + 1


class _Page(HTMLParser):
    def __init__(self, blocks: Blocks) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks = blocks
        self._tables: list[_Grid] = []
        self._words: list[str] = []
        self._heading = 0

    def finish(self) -> None:
        """End what the page left open."""
        while self._tables:
            self._end_table()
        self._end_line()

    def handle_data(self, data: str) -> None:
        if self._tables and self._tables[-1].cell is None:
            return  # between cells
        target = self._tables[-1].cell if self._tables else self._words
        if target is not None:
            target.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_line()
            if len(self._tables) >= self._blocks.limits.depth:
                self._blocks.refuse(
                    f"its tables are nested more than {self._blocks.limits.depth} deep, as in no article"
                )
            self._tables.append(_Grid())
        elif self._tables and tag in ("tr", *_CELLS):
            self._end_cell()
            grid = self._tables[-1]
            if tag == "tr":
                self._begin_row(grid)
            else:
                if not grid.rows:
                    self._begin_row(grid)
                told = dict(attrs)
                grid.cell, grid.columns, grid.below = [], _span(told.get("colspan")), _span(told.get("rowspan")) - 1
        elif tag == "br":
            self.handle_data("\n")
        elif tag == "title":
            self._heading = 1
        elif tag in _HEADINGS:
            self._end_line()
            self._heading = 0 if self._tables else _HEADINGS[tag]
        elif tag in _ENDS_LINE:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._end_table()
        elif self._tables and tag in ("tr", *_CELLS):
            self._end_cell()
        elif tag in _HEADINGS or tag in _ENDS_LINE or tag == "title":
            self._end_line()

    def _end_line(self) -> None:
        if self._tables:
            self.handle_data("\n")
            return
        text = "".join(self._words)
        self._words.clear()
        if self._heading:
            self._blocks.heading(self._heading, text)
        else:
            for line in text.split("\n"):
                self._blocks.line(line)
        self._heading = 0

    def _begin_row(self, grid: _Grid) -> None:
        grid.rows.append([])
        self._carried(grid)

    def _carried(self, grid: _Grid) -> None:
        """Cells of rows above that reach down to the next free places of this one."""
        row = grid.rows[-1]
        while len(row) in grid.spans and len(row) < self._blocks.limits.columns:
            left, text = grid.spans.pop(len(row))
            if left > 1:
                grid.spans[len(row)] = (left - 1, text)
            self._blocks.count(1)
            row.append(text)

    def _end_cell(self) -> None:
        grid = self._tables[-1]
        if grid.cell is None:
            return
        limits, row = self._blocks.limits, grid.rows[-1]
        text = "".join(grid.cell)[: limits.cell_length].replace("\u00a0", " ").strip()
        grid.cell = None
        for _column in range(min(grid.columns, limits.columns - len(row))):
            if grid.below > 0:
                grid.spans[len(row)] = (min(grid.below, limits.lines), text)
            row.append(text)
        self._carried(grid)

    def _end_table(self) -> None:
        self._end_cell()
        grid = self._tables.pop()
        if grid.rows:
            self._blocks.table(grid.rows)


def _span(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[1-9][0-9]{0,3}", text.strip()) else 1
