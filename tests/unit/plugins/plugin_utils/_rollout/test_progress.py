# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of batches, as it was observed."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.progress import Progress, Seen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import Scope, ScopeError
from hypothesis import given
from hypothesis import strategies as st

DONE, FAILED, LOST, NEW = Seen(begun=True, done=True), Seen(begun=True, failure="no space"), Seen(begun=True), Seen()
SCOPE = Scope((("a", "b"),), (("c", "d", "e"), ("f",)))


def _progress(states: str, limit: float = 0) -> Progress:
    known = {"+": DONE, "-": FAILED, "?": LOST, ".": NEW}
    return Progress(SCOPE, limit, {host: known[state] for host, state in zip("abcdef", states, strict=True)})


@pytest.mark.parametrize(
    ("states", "limit", "stopped", "headline"),
    [
        ("++....", 0, None, "All hosts of the canary are done (2). The roll-out goes on with 4 more."),
        (
            "-+....",
            0,
            1,
            "1 of 2 hosts of the canary failed, and 0 % may. The roll-out stops. Not touched: c, d, e, f.",
        ),
        (
            "?+....",
            49,
            1,
            "1 of 2 hosts of the canary failed, and 49 % may. The roll-out stops. Not touched: c, d, e, f.",
        ),
        (
            "-+....",
            50,
            None,
            "1 of 2 hosts of the canary failed, which is allowed (50 %). The roll-out goes on with 4 more.",
        ),
        (
            "--....",
            100,
            None,
            "2 of 2 hosts of the canary failed, which is allowed (100 %). The roll-out goes on with 4 more.",
        ),
        ("+++-+.", 33, 2, "1 of 3 hosts of batch 1 failed, and 33 % may. The roll-out stops. Not touched: f."),
        (
            "+++-+.",
            33.4,
            None,
            "1 of 3 hosts of batch 1 failed, which is allowed (33.4 %). The roll-out goes on with 1 more.",
        ),
        ("+++++-", 0, 3, "1 of 1 hosts of batch 2 failed, and 0 % may. The roll-out stops. No host was left."),
        ("++++++", 0, None, "All hosts of batch 2 are done (1). The roll-out is at its end."),
        ("......", 0, None, "No host was begun."),
    ],
)
def test_a_stop_is_told_with_what_was_seen(states: str, limit: float, stopped: int | None, headline: str) -> None:
    progress = _progress(states, limit)
    assert (progress.stopped.number if progress.stopped else None) == stopped
    assert progress.told()[0] == headline


def test_each_host_that_failed_is_named_with_its_reason() -> None:
    assert _progress("-?....").told()[1:] == ["a: no space", "b: it was lost, and did not come to its end"]


@given(st.text(alphabet="+-?.", min_size=6, max_size=6), st.integers(0, 100))
def test_a_host_is_done_only_when_it_says_so(states: str, limit: int) -> None:
    """Nothing but the mark of its end counts, and every other host that was begun makes the run fail."""
    progress = _progress(states, limit)
    failed = {host for host, state in zip("abcdef", states, strict=True) if state in "-?"}
    forgotten = {host for host, state in zip("abcdef", states, strict=True) if state == "."}
    assert set(progress.problems()) == failed | (set() if progress.stopped else forgotten)
    shares = [
        sum(state in "-?" for state in part) / max(1, sum(state != "." for state in part))
        for part in (states[:2], states[2:5], states[5:])
    ]
    assert (progress.stopped is not None) is any(100 * share > limit for share in shares)


def test_a_batch_that_the_scope_does_not_have_does_not_begin() -> None:
    for hosts in (["a"], ["a", "b", "c"], ["b", "a"], ["x"], []):
        with pytest.raises(ScopeError):
            _progress("......").next(hosts)
    assert _progress("......").next(["a", "b"]) == {"a": "", "b": ""}
    with pytest.raises(ScopeError, match="begun already"):
        _progress("++....").next(["a", "b"])


@pytest.mark.parametrize(
    ("other", "held"),
    [
        (DONE, ""),
        (NEW, ""),
        (FAILED, "a, from which it is kept apart, failed"),
        (LOST, "a, from which it is kept apart, failed"),
        (Seen(verdict=False), "a, from which it is kept apart, gave no verdict"),
    ],
)
def test_a_partner_that_failed_holds_a_host_back(other: Seen, held: str) -> None:
    scope = Scope((), (("b",),), {"b": frozenset({"a", "elsewhere"})})
    progress = Progress(scope, 0, {"a": other, "b": NEW})
    assert progress.next(["b"]) == {"b": held}


def test_a_host_that_was_held_back_makes_the_run_fail() -> None:
    progress = Progress(Scope((), (("b",),)), 100, {"b": Seen(held="because")})
    assert progress.problems() == {"b": "not begun: because"}
    assert progress.told() == ["No host was begun."]
