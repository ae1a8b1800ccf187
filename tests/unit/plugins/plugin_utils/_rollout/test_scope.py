# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a roll-out works on: exactly those with work, each once, in order, pairs never in one batch."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import (
    Assessed,
    Options,
    Scope,
    ScopeError,
    assessed,
    choose,
    has_work,
    split,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["all", "localhost", "a b", "a,b", "a:b", "!a", "&a", "~a", "a*"]
)
SIZES = st.lists(st.integers(1, 5) | st.integers(1, 100).map(lambda number: f"{number}%"), min_size=1, max_size=4)


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[Assessed], Options]:
    names = draw(st.lists(NAMES, unique=True, max_size=30))
    hosts = [Assessed(name, verdict := draw(st.booleans()), verdict and draw(st.booleans())) for name in names]
    members = st.lists(st.sampled_from(names), min_size=2, max_size=6, unique=True) if len(names) > 1 else st.nothing()
    apart = draw(st.lists(members, max_size=4)) if len(names) > 1 else []
    return hosts, Options(None, draw(st.integers(1, 4)), draw(st.booleans()), draw(SIZES), apart)


@given(fleets())
def test_every_host_with_work_is_in_one_batch_and_no_other_host_is(fleet: tuple[list[Assessed], Options]) -> None:
    hosts, options = fleet
    scope = choose(hosts, options)
    work = [host.name for host in hosts if host.work]
    assert sorted(scope.hosts) == sorted(work)
    first = [host for batch in scope.canary for host in batch]
    assert sorted(first) == sorted([] if options.canary_done else work[: options.canary_size])
    for batch in scope.batches:
        assert batch
        assert [work.index(host) for host in batch] == sorted(work.index(host) for host in batch)
        for members in options.apart:
            assert len(set(members) & set(batch)) <= 1
    if not options.apart:
        assert [host for batch in scope.remainder for host in batch] == [host for host in work if host not in first]


@pytest.mark.parametrize(
    ("count", "sizes", "expected"),
    [
        (10, ["10%", "30%"], [1, 3, 3, 3]),
        (10, [1, 2], [1, 2, 2, 2, 2, 1]),
        (5, ["100%"], [5]),
        (5, ["1%"], [1, 1, 1, 1, 1]),
        (3, [10], [3]),
        (0, [1], []),
    ],
)
def test_sizes_are_those_of_serial(count: int, sizes: list[Any], expected: list[int]) -> None:
    hosts = [f"h{number}" for number in range(count)]
    assert [len(batch) for batch in split(hosts, sizes, {})] == expected


def test_who_must_wait_waits_and_the_others_do_not() -> None:
    apart = [["a", "b", "c"]]
    hosts = [Assessed(name, True, True) for name in "xabcde"]
    scope = choose(hosts, Options(apart=apart, sizes=[3]))
    assert scope == Scope((("x",),), (("a", "d", "e"), ("b",), ("c",)), scope.apart)


CANARY = {
    "work": (Assessed("c", True, True), ["c"], None),
    "done": (Assessed("c", True, False, True), [], None),
    "not-applicable": (Assessed("c", True, False, False), None, "none proves anything"),
    "silent": (Assessed("c", False), None, "gave no verdict"),
}


@pytest.mark.parametrize("case", CANARY)
def test_a_named_canary_must_prove_something(case: str) -> None:
    canary, chosen, refused = CANARY[case]
    hosts = [Assessed("a", True, True), canary]
    if refused:
        with pytest.raises(ScopeError, match=refused):
            choose(hosts, Options(canary=["c"]))
        return
    scope = choose(hosts, Options(canary=["c"]))
    assert [host for batch in scope.canary for host in batch] == chosen
    assert scope.remainder == (("a",),)


def test_without_work_nothing_is_refused() -> None:
    assert choose([Assessed("c", False)], Options(canary=["c"])).hosts == ()


def test_a_package_that_is_not_there_is_found_before_anything_begins() -> None:
    hosts = [Assessed("a", True, True), Assessed("b", True, True, lacks="ia64")]
    with pytest.raises(ScopeError, match="no package for ia64, which these hosts need: b"):
        choose(hosts, Options())


PLAN = {"outlook": "do", "restart": "none", "leftovers": False, "steps": ["transfer_payload"], "reached": False}
MET = {**PLAN, "outlook": "met", "steps": [], "reached": True}


@pytest.mark.parametrize(
    ("plan", "reboot", "cleanup", "expected"),
    [
        (PLAN, False, False, True),
        ({**PLAN, "outlook": "blocked"}, False, False, True),
        ({**PLAN, "outlook": "skip"}, True, True, False),
        (MET, True, True, False),
        ({**MET, "restart": "after"}, True, False, True),
        ({**MET, "restart": "after"}, False, True, False),
        ({**MET, "leftovers": True}, False, True, True),
        ({**MET, "leftovers": True}, True, False, False),
    ],
)
def test_work_is_what_the_plan_leaves(plan: dict[str, Any], reboot: bool, cleanup: bool, expected: bool) -> None:
    assert has_work(plan, reboot=reboot, cleanup=cleanup) is expected


RESULT = {"status": "needs_fix", "plan": {"present": PLAN}, "windows": {"architecture": "x86"}}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (RESULT, Assessed("h", True, True)),
        ({**RESULT, "status": "unknown"}, Assessed("h", False)),
        ({**RESULT, "status": "a new one"}, Assessed("h", False)),
        ({**RESULT, "failed": True}, Assessed("h", False)),
        ({"unreachable": True, "msg": "x"}, Assessed("h", False)),
        (None, Assessed("h", False)),
        ("needs_fix", Assessed("h", False)),
        ({**RESULT, "windows": {"architecture": "ia64"}}, Assessed("h", True, True, lacks="ia64")),
        ({**RESULT, "windows": {"architecture": None}}, Assessed("h", True, True, lacks="None")),
    ],
)
def test_only_a_verdict_of_this_run_counts(result: Any, expected: Assessed) -> None:
    assert assessed("h", result, "present", reboot=False, cleanup=False, packages=["x86"]) == expected
