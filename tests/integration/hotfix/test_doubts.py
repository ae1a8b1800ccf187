# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever turns out to be true where nobody here knows it: the right end, or a clear refusal; never a wrong claim.

After every step what the assessment says is held against the machine's own servicing stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixError
from integration.hotfix.driver import OPEN, apply, look
from integration.hotfix.variants import assert_clean, installers, truth
from sampling import sampled
from winhost.doubt import BY_ID
from winhost.testing import RunningFleet, RunningHost, running_fleet

WHOLE_LIFE = (
    "system32_while_pending",
    "winsxs_while_pending",
    "root_package_identity",
    "cbs_pending_keys",
    "uninstalled_package",
    "pkgmgr_reboot_code",
    "servicing_boots",
    "pkgmgr_log_name",
    "configsetroot",
)
"""Doubts about installing and removing: under these a machine is installed, rebooted, removed and rebooted."""

ONCE = {
    "vista_rtm_x86": ("vista_rtm_identify", "buildlabex_on_6000", "icacls_inheritance"),
    "vista_sp1_x86": ("pae_enabled",),
    "vista_sp1_x64": (
        "processor_architecture_registry",
        "processor_architecture_wmi",
        "os_architecture",
        "file_version_form",
        "qfe_installed_on",
        "stdregprov_absent_value",
        "pkgmgr_not_applicable_code",
        "pkgmgr_invalid_package_code",
        "cscript_error_code",
        "stdin_end_closes",
        "certutil_format",
        "pull_context",
        "gui_without_start_wait",
        "expand_delta_container",
        "hardware_value",
        "process_ids_after_boot",
        "system_process_rows",
        "redirected_file",
    ),
    "vista_wsh_disabled": ("cscript_error_code", "certutil_format"),
}
"""Doubts about reading and transferring: under these a machine is installed."""

ELSEWHERE = {
    "filtered_logon": "assess/test_bad_input.py: a filtered caller learns too little to change anything",
    "vista_rtm_shell": "test_refusals.py: test_no_shell",
    "reboot_privilege": "restarts go through shutdown.exe alone",
    "current_state_encoding": "below: test_states_in_other_words, test_states_that_cannot_be_read",
    "pkgmgr_already_installed_code": "test_installers.py: test_already_installed_is_read_from_servicing",
    "pkgmgr_restart_pending_code": "test_installers.py: test_a_busy_host_is_asked_again",
    "pkgmgr_not_uninstallable_code": "below: test_a_removal_that_is_refused",
    "process_creation": "reboot/test_boot_proof.py, test_once.py: clocks stepped under both",
    "last_boot_time": "reboot/test_boot_proof.py",
    "uptime_asleep": "reboot/test_boot_proof.py",
}
CASES = [
    (profile, switch, value)
    for profile, switches in {**ONCE, "vista_sp1_x64": ONCE["vista_sp1_x64"] + WHOLE_LIFE}.items()
    for switch in switches
    for value in BY_ID[switch].alternatives[0 if profile == "vista_wsh_disabled" else 1 :]
]
UNALIKE = ("root_package_identity", "system32_while_pending", "uninstalled_package", "stdin_end_closes")
UNREADABLE = ("absent", "string")
MORE = [("vista_sp1_x64", "current_state_encoding", value) for value in ("raw", *UNREADABLE)]
MORE += [("srv2008_fixed", "pkgmgr_not_uninstallable_code", code) for code in ("0x800F0825", "0x80070005")]
REFUSED = {("root_package_identity", "subpackages_only"): {"absent": "not known|no root package"}}
"""What cannot be done under an alternative, and what is said then."""

POWER = {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 2}
RIGHT = {
    # the true state: what may be said of it
    "absent": {"needs_fix", "staged"},
    "staged": {"needs_fix", "staged"},
    "install_pending": {"install_pending"},
    "installed": {"fixed"},
    "uninstall_pending": {"removal_pending"},
}


def host_name(profile: str, switch: str, value: str) -> str:
    """A machine for every case."""
    return "-".join((profile, switch, value)).replace("_", "-").replace(".", "-").lower()


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """The machines of all cases."""
    hosts = [
        {
            "name": host_name(profile, switch, value),
            "profile": profile,
            "doubt": {switch: value},
            "overrides": {"servicing": {"install_seconds": 2.0}, "power": POWER},
        }
        for profile, switch, value in [*CASES, *MORE]
    ]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def agrees(host: RunningHost) -> str:
    """The assessment may be unsure; what it claims is true. Returns the true state."""
    seen, true = look(host), truth(host)
    said = seen.verdict.status.value
    assert said in RIGHT[true] | {"unknown"}, f"it says {said}, and servicing holds {true}"
    restart = seen.verdict.restart.required_by_kb
    assert restart in (true in ("install_pending", "uninstall_pending"), None), f"restart {restart} at {true}"
    return true


def step(host: RunningHost, state: str, refused: dict[str, str], package_dir: Path) -> bool:
    """One run, which reaches its end or is refused as the table says. Whether it was reached."""
    before, started = truth(host), len(installers(host))
    try:
        result = apply(host, state, package_dir=package_dir if state != "absent" else None)
    except HotfixError as error:
        assert state in refused, f"{state}: {error}"
        assert re.search(refused[state], str(error)), error
        assert error.result.plan.blocked
        assert (truth(host), len(installers(host))) == (before, started), "refused, and yet something was done"
        return False
    finally:
        assert_clean(host)
    assert result.changed
    assert state not in refused, f"{state} was expected to be refused"
    return True


def restart(host: RunningHost) -> None:
    """A restart that somebody else does."""
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"] and state["state"] == "running")


def live(host: RunningHost, refused: dict[str, str], package_dir: Path, *, whole: bool) -> None:
    """Installed, rebooted, removed and rebooted: whatever is claimed on the way is true."""
    assert agrees(host) == "absent"
    assert step(host, "present", refused, package_dir)
    assert agrees(host) == "install_pending"
    if not whole:
        return
    restart(host)
    assert agrees(host) == "installed"
    if step(host, "absent", refused, package_dir):
        assert agrees(host) == "uninstall_pending"
        restart(host)
        assert agrees(host) in ("absent", "staged")


FIRST_OF_EACH = [
    case
    for at, case in enumerate(CASES)
    if case[1] in UNALIKE or case[:2] not in [earlier[:2] for earlier in CASES[:at]]
]
"""What make test tries: one alternative of every switch on each machine, and all of those that take different ways."""


@pytest.mark.parametrize(("profile", "switch", "value"), sampled(CASES, *FIRST_OF_EACH))
def test_every_alternative(fleet: RunningFleet, package_dir: Path, profile: str, switch: str, value: str) -> None:
    host = fleet.host(host_name(profile, switch, value))
    live(host, REFUSED.get((switch, value), {}), package_dir, whole=switch in WHOLE_LIFE)


def test_states_in_other_words(fleet: RunningFleet, package_dir: Path) -> None:
    live(fleet.host(host_name(*MORE[0])), {}, package_dir, whole=True)


@pytest.mark.parametrize("value", UNREADABLE)
def test_states_that_cannot_be_read(fleet: RunningFleet, package_dir: Path, value: str) -> None:
    """The installer says that it went well, and servicing cannot be asked: that is no success, and no second try."""
    host = fleet.host(host_name("vista_sp1_x64", "current_state_encoding", value))
    with pytest.raises(HotfixError, match="But servicing says: Whether KB952876 is needed is not known") as caught:
        apply(host, "present", package_dir=package_dir)
    assert caught.value.result.as_dict(failed=True)["changed"] is True
    assert caught.value.result.as_dict(failed=True)["reboot_required"] is not False
    assert agrees(host) == "install_pending"
    for state in ("present", "staged", "absent"):
        assert not step(host, state, {state: "not known|waits for a restart"}, package_dir)
    assert_clean(host)


@pytest.mark.parametrize("code", ["0x800F0825", "0x80070005"])
def test_a_removal_that_is_refused(fleet: RunningFleet, code: str) -> None:
    """The installer refuses the removal: the hotfix is reported as still there."""
    host = fleet.host(host_name("srv2008_fixed", "pkgmgr_not_uninstallable_code", code))
    host.change("servicing", fault="access_denied")
    with pytest.raises(HotfixError, match=r"Access was denied.*But servicing says") as caught:
        apply(host, "absent")
    assert caught.value.result.last.verdict.status.value == "fixed"
    assert agrees(host) == "installed"
    assert_clean(host)


def test_no_doubt_is_forgotten() -> None:
    told = {switch for switches in ONCE.values() for switch in switches} | set(ELSEWHERE) | set(WHOLE_LIFE)
    assert told == set(BY_ID)
