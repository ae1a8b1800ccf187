# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a sweep: counts, rate, time left, and few lines."""

from __future__ import annotations

import itertools

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.tally import Tally, outcome


def test_each_result_has_one_outcome() -> None:
    assert outcome({"status": "fixed"}) == "ok"
    assert outcome({"unreachable": True, "failed": True}) == "unreachable"
    assert outcome({"failed": True, "status": "unknown"}) == "failed"


def test_a_line_tells_counts_rate_and_time_left() -> None:
    tally = Tally(100)
    for result in (
        [{"status": "needs_fix"}] * 15 + [{"status": "fixed"}] * 3 + [{"unreachable": True}, {"failed": True}]
    ):
        tally.add(result)
    assert tally.line(10) == (
        "20 of 100 hosts, 2 a second, about 40 s left: 15 needs_fix, 3 fixed, 1 unreachable, 1 failed"
    )


def test_nothing_is_left_at_the_end() -> None:
    tally = Tally(1)
    tally.add({"status": "fixed"})
    assert tally.line(2) == "1 of 1 hosts, 0 a second: 1 fixed"


def test_hours_are_told_as_hours() -> None:
    tally = Tally(100_000)
    tally.add({"status": "fixed"})
    assert "about 27.8 h left" in tally.line(1)


def test_nothing_is_known_before_the_first() -> None:
    assert Tally(3).line(6) == "0 of 3 hosts, 0 a second"


def test_few_lines_whatever_the_time() -> None:
    tally = Tally(10)
    lines = [second for second in range(4 * 3600) if tally.is_due(float(second))]
    assert lines[0] == 5
    assert lines[1] - lines[0] == 10
    assert len(lines) < 120
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(lines))


def test_a_short_sweep_says_nothing() -> None:
    tally = Tally(2)
    assert not any(tally.is_due(second / 10) for second in range(50))
