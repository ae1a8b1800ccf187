# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File tables whose cells ran together into text: rows are found by the forms of their values, word by word.

Ntoskrnl.exe 6.0.6000.20846 3,472,952 31-May-2008 06:52 Not applicable
07-Jan-2004 00:58 5.2.3790.116 540,160 Winlogon.exe
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import values
from .rows import Column, FileRow, read_row

_WORDS_MAX = 5
"""In place of a version or platform: `Not applicable` in any language."""
_NOWHERE = re.compile(
    r"(?:not applicable|n/a|none|(?:nicht|keine) (?:anwendbar|zutreffend|angabe)|(?:non|sans) (?:applicable|objet)"
    r"|no (?:aplicable|procede|disponible)|non (?:applicabile|disponibile)|n\u00e3o (?:aplic\u00e1vel|se aplica)"
    r"|niet van toepassing|nie dotyczy|\u043d\u0435 ?\u043f\u0440\u0438\u043c\u0435\u043d\u0438\u043c\u043e"
    r"|\u8a72\u5f53\u306a\u3057|\u4e0d\u9002\u7528|\u4e0d\u9069\u7528|\ud574\ub2f9 \uc5c6\uc74c)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Word:
    """A word of the text. line: which one of its lines it stands in."""

    text: str
    line: int


@dataclass(frozen=True)
class Run:
    """Rows one after another, and the words before them."""

    before: tuple[Word, ...]
    rows: tuple[FileRow, ...]


def read_stream(lines: Sequence[str]) -> tuple[list[Run], tuple[Word, ...]]:
    """All rows of the text, in runs, and the words after the last of them."""
    words = [Word(text, number) for number, line in enumerate(lines) for text in line.split()]
    runs: list[Run] = []
    start = place = 0
    while place < len(words):
        rows: list[FileRow] = []
        first = place
        while (found := _row(words, place)) is not None:
            row, place = found
            rows.append(row)
        if rows:
            runs.append(Run(tuple(words[start:first]), tuple(rows)))
            start = place
        else:
            place += 1
    return runs, tuple(words[start:])


def _row(words: Sequence[Word], place: int) -> tuple[FileRow, int] | None:
    """The row that begins at a place, and the place behind it."""
    cells: dict[Column, str] = {}
    after: int | None
    if values.is_name(words[place].text) if place < len(words) else False:
        cells[Column.NAME] = words[place].text
        after = _facts(words, place + 1, cells)
        after = None if after is None else _when(words, after, cells)
        if after is None:
            return None
        after = _rest(words, after, cells)
        return read_row(cells), after
    after = _when(words, place, cells)
    after = None if after is None else _facts(words, after, cells)
    if after is None or after >= len(words):
        return None
    if (known := values.platform(words[after].text)) is not None and after + 1 < len(words):
        cells[Column.PLATFORM] = known.value
        after += 1
    if not values.is_name(words[after].text):
        return None
    cells[Column.NAME] = words[after].text
    return read_row(cells), after + 1


def _facts(words: Sequence[Word], place: int, cells: dict[Column, str]) -> int | None:
    """Version, or words in its place, or nothing; then the size. Returns the place behind them."""
    if place < len(words) and values.version(words[place].text):
        cells[Column.VERSION] = words[place].text
        place += 1
    else:
        start = place
        while place < len(words) and not _digits(words[place].text):
            place += 1
            if place - start > _WORDS_MAX:
                return None
    taken = place
    told = ""
    while (
        taken < len(words) and taken - place < 4 and re.fullmatch("[0-9]{3}" if told else r"[0-9].*", words[taken].text)
    ):
        told = f"{told} {words[taken].text}".strip()
        taken += 1
    while taken > place and values.size(told) is None:  # 1 777 is one size, 1777 200 is not
        told, taken = told.rpartition(" ")[0], taken - 1
    if taken == place:
        return None
    cells[Column.SIZE] = told
    return taken


def _digits(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _when(words: Sequence[Word], place: int, cells: dict[Column, str]) -> int | None:
    """The date, of one word or three, and the time of day. Returns the place behind them."""
    for count in (1, 3):
        text = " ".join(word.text for word in words[place : place + count])
        if values.is_day(text):
            cells[Column.DATE] = text
            place += count
            break
    else:
        return None
    if place < len(words) and values.clock(words[place].text):
        cells[Column.TIME] = words[place].text
        place += 1
        if (
            place < len(words)
            and values.clock(f"{cells[Column.TIME]} {words[place].text}")
            and not _digits(words[place].text)
        ):
            cells[Column.TIME] += f" {words[place].text}"
            place += 1
    return place


def _rest(words: Sequence[Word], place: int, cells: dict[Column, str]) -> int:
    """Platform, requirement, branch: as far as the words are such. Returns the place behind them."""
    while place < len(words):
        text = words[place].text
        if Column.PLATFORM not in cells and (known := values.platform(text)):
            cells[Column.PLATFORM] = known.value
        elif Column.REQUIREMENT not in cells and values.requirement(text):
            cells[Column.REQUIREMENT] = text
        elif values.branch(text):
            cells[Column.BRANCH] = text
        elif count := _nowhere(words, place):
            place += count
            continue
        else:
            break
        place += 1
    return place


def _nowhere(words: Sequence[Word], place: int) -> int:
    """How many words say that there is nothing to say."""
    for count in (1, 2, 3):
        if _NOWHERE.fullmatch(" ".join(word.text for word in words[place : place + count])):
            return count
    return 0
