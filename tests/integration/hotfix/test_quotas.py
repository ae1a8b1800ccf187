# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM 1.1's limits on shells: what is sent keeps them, and every shell is closed, whatever happens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import TransferError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from integration.hotfix.driver import OPEN, apply
from integration.hotfix.variants import LAYOUT, Run, assert_clean, truth
from winhost.testing import RunningFleet, running_fleet

HOSTS = ("life", "interrupted", "refused", "tight", "heavy")
COMMANDS_A_SHELL = 13
SHELL_MEMORY_MB = 80


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Hosts with the limits of WinRM 1.1; one with tighter ones than that."""
    hosts: list[dict[str, Any]] = [{"name": name, "profile": "vista_sp1_x64"} for name in HOSTS]
    hosts[3]["limits"] = {"max_shells_per_user": 1, "max_connections": 2, "max_memory_per_shell_mb": 60}
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


class Recorder:
    """A wire that keeps what went over it, and may raise once at the n-th message."""

    def __init__(self, wire: Any, sent: list[bytes], *, interrupt_at: int = 0) -> None:
        self._wire = wire
        self._sent = sent
        self._interrupt_at = interrupt_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does."""
        self._sent.append(envelope)
        if len(self._sent) == self._interrupt_at:
            raise KeyboardInterrupt
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def shell_of(envelope: bytes) -> str:
    """The shell that a message is for."""
    found = re.search(rb'Name="ShellId">([^<]+)<', envelope)
    return found[1].decode() if found else ""


def action_of(envelope: bytes) -> str:
    """The last part of a message's action."""
    found = re.search(rb"Action[^>]*>[^<]*/([A-Za-z]+)</", envelope)
    return found[1].decode() if found else ""


def test_a_whole_life_keeps_the_quotas(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("life")
    sent: list[bytes] = []
    Run(host, wrap=lambda wire: Recorder(wire, sent)).apply("present", package_dir=package_dir)
    assert truth(host) == "install_pending"
    actions = [(action_of(one), one) for one in sent]
    commands = Counter(shell_of(one) for action, one in actions if action == "Command")
    assert len(commands) >= 2, "so many commands do not fit one shell"
    assert max(commands.values()) <= COMMANDS_A_SHELL
    open_shells, running, most = 0, 0, 0
    for action, envelope in actions:
        is_shell = b"windows/shell" in envelope
        if action == "Create" and is_shell:
            assert b'Name="WINRS_CODEPAGE">437<' in envelope
            open_shells += 1
        elif action == "Delete" and is_shell:
            open_shells, running = open_shells - 1, 0
        elif action == "Command":
            running += 1
            assert running == 1, "a second command in a shell whose first was not ended"
        elif action == "Signal":
            running = 0
        most = max(most, open_shells)
    assert (most, open_shells) == (1, 0)
    assert not any(b"SessionId" in one or b"OperationID" in one for one in sent)
    assert_clean(host)


def test_tighter_quotas_than_the_default(fleet: RunningFleet, package_dir: Path) -> None:
    """One shell, and too little memory in it for an installer: it runs outside."""
    host = fleet.host("tight")
    apply(host, "present", package_dir=package_dir)
    assert truth(host) == "install_pending"
    assert_clean(host)


def test_nothing_heavy_runs_inside_a_shell(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("heavy")
    apply(host, "present", package_dir=package_dir)
    started = host.state()["processes_started"]
    inside = {one["image"].lower() for one in started if not one["user"].upper().endswith("SYSTEM")}
    assert not inside & {"pkgmgr.exe", "wusa.exe", "trustedinstaller.exe", "powershell.exe"}, inside
    assert {one["image"].lower() for one in started if one["user"].upper().endswith("SYSTEM")} >= {"pkgmgr.exe"}


@pytest.mark.parametrize("number", [14, 17, 20, 25, 33, 34, 41, 48, 55, 62])
def test_an_interruption_leaves_no_shell(fleet: RunningFleet, package_dir: Path, number: int) -> None:
    """Ctrl-C in the middle of a message."""
    host = fleet.host("interrupted")
    sent: list[bytes] = []
    with pytest.raises(KeyboardInterrupt):
        Run(host, wrap=lambda wire: Recorder(wire, sent, interrupt_at=number)).apply("present", package_dir=package_dir)
    assert host.state()["shells"] == 0
    assert host.wait_for(lambda state: state["connections"] == 0)
    apply(host, "absent")


def test_a_failure_leaves_no_shell(fleet: RunningFleet, package_dir: Path) -> None:
    """The disk is full from the middle of the staging on."""
    host = fleet.host("refused")
    host.fault("disk_full", **{"in": 40})
    with pytest.raises((CommandError, TransferError)):
        apply(host, "staged", package_dir=package_dir)
    assert host.state()["shells"] == 0
    assert truth(host) == "absent"
    assert host.file(LAYOUT.manifest)["size"] is None
