# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's time zone: its offset now and the rules by which its clocks change, as Win32_TimeZone tells them.

Source: Win32_TimeZone in Microsoft's documentation. Month 0: the zone has no daylight saving time. Day 1 to 4 is which
such weekday of the month, 5 the last one. Both biases are added to the zone's own: local time is UTC plus Bias (as this
class, unlike the API, counts it) less the bias of the season.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = dt.timedelta(hours=18)
_SUNDAY_OF_PYTHON = 6


@dataclass(frozen=True)
class Change:
    """When the clocks change each year, by the wall clock before the change. weekday: 0 is Sunday; week 5: the last."""

    month: int
    week: int
    weekday: int
    minutes: int

    def in_year(self, year: int) -> dt.datetime:
        """The wall clock's time of the change, before it."""
        wanted = (self.weekday + _SUNDAY_OF_PYTHON) % 7
        first = (wanted - dt.date(year, self.month, 1).weekday()) % 7 + 1
        days = calendar.monthrange(year, self.month)[1]
        day = first + 7 * (self.week - 1)
        while day > days:
            day -= 7
        return dt.datetime(year, self.month, day) + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Zone:
    """offset: local time less UTC, now. standard and summer: the offsets of both seasons; None: they are not known.

    begins: when summer time begins; ends: when it does. Both None: the clocks never change.
    """

    offset: dt.timedelta
    standard: dt.timedelta | None = None
    summer: dt.timedelta | None = None
    begins: Change | None = None
    ends: Change | None = None

    @property
    def rules_known(self) -> bool:
        return self.standard is not None

    def instant(self, local: dt.datetime) -> dt.datetime:
        """The moment, in UTC and naive, at which the wall clock shows this; where it does so twice, the first one.

        A time that the clocks jump over is the moment of the jump. Without rules the offset of now is taken.
        """
        if self.standard is None or self.summer is None or self.begins is None or self.ends is None:
            return local - self.offset
        shown = [local - offset for offset in (self.standard, self.summer)]
        there = [moment for moment in shown if self.offset_at(moment) == local - moment]
        if there:
            return min(there)
        jumps = [moment for moment, _after in self._changes(local.year) if min(shown) < moment <= max(shown)]
        return jumps[0] if jumps else min(shown)

    def offset_at(self, moment: dt.datetime) -> dt.timedelta:
        """Local time less UTC at a moment (UTC, naive)."""
        known = self.offset
        for changes, after in self._changes(moment.year):
            if changes <= moment:
                known = after
        return known

    def _changes(self, year: int) -> list[tuple[dt.datetime, dt.timedelta]]:
        """Moments (UTC, naive) and the offset after each, of the year and its neighbours, in order."""
        if self.standard is None or self.summer is None or self.begins is None or self.ends is None:
            return []
        found = []
        for each in (year - 1, year, year + 1):
            found.append((self.begins.in_year(each) - self.standard, self.summer))
            found.append((self.ends.in_year(each) - self.summer, self.standard))
        return sorted(found)


def read_zone(offset_minutes: Any, told: Mapping[str, Any] | None, now: dt.datetime) -> Zone:
    """A zone from CurrentTimeZone (minutes) and a row of Win32_TimeZone, or None where the host does not tell it.

    now: UTC, naive. Rules that do not give the offset which the host has now are no rules. Raises ValueError for an
    offset that is no number of minutes a zone can have.
    """
    minutes = int(str(offset_minutes))
    if abs(minutes) > _MOST / dt.timedelta(minutes=1):
        raise ValueError(f"no zone is {str(minutes)[:20]} minutes from UTC")
    offset = dt.timedelta(minutes=minutes)
    plain = Zone(offset)
    try:
        zone = _rules(offset, told or {})
        return zone if zone.offset_at(now) == offset else plain
    except (KeyError, TypeError, ValueError, OverflowError):
        return plain


def _rules(offset: dt.timedelta, told: Mapping[str, Any]) -> Zone:
    values = {name.lower(): value for name, value in told.items()}
    bias = dt.timedelta(minutes=_number(values["bias"]))
    standard = bias - dt.timedelta(minutes=_number(values.get("standardbias", 0)))
    if _number(values["daylightmonth"]) == 0 or _number(values["standardmonth"]) == 0:
        return Zone(offset, standard, standard)
    summer = bias - dt.timedelta(minutes=_number(values["daylightbias"]))
    return Zone(offset, standard, summer, _change(values, "daylight"), _change(values, "standard"))


def _change(values: Mapping[str, Any], season: str) -> Change:
    if _number(values.get(f"{season}year") or 0):
        raise ValueError("a date of one year is no rule")
    month, week, weekday = (_number(values[f"{season}{name}"]) for name in ("month", "day", "dayofweek"))
    if not (1 <= month <= 12 and 1 <= week <= 5 and 0 <= weekday <= 6):
        raise ValueError("no such day")
    minutes = 60 * _number(values[f"{season}hour"]) + _number(values.get(f"{season}minute") or 0)
    return Change(month, week, weekday, minutes)


def _number(value: Any) -> int:
    return int(str(value))
