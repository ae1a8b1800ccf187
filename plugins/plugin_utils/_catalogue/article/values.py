# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cell of a file table says: a file's name, version, size, date, time, platform, branch. By form, not by words.

Tables come in all languages. Only months have words; a month that is not known here costs the date, nothing else.
"""

from __future__ import annotations

import re
from datetime import date

from ..._model.facts import Architecture
from ..._model.file_version import FileVersion

_NAME = re.compile(r"[^\s\\/:*?\"<>|,;()]{1,200}\.[A-Za-z][A-Za-z0-9_]{0,14}")
_QUAD = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,5}){3})(?:\([^()]{0,120}\))?", re.ASCII)
_BLANKS = "\u0020\u00a0\u202f\u2009"
_SIZE = re.compile(
    rf"([0-9]{{1,3}}(?:([.,'\u2019{_BLANKS}])[0-9]{{3}}(?:\2[0-9]{{3}})*)?|[0-9]{{1,12}})(?: ?bytes)?", re.ASCII
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?(?: ?([AaPp])\.?[Mm]\.?)?", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./ ]{1,2}([^\W\d_]{3,12})\.?,?[-./ ]{1,2}([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})日?")
_NUMBERS = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
_BRANCH = re.compile(r"(?:RTM|SP[0-9])?[ _]?(GDR|LDR|QFE|WOW)", re.IGNORECASE | re.ASCII)
_REQUIREMENT = re.compile(r"RTM|SP[0-9]", re.IGNORECASE | re.ASCII)

_PLATFORMS = {
    "x86": Architecture.X86,
    "i386": Architecture.X86,
    "x64": Architecture.X64,
    "amd64": Architecture.X64,
    "ia-64": Architecture.IA64,
    "ia64": Architecture.IA64,
}

# English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian: as those articles shorten them.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan janv ene gen sty янв",
            "feb févr fev lut фев",
            "mar mär mrz mars mrt мар",
            "apr avr abr kwi апр",
            "may mai mag mei maj май мая",
            "jun juin giu cze июн",
            "jul juil lug lip июл",
            "aug août ago sie авг",
            "sep sept set wrz сен",
            "oct okt ott out paź окт",
            "nov lis ноя",
            "dec dez déc dic gru дек",
        ),
        start=1,
    )
    for word in words.split()
}


def joined(cell: str) -> str:
    """A name or version that a line break cut."""
    return "".join(part.strip() for part in cell.split("\n"))


def is_name(text: str) -> bool:
    """Whether a text can be a file's name: it has an ending, which begins with a letter."""
    return _NAME.fullmatch(text) is not None


def version(text: str) -> FileVersion | None:
    """The version, without blanks and its lab's name (`(vistasp1_ldr.080530-1504)`); None for anything else."""
    match = _QUAD.fullmatch("".join(text.split()))
    try:
        return FileVersion.parse(match[1]) if match else None
    except ValueError:
        return None


def size(text: str) -> int | None:
    """1777 for 1,777 and 1.777 and 1 777 and 1777; None for anything else."""
    match = _SIZE.fullmatch(text.strip())
    return int(re.sub(r"[^0-9]", "", match[1])) if match else None


def day(text: str) -> date | None:
    """31-May-2008, 2009/8/14, 2008-05-31, 31.05.2008; 05/06/2008 could be two days, and is None."""
    text = text.strip()
    try:
        if match := _DAY_FIRST.fullmatch(text):
            month = _month(match[2])
            return date(int(match[3]), month, int(match[1])) if month else None
        if match := _YEAR_FIRST.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMBERS.fullmatch(text):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            if match[2] == "." or first > 12 or first == second:
                return date(year, second, first)
            return date(year, first, second) if second > 12 else None
    except ValueError:
        return None
    return None


def _month(word: str) -> int | None:
    word = word.lower()
    return _MONTHS.get(word) or _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def is_day(text: str) -> bool:
    """Whether it has the form of a date, known month or not."""
    text = text.strip()
    return any(form.fullmatch(text) for form in (_DAY_FIRST, _YEAR_FIRST, _NUMBERS))


def clock(text: str) -> tuple[int, int] | None:
    """Hour and minute; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    if match[3]:
        hour = hour % 12 + (12 if match[3] in "Pp" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def platform(text: str) -> Architecture | None:
    """The architecture of an image; None where the cell names none."""
    return _PLATFORMS.get(text.strip().lower())


def branch(text: str) -> str | None:
    """`gdr`, `ldr` (QFE is its older name) or `wow`; None for anything else."""
    match = _BRANCH.fullmatch(text.strip())
    if match is None:
        return None
    word = match[1].lower()
    return "ldr" if word == "qfe" else word


def requirement(text: str) -> str | None:
    """`RTM`, `SP1`, ...; None for anything else."""
    match = _REQUIREMENT.fullmatch(text.strip())
    return match[0].upper() if match else None
