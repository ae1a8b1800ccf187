# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts as one: nothing is lost without a word, nothing counts twice, and nobody decides between two verdicts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows, status_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.join import CONTRADICTION, JoinError, join
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part import Part, make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part_read import read

SCOPE = list("abcdef")
LOST = {"unreachable": True, "msg": "off"}


def part(name: str, told: dict[str, Any], hour: int = 12, asked: Any = None, **more: Any) -> Part:
    """told: verdicts by host, or whole results."""
    results = {
        host: {"kb": "KB952876", "status": one, "summary": f"It is {one}.", "kernel": {"running": f"6.0.6001.{hour}"}}
        if isinstance(one, str)
        else one
        for host, one in told.items()
    }
    options: dict[str, Any] = {"hotfixes": ["KB952876"], "collection": "0.1.0", **more}
    moment = datetime(2026, 1, 31, hour, 0, tzinfo=UTC)
    source = options.pop("source", f"{name}.json")
    return read(make(name, list(asked or told), results, made=moment, **options), source)


FIRST = part("slice1of3", {"a": "fixed", "b": "needs_fix"})
SECOND = part("slice2of3", {"c": "fixed", "d": LOST})
THIRD = part("slice3of3", {"e": "not_applicable", "f": "unknown"})


def test_all_parts_are_what_one_run_would_have_found() -> None:
    joined = join([THIRD, FIRST, SECOND], SCOPE)
    assert joined.complete
    assert list(joined.results) == SCOPE, "in the order of the scope"
    assert {row["host"]: row["status"] for row in rows(joined.results)} == {
        "a": "fixed",
        "b": "needs_fix",
        "c": "fixed",
        "d": "unreachable",
        "e": "not_applicable",
        "f": "unknown",
    }
    assert (joined.lost, joined.doubled, joined.outside, joined.problems, joined.notes) == ((), (), (), (), ())


def test_a_lost_part_is_named_and_its_hosts_have_no_verdict() -> None:
    joined = join([FIRST, THIRD], SCOPE, cut_off=["The run slice2of3 was cut off."])
    assert not joined.complete
    assert joined.lost == ("slice2of3",)
    assert joined.missing == dict.fromkeys("cd", "No part has this host. slice2of3 is lost.")
    assert [status_of(joined.results[host]) for host in "cd"] == ["failed", "failed"]
    assert joined.problems == (
        "2 hosts are missing: c, d. slice2of3 is lost.",
        "The run slice2of3 was cut off.",
    )


def test_two_lost_parts_are_both_named() -> None:
    joined = join([FIRST], SCOPE)
    assert joined.missing["f"] == "No part has this host. slice2of3 or slice3of3 are lost."
    assert "slice2of3 and slice3of3 are lost." in joined.problems[0]


def test_the_rest_makes_it_whole() -> None:
    rest = part("rest", {"c": "fixed", "d": "staged"}, 14)
    joined = join([FIRST, THIRD, rest], SCOPE, cut_off=["The run slice2of3 was cut off."])
    assert joined.complete
    assert (joined.missing, joined.problems) == ({}, ())
    assert "slice2of3 is not among the parts, and other parts have every host." in joined.notes
    assert "The run slice2of3 was cut off." in joined.notes


def test_parts_without_numbers_do_not_tell_which_is_lost() -> None:
    joined = join([part("17", {"a": "fixed"}), part("19", {"b": "fixed"})], list("abc"))
    assert joined.lost == ()
    assert joined.missing == {"c": "No part has this host (17, 19): its part was lost, or nobody was to ask it."}


def test_a_host_that_its_own_part_has_not_asked_is_missing() -> None:
    cut = part("slice1of1", {"a": "fixed"}, asked="ab")
    assert join([cut], list("ab")).missing == {
        "b": "The part slice1of1 (slice1of1.json) was to ask this host and has no result of it."
    }


def test_two_verdicts_are_unknown_and_both_are_named() -> None:
    joined = join([part("one", {"a": "fixed"}, 10), part("two", {"a": "needs_fix"}, 11)], ["a"])
    expected = (
        "Two parts contradict each other: one (one.json) of 2026-01-31T10:00:00Z says fixed (kernel 6.0.6001.10 runs),"
        " two (two.json) of 2026-01-31T11:00:00Z says needs_fix (kernel 6.0.6001.11 runs)."
    )
    assert joined.contradicting == {"a": expected}
    assert joined.problems == (f"a: {expected}",)
    (row,) = rows(joined.results)
    assert (row["status"], row["summary"], row["reasons"]) == ("unknown", expected, [CONTRADICTION])
    assert not joined.complete
    assert joined.doubled == ()


def test_many_contradictions_stay_short() -> None:
    hosts = [f"host{at}" for at in range(40)]
    parts = [part("one", dict.fromkeys(hosts, "fixed"), 10), part("two", dict.fromkeys(hosts, "needs_fix"), 11)]
    joined = join(parts, hosts)
    assert len(joined.contradicting) == 40
    assert len(joined.problems) == 6
    assert joined.problems[-1].startswith("35 more hosts are contradicted: host5")


@pytest.mark.parametrize(
    ("earlier", "later", "counts"),
    [
        ("fixed", "fixed", "fixed"),
        (LOST, "fixed", "fixed"),
        ("fixed", LOST, "fixed"),
        (LOST, LOST, "unreachable"),
        ("unknown", "fixed", "fixed"),
        ("fixed", "unknown", None),
        ("needs_fix", "fixed", None),
        ("fixed", "needs_fix", None),
        ("unknown", LOST, "unknown"),
        ("unknown", "unknown", "unknown"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_answers(earlier: Any, later: Any, counts: str | None, turned: bool) -> None:
    """Whatever the order in which the parts are given; None: nobody decides."""
    parts = [part("one", {"a": earlier}, 10), part("two", {"a": later}, 11)]
    joined = join(parts[::-1] if turned else parts, ["a"])
    assert status_of(joined.results["a"]) == (counts or "unknown")
    assert (joined.contradicting == {}) is (counts is not None)
    assert joined.doubled == (("a",) if counts else ())
    if counts:
        assert "1 host is in several parts, none of which contradicts: a." in joined.notes


def test_the_newest_of_the_same_verdict_counts() -> None:
    joined = join([part("two", {"a": "fixed"}, 11), part("one", {"a": "fixed"}, 10)], ["a"])
    assert joined.results["a"]["kernel"] == {"running": "6.0.6001.11"}


def test_the_same_part_twice_counts_once() -> None:
    again = part("slice1of3", {"a": "fixed", "b": "needs_fix"}, source="copy.json")
    joined = join([FIRST, again, SECOND, THIRD], SCOPE)
    assert joined.complete
    assert joined.doubled == ()
    assert joined.notes == ("The part slice1of3 is there twice and counts once (slice1of3.json and copy.json).",)


def test_two_runs_of_one_part_both_count() -> None:
    again = part("slice1of3", {"a": "fixed", "b": "fixed"}, 13, source="again.json")
    joined = join([FIRST, again, SECOND, THIRD], SCOPE)
    assert list(joined.contradicting) == ["b"]
    assert joined.notes[0].startswith("Two runs made a part slice1of3: 2026-01-31T12:00:00Z (slice1of3.json) and")


def test_an_empty_slice_is_named_and_misses_nobody() -> None:
    joined = join([part("slice1of2", {"a": "fixed"}), part("slice2of2", {})], ["a"])
    assert joined.complete
    assert joined.notes == ("The part slice2of2 (slice2of2.json) was for no host.",)


def test_hosts_outside_of_the_scope_are_left_out_and_named() -> None:
    other = part("other", {"x": "fixed"})
    wider = part("wider", {"a": "fixed", "y": "fixed"})
    joined = join([other, wider], ["a"])
    assert list(joined.results) == ["a"]
    assert joined.outside == ("x", "y")
    assert joined.notes == (
        "The part other (other.json) is of another scope, so that nothing of it counts: x.",
        "The part wider (wider.json) has hosts outside of the scope, which are left out: y.",
    )


def test_parts_about_different_hotfixes_are_refused() -> None:
    strange = part("strange", {}, hotfixes=["KB942288"])
    with pytest.raises(JoinError, match=r"different hotfixes.*KB942288: strange .*KB952876: slice1of3"):
        join([FIRST, strange], SCOPE)
    with pytest.raises(JoinError, match="are about KB952876, not about KB942288: slice1of3"):
        join([FIRST], SCOPE, "KB942288")
    with pytest.raises(JoinError, match=r"KB942288 and KB952876: say which one"):
        join([part("both", {}, hotfixes=["KB942288", "KB952876"])], SCOPE)
    with pytest.raises(JoinError, match="there is no part"):
        join([], SCOPE)


def test_of_several_hotfixes_the_one_that_is_asked_for_counts() -> None:
    result = {"kb": None, "hotfixes": {"KB942288": {"status": "needs_fix"}, "KB952876": {"status": "fixed"}}}
    both = part("both", {"a": {**result, "kb": "KB952876"}}, hotfixes=["KB942288", "KB952876"])
    assert status_of(join([both], ["a"], "KB942288").results["a"]) == "needs_fix"
    assert status_of(join([both], ["a"], "KB952876").results["a"]) == "fixed"


def test_different_versions_are_named() -> None:
    joined = join([part("one", {"a": "fixed"}), part("two", {"b": "fixed"}, collection="0.2.0")], list("ab"))
    assert joined.notes == ("The parts were made by different versions: 0.1.0, 0.2.0.",)


def test_who_claims_many_slices_costs_little() -> None:
    joined = join([part("slice1of9999", {"a": "fixed"}), part("slice1of9998", {})], list("ab"))
    assert len(joined.lost) < 10_001
    assert len(joined.problems[0]) < 200
