# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of a sweep: shares, results as they come, deaths, and an end with the parent."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.forks import Emit, Ended, Forks, Share


def _all(forks: Forks) -> list[Any]:
    return [one for one in forks.results() if one is not None]


def test_shares_hold_each_name_once() -> None:
    names = [str(number) for number in range(7)]
    parts = list(Share(names).split(3))
    assert sorted(name for part in parts for name in part.names) == names
    assert {len(part.names) for part in parts} == {2, 3}
    assert [list(part.names) for part in Share(["a"]).split(4)] == [["a"]]
    assert list(Share([]).split(4)) == []


def test_results_of_all_processes_come_whole() -> None:
    """Larger than a pipe holds, so that frames are cut anywhere."""

    def work(share: Share, emit: Emit) -> None:
        for name in share.names:
            emit((name, os.getpid(), name * 70_000))

    with Forks(work, 2) as forks:
        for share in Share(["a", "b", "c", "d"]).split(4):
            forks.add(share)
        found = _all(forks)
    told = {one[0]: one[2] for one in found if isinstance(one, tuple)}
    assert told == {name: name * 70_000 for name in "abcd"}
    assert len({one[1] for one in found if isinstance(one, tuple)}) == 4
    assert [one.code for one in found if isinstance(one, Ended)] == [0] * 4


def test_a_process_that_dies_is_told_with_its_share() -> None:
    def work(share: Share, emit: Emit) -> None:
        emit("begun")
        os.kill(os.getpid(), signal.SIGSEGV)

    with Forks(work, 1) as forks:
        forks.add(Share(["x", "y"], "kind"))
        found = _all(forks)
    assert found == ["begun", Ended(Share(["x", "y"], "kind"), -signal.SIGSEGV)]


def test_what_a_process_does_to_its_environment_is_its_own() -> None:
    def work(share: Share, emit: Emit) -> None:
        before = os.environ.get("KRB5CCNAME")
        os.environ["KRB5CCNAME"] = f"FILE:{share.kind}"
        emit((share.kind, before))

    before = os.environ.get("KRB5CCNAME")
    with Forks(work, 2) as forks:
        for one in ("ann", "ben", "cy"):
            forks.add(Share([one], one))
        told = {one for one in _all(forks) if isinstance(one, tuple)}
    assert told == {(one, before) for one in ("ann", "ben", "cy")}
    assert os.environ.get("KRB5CCNAME") == before


def test_none_is_left_when_it_is_stopped() -> None:
    def work(share: Share, emit: Emit) -> None:
        emit(os.getpid())
        time.sleep(600)

    with Forks(work, 2) as forks:
        forks.add(Share(["a"]))
        forks.add(Share(["b"]))
        results = forks.results()
        pids: list[int] = []
        while len(pids) < 2:
            said = next(results)
            pids += [said] if said is not None else []
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_whoever_reads_the_results_may_stop_them() -> None:
    def work(share: Share, emit: Emit) -> None:
        for number in range(1000):
            emit(number)
        time.sleep(600)

    with Forks(work, 2) as forks:
        for name in ("a", "b", "c"):
            forks.add(Share([name]))
        for said in forks.results():
            if said == 500:
                forks.stop()


def test_none_outlives_its_parent() -> None:
    """The parent is killed and can tidy nothing up."""
    told, tell = os.pipe()
    parent = os.fork()
    if parent == 0:

        def work(share: Share, emit: Emit) -> None:
            os.write(tell, f"{os.getpid()}\n".encode())
            time.sleep(600)

        with Forks(work, 2) as forks:
            forks.add(Share(["a"]))
            forks.add(Share(["b"]))
            for _said in forks.results():
                pass
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, encoding="ascii") as lines:
        pids = [int(next(lines)) for _index in range(2)]
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        assert lines.read() == "", "the pipe is closed when the last of them has ended"
    assert len(pids) == 2
