# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that change hosts: canary, batches, verification, a second run without work, rollback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.role.runner import QUICK, Controller, Packages, hotfix_packages, machine
from winhost.testing import RunningFleet, running_fleet

NEEDED = ("canary", "rtm", "german", "pending")
SPARED = ("fixed", "sp2")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [
        machine("rtm", "vista_rtm_x86"),
        machine("german", "vista_de"),
        machine("pending", "vista_pending"),
        machine("canary", "srv2008_core_x64"),
        machine("fixed", "srv2008_fixed"),
        machine("sp2", "vista_sp2_6002"),
    ]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def controller(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    return Controller(tmp_path_factory.mktemp("remediate"), fleet)


def _boots(fleet: RunningFleet) -> dict[str, int]:
    return {name: host.state()["boots"] for name, host in fleet.hosts.items()}


def _statuses(folder: Path) -> dict[str, str]:
    report = json.loads((folder / "kb952876.json").read_text(encoding="utf-8"))
    return {row["host"]: row["status"] for row in report["hosts"]}


def test_check_mode_predicts_and_changes_nothing(
    controller: Controller, fleet: RunningFleet, packages: Packages
) -> None:
    played = controller.play("winlegacy.servicing.remediate", "--check", **packages, kb952876_reboot=True, **QUICK)
    assert played.code == 0, played.out[-2000:]
    for name in NEEDED:
        assert "Restart the host where KB952876 needs it" in played.changed(name)
    assert "Install the hotfix" in played.changed("canary")
    assert set(_boots(fleet).values()) == {1}
    assert not [name for name, host in fleet.hosts.items() if host.state()["processes_started"]]


def test_a_fleet_is_remediated_canary_first(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    played = controller.play(
        "winlegacy.servicing.remediate",
        **packages,
        kb952876_canary="canary",
        kb952876_batches="100%",
        kb952876_reboot=True,
        kb952876_report_dir="after",
        kb952876_report_formats=["json"],
        **QUICK,
    )
    assert played.code == 0, played.out[-3000:]
    table = played.out[played.out.rindex("KB952876 report (") :]
    for name in NEEDED:
        assert re.search(rf"^{name} .* -> fixed +no$", table, re.MULTILINE), table
    assert f"Newly fixed: {len(NEEDED)} (" in table
    assert "Nothing is left to do." in table
    fixed = dict.fromkeys((*NEEDED, "fixed"), "fixed")
    assert _statuses(controller.folder / "after") == {**fixed, "sp2": "not_applicable"}
    assert _boots(fleet) == dict.fromkeys(NEEDED, 2) | dict.fromkeys(SPARED, 1)
    order = [(str(one["task"]).rpartition(" : ")[2], one["host"]) for one in played.events]
    assert {host for task, host in order if task == "Verify the hotfix"} == set(NEEDED)
    proven = order.index(("Verify the hotfix", "canary"))
    others = [host for task, host in order[:proven] if task in ("Stage the package", "Install the hotfix")]
    assert set(others) == {"canary"}, "another host was touched before the canary was proven"
    for name in NEEDED:
        state = fleet.host(name).state()
        assert hotfix_packages(state), name
        assert not [task for task in state["tasks"] if "winlegacy" in task], name


def test_the_second_run_has_no_work(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    before = _boots(fleet)
    played = controller.play(
        "winlegacy.servicing.remediate", **packages, kb952876_reboot=True, **QUICK
    )
    assert played.code == 0
    assert not [name for name in fleet.hosts if played.changed(name)]
    assert not [name for name in fleet.hosts if "Stage the package" in played.tasks(name)]
    assert _boots(fleet) == before


def test_rollback_removes_it(controller: Controller, fleet: RunningFleet) -> None:
    """Also where another run had installed it; a host without the package is left alone."""
    before = _boots(fleet)
    played = controller.play(
        "winlegacy.servicing.rollback",
        kb952876_hosts="canary:rtm:fixed:sp2",
        kb952876_canary="canary",
        kb952876_batches="100%",
        kb952876_reboot=True,
        kb952876_report_dir="back",
        kb952876_report_formats=["json"],
        **QUICK,
    )
    assert played.code == 0, played.out[-3000:]
    found = _statuses(controller.folder / "back")
    assert found == {"canary": "needs_fix", "rtm": "needs_fix", "fixed": "needs_fix", "sp2": "not_applicable"}
    after = _boots(fleet)
    assert {name: after[name] - before[name] for name in found} == {"canary": 1, "rtm": 1, "fixed": 1, "sp2": 0}
    assert not hotfix_packages(fleet.host("canary").state())
    assert hotfix_packages(fleet.host("german").state())
