# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook is killed at several moments and run again: the same end, and no host restarted twice.

Some moments by `make test`, all of them by `make exhaustive`."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from integration.role.runner import QUICK, Controller, Packages, Run, hotfix_packages, machine, play_of_role
from sampling import EVERY
from winhost.testing import RunningFleet, RunningHost, running_fleet

Moment = Callable[[RunningHost, dict[str, Any]], bool]
MOMENTS: dict[str, Moment] = {
    "transferring": lambda host, _state: host.counters()["by_action"].get("Send", 0) >= 1,
    "staging": lambda host, _state: host.counters()["by_action"].get("Command", 0) >= 6,
    "installing": lambda _host, state: any("TrustedInstaller" in image for image in state["processes_running"]),
    "installed": lambda _host, state: bool(hotfix_packages(state)),
    "going-down": lambda _host, state: state["reboots"] >= 1,
    "down": lambda _host, state: state["state"] in ("off", "booting"),
    "booted": lambda _host, state: state["boots"] >= 2 and state["listening"],
}

if not EVERY:
    MOMENTS = {name: MOMENTS[name] for name in ("transferring", "installing", "going-down", "booted")}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [machine(name, "srv2008_rtm_x64", servicing={"install_seconds": 2}) for name in MOMENTS]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def _bury(runs: list[Run]) -> None:
    for run in runs:
        run.bury()


@pytest.mark.sampled
def test_killed_anywhere_it_ends_the_same(
    fleet: RunningFleet,
    packages: Packages,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    folder = tmp_path_factory.mktemp("resume")
    wanted = {**packages, "kb952876_reboot": True, **QUICK}
    killed: dict[str, bool] = {}
    runs: list[Run] = []
    request.addfinalizer(functools.partial(_bury, runs))

    def run_and_kill(name: str) -> None:
        run = Controller(folder / name, fleet).start(play_of_role("present", hosts=name), **wanted)
        runs.append(run)
        host, moment = fleet.host(name), MOMENTS[name]
        try:
            host.wait_for(lambda state: moment(host, state) or run.process.poll() is not None, 80)
        finally:
            killed[name] = run.process.poll() is None
            if killed[name]:
                run.kill()

    threads = [threading.Thread(target=run_and_kill, args=(name,)) for name in MOMENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert killed == dict.fromkeys(MOMENTS, True), "a run ended before its moment came"

    for host in fleet.hosts.values():
        host.wait_for(lambda state: state["listening"] and state["state"] == "running", 30)
    again = Controller(folder / "again", fleet).play(play_of_role("present"), **wanted)
    assert again.code == 0, again.out[-4000:]
    for name, host in fleet.hosts.items():
        state = host.state()
        assert state["boots"] == 2, f"{name}: {state['boots'] - 1} restarts"
        assert hotfix_packages(state), name
        assert not [task for task in state["tasks"] if "winlegacy" in task], name
        assert "Verify the hotfix" in again.tasks(name, "ok"), name
    last = Controller(folder / "last", fleet).play(play_of_role("present"), **wanted)
    assert last.code == 0
    for name in MOMENTS:
        assert not last.changed(name), name
        assert len(last.tasks(name)) <= 5, name
