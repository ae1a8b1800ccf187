# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook restart, as the table's next command says it: what waits is finished, nothing is begun on anybody."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.role.runner import QUICK, Controller, hotfix_packages, machine
from winhost.testing import RunningFleet, running_fleet


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [
        machine("arriving", "vista_pending"),
        machine("leaving", "vista_removal_pending"),
        machine("needs", "vista_sp1_x64"),
        machine("other", "vista_other_reboot_pending"),
    ]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def test_the_next_command_finishes_what_waits_and_needs_no_package(fleet: RunningFleet, tmp_path: Path) -> None:
    controller = Controller(tmp_path, fleet)
    asked = controller.play("winlegacy.servicing.assess")
    told = asked.out[asked.out.index("2 hosts wait for a restart, which finishes the install or the removal:") :]
    command = shlex.split(told.splitlines()[1])
    assert command[:4] == ["ansible-playbook", "winlegacy.servicing.restart", "-i", "hosts.yml"]
    assert "2 hosts have the fix missing. Stage the package, which installs nothing:" in told

    forecast = controller.play(command[1], *command[4:], "--check", **QUICK)
    assert forecast.code == 0, forecast.out[-2000:]
    assert {host.state()["boots"] for host in fleet.hosts.values()} == {1}
    assert "Restart the host where the hotfix needs it" in forecast.changed("leaving")

    more = {"kb952876_report_dir": "after", "kb952876_report_formats": ["json"], **QUICK}
    played = controller.play(command[1], kb952876_batches="100%", **more)  # on all: it chooses the two by itself
    assert played.code == 0, played.out[-3000:]
    report = json.loads((tmp_path / "after" / "kb952876.json").read_text(encoding="utf-8"))
    assert {row["host"]: row["status"] for row in report["hosts"]} == {
        "arriving": "fixed", "leaving": "needs_fix", "needs": "needs_fix", "other": "needs_fix"
    }
    assert {name: host.state()["boots"] for name, host in fleet.hosts.items()} == {
        "arriving": 2, "leaving": 2, "needs": 1, "other": 1
    }
    assert not hotfix_packages(fleet.host("leaving").state())
    assert fleet.host("needs").state()["processes_started"] == []
    assert "broken" not in played.out, "a removal that was finished is no loss"
