# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads of a sweep: bounded, one host's trouble its own, nothing begun after the end."""

from __future__ import annotations

import threading
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.crew import Crew, Errand
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.tally import Slow
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.turns import connecting


class Gate:
    """Errands that wait for each other, to see how many are at it at once."""

    def __init__(self, wanted: int) -> None:
        self.barrier = threading.Barrier(wanted, timeout=10)
        self.lock = threading.Lock()
        self.now = self.most = 0

    def pass_through(self) -> dict[str, Any]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.barrier.wait()
        with self.lock:
            self.now -= 1
        return {"status": "fixed"}


def _run(make: Any, names: list[str], *, threads: int = 4, ends: float = 1e12, clock: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    more = {} if clock is None else {"clock": clock}
    Crew(make, found.__setitem__, threads=threads, ends=ends, **more).work(names)
    return found


def test_as_many_at_once_as_allowed_and_no_more() -> None:
    gate = Gate(4)
    found = _run(lambda name: Errand(name, gate.pass_through), [f"h{number}" for number in range(8)])
    assert (gate.most, len(found)) == (4, 8)


def test_no_more_threads_than_have_work() -> None:
    """Turns that nobody gives away: threads for connects would only wait."""
    crew = Crew(
        lambda name: Errand(name, lambda: {"by": threading.get_ident()}),
        lambda *_told: None,
        threads=3,
        connecting=500,
        ends=1e12,
    )
    crew.work([f"h{number}" for number in range(200)])
    assert len(crew._threads) <= 5


def test_a_silent_host_holds_one_thread_only() -> None:
    released = threading.Event()
    done: dict[str, Any] = {}

    def result(name: str) -> dict[str, Any]:
        if name == "silent":
            assert released.wait(10)
        elif name == "h9":
            released.set()
        return {"of": name}

    names = ["silent", *[f"h{number}" for number in range(10)]]
    Crew(lambda name: Errand(name, lambda: result(name)), done.__setitem__, threads=2, ends=1e12).work(names)
    assert {name: one["of"] for name, one in done.items()} == {name: name for name in names}
    assert list(done)[-1] == "silent"


def test_what_fails_costs_its_own_result() -> None:
    def make(name: str) -> Any:
        if name == "unmade":
            raise RuntimeError("no\x1b[2J such thing")
        if name == "known":
            return {"failed": True, "msg": "bad"}

        def run() -> dict[str, Any]:
            if name == "broken":
                raise KeyError("gone")
            return {"status": "fixed"}

        return Errand(name, run)

    found = _run(make, ["unmade", "known", "broken", "well"], threads=1)
    assert found["unmade"]["msg"] == "RuntimeError: no\\x1b[2J such thing"
    assert found["known"] == {"failed": True, "msg": "bad"}
    assert found["broken"]["failed"] is True
    assert found["well"] == {"status": "fixed"}


def test_nothing_is_begun_after_the_end() -> None:
    ticks = iter([0.0, 0.0, *[9.0] * 20])
    begun: list[str] = []

    def make(name: str) -> Errand:
        return Errand(name, lambda: begun.append(name) or {"status": "fixed"})  # type: ignore[func-returns-value]

    found = _run(make, ["a", "b", "c"], threads=1, ends=5.0, clock=lambda: next(ticks))
    assert begun in (["a"], [])
    assert all("deadline" in found[name]["msg"] for name in ("b", "c"))


def test_no_names_are_no_work() -> None:
    assert _run(lambda name: Errand(name, dict), []) == {}


def test_hosts_that_cannot_be_connected_to_hold_up_nobody() -> None:
    """One turn, three dead hosts before the others, which end first."""
    over = threading.Event()
    order: list[str] = []

    @connecting
    def connect(name: str) -> None:
        if name.startswith("dead"):
            assert over.wait(10)

    def ask(name: str) -> dict[str, Any]:
        connect(name)
        order.append(name)
        if len(order) == 5:
            over.set()
        return {"of": name}

    found: dict[str, Any] = {}
    names = ["dead1", "dead2", "dead3", *[f"h{number}" for number in range(5)]]
    crew = Crew(lambda name: Errand(name, lambda: ask(name)), found.__setitem__, threads=1, connecting=3, ends=1e12)
    crew.work(names)
    assert order[:5] == names[3:]
    assert set(found) == set(names)


def test_a_connect_holds_its_turn_where_none_is_to_be_given_away() -> None:
    gate = Gate(2)

    @connecting
    def connect() -> dict[str, Any]:
        return gate.pass_through()

    found = _run(lambda name: Errand(name, connect), ["a", "b", "c", "d"], threads=2)
    assert (gate.most, len(found)) == (2, 4)


def test_those_that_take_long_are_told_with_their_time_outs() -> None:
    now, released, begun = [100.0], threading.Event(), threading.Event()

    def wait() -> dict[str, Any]:
        begun.set()
        released.wait(10)
        return {}

    crew = Crew(
        lambda name: Errand(name, wait, 60.0), lambda *_told: None, threads=2, ends=1e12, clock=lambda: now[0]
    )
    worker = threading.Thread(target=crew.work, args=(["silent"],), daemon=True)
    worker.start()
    assert begun.wait(10)
    assert crew.slow() == Slow(), "it has only begun"
    now[0] = 110.0
    assert crew.slow() == Slow(1, 50.0)
    now[0] = 170.0
    assert crew.slow() == Slow(1, 0.0), "its time is over"
    released.set()
    worker.join(10)
    assert crew.slow() == Slow()
