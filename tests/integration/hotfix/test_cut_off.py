# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overall deadline of hotfix and reboot: what ended it, where, what was learnt. It ends nothing on the host."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.action import hotfix, reboot
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import Hotfix
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import OPEN, channel, hurried
from integration.hotfix.variants import LAYOUT, Run, assert_clean, installers
from packages.proven import ca_file, pins
from unit.plugins.action.harness import Harness
from winhost.testing import RunningFleet, RunningHost, running_fleet

LIMIT = 60.0
"""The least that hotfix takes, in seconds; the test's clock is set forward instead of waiting."""

AT = (14, 38, 47)
"""Messages of a staging after which its time is over: among the first commands, in the transfer, at the proof."""

POWER = {"shutdown_seconds": 5, "boot_seconds": 60, "services_seconds": 5, "servicing_seconds": 5}
QUICK = {"servicing": {"install_seconds": 3.0}}
HOSTS: dict[str, dict[str, Any]] = {
    "installing": {"servicing": {"install_seconds": 300.0}},
    **{f"staging-{number}": {} for number in AT},
    "asked": {"power": POWER},
    "not-asked": {"power": POWER},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case."""
    hosts = [
        {"name": name, "profile": "vista_sp1_x64", "overrides": {**QUICK, **overrides}}
        for name, overrides in HOSTS.items()
    ]
    with running_fleet({"time_scale": 60, "defaults": {"auth": OPEN["auth"]}, "hosts": hosts}) as running:
        yield running


class Live(Harness):
    """An action plugin against a simulated host, by a clock that can be set forward, after a message or at will."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, plugin: Any, host: RunningHost, after: int = 0) -> None:
        super().__init__(monkeypatch, plugin)
        self.host, self.after, self.ahead = host, after, 0.0

    def _channel(self, connection: Any, **_options: Any) -> Any:
        return Counting(channel(self.host), self.after, self.end)

    def _client(self, channel: Any, **options: Any) -> Any:
        return Client(channel, clock=lambda: time.monotonic() + self.ahead, **options)

    def end(self) -> None:
        """All of the time is over but what a command may take by itself."""
        self.ahead = LIMIT


class Counting:
    """A wire that does something after its n-th answer."""

    def __init__(self, wire: Any, after: int, act: Callable[[], None]) -> None:
        self._wire, self._left, self._act = wire, after, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            setattr(self._wire, name, value)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        answer = bytes(self._wire.send(envelope, read_timeout=read_timeout))
        self._left -= 1
        if self._left == 0:
            self._act()
        return answer


def given(state: str, package_dir: Path) -> dict[str, Any]:
    """The arguments of a task."""
    package = package_dir / "x64.msu"
    proof = {"checksum": pins([package]), "ca_file": str(ca_file())}
    return {"state": state, "path": str(package), "deadline": LIMIT, "transfer": "winrm", "details": True, **proof}


@pytest.fixture
def no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotfix.ActionModule, "_login", lambda _self: ("", "", ""))


@pytest.mark.usefixtures("no_login")
def test_an_installer_outlives_the_deadline_and_the_next_run_adopts_it(
    fleet: RunningFleet, package_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = fleet.host("installing")
    live = Live(monkeypatch, hotfix.ActionModule, host)

    def sleep(seconds: float) -> None:
        if "pkgmgr.exe" in host.state()["processes_running"]:
            live.end()
        hurried(seconds)

    monkeypatch.setattr(hotfix, "Hotfix", functools.partial(Hotfix, sleep=sleep))
    result = live.run(given("present", package_dir))
    assert result["failed"] is True
    assert (result["ended"]["by"], result["ended"]["during"]) == ("deadline", "waiting")
    assert "the deadline of 60 s is over" in result["msg"]
    assert (result["status"], result["changed"]) == ("needs_fix", True), "what was learnt is lost"
    assert result["messages"] > 60
    state = host.state()
    assert "pkgmgr.exe" in state["processes_running"], "the installer was ended"
    assert state["shells"] == 0
    assert "lock" not in (host.folder(LAYOUT.folder) or ()), "the host is still held"
    second = Run(host).apply("present", package_dir=package_dir)
    assert (second.adopted, second.exit_code and second.exit_code.code) == (True, 3010)
    assert second.last.verdict.status.value == "install_pending"
    assert len(installers(host)) == 1
    assert_clean(host)


@pytest.mark.usefixtures("no_login")
@pytest.mark.parametrize("number", AT)
def test_a_staging_that_is_cut_off_leaves_nothing_open_and_is_finished_by_the_next(
    fleet: RunningFleet, package_dir: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    host = fleet.host(f"staging-{number}")
    result = Live(monkeypatch, hotfix.ActionModule, host, after=number).run(given("staged", package_dir))
    assert result["failed"] is True
    assert result["ended"]["by"] == "deadline", result
    assert result["ended"]["during"], "where it was is not told"
    assert result["status"] == "needs_fix"
    assert host.state()["shells"] == 0
    assert "lock" not in (host.folder(LAYOUT.folder) or ()), "the host is still held"
    again = Run(host).apply("staged", package_dir=package_dir)
    assert again.last.verdict.status.value == "staged"
    assert_clean(host)


@pytest.mark.parametrize(("name", "number", "reboots"), [("not-asked", 3, 0), ("asked", 0, 1)])
def test_a_restart_that_is_cut_off_says_whether_it_was_asked_for(
    fleet: RunningFleet, monkeypatch: pytest.MonkeyPatch, name: str, number: int, reboots: int
) -> None:
    host = fleet.host(name)
    live = Live(monkeypatch, reboot.ActionModule, host, after=number)

    def sleep(seconds: float) -> None:
        if number == 0:
            live.end()
        time.sleep(seconds / 60)

    monkeypatch.setattr(reboot, "time", type("Time", (), {"sleep": staticmethod(sleep)}))
    result = live.run({"delay": 0, "deadline": LIMIT})
    assert (result["failed"], result["ended"]["by"]) == (True, "deadline"), result
    assert result["changed"] is bool(reboots)
    assert result["ended"]["during"]
    host.wait_for(lambda state: state["listening"] and state["state"] == "running" and state["reboots"] == reboots)
    assert host.state()["shells"] == 0
