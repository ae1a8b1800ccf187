# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that died or was overtaken left is removed by the next one, also where that has nothing to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import RemoteShell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from integration.hotfix.driver import OPEN, ControllerKilledError, apply, channel, hurried, look
from integration.hotfix.variants import LAYOUT, Run, assert_clean, installers, truth, write
from winhost.testing import RunningFleet, RunningHost, running_fleet

QUICK = {"power": {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 1}}
SLOW = {"servicing": {"install_seconds": 200.0}}
FOLDER = "C:\\Windows\\winlegacy.servicing"
OPEN_TO_USER = "O:S-1-5-21-1-2-3-1002G:SYD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FA;;;S-1-5-21-1-2-3-1002)"

CLEARING = {
    "the task": (f'schtasks /delete /f /tn "{LAYOUT.task}"',),
    "the mark": (f'schtasks /delete /f /tn "{LAYOUT.task}"', f'del /f /q "{LAYOUT.run_lock}"'),
}
"""How far the clearing command at the end of an install came before its shell was lost, by what went last."""

CLEANING = {
    "what was staged": rb"~nxd",
    "the lock": rb"del /f /q [^\n]*lock\\[0-9a-f]{32}\.json[^\n]*rd ",
}
"""Commands at the end of a clean-up; the last one takes the folders."""


def word(name: str) -> str:
    return name.replace(" ", "-")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case."""
    foreign = [{"path": FOLDER, "directory": True, "sddl": OPEN_TO_USER}, {"path": f"{FOLDER}\\run.cmd", "text": "x"}]
    hosts: list[dict[str, Any]] = [
        *({"name": word(name), "overrides": QUICK} for name in (*CLEARING, *CLEANING)),
        {"name": "begun"},
        {"name": "on-its-way"},
        {"name": "in-another-shell"},
        {"name": "never-received", "limits": {"max_shells_per_user": 5, "max_operations_per_user": 60}},
        {"name": "at-work", "overrides": SLOW},
        {"name": "foreign", "overrides": {"files": foreign}},
    ]
    with running_fleet(
        {"time_scale": 60, "defaults": OPEN, "hosts": [{"profile": "vista_sp1_x64", **one} for one in hosts]}
    ) as running:
        yield running


@dataclass
class DiesAfter:
    """A wire whose controller dies once a message that holds the pattern was delivered, before the next one like `at`:
    before the one that tells the end of a command, if it is not told."""

    wire: Any
    pattern: bytes
    at: bytes = rb"shell/Signal"
    seen: bool = False
    dead: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does."""
        if self.dead or (self.seen and re.search(self.at, envelope)):
            self.dead = True
            self.wire.close()
            raise ControllerKilledError
        self.seen = self.seen or re.search(self.pattern, envelope) is not None
        return bytes(self.wire.send(envelope, read_timeout=read_timeout))


def die(host: RunningHost, pattern: bytes, state: str, **options: Any) -> None:
    with pytest.raises(ControllerKilledError):
        apply(host, state, wrap=lambda wire: DiesAfter(wire, pattern), run="dead", **options)


def by_hand(host: RunningHost, *commands: str) -> None:
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        for command in commands:
            shell.run(command)
    client.close()


def restarted(host: RunningHost) -> None:
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"] and state["state"] == "running")


@pytest.mark.parametrize("gone", CLEARING)
def test_what_an_install_left_is_removed_by_a_run_without_work(
    fleet: RunningFleet, package_dir: Path, gone: str
) -> None:
    """It was lost while it cleared away behind its installer, and its task is gone."""
    host = fleet.host(word(gone))
    lost = partial(DiesAfter, pattern=rb"schtasks\.exe /run", at=rb"schtasks\.exe /delete")
    with pytest.raises(ControllerKilledError):
        apply(host, "present", wrap=lost, run="dead", package_dir=package_dir)
    by_hand(host, *CLEARING[gone])
    assert not [task for task in host.state()["tasks"] if "winlegacy" in task]
    assert {"run.cmd", "run.rc"} <= set(host.folder(LAYOUT.folder) or ()), "nothing was left: the test proves nothing"
    assert not apply(host, "present", package_dir=package_dir).changed
    assert_clean(host, shells=False)
    assert (len(installers(host)), truth(host)) == (1, "install_pending")
    messages = host.messages
    started = host.state()["processes_started"]
    apply(host, "present", package_dir=package_dir)
    assert host.state()["processes_started"] == started, "it cleans up again and again"
    assert host.messages - messages <= 12


@pytest.mark.parametrize("gone", CLEANING)
def test_what_a_clean_up_left_is_removed_by_a_run_without_work(
    fleet: RunningFleet, package_dir: Path, gone: str
) -> None:
    """It died after the files, or its last command came half way: the staging that is gone tells of nothing any more.

    That command gives the lock back and takes the folders.
    """
    host = fleet.host(word(gone))
    apply(host, "present", package_dir=package_dir)
    restarted(host)
    die(host, CLEANING[gone], "present", package_dir=package_dir, cleanup=True)
    if gone == "the lock":
        assert host.folder(FOLDER) is None
        by_hand(host, f"md {LAYOUT.folder}")
    assert host.folder(LAYOUT.folder) is not None, "nothing was left: the test proves nothing"
    assert not apply(host, "present", package_dir=package_dir).changed
    assert host.folder(FOLDER) is None


def test_a_script_that_never_began_is_removed_by_a_run_for_another_state(
    fleet: RunningFleet, package_dir: Path
) -> None:
    """It died before it started the task, which is gone; the host is only to be staged now."""
    host = fleet.host("begun")
    apply(host, "staged", package_dir=package_dir)
    die(host, rb"move /y [^\n]*task\.xml", "present", package_dir=package_dir)
    by_hand(host, *CLEARING["the task"])
    assert {"run.cmd", "task.xml"} <= set(host.folder(LAYOUT.folder) or ())
    assert not apply(host, "staged", package_dir=package_dir).changed
    assert_clean(host, shells=False)
    assert look(host).verdict.status.value == "staged"
    assert not installers(host)


def test_half_a_transfer_is_removed_where_nothing_is_to_be_staged(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("on-its-way")
    die(host, rb"receive\.js", "staged", package_dir=package_dir)
    assert host.folder(LAYOUT.folder)
    assert not apply(host, "absent").changed
    assert host.folder(FOLDER) is None


def test_the_shell_that_a_dead_run_works_in_is_ended(fleet: RunningFleet, package_dir: Path) -> None:
    """Its receiver waits for ever in a shell that was opened long after the lock was taken."""
    host = fleet.host("in-another-shell")
    with pytest.raises(ControllerKilledError):
        apply(host, "staged", package_dir=package_dir, wrap=partial(DiesAfter, pattern=rb"cscript", at=rb"shell/Send"))
    assert host.state()["shells"] == 1
    assert "cscript.exe" in host.state()["processes_running"]
    apply(host, "staged", package_dir=package_dir)
    assert "cscript.exe" not in host.state()["processes_running"]
    assert_clean(host)


def test_a_shell_that_was_never_read_from_is_ended(fleet: RunningFleet, package_dir: Path) -> None:
    """WinRM 1.1 does not close it by itself. The run died at its first command; one that never ran any is anybody's."""
    host = fleet.host("never-received")
    with pytest.raises(ControllerKilledError):
        apply(host, "staged", package_dir=package_dir, wrap=partial(DiesAfter, pattern=rb"shell/Command", at=rb""))
    host.change("age", seconds=4000)
    assert (host.state()["shells"], host.state()["shells_bare"]) == (1, 0)
    wire = channel(host)
    Shell(Client(wire)).open()
    wire.close()
    apply(host, "staged", package_dir=package_dir)
    assert (host.state()["shells"], host.state()["shells_bare"]) == (1, 1)


def test_nothing_is_taken_from_under_a_script_that_runs(fleet: RunningFleet, package_dir: Path) -> None:
    """Somebody took its task away; the run for another state waits for its end, and only then removes its files."""
    host = fleet.host("at-work")
    apply(host, "staged", package_dir=package_dir)
    die(host, rb"schtasks\.exe /run", "present", package_dir=package_dir, install_timeout=600)
    by_hand(host, *CLEARING["the task"])
    seen: list[set[str]] = []

    def sleep(seconds: float) -> None:
        if "pkgmgr.exe" in host.state()["processes_running"]:
            seen.append(set(host.folder(LAYOUT.folder) or ()))
        hurried(seconds)

    run = Run(host, sleep=sleep)
    result = run.apply("staged", package_dir=package_dir)
    assert seen, "the installer was not waited for"
    assert all({"run.cmd", "run.lock", "expanded"} <= names for names in seen)
    assert (result.adopted, result.exit_code and result.exit_code.code) == (True, 3010), run.said
    assert (len(installers(host)), truth(host)) == (1, "install_pending")
    assert_clean(host, shells=False)


def test_somebody_elses_folder_is_left_alone(fleet: RunningFleet) -> None:
    host = fleet.host("foreign")
    run = Run(host)
    assert not run.apply("absent").changed
    assert host.folder(FOLDER) == ["run.cmd"], "something was written or removed"
    write(host, f"{FOLDER}\\KB952876\\run.cmd", b"x")
    assert not run.apply("absent").changed
    assert host.folder(LAYOUT.folder) == ["run.cmd"]
