# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C and the like in a sweep: nothing goes on, what was learnt is kept, and the last line says where."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import servers
from integration.assess.commands import of_host
from integration.assess.driver import PASSWORD
from integration.role.runner import Controller
from winhost.testing import RunningFleet, running_fleet


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": [{"name": "vista_sp1_x64", "profile": "vista_sp1_x64"}]}) as running:
        yield running


@pytest.fixture
def heeding() -> Iterator[None]:
    """Where these tests run in a shell's background, SIGINT is ignored, and so it would be by what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number, named", [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGINT, False)])
@pytest.mark.usefixtures("heeding")
def test_an_interruption_leaves_what_was_learnt(
    number: int, named: bool, fleet: RunningFleet, tmp_path: Path
) -> None:
    controller = Controller(tmp_path, fleet)
    good = of_host(fleet.host("vista_sp1_x64"))
    with servers.serving(servers.FIRST["silent"]) as port:
        controller.inventory({"quick": good, "slow": {**good, "ansible_host": "127.0.0.1", "ansible_port": port}})
        more = {"kb952876_report_dir": "reports"} if named else {}
        run = controller.start("winlegacy.servicing.assess", **more)
        time.sleep(0.1)
        before = fleet.host("vista_sp1_x64").messages
        until = time.monotonic() + 60
        while fleet.host("vista_sp1_x64").messages < before + 9 and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.5)
        if number == signal.SIGINT:  # a terminal sends it to all of them
            os.killpg(run.process.pid, number)
        else:
            run.process.send_signal(number)
        played = run.end(60)
    assert played.code != 0
    until = time.monotonic() + 20
    while _processes(tmp_path) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _processes(tmp_path), "nothing goes on"
    folder = tmp_path / ("reports" if named else "home/winlegacy.servicing")
    (file,) = folder.glob("kb952876*.interrupted.json")
    report = json.loads(file.read_text(encoding="utf-8"))
    found = {row["host"]: row["status"] for row in report["hosts"]}
    assert found == {"quick": "needs_fix", "slow": "unknown"}, played.out[-2000:]
    assert PASSWORD not in json.dumps(report)
    if not named:
        assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    if number == signal.SIGINT:  # after a SIGTERM nobody is there who could say it
        assert played.out.splitlines()[-1] == (
            f"Interrupted: 1 of 2 hosts were done: 1 needs_fix. What was learnt is in {file}, as the JSON report has it"
        )
    controller.inventory({"quick": good, "slow": good})
    again = controller.play("winlegacy.servicing.assess", **more)
    assert again.code == 0
    assert "Interrupted" not in again.out
    assert not file.exists(), "a run over these hosts is complete, and has better"


def _processes(folder: Path) -> list[str]:
    """Processes that work in a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if (place / "cwd").readlink() == folder:
                found.append((place / "cmdline").read_text("utf-8", "replace"))
        except OSError:
            continue
    return found


def test_what_a_complete_sweep_learnt_is_kept_until_the_reports(fleet: RunningFleet, tmp_path: Path) -> None:
    """Between the last host and the reports of a large fleet are minutes."""
    controller = Controller(tmp_path, fleet)
    sweep = {"winlegacy.servicing.fleet_hotfix_info": {"reports_follow": True}}
    ask = {"name": "Ask", **sweep, "run_once": True, "register": "hotfix_result"}
    options = {"hosts": "{{ ansible_play_hosts_all }}", "terminal": True}
    show = {"name": "Show", "winlegacy.servicing.fleet_report": options, "run_once": True}
    asked = {"name": "Play", "hosts": "all", "gather_facts": False}
    ended = controller.play([{**asked, "tasks": [ask, {"name": "End", "ansible.builtin.fail": None}]}])
    (file,) = (tmp_path / "home" / "winlegacy.servicing").iterdir()
    assert ended.out.splitlines()[-1].startswith("Ended before the reports were written: 1 of 1 hosts were done. ")
    assert json.loads(file.read_text(encoding="utf-8"))["hosts"][0]["status"] == "needs_fix"
    whole = controller.play([{**asked, "tasks": [ask, show]}])
    assert (whole.code, file.exists()) == (0, False)
    assert "Ended before" not in whole.out
