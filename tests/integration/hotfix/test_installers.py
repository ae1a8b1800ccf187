# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installers that lie, hang, fail or lose power; laptops; other languages: what is reported is what servicing holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installer_task import (
    AbandonedError,
    InstallerError,
)
from integration.hotfix.driver import OPEN, apply, look, restart
from integration.hotfix.variants import Run, assert_clean, installers, truth
from winhost.testing import RunningFleet, RunningHost, running_fleet

INSTALLERS = ("pkgmgr", "pkgmgr_package", "wusa")
LANGUAGES = ("vista_de", "vista_ja", "vista_rtm_x86", "srv2008_core_x64")
QUICK = {"install_seconds": 3.0}
POWER = {"shutdown_seconds": 2, "boot_seconds": 5, "services_seconds": 1, "servicing_seconds": 2}
SLOW = {"servicing": {"install_seconds": 50.0}}
PENDING_OTHER = [{"kb": "KB999999", "state": "install_pending", "days_ago": 0.01}]
CBS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
PACKAGES = f"{CBS}\\Packages"
FAULTS = {
    # fault: exit code, a part of its sentence, what servicing then holds
    "noop_zero": (0, "It went well", "absent"),
    "noop_3010": (3010, "needs a restart", "absent"),
    "access_denied": (-2147024891, "Access was denied", "absent"),
    "bad_signature": (-2146762496, "signature is missing or wrong", "absent"),
    "disk_full": (-2147024784, r"not known.*-2147024784.*0x80070070", "absent"),
    "fails_late": (-2146498270, r"not known.*-2146498270.*0x800F0922", "absent"),
}
HOSTS: dict[str, dict[str, Any]] = {
    **{fault.replace("_", "-"): {"overrides": {"servicing": {**QUICK, "fault": fault}}} for fault in FAULTS},
    **{installer.replace("_", "-"): {} for installer in INSTALLERS},
    **{
        language.replace("_", "-"): {"profile": language, "overrides": {"servicing": QUICK, "power": POWER}}
        for language in LANGUAGES
    },
    "pkgmgr-missing": {"profile": "pkgmgr_missing"},
    "pkgmgr-empty": {"profile": "pkgmgr_empty"},
    "hang": {"overrides": {"servicing": {**QUICK, "fault": "hang"}, "power": POWER}},
    "slow": {"overrides": SLOW},
    "stopped": {"overrides": SLOW},
    "crash": {"overrides": {**SLOW, "power": POWER}},
    "midway": {
        "overrides": {
            "servicing": {**QUICK, "fault": "reboot_midway"},
            "power": POWER,
        }
    },
    "vista-laptop": {"profile": "vista_laptop", "overrides": SLOW},
    "vista-laptop-on-battery": {"profile": "vista_laptop_on_battery"},
    "beaten": {"profile": "vista_pending", "doubt": {"winsxs_while_pending": "absent"}},
    "beaten-unseen": {"profile": "vista_pending", "doubt": {"winsxs_while_pending": "absent"}},
    "busy": {"overrides": {"updates": PENDING_OTHER}, "doubt": {"pkgmgr_restart_pending_code": "0x80240016"}},
    "restart-pending": {"overrides": {"updates": PENDING_OTHER}},
    "vanishes": {"overrides": {"servicing": {**QUICK, "fault": "vanishes"}, "power": POWER}},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each scenario."""
    hosts = [{"name": name, "profile": "vista_sp1_x64", **values} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def holds(host: RunningHost, status: str, state: str) -> None:
    """The assessment agrees with the machine's servicing stack, and nothing is left lying about."""
    assert (look(host).verdict.status.value, truth(host)) == (status, state)
    assert_clean(host)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_installer_that_fails_or_lies(fleet: RunningFleet, package_dir: Path, fault: str) -> None:
    host = fleet.host(fault.replace("_", "-"))
    code, said, state = FAULTS[fault]
    with pytest.raises(HotfixError, match=rf"{said}.*But servicing says") as caught:
        apply(host, "present", package_dir=package_dir)
    result = caught.value.result
    assert result.exit_code is not None
    assert result.exit_code.code == code
    assert result.log, "something failed, and the log is not shown"
    shaped = result.as_dict(failed=True)
    assert (shaped["changed"], shaped["reboot_required"], shaped["status"]) == (True, False, "staged")
    holds(host, "staged", state)
    host.change("servicing", fault="")
    assert apply(host, "present", package_dir=package_dir).last.verdict.status.value == "install_pending"
    holds(host, "install_pending", "install_pending")


@pytest.mark.parametrize("installer", INSTALLERS)
def test_every_installer(fleet: RunningFleet, package_dir: Path, installer: str) -> None:
    host = fleet.host(installer.replace("_", "-"))
    result = apply(host, "present", package_dir=package_dir, installer=installer)
    (line,) = installers(host)
    switches = {
        "pkgmgr": ["pkgmgr", "/n:", "/quiet", "/norestart", "/l:"],
        "pkgmgr_package": ["pkgmgr", "/ip", "/m:", "/s:", "/quiet", "/norestart", "/l:"],
        "wusa": ["wusa", "/quiet", "/norestart"],
    }[installer]
    assert all(switch in line for switch in switches), line
    assert host.state()["processes_started"][-1]["user"]
    runner = next(one for one in host.state()["processes_started"] if one["command_line"] == line)
    assert runner["user"].upper().endswith("SYSTEM"), runner
    assert result.exit_code is not None
    assert result.exit_code.code == 3010
    holds(host, "install_pending", "install_pending")


@pytest.mark.parametrize("profile", LANGUAGES)
def test_there_and_back_in_every_language(fleet: RunningFleet, package_dir: Path, profile: str) -> None:
    host = fleet.host(profile.replace("_", "-"))
    assert apply(host, "present", package_dir=package_dir, cleanup=True).last.verdict.status.value == "install_pending"
    restart(host)
    holds(host, "fixed", "installed")
    forecast = apply(host, "present", cleanup=True, check=True)
    assert forecast.as_dict()["msg"] == "The fix of KB952876 is there. The staged files will be removed."
    cleaned = apply(host, "present", cleanup=True)
    assert cleaned.changed, "the staged files are no longer wanted"
    assert cleaned.as_dict()["msg"] == "The fix of KB952876 is there. The staged files were removed."
    assert not apply(host, "present", cleanup=True).changed
    removed = apply(host, "absent")
    (line,) = [line for line in installers(host) if "/up:" in line]
    assert "/m:" not in line
    assert all(switch in line for switch in ("/quiet", "/norestart", "/l:"))
    assert removed.plan.identities[0] in line
    holds(host, "removal_pending", "uninstall_pending")
    restart(host)
    holds(host, "needs_fix", "absent")
    assert not apply(host, "absent").changed


def test_a_missing_installer_is_named(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("pkgmgr-missing")
    with pytest.raises(HotfixError, match=r"The installer's program was not found.*But servicing says"):
        apply(host, "present", package_dir=package_dir)
    holds(host, "staged", "absent")


def test_an_empty_installer_is_no_success(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("pkgmgr-empty")
    with pytest.raises(HotfixError, match="But servicing says"):
        apply(host, "present", package_dir=package_dir)
    holds(host, "staged", "absent")


def test_an_installer_that_takes_long_is_waited_for_by_the_next_run(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("slow")
    with pytest.raises(InstallerError, match=r"did not end within .* left running; the next run waits for it"):
        Run(host, install={"deadline": 0.5}).apply("present", package_dir=package_dir)
    assert truth(host) in ("staging", "staged", "resolving"), "the installer did not go on"
    second = Run(host)
    result = second.apply("present", package_dir=package_dir)
    assert any("an earlier run's installer is on the host" in line for line in second.said)
    assert result.changed
    assert result.exit_code is not None
    assert result.exit_code.code == 3010
    assert len(installers(host)) == 1
    holds(host, "install_pending", "install_pending")


def test_an_installer_that_hangs(fleet: RunningFleet, package_dir: Path) -> None:
    """Left running at the deadline; the next run waits, too; what is true is never called installed."""
    host = fleet.host("hang")
    for _attempt in range(2):
        with pytest.raises((InstallerError, HotfixError)) as caught:
            Run(host, install={"deadline": 0.4}).apply("present", package_dir=package_dir)
        assert "did not end within" in str(caught.value) or "servicing says" in str(caught.value)
        assert truth(host) != "install_pending"
        assert host.state()["shells"] == 0
    host.change("servicing", fault="")
    restart(host)
    assert apply(host, "present", package_dir=package_dir).last.verdict.status.value == "install_pending"
    holds(host, "install_pending", "install_pending")


def meanwhile(host: RunningHost, action: str) -> Callable[[float], None]:
    """A sleep that changes the host once, while the installer runs."""
    done: list[bool] = []

    def sleep(seconds: float) -> None:
        if not done and "pkgmgr.exe" in host.state()["processes_running"]:
            done.append(True)
            host.change(action)
        time.sleep(seconds / 20)

    return sleep


@pytest.mark.parametrize(("name", "action"), [("crash", "crash"), ("midway", "")])
def test_power_lost_in_the_middle(fleet: RunningFleet, package_dir: Path, name: str, action: str) -> None:
    host = fleet.host(name)
    run = Run(host, sleep=meanwhile(host, action)) if action else Run(host)
    with pytest.raises(AbandonedError, match=r"restarted while the installer ran|no longer running"):
        run.apply("present", package_dir=package_dir)
    host.wait_for(lambda state: state["listening"])
    assert truth(host) == "absent"
    assert look(host).verdict.status.value == "staged"
    host.change("servicing", install_seconds=3)
    result = apply(host, "present", package_dir=package_dir)
    assert result.last.verdict.status.value == "install_pending"
    holds(host, "install_pending", "install_pending")


@pytest.mark.parametrize("name", ["vista-laptop", "vista-laptop-on-battery"])
def test_laptops_finish(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host = fleet.host(name)
    run = Run(host, sleep=meanwhile(host, "unplug"))
    result = run.apply("present", package_dir=package_dir)
    assert result.exit_code is not None
    assert result.exit_code.code == 3010
    holds(host, "install_pending", "install_pending")


class Noticed:
    """A wire that does something once, before the message with these words goes out."""

    def __init__(self, wire: Any, words: bytes, act: Callable[[], None]) -> None:
        self._wire = wire
        self._words = words
        self._act: Callable[[], None] | None = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does."""
        if self._act is not None and self._words in envelope:
            act, self._act = self._act, None
            act()
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


@pytest.mark.parametrize("known", [True, False])
def test_already_installed_is_read_from_servicing(fleet: RunningFleet, package_dir: Path, known: bool) -> None:
    """0x800F081E says not applicable, or there already. Servicing tells which, in the very run that got the code."""
    host = fleet.host("beaten" if known else "beaten-unseen")
    keys = [f"{PACKAGES}\\{name}" for name in host.state()["cbs"] if "KB952876" in name.upper()]
    hidden = [*keys, f"{CBS}\\RebootPending", f"{CBS}\\PackagesPending"]
    for key in hidden:
        host.change("registry", path=key, delete=True)
    assert look(host).verdict.status.value == "needs_fix"

    def appear() -> None:
        for key in keys:
            host.change("registry", path=key, name="CurrentState", value=0x60)
        host.change("registry", path=f"{CBS}\\RebootPending")

    run = Run(host, wrap=lambda wire: Noticed(wire, b"schtasks.exe /run", appear if known else lambda: None))
    if not known:
        with pytest.raises(HotfixError, match=r"or is installed: servicing tells.*0x800F081E.*But servicing says"):
            run.apply("present", package_dir=package_dir)
    else:
        result = run.apply("present", package_dir=package_dir)
        assert result.last.verdict.status.value == "install_pending"
        assert result.as_dict()["reboot_required"] is True
    assert run.result is not None and run.result.exit_code is not None
    assert run.result.exit_code.code == -2146498530
    assert_clean(host)


def test_a_busy_host_is_asked_again(fleet: RunningFleet, package_dir: Path) -> None:
    """Another package waits for a restart, and pkgmgr calls that busy: it is tried again, and then reported."""
    host = fleet.host("busy")
    run = Run(host, install={"retries": 2, "retry_pause": 1.0})
    with pytest.raises(HotfixError, match=r"Another install runs, or a restart is pending.*0x80240016"):
        run.apply("present", package_dir=package_dir)
    assert len(installers(host)) == 3
    holds(host, "staged", "absent")
    run.on_line = lambda line: host.change("doubt", id="pkgmgr_restart_pending_code", value="proceeds")
    assert run.apply("present", package_dir=package_dir).last.verdict.status.value == "install_pending"
    assert len(installers(host)) == 5
    holds(host, "install_pending", "install_pending")


def test_a_restart_that_others_wait_for_is_reported(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("restart-pending")
    with pytest.raises(HotfixError, match=r"A restart is pending: restart the host and try again.*0x800F0816"):
        apply(host, "present", package_dir=package_dir)
    assert len(installers(host)) == 1, "a restart that is pending does not go away by trying again"
    holds(host, "staged", "absent")


def test_an_install_that_the_boot_rolls_back_is_seen(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("vanishes")
    assert apply(host, "present", package_dir=package_dir).last.verdict.status.value == "install_pending"
    restart(host)
    holds(host, "staged", "absent")
    host.change("servicing", fault="")
    assert apply(host, "present", package_dir=package_dir).changed
