# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times move by whole days, all of them by as many; their form and their distances stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift, drawn_days
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.values import parse_datetime
from hypothesis import given
from hypothesis import strategies as st

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1))  # noqa: DTZ001 - in UTC below


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2026-11-26T20:24:19Z", "2026-11-19T20:24:19Z"),
        ("2026-11-26T20:24:19.123456+08:00", "2026-11-19T20:24:19.123456+08:00"),
        (" 2026-11-26T20:24:19.5Z ", " 2026-11-19T20:24:19.5Z "),
        ("20261126202419.000000+060", "20261119202419.000000+060"),
        ("11/26/2026", "11/19/2026"),
        ("26/11/2026", "19/11/2026"),
        ("01c9a5c2d5f8e000", "01c9a042ad14a000"),
        ("01C9A5C2D5F8E000", "01C9A042AD14A000"),
    ],
)
def test_each_form_of_time_moves(text: str, moved: str) -> None:
    assert Shift(-7).whole(text) == moved


@pytest.mark.parametrize("text", ["", "6.0.6001.18000", "2026-13-26T20:24:19Z", "0001-01-01T00:00:00Z", "31/31/2020"])
def test_what_is_no_time_does_not(text: str) -> None:
    assert Shift(-7).whole(text) is None


@given(MOMENTS, MOMENTS)
def test_distances_stay(one: datetime, other: datetime) -> None:
    shift = Shift()
    moved = [parse_datetime(shift.whole(f"{moment.isoformat()}Z") or "") for moment in (one, other)]
    assert moved[0] - moved[1] == one - other
    assert moved[0] != one.replace(tzinfo=UTC)


def test_a_filetime_and_an_iso_time_move_together() -> None:
    at = datetime(2009, 3, 1, 12, tzinfo=UTC)
    ticks = int((at - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    moved = int(Shift(-700).whole(f"{ticks:016x}") or "", 16)
    assert datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=moved // 10) == at - timedelta(days=700)


def test_as_many_days_as_chance_says() -> None:
    drawn = {drawn_days() for _each in range(40)}
    assert len(drawn) > 5
    assert all(days % 7 == 0 and -3660 < days <= -364 for days in drawn)
