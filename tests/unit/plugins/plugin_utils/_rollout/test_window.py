# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows: midnight, days, zones, two clocks, and windows that cannot be used."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.window import (
    HostClock,
    WindowError,
    judge,
    parse,
    window_state,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.zone import Zone
from hypothesis import assume, given
from hypothesis import strategies as st

NO_CHANGES: Mapping[str, Any] = MappingProxyType({"Bias": 0, "StandardMonth": 0, "DaylightMonth": 0})
NIGHT = {"start": "22:00", "end": "04:00", "days": ["fri"]}


def _at(
    moment: str,
    *windows: dict[str, Any],
    zone: object = 0,
    now: str | None = None,
    reserve: float = 0,
    rules: Mapping[str, Any] | None = NO_CHANGES,
) -> dict[str, Any]:
    row = {"LocalDateTime": moment, "CurrentTimeZone": zone}
    return window_state(row, list(windows), reserve, now or moment, rules)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-02T21:59:59Z", False),  # a Friday
        ("2026-01-02T22:00:00Z", True),
        ("2026-01-03T03:59:59Z", True),  # Saturday's morning belongs to Friday's window
        ("2026-01-03T04:00:00Z", False),
        ("2026-01-03T22:30:00Z", False),
        ("2026-01-02T02:00:00Z", False),  # Friday's morning belongs to Thursday
    ],
)
def test_a_window_across_midnight_belongs_to_its_first_day(moment: str, expected: bool) -> None:
    assert _at(moment, NIGHT)["open"] is expected


def test_the_hosts_zone_counts() -> None:
    """02:00 in Tokyo on Saturday is 17:00 UTC on Friday."""
    assert _at("2026-01-02T17:00:00Z", NIGHT, zone=540)["open"]
    assert _at("2026-01-03T02:00:00+09:00", NIGHT, zone="540", now="2026-01-02T17:00:00Z")["open"]
    assert not _at("2026-01-02T17:00:00Z", NIGHT, zone=0)["open"]


def test_both_clocks_must_agree() -> None:
    state = _at("2026-01-03T02:00:00Z", NIGHT, now="2026-01-03T12:00:00Z")
    assert not state["open"]
    assert "the clocks disagree" in state["text"]
    state = _at("2026-01-03T12:00:00Z", NIGHT, now="2026-01-03T02:00:00Z")
    assert not state["open"]


def test_the_reserve_must_be_left() -> None:
    assert _at("2026-01-03T03:29:00Z", NIGHT, reserve=30)["open"]
    assert not _at("2026-01-03T03:31:00Z", NIGHT, reserve=30)["open"]


def test_any_of_several_windows_is_enough_and_all_days_are_the_default() -> None:
    noon = {"start": "12:00", "end": "13:00"}
    for day in range(1, 8):
        assert _at(f"2026-01-0{day}T12:30:00Z", NIGHT, noon)["open"]
    assert not _at("2026-01-05T13:00:00Z", NIGHT, noon)["open"]


def test_a_whole_day() -> None:
    day = {"start": "00:00", "end": "24:00", "days": "Saturday"}
    assert _at("2026-01-03T00:00:00Z", day)["open"]
    assert _at("2026-01-03T23:59:59Z", day)["open"]
    assert not _at("2026-01-04T00:00:00Z", day)["open"]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"LocalDateTime": None, "CurrentTimeZone": 0},
        {"LocalDateTime": "2026-01-03T02:00:00Z"},
        *(
            {"LocalDateTime": "2026-01-03T02:00:00Z", "CurrentTimeZone": zone}
            for zone in (10**18, -(10**400), "\u00b2", 1e308, True, "9" * 5000)
        ),
    ],
)
def test_a_host_without_a_clock_has_no_open_window(row: dict[str, Any]) -> None:
    state = window_state(row, [{"start": "00:00", "end": "24:00"}])
    assert (state["open"], state["host_time"]) == (False, None)
    assert "does not tell" in state["text"]


@pytest.mark.parametrize(
    ("window", "named"),
    [
        ({"start": "22:00"}, "start, end"),
        ({"start": "22:00", "end": "4", "days": ["fri"]}, "end is '4'"),
        ({"start": "24:30", "end": "04:00"}, "start is '24:30'"),
        ({"start": "22:00", "end": "04:00", "days": ["someday"]}, "'someday'"),
        ({"start": "22:00", "end": "04:00", "until": "x"}, "start, end"),
        ("22:00-04:00", "start, end"),
        ({"start": True, "end": "04:00"}, "start is 'True'"),
        ({"start": 1320, "end": "04:00"}, "start is 1320"),
        ({"start": 22, "end": 4}, "start is 22"),
        ({"start": "22:00", "end": "04:00", "days": []}, "no day at all"),
        ({"start": "22:00", "end": "04:00", "days": None}, "no day at all"),
        ({"start": "22:00", "end": "04:00", "days": {}}, "no day at all"),
        ({"start": "22:00", "end": "04:00", "days": "mon-fri"}, "'mon-fri'"),
        ({"start": "22:00", "end": "04:00", "days": "fri, sat"}, "'fri, sat'"),
        ({"start": "22:00", "end": "04:00", "days": ["friyay"]}, "'friyay'"),
        ({"start": "22:00", "end": "04:00", "days": [5]}, "'5'"),
    ],
)
def test_a_window_that_cannot_be_used_is_refused_by_name(window: Any, named: str) -> None:
    with pytest.raises(WindowError, match="maintenance window 1") as caught:
        _at("2026-01-02T22:00:00Z", window)
    assert named in str(caught.value)


CET = {
    "Bias": 60,
    "StandardBias": 0,
    "DaylightBias": -60,
    "DaylightMonth": 3,
    "DaylightDay": 5,
    "DaylightDayOfWeek": 0,
    "DaylightHour": 2,
    "StandardMonth": 10,
    "StandardDay": 5,
    "StandardDayOfWeek": 0,
    "StandardHour": 3,
}
EARLY = {"start": "00:00", "end": "04:00"}


@pytest.mark.parametrize(
    ("moment", "reserve", "expected"),
    [
        ("2026-03-29T00:20:00+01:00", 170, False),  # at 02:00 it becomes 03:00: 160 minutes are left
        ("2026-03-29T00:20:00+01:00", 159, True),
        ("2026-03-29T03:10:00+02:00", 49, True),
        ("2026-03-29T03:10:00+02:00", 50, False),
        ("2026-10-25T00:20:00+02:00", 270, True),  # and at 03:00 it becomes 02:00: 280 minutes are left
        ("2026-10-25T00:20:00+02:00", 280, False),
        ("2026-06-01T00:20:00+02:00", 219, True),
        ("2026-06-01T00:20:00+02:00", 220, False),
    ],
)
def test_a_reserve_is_real_time_where_the_clocks_change(moment: str, reserve: float, expected: bool) -> None:
    zone = 60 if moment.endswith("+01:00") else 120
    assert _at(moment, EARLY, zone=zone, reserve=reserve, rules=CET)["open"] is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-10-25T02:29:00+02:00", True),
        ("2026-10-25T02:31:00+02:00", False),
        ("2026-10-25T02:29:00+01:00", False),  # an hour later it is 02:29 again, and the window has ended
    ],
)
def test_a_window_ends_once_where_a_time_comes_twice(moment: str, expected: bool) -> None:
    zone = 60 if moment.endswith("+01:00") else 120
    window = {"start": "22:00", "end": "02:30", "days": ["sat"]}
    assert _at(moment, window, zone=zone, rules=CET)["open"] is expected


def test_a_window_that_ends_in_the_hour_that_is_jumped_over_ends_with_the_jump() -> None:
    window = {"start": "22:00", "end": "02:30"}
    assert _at("2026-03-29T01:59:00+01:00", window, zone=60, rules=CET)["open"]
    assert not _at("2026-03-29T03:00:00+02:00", window, zone=120, rules=CET)["open"]


@pytest.mark.parametrize(
    "rules",
    [None, {}, {**CET, "StandardYear": 2026}, {**CET, "DaylightMonth": 13}, {**CET, "Bias": 0}, {**CET, "Bias": None}],
)
def test_without_usable_rules_an_hour_more_must_be_left(rules: dict[str, Any] | None) -> None:
    """Rules that contradict the offset of now are no rules."""
    assert _at("2026-06-01T00:20:00+02:00", EARLY, zone=120, reserve=159, rules=rules)["open"]
    state = _at("2026-06-01T00:20:00+02:00", EARLY, zone=120, reserve=160, rules=rules)
    assert not state["open"]
    assert "does not tell when its clocks change" in state["text"]
    assert _at("2026-06-01T03:59:00+02:00", EARLY, zone=120, rules=rules)["open"], "without a reserve nothing is added"


@pytest.mark.parametrize("year", ["0001", "1601", "9999"])
@pytest.mark.parametrize("day", ["01-01T00:00:00", "12-31T23:59:59"])
@pytest.mark.parametrize("zone", [-720, 0, 840])
def test_an_impossible_clock_has_no_open_window(year: str, day: str, zone: int) -> None:
    for rules in (CET, NO_CHANGES, None):
        state = _at(f"{year}-{day}Z", EARLY, zone=zone, now="2026-01-02T01:00:00Z", rules=rules)
        assert not state["open"]


@pytest.mark.parametrize("zone", [5000, "-99999999999", "x", None, 60.5])
def test_an_impossible_zone_has_no_open_window(zone: object) -> None:
    assert not _at("2026-01-02T01:00:00Z", EARLY, zone=zone)["open"]


ZONES = [zoneinfo.ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Sydney")]
RULES = [
    CET,
    {
        **CET,
        "Bias": -300,
        "DaylightDay": 2,
        "StandardMonth": 11,
        "StandardDay": 1,
        "StandardHour": 2,
    },
    {
        **CET,
        "Bias": 600,
        "DaylightMonth": 10,
        "DaylightDay": 1,
        "StandardMonth": 4,
        "StandardDay": 1,
    },
]


@given(
    place=st.integers(0, 2),
    seconds=st.integers(0, 366 * 86400),
    start=st.integers(0, 1439),
    length=st.integers(1, 1440),
    reserve=st.integers(0, 300),
)
def test_what_is_left_is_what_the_time_zone_database_says(
    place: int, seconds: int, start: int, length: int, reserve: int
) -> None:
    """Against another implementation of the same zones, outside the hours that come twice or never."""
    at = dt.datetime(2025, 7, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    local = at.astimezone(ZONES[place])
    offset = local.utcoffset()
    assert offset is not None
    best = dt.timedelta(0)
    for ago in (0, 1):
        midnight = dt.datetime.combine(local.date(), dt.time.min) - dt.timedelta(days=ago)
        times = [midnight + dt.timedelta(minutes=minutes) for minutes in (start, start + length)]
        folds = {time.replace(tzinfo=ZONES[place], fold=fold).utcoffset() for time in times[:1] for fold in (0, 1)}
        folds_end = {times[1].replace(tzinfo=ZONES[place], fold=fold).utcoffset() for fold in (0, 1)}
        assume(len(folds) == 1 and len(folds_end) == 1)
        opens, closes = (time.replace(tzinfo=ZONES[place]).astimezone(dt.UTC) for time in times)
        if opens <= at < closes:
            best = max(best, closes - at)
    window = {"start": _hhmm(start), "end": _hhmm((start + length) % 1440)}
    row = {"LocalDateTime": at.isoformat(), "CurrentTimeZone": int(offset.total_seconds() // 60)}
    state = window_state(row, [window], reserve, at.isoformat(), RULES[place])
    assert state["open"] is (best > dt.timedelta(minutes=reserve)), (local, window, best)


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def test_how_long_a_beginning_may_be_put_off() -> None:
    """Less the reserve and the time until it takes effect; by the clock that is nearer to the end."""
    zone = Zone(dt.timedelta(0), dt.timedelta(0), dt.timedelta(0))
    clock = HostClock(dt.datetime(2026, 1, 2, 3, 0), zone)
    controller = dt.datetime(2026, 1, 2, 3, 10, tzinfo=dt.UTC)
    state = judge(parse([EARLY]), clock, controller, reserve=20, lead=60)
    assert state.left == dt.timedelta(minutes=29)
    assert not judge(parse([EARLY]), clock, controller, reserve=20, lead=30 * 60).open


def test_a_reserve_out_of_bounds_is_refused() -> None:
    with pytest.raises(WindowError, match="reserve"):
        _at("2026-01-02T22:00:00Z", NIGHT, reserve=-1)
