# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows: whether one is open on a host now, by the host's clock and by the controller's.

A window is told in the host's own local time. Its days are those on which it begins, so that one across midnight
belongs to the evening. It is open only when both clocks, the host's and the controller's (in the host's zone), are in
it: a host whose clock is wrong starts nothing at noon because it takes noon for two in the morning.

What is left of a window is real time, also where the clocks change in it. A time that comes twice in the autumn is the
first one, so a window ends once. Where a host does not tell when its clocks change, an hour more must be left.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._wsman.values import UnparsableValue, parse_datetime
from .errors import RolloutError
from .zone import Zone, read_zone

DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
_SHORT = tuple(DAYS)
_DAY = dt.timedelta(days=1)
_MINUTES = 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_JUMP = dt.timedelta(hours=1)
_YEARS = range(1990, 2200)
_NO_TIME = "the host does not tell its local time and time zone, so no window is known to be open"


class WindowError(RolloutError):
    """A window that cannot be used: which one, what is wrong, what is expected."""


@dataclass(frozen=True)
class Window:
    """days: 0 is Monday. start and end are minutes of the day; an end at or before the start is on the next day."""

    days: frozenset[int]
    start: int
    end: int

    def left(self, at: dt.datetime, zone: Zone) -> dt.timedelta | None:
        """How long the window stays open from a moment (UTC, naive); None: it is closed then."""
        today = (at + zone.offset).date()
        best: dt.timedelta | None = None
        for ago in (0, 1):
            midnight = dt.datetime.combine(today, dt.time.min) - ago * _DAY
            if midnight.weekday() not in self.days:
                continue
            length = (self.end - self.start - 1) % _MINUTES + 1
            opens = zone.instant(midnight + dt.timedelta(minutes=self.start))
            closes = zone.instant(midnight + dt.timedelta(minutes=self.start + length))
            if opens <= at < closes:
                best = max(best or closes - at, closes - at)
        return best

    def __str__(self) -> str:
        days = "every day" if len(self.days) == len(DAYS) else ", ".join(_SHORT[day] for day in sorted(self.days))
        return f"{days} {_clock(self.start)}-{_clock(self.end)}"


@dataclass(frozen=True)
class HostClock:
    """What a host tells of its time: the moment (UTC, naive) and its zone; None where it does not."""

    now: dt.datetime | None
    zone: Zone | None

    @classmethod
    def read(cls, system: Mapping[str, Any], zone: Mapping[str, Any] | None = None) -> HostClock:
        """From a row of Win32_OperatingSystem and one of Win32_TimeZone. What is no time or zone is not known."""
        try:
            now = parse_datetime(str(system.get("LocalDateTime"))).replace(tzinfo=None)
            return cls(now, read_zone(system.get("CurrentTimeZone"), zone, now))
        except (UnparsableValue, ValueError):
            return cls(None, None)


@dataclass(frozen=True)
class WindowState:
    """Whether something may begin. left: how long it may still be put off; None: closed. text: one sentence."""

    open: bool
    text: str
    left: dt.timedelta | None = None
    host_time: dt.datetime | None = None
    controller_time: dt.datetime | None = None


def parse(windows: Sequence[Any]) -> tuple[Window, ...]:
    """The windows. Raises WindowError for the first that cannot be used."""
    if isinstance(windows, (str, bytes, Mapping)) or not isinstance(windows, Sequence):
        raise WindowError(f"a list of maintenance windows was expected, not {type(windows).__name__}")
    return tuple(_parse(number, window) for number, window in enumerate(windows, 1))


def judge(
    windows: Sequence[Window], clock: HostClock, controller: dt.datetime, *, reserve: float = 0, lead: float = 0
) -> WindowState:
    """Whether one of the windows is open on a host.

    controller: the controller's time (aware). reserve: minutes that must be left before the end. lead: seconds from
    now until that which is to begin takes effect. A host that does not tell its time has no open window.
    """
    if clock.now is None or clock.zone is None:
        return WindowState(False, _NO_TIME)
    if clock.now.year not in _YEARS:
        return WindowState(False, f"the host's clock shows the year {clock.now.year}, so no window is open")
    zone, actual = clock.zone, controller.astimezone(dt.UTC).replace(tzinfo=None)
    wanted = dt.timedelta(minutes=reserve, seconds=lead)
    if reserve and not zone.rules_known:
        wanted += _JUMP
    by_host, by_controller = (_spare(windows, moment, zone, wanted) for moment in (clock.now, actual))
    own, controllers = clock.now + zone.offset, actual + zone.offset
    listed = "; ".join(map(str, windows)) or "none"
    times = f"{_told(own)} by the host's clock, {_told(controllers)} by the controller's in the host's zone"
    if by_host is not None and by_controller is not None:
        text = f"the maintenance window is open ({listed}): it is {times}"
        return WindowState(True, text, min(by_host, by_controller), own, controllers)
    if (by_host is None) != (by_controller is None):
        text = f"the clocks disagree whether the maintenance window ({listed}) is open: it is {times}"
    else:
        text = f"the maintenance window ({listed}{_asked(reserve, zone)}) is closed: it is {times}"
    return WindowState(False, text, None, own, controllers)


def window_state(
    host: Mapping[str, Any],
    windows: Sequence[Mapping[str, Any]],
    reserve: float = 0,
    now: str | None = None,
    zone: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Whether one of the windows is open on the host, as the filter of that name tells it.

    host: a row of Win32_OperatingSystem with LocalDateTime and CurrentTimeZone (minutes from UTC). zone: a row of
    Win32_TimeZone. windows: mappings with start and end (HH:MM) and, optionally, days. reserve: minutes that must be
    left before the end. now: the controller's time as ISO 8601 with its zone; its clock by default.
    Gives open, text (one sentence), host_time and controller_time (local times of the host, or null).
    Raises WindowError for windows that cannot be used.
    """
    parsed = parse(windows)
    check_reserve(reserve)
    try:
        controller = dt.datetime.now(dt.UTC) if now is None else parse_datetime(str(now))
    except UnparsableValue as error:
        raise WindowError(f"now: {error}") from None
    state = judge(parsed, HostClock.read(host, zone), controller, reserve=reserve)
    return {
        "open": state.open,
        "text": state.text,
        "host_time": _iso(state.host_time),
        "controller_time": _iso(state.controller_time),
    }


def check_reserve(reserve: float) -> None:
    """Raises WindowError unless it is a number of minutes below a day."""
    if not 0 <= reserve < _MINUTES:
        raise WindowError(f"the reserve is {reserve:g} minutes: 0 to {_MINUTES - 1} was expected")


def _spare(windows: Sequence[Window], at: dt.datetime, zone: Zone, wanted: dt.timedelta) -> dt.timedelta | None:
    """The longest time by which a beginning may be put off; None: nothing may begin."""
    found = [left - wanted for window in windows if (left := window.left(at, zone)) is not None and left > wanted]
    return max(found, default=None)


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _asked(reserve: float, zone: Zone) -> str:
    if not reserve:
        return ""
    unsure = "" if zone.rules_known else " and an hour more, since the host does not tell when its clocks change,"
    return f", with {reserve:g} minutes{unsure} to spare"


def _parse(number: int, given: Any) -> Window:
    where = f"maintenance window {number}"
    if not isinstance(given, Mapping) or not {"start", "end"} <= given.keys() <= {"start", "end", "days"}:
        raise WindowError(f"{where}: a mapping with start, end and, if wanted, days was expected")
    start, end = (_minutes(where, key, given[key]) for key in ("start", "end"))
    return Window(_days(where, given["days"]) if "days" in given else frozenset(range(7)), start % _MINUTES, end)


def _days(where: str, given: Any) -> frozenset[int]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not listed:
        raise WindowError(f"{where}: days is {given!r}, which is no day at all; leave days out for every day")
    found = set()
    for day in listed:
        name = str(day).strip().lower()
        short = next((one for one, full in DAYS.items() if name in (one, full)), None)
        if short is None:
            expected = f"expected is a list of {', '.join(DAYS)}"
            raise WindowError(f"{where}: {str(day)[:40]!r} is no day; {expected}")
        found.add(_SHORT.index(short))
    return frozenset(found)


def _minutes(where: str, key: str, value: Any) -> int:
    """HH:MM as minutes of the day. YAML 1.1 reads an unquoted 22:00 as 1320, and 800 could be anything: no numbers."""
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    minutes = int(match.group(1)) * 60 + int(match.group(2)) if match else _MINUTES + 1
    if minutes > _MINUTES:
        shown = str(value)[:20] if isinstance(value, int) and not isinstance(value, bool) else repr(str(value)[:20])
        raise WindowError(f"{where}: {key} is {shown}, expected was a time in quotes, such as '22:00'")
    return minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _told(moment: dt.datetime) -> str:
    return f"{_SHORT[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"
