# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a sweep: counts, rate, time left, and few lines."""

from __future__ import annotations

import itertools

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.tally import Slow, Tally, outcome


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


def test_slow_hosts_end_with_their_own_time_outs_whatever_the_rate() -> None:
    tally = Tally(1000)
    for _number in range(500):
        tally.add({"status": "fixed"})
    assert tally.line(10, Slow(10, 80)) == (
        "500 of 1000 hosts, 50 a second, about 10 s left, 10 slow hosts take at most 80 s more: 500 fixed"
    )
    for _number in range(499):
        tally.add({"status": "fixed"})
    told = "999 of 1000 hosts, 50 a second, 1 slow host takes at most 80 s more: 999 fixed"
    assert tally.line(20, Slow(1, 80)) == told


def test_nothing_takes_longer_than_the_deadline_of_all() -> None:
    tally = Tally(100_000)
    tally.add({"status": "fixed"})
    assert "at most 60 s left" in tally.line(1, at_most=60)
    assert "2 slow hosts take at most 60 s more" in tally.line(1, Slow(2, 300), at_most=60)
    assert Tally(2).line(6, Slow(2, 54)) == "0 of 2 hosts, 0 a second, 2 slow hosts take at most 54 s more"


def test_slow_hosts_of_several_processes() -> None:
    assert Slow.together([Slow(2, 30), Slow(), Slow(1, 90)]) == Slow(3, 90)
    assert Slow.together([]) == Slow()


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
