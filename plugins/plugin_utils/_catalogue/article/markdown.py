# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown as articles use it: headings, pipe tables (under a bullet too), escapes, links. What else it has is text."""

from __future__ import annotations

import html
import re

from .blocks import Blocks

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])\s+")
_DELIMITER = frozenset(" \t|:-")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\(([^()\s]{0,500}(?:\s[^()]{0,200})?)\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,300}>")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_CELL_END = re.compile(r"(?<!\\)\|")
_STRONG = re.compile(r"(?<!\\)(?:\*\*|`+)")
_EMPHASIS = re.compile(r"(?<![\w\\*])(?:_([^_\n]{1,60}[ :][^_\n]{0,60})_|\*([^*\n]{1,60})\*)(?!\w)")
"""Of `_names_with_.signs` the signs are part of the name: only what holds a blank or colon is emphasis."""
_MARKS_MAX = 10
_QUOTED = re.compile(rf"(?:\s*>){{1,{_MARKS_MAX}}}\s?")


def read_markdown(text: str, blocks: Blocks) -> None:
    """Add what the text holds. Raises ArticleError beyond the bounds."""
    rows: list[list[str]] = []
    lines = _without_front_matter(text.splitlines(), blocks)
    for number, line in enumerate(lines):
        line = _content(line)  # noqa: PLW2901 - its marks have no meaning here
        if _is_row(line, lines[number + 1] if number + 1 < len(lines) else "", rows):
            if not _is_delimiter(line):
                rows.append(_cells(line, blocks.limits.columns))
            continue
        if rows:
            blocks.table(rows)
            rows = []
        if match := _HEADING.fullmatch(line):
            blocks.heading(len(match[1]), plain(match[2].rstrip("# ")))
        elif not line.startswith(("```", "~~~")):
            blocks.line(plain(line))
    if rows:
        blocks.table(rows)


def _without_front_matter(lines: list[str], blocks: Blocks) -> list[str]:
    """The lines behind a front matter, whose title is the article's."""
    if not lines or lines[0].strip() != "---":
        return lines
    for number, line in enumerate(lines[1:200], start=1):
        if line.strip() == "---":
            return lines[number + 1 :]
        if line.startswith("title:"):
            blocks.heading(1, line.removeprefix("title:").strip().strip("'\""))
    return lines


def _content(line: str) -> str:
    """The line without marks of quotation and of a list's item."""
    if match := _QUOTED.match(line):
        line = line[match.end() :]
    line = line.strip()
    match = _BULLET.match(line)
    return line[match.end() :].strip() if match and not _is_delimiter(line) else line


def _is_delimiter(line: str) -> bool:
    """The line between a table's header and its rows, or an empty row."""
    return "-" in line and _DELIMITER.issuperset(line)


def _is_row(line: str, following: str, rows: list[list[str]]) -> bool:
    """A line that begins with a bar, or one with a bar in it that stands over or in a table."""
    if line.startswith("|"):
        return True
    if "|" not in line:
        return False
    following = _content(following)
    return bool(rows) or ("|" in following and _is_delimiter(following))


def _cells(line: str, most: int) -> list[str]:
    line = line[1:] if line.startswith("|") else line
    cells = _CELL_END.split(line, maxsplit=most)[:most]
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [plain(cell) for cell in cells]


def plain(text: str) -> str:
    """The text without links' addresses, emphasis, tags and escapes; a `<br>` becomes a line feed."""
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _EMPHASIS.sub(lambda match: match[1] or match[2], _STRONG.sub("", text))
    text = _ESCAPED.sub(r"\1", text)
    return html.unescape(text).replace("\u00a0", " ").strip(" \t")
