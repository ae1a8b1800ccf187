# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows: whether one is open on a host now, by the host's clock and by the controller's.

A window is told in the host's own local time. Its days are those on which it begins, so that one across midnight
belongs to the evening. It is open only when both clocks, the host's and the controller's (in the host's zone), are in
it: a host whose clock is wrong starts nothing at noon because it takes noon for two in the morning.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._wsman.values import UnparsableValue, parse_datetime

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = dt.timedelta(days=1)
_MINUTES = 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


class WindowError(ValueError):
    """A window that cannot be used: which one, what is wrong, what is expected."""


@dataclass(frozen=True)
class Window:
    """days: 0 is Monday. start and end are minutes of the day; an end at or before the start is on the next day."""

    days: frozenset[int]
    start: int
    end: int

    def is_open(self, at: dt.datetime, reserve: dt.timedelta) -> bool:
        """Whether a local time lies in the window, with `reserve` left before its end."""
        length = (self.end - self.start - 1) % _MINUTES + 1
        for ago in (0, 1):
            midnight = dt.datetime.combine(at.date(), dt.time.min) - ago * _DAY
            opens = midnight + dt.timedelta(minutes=self.start)
            closes = opens + dt.timedelta(minutes=length)
            if midnight.weekday() in self.days and opens <= at and at + reserve < closes:
                return True
        return False

    def __str__(self) -> str:
        days = "every day" if len(self.days) == len(DAYS) else ", ".join(DAYS[day] for day in sorted(self.days))
        return f"{days} {_clock(self.start)}-{_clock(self.end)}"


_FARTHEST_ZONE = dt.timedelta(hours=24)


def window_state(
    host: Mapping[str, Any], windows: Sequence[Mapping[str, Any]], reserve: float = 0, now: str | None = None
) -> dict[str, Any]:
    """Whether one of the windows is open on the host.

    host: a row of Win32_OperatingSystem with LocalDateTime and CurrentTimeZone (minutes from UTC).
    windows: mappings with start and end (HH:MM) and, optionally, days (mon to sun, default all). reserve: minutes that
    must be left before the end. now: the controller's time as ISO 8601 with its zone; its clock by default.
    Gives open, text (one sentence), host_time and controller_time (local times of the host, or null).
    Raises WindowError for windows that cannot be used. A host that does not tell its time has no open window.
    """
    parsed = [_parse(number, window) for number, window in enumerate(windows, 1)]
    if not 0 <= reserve < _MINUTES:
        raise WindowError(f"the reserve is {reserve:g} minutes: 0 to {_MINUTES - 1} was expected")
    try:
        told = parse_datetime(str(host.get("LocalDateTime")))
        zone = dt.timedelta(minutes=int(str(host.get("CurrentTimeZone"))))
        actual = dt.datetime.now(dt.UTC) if now is None else parse_datetime(str(now))
    except (UnparsableValue, ValueError, OverflowError):
        return _state(False, "the host does not tell its local time and time zone, so no window is known to be open")
    if abs(zone) > _FARTHEST_ZONE:
        return _state(False, f"the host's time zone is {zone.days} days from UTC: no window is known to be open")
    own, controllers = (moment.replace(tzinfo=None) + zone for moment in (told, actual))
    left = dt.timedelta(minutes=reserve)
    by_host = any(window.is_open(own, left) for window in parsed)
    by_controller = any(window.is_open(controllers, left) for window in parsed)
    listed = "; ".join(map(str, parsed)) or "none"
    times = f"{_told(own)} by the host's clock, {_told(controllers)} by the controller's in the host's zone"
    if by_host and by_controller:
        text = f"the maintenance window is open ({listed}): it is {times}"
    elif by_host != by_controller:
        text = f"the clocks disagree whether the maintenance window ({listed}) is open: it is {times}"
    else:
        spare = f", with {reserve:g} minutes to spare" if reserve else ""
        text = f"the maintenance window ({listed}{spare}) is closed: it is {times}"
    return _state(by_host and by_controller, text, own, controllers)


def _state(is_open: bool, text: str, own: Any = None, controllers: Any = None) -> dict[str, Any]:
    told = [None if one is None else one.isoformat(timespec="seconds") for one in (own, controllers)]
    return {"open": is_open, "text": text, "host_time": told[0], "controller_time": told[1]}


def _parse(number: int, given: Any) -> Window:
    if not isinstance(given, Mapping) or not {"start", "end"} <= given.keys() <= {"start", "end", "days"}:
        raise WindowError(f"maintenance window {number}: a mapping with start, end and, if wanted, days was expected")
    days = given.get("days") or DAYS
    days = [days] if isinstance(days, str) else days
    indices = set()
    for day in days:
        name = str(day).strip().lower()[:3]
        if name not in DAYS:
            raise WindowError(f"maintenance window {number}: {str(day)!r} is no day; expected are {', '.join(DAYS)}")
        indices.add(DAYS.index(name))
    start, end = (_minutes(number, key, given[key]) for key in ("start", "end"))
    return Window(frozenset(indices), start % _MINUTES, end)


def _minutes(number: int, key: str, value: Any) -> int:
    """HH:MM as minutes of the day. YAML 1.1 reads an unquoted 22:00 as the number 1320, which is that already."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MINUTES:
        return int(value)
    match = _TIME.fullmatch(str(value).strip())
    minutes = int(match.group(1)) * 60 + int(match.group(2)) if match else _MINUTES + 1
    if minutes > _MINUTES:
        text = f"maintenance window {number}: {key} is {str(value)[:20]!r}, expected was a time such as '22:00'"
        raise WindowError(text)
    return minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _told(moment: dt.datetime) -> str:
    return f"{DAYS[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"
