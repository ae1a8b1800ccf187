# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All file tables of an article, each with the Windows that it is for: by its caption, held against its own names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..._model.facts import Architecture
from ..errors import ArticleError
from . import values
from .blocks import Block, Heading, Line, Table, squeezed
from .grid import Caption, read_table
from .rows import NO_ROW, FileRow
from .stream import Word, read_stream

_BACK = 6
"""Lines that are looked back at from a table for its caption."""
_CAPTION_MAX = 250
_MENTIONS = (
    (
        Architecture.X86,
        re.compile(r"(?<![\w-])(?:x86|i386)(?![0-9])|(?<![\w.,:-])32(?![\w.,:])|(?<![\w.,:-])32bit", re.I),
    ),
    (
        Architecture.X64,
        re.compile(r"(?<![\w-])(?:x64|amd64)(?![0-9])|(?<![\w.,:-])64(?![\w.,:])|(?<![\w.,:-])64bit", re.I),
    ),
    (Architecture.IA64, re.compile(r"(?<!\w)IA-?64(?![0-9])|itanium", re.I)),
)
_NAMED = (
    (Architecture.X64, re.compile(r"amd64_.*|[^~]*~[^~]*~amd64~.*", re.I)),
    (Architecture.IA64, re.compile(r"ia64_.*|[^~]*~[^~]*~ia64~.*", re.I)),
    (Architecture.X86, re.compile(r"[^~]*~[^~]*~x86~.*", re.I)),
)


@dataclass(frozen=True)
class Tables:
    """rows: all that were read. unread: what has the form of a row and could not be read, as clauses.

    nameless: the same as rows, with what stands where their names were: files that the hotfix has besides.
    """

    rows: tuple[FileRow, ...]
    unread: tuple[str, ...]
    nameless: tuple[FileRow, ...] = ()


@dataclass(frozen=True)
class _Section:
    caption: str | None = None
    architecture: Architecture | None = None


def read_tables(blocks: Sequence[Block], what: str, most: int) -> Tables:
    """The file tables of an article. Raises ArticleError for more rows than `most`."""
    parts: list[tuple[_Section, list[FileRow]]] = []
    unread: list[str] = []
    lost: list[FileRow] = []
    lines: list[str] = []

    def flowing() -> None:
        """The lines since the last table may be a table that ran together."""
        parts.extend(_flowed(lines, parts[-1][0] if parts else _Section(), lost))

    for block in blocks:
        if not isinstance(block, Table):
            lines.append(block.text)
        elif (found := read_table(block)) is not None:
            flowing()
            parts += _grid(found, _section(lines), unread)
            lines.clear()
    flowing()
    rows = [row for section, part in parts for row in _placed(section, part)]
    if len(rows) > most:
        raise ArticleError(f"{what}: its file tables have more than {most} rows, as no article has")
    unread += [f"the words {one.name!r}: no row that can be read" for one in lost]
    lost += [replace(row, problems=(*row.problems, NO_ROW)) for row in rows if not values.is_name(row.name)]
    return Tables(tuple(row for row in rows if values.is_name(row.name)), tuple(unread), tuple(lost))


def _grid(
    found: Iterable[FileRow | Caption], section: _Section, unread: list[str]
) -> list[tuple[_Section, list[FileRow]]]:
    parts: list[tuple[_Section, list[FileRow]]] = [(section, [])]
    for one in found:
        if isinstance(one, Caption):
            below = _section([one.text])
            parts.append((below if below.architecture else replace(parts[-1][0], caption=one.text[:_CAPTION_MAX]), []))
            continue
        if not values.is_name(one.name):
            unread.append(f"a row of the table {section.caption or 'without a caption'!r}: {'; '.join(one.problems)}")
        parts[-1][1].append(one)
    return parts


def _flowed(lines: Sequence[str], last: _Section, lost: list[FileRow]) -> list[tuple[_Section, list[FileRow]]]:
    parts: list[tuple[_Section, list[FileRow]]] = []
    runs, after = read_stream(lines)
    section = last
    for run in runs:
        told = _section(_lines(run.before))
        if told.architecture or not parts:
            section = told
        lost += _lost(run.before)
        parts.append((section, list(run.rows)))
    lost += _lost(after)
    return parts


def _lines(words: Sequence[Word]) -> list[str]:
    found: dict[int, list[str]] = {}
    for word in words:
        found.setdefault(word.line, []).append(word.text)
    return [" ".join(texts) for texts in found.values()]


def _lost(words: Sequence[Word]) -> list[FileRow]:
    """A date with a time of day stands in file tables only. Which table it is of, nothing tells."""
    found = []
    for place in range(len(words) - 1):
        if values.is_day(words[place].text) and values.clock(words[place + 1].text):
            text = " ".join(word.text for word in words[max(0, place - 3) : place + 2])
            found.append(FileRow(text[:100], problems=(NO_ROW,)))
    return found


def _section(lines: Sequence[str]) -> _Section:
    """What a table is for, by the nearest of the lines before it that names an architecture."""
    near = [line[-_CAPTION_MAX:] for line in reversed(lines[-_BACK:])]
    for text in near:
        if told := mentioned(text):
            return _Section(squeezed(text), next(iter(told)) if len(told) == 1 else None)
    return _Section(squeezed(near[0]) if near else None)


def mentioned(text: str) -> set[Architecture]:
    """The architectures that a caption names, in whatever language: by x86, x64, 32, 64, IA-64, Itanium."""
    found = {one for one, form in _MENTIONS if form.search(text)}
    if Architecture.IA64 in found and not re.search("x64|amd64", text, re.I):
        found.discard(Architecture.X64)  # Itanium-based 64-bit versions
    return found


def _placed(section: _Section, rows: Sequence[FileRow]) -> list[FileRow]:
    """The rows with their table's architecture: the caption's, unless their own names or platforms deny it."""
    named = {one for row in rows for one, form in _NAMED if form.fullmatch(row.name)}
    named |= {row.platform for row in rows if row.platform in (Architecture.X64, Architecture.IA64)}
    architecture = section.architecture
    problem: tuple[str, ...] = ()
    if architecture is None:
        architecture = next(iter(named)) if len(named) == 1 else None
    elif named - {architecture}:
        told = ", ".join(sorted(one.value for one in named))
        problem = (f"its table's caption says {architecture.value}, the files in it {told}",)
        architecture = None
    return [
        replace(row, architecture=architecture, section=section.caption, problems=(*row.problems, *problem))
        for row in rows
    ]


def headings(blocks: Iterable[Block]) -> list[tuple[str, str]]:
    """Headings with the text below each, up to the next; first what stands before any, under an empty one."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for block in blocks:
        if isinstance(block, Heading):
            found.append((block.text, []))
        elif isinstance(block, Line):
            found[-1][1].append(block.text)
    return [(title, " ".join(lines)) for title, lines in found]
