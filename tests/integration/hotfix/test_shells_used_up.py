# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's shells are used up: by runs that died they are waited out or ended, by others it is told whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import (
    RemoteShell,
    ShellQuotaError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from integration.hotfix.driver import OPEN, ControllerKilledError, DyingChannel, apply, channel
from integration.hotfix.variants import LAYOUT, Run, assert_clean
from winhost.testing import RunningFleet, running_fleet

HOSTS: dict[str, dict[str, Any]] = {
    "quota": {},
    "quota-unused": {},
    "quota-others": {"limits": {"max_shells_per_user": 1}},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case, with the limits of WinRM 1.1."""
    hosts = [{"profile": "vista_sp1_x64", **values, "name": name} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def test_shells_of_dead_runs_are_waited_out(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("quota")
    for number in (22, 25):
        with pytest.raises(ControllerKilledError):
            apply(host, "staged", package_dir=package_dir, wrap=partial(DyingChannel, after=number))
    assert host.state()["shells"] == 2
    said: list[str] = []

    def sleep(seconds: float) -> None:
        host.change("age", seconds=seconds)

    run = Run(host, sleep=sleep, on_line=said.append)
    assert run.apply("staged", package_dir=package_dir).changed
    assert any("no shell left for this user: waiting up to" in line for line in said)
    assert_clean(host)


def test_shells_that_were_never_used_are_ended(fleet: RunningFleet, package_dir: Path) -> None:
    """WinRM 1.1 closes no shell by itself that was never read from: of a run that died when it had opened one, and of
    another that died at its first command."""
    host = fleet.host("quota-unused")
    for command in ("", f'if exist "{LAYOUT.parent}\\" exit 1'):
        wire = channel(host)
        shell = Shell(Client(wire)).open()
        if command:
            shell.start(command)
        wire.close()
    host.change("age", seconds=4000)
    assert host.state()["shells"] == 2
    run = Run(host, sleep=lambda seconds: host.change("age", seconds=seconds))
    assert run.apply("staged", package_dir=package_dir).changed
    assert_clean(host)


def test_shells_that_others_use_are_told(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("quota-others")
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        shell.run("ver")
        with pytest.raises(ShellQuotaError, match=r"MaxShellsPerUser.*1 in use \(this user\)"):
            Run(host, sleep=lambda _seconds: None).apply("staged", package_dir=package_dir)
    client.close()
    assert host.folder(LAYOUT.parent) is None
