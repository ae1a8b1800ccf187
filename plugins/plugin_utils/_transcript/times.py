# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in a transcript: all moved by the same number of days, drawn anew for each, so that differences stay.

The time of day, the offset from UTC and the form (fraction, `Z`) stay: they are what is to be learnt.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, date, datetime, timedelta

_DAY = 864_000_000_000
"""A day in the 100 ns of a FILETIME."""

ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)"
)
DMTF = re.compile(r"([0-9]{8})([0-9]{6}\.[0-9*]{6}[+-][0-9]{3})")
DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
FILETIME = re.compile(r"01[c-d][0-9a-f]{13}", re.IGNORECASE)


def drawn_days() -> int:
    """How far the times of one transcript are moved: between one and ten years back, in whole weeks."""
    return -7 * (52 + secrets.randbelow(470))


class Shift:
    """Moves times by whole days. moved: how many."""

    def __init__(self, days: int | None = None) -> None:
        self.days = drawn_days() if days is None else days
        self.moved = 0

    def whole(self, text: str) -> str | None:
        """The moved time where the text is one and nothing else (spaces around it stay); None where it is none."""
        bare = text.strip()
        for form, move in ((ISO, self._iso), (DMTF, self._dmtf), (DATE, self._date), (FILETIME, self._filetime)):
            match = form.fullmatch(bare)
            made = None if match is None else move(match)
            if made is not None:
                self.moved += 1
                return text.replace(bare, made)
        return None

    def _day(self, day: date) -> date | None:
        try:
            return day + timedelta(days=self.days)
        except OverflowError:
            return None

    def _iso(self, match: re.Match[str]) -> str | None:
        try:
            day = self._day(date.fromisoformat(match[1]))
        except ValueError:
            return None
        return None if day is None else f"{day.isoformat()}{match[2]}"

    def _dmtf(self, match: re.Match[str]) -> str | None:
        try:
            day = self._day(datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC).date())
        except ValueError:
            return None
        return None if day is None else f"{day:%Y%m%d}{match[2]}"

    def _date(self, match: re.Match[str]) -> str | None:
        """Which number is the month is the host's matter: the first, unless it cannot be."""
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        turned = first > 12
        try:
            day = self._day(date(year, *((second, first) if turned else (first, second))))
        except ValueError:
            return None
        if day is None:
            return None
        return f"{day.day}/{day.month}/{day.year}" if turned else f"{day.month}/{day.day}/{day.year}"

    def _filetime(self, match: re.Match[str]) -> str:
        moved = int(match[0], 16) + self.days * _DAY
        made = f"{moved:016x}"
        return made.upper() if match[0].upper() == match[0] else made
