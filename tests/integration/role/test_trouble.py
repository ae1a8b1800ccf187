# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must stop a roll-out or a host: a canary that fails, closed windows, lies, silence after a restart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.role.runner import QUICK, Controller, Packages, hotfix_packages, machine, play_of_role
from winhost.testing import RunningFleet, running_fleet


def _window(begins: float, ends: float, zone_minutes: int = 0) -> dict[str, Any]:
    """A window in a host's local time, from and to hours away from now."""
    local = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=zone_minutes)
    start, end = (local + dt.timedelta(hours=hours) for hours in (begins, ends))
    return {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "days": [f"{start:%a}".lower()]}


OPEN, CLOSED = _window(-2, 2), _window(3, 5)
TOKYO = _window(-2, 2, 540)
VARIABLES: dict[str, dict[str, Any]] = {
    "well": {"kb952876_windows": [OPEN]},
    "tokyo": {"kb952876_windows": [CLOSED, TOKYO]},
    "closed": {"kb952876_windows": [CLOSED]},
    "clock": {"kb952876_windows": [OPEN]},
    "rolled-back": {},
    "silent": {"kb952876_reboot_timeout": 12},
    "untold": {"ansible_user": "operator", "ansible_password": "0perator-sim"},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [
        machine("well", "vista_sp1_x64"),
        machine("tokyo", "vista_ja"),
        machine("closed", "vista_sp1_x86"),
        machine("clock", "vista_sp1_x86"),
        machine("rolled-back", "vista_sp1_x64", servicing={"fault": "vanishes"}),
        machine("silent", "srv2008_rtm_x64", power={"never_returns": True}),
        machine("untold", "vista_uac_filtered"),
        machine("liar", "srv2008_rtm_x64", servicing={"fault": "noop_zero"}),
        machine("second", "srv2008_rtm_x64"),
        machine("third", "vista_sp1_x86"),
    ]
    with running_fleet({"hosts": hosts}) as running:
        running.host("clock").change("clock_step", seconds=-11 * 3600)
        yield running


@pytest.fixture(scope="module")
def controller(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    return Controller(tmp_path_factory.mktemp("trouble"), fleet, VARIABLES)


def test_each_host_fails_for_its_own_reason(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    """One play, strategy host_pinned: no host's trouble stops another."""
    played = controller.play(
        play_of_role("present", strategy="ansible.builtin.host_pinned", hosts=":".join(VARIABLES)),
        **packages,
        kb952876_reboot=True,
        **QUICK,
    )
    state = {name: fleet.host(name).state() for name in VARIABLES}
    assert played.code == 2
    for name in ("well", "tokyo"):
        assert not played.failure(name), name
        assert "Verify the hotfix" in played.tasks(name, "ok"), name
        assert state[name]["boots"] == 2, name

    assert "Install the hotfix: The installation was not begun: the maintenance window" in played.failure("closed")
    assert "is closed" in played.failure("closed")
    assert "the clocks disagree" in played.failure("clock")
    for name in ("closed", "clock"):
        assert played.changed(name) == ["Stage the package"], name
        assert (hotfix_packages(state[name]), state[name]["boots"]) == ([], 1), name

    assert "Verify the hotfix: The verdict is" in played.failure("rolled-back")
    assert state["rolled-back"]["boots"] == 2
    assert "no boot was seen within 12 s" in played.failure("silent")
    assert "not known" in played.failure("untold")
    assert state["untold"]["processes_started"] == []


def test_a_failing_canary_stops_the_roll_out(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    """The installer says success, and servicing knows nothing of it."""
    played = controller.play(
        "winlegacy.servicing.remediate",
        kb952876_hosts="liar:second:third",
        kb952876_canary="liar",
        **packages,
        kb952876_report_dir="stopped",
        kb952876_report_formats=["json"],
        **QUICK,
    )
    assert played.code == 2
    assert "But servicing says" in played.failure("liar")
    said = played.said("Say what became of the batch")
    stops = "1 of 1 hosts of the canary failed, and 0 % may. The roll-out stops. Not touched: second, third."
    assert said[0] == stops
    assert said[1].startswith("liar: Install the hotfix: ")
    for name in ("second", "third"):
        assert "Stage the package" not in played.tasks(name)
        assert fleet.host(name).state()["processes_started"] == []
    report = json.loads(Path(controller.folder, "stopped", "kb952876.json").read_text(encoding="utf-8"))
    statuses = {row["host"]: row["status"] for row in report["hosts"]}
    assert statuses == {"liar": "failed", "second": "needs_fix", "third": "needs_fix"}


def test_without_permission_a_restart_is_flagged(
    controller: Controller, fleet: RunningFleet, packages: Packages
) -> None:
    played = controller.play(play_of_role("present", strategy="free", hosts="second:third"), **packages, **QUICK)
    assert played.code == 0, played.out[-3000:]
    for name in ("second", "third"):
        assert played.changed(name)[:2] == ["Stage the package", "Install the hotfix"]
        assert "Flag a restart that is due" in played.tasks(name, "ok")
        assert "Say what became of the host" in played.tasks(name, "ok")
        assert fleet.host(name).state()["boots"] == 1
    again = controller.play(
        play_of_role("present", strategy="free", hosts="second:third"), **packages, **QUICK
    )
    assert not again.changed("second")
    assert len(again.tasks("second")) <= 6  # strategy free: the settings are judged on each host
