# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No clock, no missing row and no wrong controller starts a second installer."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installer_task import (
    BusyError,
    InstallerError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import (
    RemoteShell,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import HURRY, OPEN, ControllerKilledError, apply, channel
from integration.hotfix.variants import LAYOUT, Run, assert_clean, installers, truth, write
from sampling import sampled
from winhost.testing import RunningFleet, RunningHost, running_fleet

QUICK = {"power": {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 1}}
SLOW = {"servicing": {"install_seconds": 200.0}}
LONG = {"servicing": {"install_seconds": 900.0}}
PATIENT = {"deadline": 600.0}
"""The task's own time limit is twice as long, in the machine's time."""

STEPS = (600, -600, 300, 1, -1, 20 * 365 * 86400)
BIRTHS = ("fixed", "moves_with_clock")
HOSTS: dict[str, dict[str, Any]] = {
    **{
        f"stepped{step}-{births}": {"overrides": SLOW, "doubt": {"process_creation": births}}
        for step in STEPS
        for births in BIRTHS
    },
    "hidden": {"overrides": SLOW},
    "hidden-shared": {"overrides": SLOW, "doubt": {"redirected_file": "shared"}},
    "doubly-hidden": {"overrides": {**LONG, **QUICK}, "doubt": {"redirected_file": "shared"}},
    "task-gone": {"overrides": SLOW, "doubt": {"redirected_file": "shared"}},
    "killed": {"overrides": SLOW},
    "blind": {"overrides": SLOW},
    "foreign": {},
    "wmic-missing": {"overrides": {"programs": {"wmic": "missing"}}},
    "wmic-empty": {"overrides": {"programs": {"wmic": "empty"}}},
    "twice": {"overrides": SLOW},
}


def host_name(name: str) -> str:
    return name.replace("_", "-")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case."""
    hosts = [{"profile": "vista_sp1_x64", **values, "name": host_name(name)} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def during_install(host: RunningHost, act: Callable[[], None], *, once: bool = True) -> Callable[[float], None]:
    """A sleep that does something while the installer runs."""
    done: list[bool] = []

    def sleep(seconds: float) -> None:
        if not (once and done) and "pkgmgr.exe" in host.state()["processes_running"]:
            done.append(True)
            act()
        time.sleep(seconds / HURRY)

    return sleep


@pytest.mark.parametrize(
    ("step", "births"),
    sampled(itertools.product(STEPS, BIRTHS), (600, "fixed"), (-1, "fixed"), (-600, BIRTHS[1]), (STEPS[-1], BIRTHS[1])),
)
def test_a_stepped_clock_is_no_restart(fleet: RunningFleet, package_dir: Path, step: int, births: str) -> None:
    """At every look: the run waits for its installer, and nothing is cleared away under it."""
    host = fleet.host(host_name(f"stepped{step}-{births}"))

    def tick() -> None:
        host.change("clock_step", seconds=step)

    run = Run(host, sleep=during_install(host, tick, once=False), install=PATIENT)
    result = run.apply("present", package_dir=package_dir)
    assert result.exit_code is not None
    assert result.exit_code.code == 3010
    assert (len(installers(host)), truth(host)) == (1, "install_pending")
    assert_clean(host)


@pytest.mark.parametrize("name", ["hidden", "hidden-shared"])
def test_rows_that_are_missing_for_a_while_are_no_end(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    """Longer than any grace where the script's own mark is seen; for half a minute where it is not."""
    host = fleet.host(name)
    seconds = 150.0 if name == "hidden" else 30.0
    hidden_at: list[float] = []

    def hide() -> None:
        host.change("hide_processes", images=["pkgmgr.exe", "cmd.exe"])
        hidden_at.append(time.monotonic())

    blink = during_install(host, hide)

    def sleep(pause: float) -> None:
        if hidden_at and time.monotonic() - hidden_at[0] > seconds / HURRY:
            host.change("hide_processes", images=[])
        blink(pause)

    result = Run(host, sleep=sleep, install=PATIENT).apply("present", package_dir=package_dir)
    assert hidden_at, "nothing was hidden"
    assert result.exit_code is not None
    assert (len(installers(host)), truth(host)) == (1, "install_pending")
    assert_clean(host)


def hide_rows(host: RunningHost) -> None:
    """For good: the script's own question, by wmic, does not see them either."""
    host.change("hide_processes", images=["pkgmgr.exe", "cmd.exe"])


def patience(host: RunningHost, seconds: float) -> Callable[[float], None]:
    """A sleep that hides the rows once the installer runs; the controller is killed after so many more seconds."""
    hide = during_install(host, lambda: hide_rows(host))
    slept: list[float] = []

    def sleep(pause: float) -> None:
        hide(pause)
        if slept or "pkgmgr.exe" in host.state()["processes_running"]:
            slept.append(pause)
        if sum(slept) > seconds:
            raise ControllerKilledError

    return sleep


def test_where_no_sign_can_be_had_an_installer_is_never_gone_but_by_a_boot(
    fleet: RunningFleet, package_dir: Path
) -> None:
    """Its rows are missing for good, and the host lets a second writer into a file that is held."""
    host = fleet.host("doubly-hidden")
    with pytest.raises(ControllerKilledError):
        Run(host, sleep=patience(host, 90.0), install=PATIENT).apply("present", package_dir=package_dir)
    for _again in range(2):
        with pytest.raises(InstallerError, match="Whether it still runs cannot be told"):
            Run(host, install={"deadline": 1.0}).apply("present", package_dir=package_dir)
    assert "pkgmgr.exe" in host.state()["processes_running"], "the test is too slow"
    assert len(installers(host)) == 1
    assert any("winlegacy" in task for task in host.state()["tasks"]), "its task was cleared away under it"
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"] and state["state"] == "running")
    host.change("hide_processes", images=[])
    last = Run(host, install=PATIENT)
    last.apply("present", package_dir=package_dir)
    assert any("the host restarted while the installer ran" in line for line in last.said)
    assert truth(host) == "install_pending"
    assert len(installers(host)) <= 2
    assert_clean(host)


def test_a_script_that_has_not_ended_keeps_another_from_starting(fleet: RunningFleet, package_dir: Path) -> None:
    """Somebody took its task away, and no sign of it can be had: its own file stands, and it is waited for."""
    host = fleet.host("task-gone")
    with pytest.raises(ControllerKilledError):
        Run(host, sleep=patience(host, 5.0), install=PATIENT).apply("present", package_dir=package_dir)
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        assert shell.run(f'schtasks /delete /f /tn "{LAYOUT.task}"').exit_code == 0
    client.close()
    result = Run(host, install=PATIENT).apply("present", package_dir=package_dir)
    assert (result.adopted, result.exit_code and result.exit_code.code) == (True, 3010)
    assert (len(installers(host)), truth(host)) == (1, "install_pending")
    assert_clean(host)


def test_a_script_that_was_ended_is_gone_by_both_signs(fleet: RunningFleet, package_dir: Path) -> None:
    """What it left stands in nobody's way for longer than a minute or two."""
    host = fleet.host("killed")
    write(host, LAYOUT.run_lock, b"")
    result = Run(host, install=PATIENT).apply("present", package_dir=package_dir)
    assert (len(installers(host)), result.last.verdict.status.value) == (1, "install_pending")
    assert_clean(host)


def test_a_wrong_controller_cannot_start_a_second_one(fleet: RunningFleet, package_dir: Path) -> None:
    """Both the mark and the processes out of its sight, the next run begins one: the host itself refuses."""
    host = fleet.host("blind")
    with pytest.raises(InstallerError, match="left running"):
        Run(host, install={"deadline": 0.5}).apply("present", package_dir=package_dir)
    assert "pkgmgr.exe" in host.state()["processes_running"]
    started = Run(host, install={"deadline": 0.5})
    with pytest.raises(InstallerError, match="left running"):
        started.apply("present", package_dir=package_dir)
    script = LAYOUT.script
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        for _again in range(3):
            shell.run(f'cmd /d /c "{script}"')  # by hand, beside the task
            shell.run(f'schtasks /run /tn "{LAYOUT.task}"')
    client.close()
    assert len(installers(host)) == 1
    result = apply(host, "present", package_dir=package_dir)
    assert result.last.verdict.status.value == "install_pending"
    assert len(installers(host)) == 1
    assert_clean(host)


def test_somebody_elses_installer_is_waited_for_and_named(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("foreign")
    for image in ("wusa.exe", "DISM.EXE", "pkgmgr.exe"):
        host.change("start_process", image=image)
        with pytest.raises(BusyError, match="another installer"):
            Run(host, install={"retries": 1, "retry_pause": 1.0}).apply("present", package_dir=package_dir)
        host.change("end_process", image=image)
        assert_clean(host)
    host.reset()
    host.change("start_process", image="wusa.exe")
    said: list[str] = []

    def leave(line: str) -> None:
        said.append(line)
        host.change("end_process", image="wusa.exe")

    Run(host, on_line=leave, install={"retry_pause": 1.0}).apply("present", package_dir=package_dir)
    assert any("another installer" in line for line in said)
    assert len(installers(host)) == 2, "the other one's and ours"


@pytest.mark.parametrize("name", ["wmic-missing", "wmic-empty"])
def test_without_a_list_of_processes_nothing_is_installed(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host = fleet.host(name)
    with pytest.raises(InstallerError, match="wmic does not list its processes"):
        apply(host, "present", package_dir=package_dir)
    assert not installers(host)
    assert_clean(host)


def test_each_writing_of_the_script_runs_once(fleet: RunningFleet, package_dir: Path) -> None:
    """The task may be started again and again, also after its installer has ended and nobody cleared it away."""
    host = fleet.host("twice")
    with pytest.raises(InstallerError, match="left running"):
        Run(host, install={"deadline": 0.5}).apply("present", package_dir=package_dir)
    host.wait_for(lambda state: "pkgmgr.exe" not in state["processes_running"])
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        for _again in range(3):
            shell.run(f'schtasks /run /tn "{LAYOUT.task}"')
    client.close()
    time.sleep(0.5)
    assert len(installers(host)) == 1
