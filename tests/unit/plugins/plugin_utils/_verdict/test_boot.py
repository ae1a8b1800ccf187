# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host booted: the whole table of signs, and that nothing a clock does makes a boot or hides one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.boot_evidence import (
    Birth,
    Mark,
    RebootEvidence,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.boot import Booted, judge
from hypothesis import given
from hypothesis import strategies as st

FIRST = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = FIRST + timedelta(minutes=7, seconds=3)
OLD = {"services.exe": Birth(588, FIRST), "wininit.exe": Birth(500, FIRST)}
NEW = {"services.exe": Birth(588, SECOND), "wininit.exe": Birth(500, SECOND)}
OTHER_IDS = {"services.exe": Birth(600, SECOND), "wininit.exe": Birth(512, SECOND)}
MIXED = {"services.exe": Birth(588, SECOND), "wininit.exe": Birth(500, FIRST)}
BEFORE = RebootEvidence(Mark.THERE, OLD)
UNMARKED = RebootEvidence(Mark.NEVER_WRITTEN, OLD)


@pytest.mark.parametrize(
    ("mark", "births", "booted"),
    [
        (Mark.GONE, NEW, Booted.YES),
        (Mark.GONE, OTHER_IDS, Booted.YES),
        (Mark.GONE, {"services.exe": NEW["services.exe"]}, Booted.YES),
        (Mark.THERE, OLD, Booted.NO),
        (Mark.THERE, NEW, Booted.UNKNOWN),
        (Mark.THERE, {}, Booted.UNKNOWN),
        (Mark.THERE, MIXED, Booted.UNKNOWN),
        (Mark.GONE, OLD, Booted.UNKNOWN),
        (Mark.GONE, {}, Booted.UNKNOWN),
        (Mark.GONE, MIXED, Booted.UNKNOWN),
        (Mark.UNREADABLE, NEW, Booted.UNKNOWN),
        (Mark.UNREADABLE, OLD, Booted.UNKNOWN),
    ],
)
def test_both_signs_or_unknown(mark: Mark, births: dict[str, Birth], booted: Booted) -> None:
    assert judge(BEFORE, RebootEvidence(mark, births)).booted is booted


def test_daylight_saving_time_moves_no_birth() -> None:
    shown = {name: Birth(one.process_id, one.created - timedelta(hours=1)) for name, one in OLD.items()}
    assert judge(BEFORE, RebootEvidence(Mark.THERE, shown)).booted is Booted.NO


@pytest.mark.parametrize(
    ("births", "uptime", "elapsed", "booted"),
    [
        (OTHER_IDS, None, None, Booted.YES),
        (NEW, 30, 60, Booted.YES),
        (NEW, 90, 60, Booted.UNKNOWN),
        (NEW, None, 60, Booted.UNKNOWN),
        (NEW, 30, None, Booted.UNKNOWN),
        (NEW, -30, 60, Booted.UNKNOWN),
        (MIXED, 30, 60, Booted.UNKNOWN),
        ({}, 30, 60, Booted.UNKNOWN),
        (OLD, 30, 60, Booted.NO),
    ],
)
def test_without_a_mark_dates_alone_prove_nothing(
    births: dict[str, Birth], uptime: int | None, elapsed: int | None, booted: Booted
) -> None:
    up = None if uptime is None else timedelta(seconds=uptime)
    since = None if elapsed is None else timedelta(seconds=elapsed)
    assert judge(UNMARKED, RebootEvidence(Mark.NEVER_WRITTEN, births, up), elapsed=since).booted is booted


@given(
    step=st.integers(-20 * 366 * 86400, 20 * 366 * 86400),
    follows=st.booleans(),
    uptime=st.none() | st.integers(-(10**9), 10**9),
)
def test_no_step_of_a_clock_is_a_boot(step: int, follows: bool, uptime: int | None) -> None:
    """Even on a Windows whose dates of birth move with its clock."""
    births = {
        name: Birth(one.process_id, one.created + timedelta(seconds=step if follows else 0))
        for name, one in OLD.items()
    }
    up = None if uptime is None else timedelta(seconds=uptime)
    seen = judge(BEFORE, RebootEvidence(Mark.THERE, births, up), elapsed=timedelta(seconds=60))
    assert seen.booted is not Booted.YES


@given(step=st.integers(-20 * 366 * 86400, 20 * 366 * 86400), hour_early=st.booleans())
def test_no_step_of_a_clock_hides_a_boot_or_makes_it_a_no(step: int, hour_early: bool) -> None:
    moved = timedelta(seconds=step) - timedelta(hours=hour_early)
    births = {name: Birth(one.process_id, one.created + moved) for name, one in NEW.items()}
    seen = judge(BEFORE, RebootEvidence(Mark.GONE, births))
    assert seen.booted in (Booted.YES, Booted.UNKNOWN)
    whole_hours = (NEW["services.exe"].created + moved - FIRST) % timedelta(hours=1)
    if timedelta(seconds=1) < whole_hours < timedelta(seconds=3599):
        assert seen.booted is Booted.YES
