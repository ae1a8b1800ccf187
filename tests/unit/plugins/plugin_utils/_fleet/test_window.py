# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows: midnight, days, zones, two clocks, and windows that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._fleet.window import WindowError, window_state

NIGHT = {"start": "22:00", "end": "04:00", "days": ["fri"]}


def _at(
    moment: str, *windows: dict[str, Any], zone: object = 0, now: str | None = None, reserve: float = 0
) -> dict[str, Any]:
    row = {"LocalDateTime": moment, "CurrentTimeZone": zone}
    return window_state(row, list(windows), reserve, now or moment)


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


def test_an_unquoted_time_of_yaml_is_that_time() -> None:
    assert _at("2026-01-02T22:00:00Z", {"start": 1320, "end": 1380})["open"]
    assert not _at("2026-01-02T21:59:00Z", {"start": 1320, "end": 1380})["open"]


def test_a_whole_day() -> None:
    day = {"start": "00:00", "end": "24:00", "days": "sat"}
    assert _at("2026-01-03T00:00:00Z", day)["open"]
    assert _at("2026-01-03T23:59:59Z", day)["open"]
    assert not _at("2026-01-04T00:00:00Z", day)["open"]


@pytest.mark.parametrize(
    "row", [{}, {"LocalDateTime": None, "CurrentTimeZone": 0}, {"LocalDateTime": "2026-01-03T02:00:00Z"}]
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
    ],
)
def test_a_window_that_cannot_be_used_is_refused_by_name(window: Any, named: str) -> None:
    with pytest.raises(WindowError, match="maintenance window 1") as caught:
        _at("2026-01-02T22:00:00Z", window)
    assert named in str(caught.value)


def test_a_reserve_out_of_bounds_is_refused() -> None:
    with pytest.raises(WindowError, match="reserve"):
        _at("2026-01-02T22:00:00Z", NIGHT, reserve=-1)


@pytest.mark.parametrize("zone", [10**9, -(10**9), 10**30, "9" * 5000, 1441])
def test_an_impossible_zone_opens_no_window(zone: object) -> None:
    found = _at("2026-01-02T23:00:00Z", NIGHT, zone=zone)
    assert found["open"] is False
    assert "no window is known to be open" in found["text"]
