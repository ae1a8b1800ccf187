# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every doubt about Windows, with each of its alternatives: the verdict is the truth or unknown, never another one.

The truth is that of the machines (expected.py, confirmed by their servicing stacks). Where a doubt costs the answer,
the cell stands in UNKNOWN with its reason: all others must be right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from integration.assess.driver import OPEN, hotfix_state, look
from integration.assess.expected import HOSTS, TRUE_STATUS, servicing_status
from winhost.doubt import BY_ID
from winhost.testing import RunningFleet, running_fleet

# Those that differ in what an assessment asks; the others differ in what a change would meet.
CANDIDATES = [
    "vista_rtm_x86",
    "vista_rtm_fixed",
    "vista_rtm_x64_pending",
    "vista_rtm_unauthenticated_looking",
    "vista_sp1_x86_pae",
    "vista_sp1_x64",
    "vista_sp1_x86_fixed",
    "vista_pending",
    "vista_removal_pending",
    "vista_cbs_staged",
    "srv2008_ia64",
    "srv2008_rtm_x64_gdr_newer",
    "srv2008_fixed",
    "srv2008_superseded",
    "srv2008_fixed_later_ldr",
    "no_data_file",
    "no_stdregprov",
]
RTM = [name for name in CANDIDATES if "6.0.6000." in (HOSTS[name].running or "")]
X86 = [name for name in CANDIDATES if HOSTS[name].architecture == "x86"]
KNOWN_TO_CBS = [name for name in CANDIDATES if HOSTS[name].servicing != "absent"]
PENDING = [name for name in CANDIDATES if HOSTS[name].servicing in ("install_pending", "uninstall_pending")]
ONE_OF_EACH = ["vista_sp1_x64", "vista_removal_pending"]
EACH_ARCHITECTURE = ["vista_rtm_x86", "vista_sp1_x86_pae", "vista_sp1_x64", "vista_pending", "srv2008_ia64"]

MATTERS: dict[str, list[str]] = {
    "vista_rtm_identify": RTM,
    "buildlabex_on_6000": RTM,
    "processor_architecture_registry": EACH_ARCHITECTURE,
    "processor_architecture_wmi": EACH_ARCHITECTURE,
    "os_architecture": EACH_ARCHITECTURE,
    "file_version_form": CANDIDATES,
    "pae_enabled": X86,
    "stdregprov_absent_value": CANDIDATES,
    "pull_context": CANDIDATES,
    "root_package_identity": KNOWN_TO_CBS,
    "current_state_encoding": KNOWN_TO_CBS,
    "cbs_pending_keys": PENDING,
    "system32_while_pending": PENDING,
    "winsxs_while_pending": PENDING,
    # these show only when something is changed, or in classes that no assessment asks for
    "vista_rtm_shell": RTM,
    "filtered_logon": ONE_OF_EACH,  # who asks here is not filtered: test_bad_input asks as one who is
    "gui_without_start_wait": ONE_OF_EACH,
    "qfe_installed_on": ONE_OF_EACH,
    "uninstalled_package": ONE_OF_EACH,
    "pkgmgr_reboot_code": ONE_OF_EACH,
    "pkgmgr_already_installed_code": ONE_OF_EACH,
    "pkgmgr_not_applicable_code": ONE_OF_EACH,
    "pkgmgr_restart_pending_code": ONE_OF_EACH,
    "pkgmgr_invalid_package_code": ONE_OF_EACH,
    "pkgmgr_not_uninstallable_code": ONE_OF_EACH,
    "reboot_privilege": ONE_OF_EACH,
    "servicing_boots": ONE_OF_EACH,
    "pkgmgr_log_name": ONE_OF_EACH,
    "cscript_error_code": ONE_OF_EACH,
    "icacls_inheritance": ONE_OF_EACH,
    "stdin_end_closes": ONE_OF_EACH,
    "certutil_format": ONE_OF_EACH,
    "configsetroot": ONE_OF_EACH,
    "expand_delta_container": ONE_OF_EACH,
    "hardware_value": ONE_OF_EACH,
    "process_creation": ONE_OF_EACH,
    "process_ids_after_boot": ONE_OF_EACH,
    "system_process_rows": ONE_OF_EACH,
    "last_boot_time": ONE_OF_EACH,
    "uptime_asleep": ONE_OF_EACH,
    "redirected_file": ONE_OF_EACH,
}
CELLS = [
    (switch, alternative, profile)
    for switch, profiles in MATTERS.items()
    for alternative in BY_ID[switch].alternatives[1:]  # test_profiles has the first of each
    for profile in profiles
]

UNKNOWN = {
    # without BuildLabEx nothing tells that the fixed kernel on disk is the one that runs
    ("buildlabex_on_6000", "absent", "vista_rtm_fixed"),
    ("buildlabex_on_6000", "buildlab_only", "vista_rtm_fixed"),
    # a package whose state cannot be read may be pending, however quiet servicing is, and an installer beside it is
    # what must never start
    *(("current_state_encoding", form, profile) for form in ("absent", "string") for profile in KNOWN_TO_CBS),
    # the fixed kernel runs, and the disk does not tell what the next boot takes: one below the fix would contradict
    *(("file_version_form", "null", profile) for profile in CANDIDATES if TRUE_STATUS[profile] == "fixed"),
    # no root, only parts that are not installed: standard depth does not ask them all, and one may wait
    ("root_package_identity", "subpackages_only", "vista_cbs_staged"),
}

# Alternatives that meet in a machine that waits for a restart, in all their combinations. ("string" is unreadable as
# "absent" is; other names of the root are read as its usual one is.)
CROSSED = {
    "root_package_identity": ("package_for", "subpackages_only"),
    "current_state_encoding": ("documented", "raw", "absent"),
    "cbs_pending_keys": ("both", "reboot_pending_only", "packages_pending_only"),
    "system32_while_pending": ("old", "new", "absent"),
    "buildlabex_on_6000": ("absent",),
}
COMBINATIONS = [
    (profile, dict(zip(CROSSED, values, strict=True)))
    for profile in PENDING
    for values in itertools.product(*CROSSED.values())
    if profile != "vista_removal_pending" or values[3] == "old"
]


def _host(name: str, profile: str, doubt: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "profile": profile, "auth": OPEN, "doubt": doubt}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """One machine for each cell."""
    hosts = [_host(":".join(cell), cell[2], {cell[0]: cell[1]}) for cell in CELLS]
    hosts += [_host(f"crossed-{number}", *case) for number, case in enumerate(COMBINATIONS)]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def test_every_switch_is_tried() -> None:
    assert set(MATTERS) == set(BY_ID)


@pytest.mark.parametrize("switch", MATTERS)
def test_each_alternative(fleet: RunningFleet, switch: str) -> None:
    """Right, or unknown where that is written down."""
    wrong, seen_unknown = [], set()
    for cell in (cell for cell in CELLS if cell[0] == switch):
        profile = cell[2]
        # full depth asks for the processor and, whatever BuildLabEx says, for the registry's architecture
        result = look(fleet.host(":".join(cell)), "full" if MATTERS[switch] is EACH_ARCHITECTURE else "standard")
        wrong += [(*cell, problem) for problem in _lies(profile, result)]
        if result["status"] == "unknown" != HOSTS[profile].status:
            seen_unknown.add(cell)
    assert not wrong
    assert seen_unknown == {cell for cell in UNKNOWN if cell[0] == switch}


@pytest.mark.parametrize("profile", PENDING)
def test_all_combinations_before_a_restart(fleet: RunningFleet, profile: str) -> None:
    counts = {"right": 0, "unknown": 0}
    for number, (name, doubt) in enumerate(COMBINATIONS):
        if name != profile:
            continue
        result = look(fleet.host(f"crossed-{number}"))
        assert not _lies(profile, result), doubt
        counts["unknown" if result["status"] == "unknown" else "right"] += 1
    print(profile, counts)
    assert counts["right"] > 0


AFTER_A_BOOT = [
    ("vista_removal_pending", {"uninstalled_package": left}, "needs_fix")
    for left in BY_ID["uninstalled_package"].alternatives
] + [
    ("vista_pending", {"servicing_boots": boots, "system32_while_pending": held}, "fixed")
    for boots in BY_ID["servicing_boots"].alternatives
    for held in BY_ID["system32_while_pending"].alternatives
]


def test_after_the_restart_that_servicing_waited_for() -> None:
    """Installed or removed for good, however often it boots and whatever a removed package leaves behind."""
    hosts = [_host(f"boot-{number}", profile, doubt) for number, (profile, doubt, _end) in enumerate(AFTER_A_BOOT)]
    with running_fleet({"time_scale": 200, "hosts": hosts}) as fleet:
        for name in fleet.hosts:
            fleet.host(name).change("reboot")
        for number, (profile, doubt, end) in enumerate(AFTER_A_BOOT):
            host = fleet.host(f"boot-{number}")
            state = host.wait_for(lambda now: now["reboots"] >= 1 and now["listening"] and _settled(now))
            held = hotfix_state(state)
            assert servicing_status(held, kernel_fixed=held == "installed") == end, "the machine itself is not there"
            result = look(host)
            assert result["status"] == end, (profile, doubt, result["summary"])
            assert result["restart"]["pending"] is False


def _settled(state: dict[str, Any]) -> bool:
    return hotfix_state(state) in ("installed", "absent", "staged")


def _lies(profile: str, result: dict[str, Any]) -> list[str]:
    """What the result says that is not so."""
    truth, true_status = HOSTS[profile], TRUE_STATUS[profile]
    found = []
    if result["status"] not in (true_status, "unknown"):
        found.append(f"{result['status']} instead of {true_status}: {result['summary']}")
    if result["applicable"] not in (True, None):
        found.append("not applicable")
    if result["restart"]["required"] not in (truth.kb_reboot, None) and profile != "no_data_file":
        found.append(f"restart for the hotfix: {result['restart']['required']}")
    if result["restart"]["pending"] not in (bool(truth.reboot), None):
        found.append(f"restart pending: {result['restart']['pending']}")
    running = result["details"]["kernel"]["running"]
    if running is not None and running["version"] != truth.running:
        found.append(f"kernel {running['version']}")
    for package in result["details"]["packages"] or ():
        # The raw numbers know no superseded package: it shows as staged there.
        shown = {truth.servicing, None} | ({"staged"} if truth.servicing == "superseded" else set())
        if package["root"] and package["state"] not in shown:
            found.append(f"{package['identity']} is {package['state']}")
    if truth.architecture is not None and result["details"]["os"]["architecture"] not in (truth.architecture, None):
        found.append(f"architecture {result['details']['os']['architecture']}")
    return found
