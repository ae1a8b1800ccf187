# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each state from each starting status, on every kind of host: what is done, what is refused; and twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixError, HotfixResult
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.delivery import DeliveryError
from integration.hotfix.driver import OPEN, apply, look, package
from sampling import sampled
from winhost.testing import RunningFleet, RunningHost, running_fleet

STATES = ("staged", "present", "absent")

EXPECTED = {
    # profile: (status, outlook and status afterwards) for staged, present, absent
    "vista_sp1_x64": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_sp1_x86": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_sp1_x86_pae": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_rtm_x86": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_rtm_x64": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_sp1_stack2": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_starter_x86": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "srv2008_rtm_x64": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "srv2008_rtm_x64_gdr_newer": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "srv2008_core_x64": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "srv2008_ia64": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_cbs_staged": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_hung_tcpipreg": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_other_reboot_pending": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_de": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_ja": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_laptop": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_laptop_on_battery": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_wsh_disabled": ("needs_fix", "do staged", "do install_pending", "met needs_fix"),
    "vista_pending": ("install_pending", "met install_pending", "met install_pending", "blocked restart_first"),
    "vista_removal_pending": ("removal_pending", "do removal_pending", "blocked restart_first", "met removal_pending"),
    "srv2008_fixed": ("fixed", "met fixed", "met fixed", "do removal_pending"),
    "vista_rtm_fixed": ("fixed", "met fixed", "met fixed", "do removal_pending"),
    "srv2008_superseded": ("fixed", "met fixed", "met fixed", "do removal_pending"),
    "srv2008_fixed_later_ldr": ("fixed", "met fixed", "met fixed", "met fixed"),
    "vista_sp2_6002": ("not_applicable", "met not_applicable", "met not_applicable", "met not_applicable"),
    "srv2008_6003": ("not_applicable", "met not_applicable", "met not_applicable", "met not_applicable"),
    "srv2008r2": ("not_applicable", "met not_applicable", "met not_applicable", "met not_applicable"),
    "win2019": ("not_applicable", "met not_applicable", "met not_applicable", "met not_applicable"),
}
CASES = [(profile, state) for profile in EXPECTED for state in STATES]
WHOLE = ("vista_sp1_x64", "vista_rtm_x86", "srv2008_ia64")
ALIKE = [
    (profile, state)
    for profile, state in CASES
    if EXPECTED[profile] == EXPECTED[WHOLE[0]] and profile not in WHOLE and state != "present"
]
"""Staged is a part of present, and absent does nothing, on all of these: make test tries them on the first ones."""


def host_name(profile: str, state: str) -> str:
    """The host of one case: every case has a machine of its own."""
    return f"{profile}-{state}".replace("_", "-")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """One machine for each case, with a quick servicing stack."""
    hosts = [{"name": host_name(profile, state), "profile": profile} for profile, state in CASES]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def outcome(host: RunningHost, state: str, package_dir: Path, *, check: bool = False) -> tuple[str, HotfixResult]:
    """What a run comes to, in the words of the table."""
    try:
        result = apply(host, state, package_dir=package_dir if state != "absent" else None, check=check)
    except HotfixError as error:
        return f"{error.result.plan.outlook.value} {error.result.plan.code.value}", error.result
    if check or result.after is None:
        return f"{result.plan.outlook.value} {result.plan.status_after.value}", result
    return f"{result.plan.outlook.value} {result.after.verdict.status.value}", result


@pytest.mark.parametrize(("profile", "state"), sampled(CASES, *(case for case in CASES if case not in ALIKE)))
def test_state_from_status(fleet: RunningFleet, package_dir: Path, profile: str, state: str) -> None:
    host = fleet.host(host_name(profile, state))
    status, *wanted = EXPECTED[profile]
    expected = wanted[STATES.index(state)]
    assert look(host).verdict.status.value == status

    processes = len(host.state()["processes_started"])
    predicted, forecast = outcome(host, state, package_dir, check=True)
    assert len(host.state()["processes_started"]) == processes, "check mode started a process on the host"
    done, result = outcome(host, state, package_dir)
    assert (predicted, done) == (expected, expected)
    assert result.changed is forecast.changed is expected.startswith("do")
    said, told = result.as_dict(), forecast.as_dict()
    assert ("will be" in str(told["msg"])) is expected.startswith("do")
    assert "will be" not in str(said["msg"]), "what was done is still told as something to come"
    if not expected.startswith("blocked"):
        assert said["reboot_required"] == told["reboot_required"] == look(host).verdict.restart.required_by_kb

    before = host.state()
    again, second = outcome(host, state, package_dir)
    assert not second.changed, again
    after = host.state()
    assert (after["cbs"], after["reboots"]) == (before["cbs"], 0)
    assert after["processes_started"] == before["processes_started"], "a second run started a process on the host"
    assert after["shells"] in (0, [], {}), "a shell was left open"
    assert not [task for task in after["tasks"] if "winlegacy" in str(task)], "the task was left on the host"


def test_absent_removes_staged_files(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host(host_name("vista_sp1_x64", "staged"))
    apply(host, "staged", package_dir=package_dir)
    assert look(host).verdict.status.value == "staged"
    result = apply(host, "absent")
    assert result.changed
    assert result.as_dict()["msg"] == "The staged files were removed."
    assert look(host).facts.staging.value is not None
    assert look(host).verdict.status.value == "needs_fix"
    assert not apply(host, "absent").changed


def test_present_installs_what_was_staged_before(fleet: RunningFleet, package_dir: Path) -> None:
    """Without carrying it again; but never without the package here, which alone says what the host must hold."""
    host = fleet.host(host_name("vista_sp1_x86", "staged"))
    apply(host, "staged", package_dir=package_dir)
    with pytest.raises(DeliveryError, match="proven against it before it is installed"):
        apply(host, "present")
    result = apply(host, "present", package_dir=package_dir)
    assert result.transfer is None
    assert result.last.verdict.status.value == "install_pending"
    assert result.exit_code is not None
    assert result.exit_code.code == 3010
    assert result.as_dict()["msg"] == "KB952876 was installed and waits for a restart."


def test_staging_again_costs_one_look(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host(host_name("srv2008_rtm_x64", "staged"))
    apply(host, "staged", package_dir=package_dir)
    before = host.messages
    apply(host, "staged", package_dir=package_dir)
    assert host.messages - before <= 11


def test_another_package_is_staged_anew(fleet: RunningFleet, package_dir: Path, tmp_path: Path) -> None:
    host = fleet.host(host_name("srv2008_core_x64", "staged"))
    apply(host, "staged", package_dir=package_dir)
    other = package(tmp_path / "other.msu", inner="none")
    result = apply(host, "staged", path=other)
    assert result.changed
    assert result.transfer is not None
    assert not apply(host, "staged", path=other).changed


@pytest.mark.parametrize(
    ("profile", "outlook"),
    [("vista_hung_tcpipreg", "do"), ("vista_sp1_x64", "skip"), ("vista_tcpipreg_disabled", "skip")],
)
def test_only_if_symptomatic(package_dir: Path, profile: str, outlook: str) -> None:
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": [{"name": "one", "profile": profile}]}) as running:
        host = running.host("one")
        result = apply(host, "present", package_dir=package_dir, only_if_symptomatic=True, check=True)
        assert result.plan.outlook.value == outlook
        if outlook == "skip":
            assert "No symptom observed" in result.plan.text
            assert not apply(host, "present", package_dir=package_dir, only_if_symptomatic=True).changed


def test_not_applicable_can_fail_instead(fleet: RunningFleet) -> None:
    host = fleet.host(host_name("win2019", "present"))
    with pytest.raises(HotfixError, match="does not apply"):
        apply(host, "present", fail_if_not_applicable=True)


class Looks:
    """A channel that notes when the host is assessed, by the question that each assessment asks exactly once."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self.seen: list[int] = []
        self.messages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        self.messages += 1
        if b"FROM Win32_SystemDriver" in envelope:
            self.seen.append(self.messages)
        answer: bytes = self._channel.send(envelope, read_timeout=read_timeout)
        return answer


def looking(wires: list[Looks], channel: Any) -> Looks:
    """The channel, watched; it is noted in wires."""
    wires.append(Looks(channel))
    return wires[-1]


@pytest.mark.parametrize(
    ("steps", "looks"),
    [
        (("staged",), [3]),
        (("present",), [3]),
        (("staged", "present"), [3, 3]),
        (("present", "absent"), [3, 1]),  # an install that waits for its restart is not removed
    ],
)
def test_a_run_looks_before_locked_and_after(package_dir: Path, steps: tuple[str, ...], looks: list[int]) -> None:
    host = {"name": "once", "profile": "vista_sp1_x64"}
    found: list[int] = []
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": [host]}) as running:
        for state in steps:
            wires: list[Looks] = []
            package = package_dir if state != "absent" else None
            with suppress(HotfixError):
                apply(running.host("once"), state, package_dir=package, wrap=partial(looking, wires))
            found.append(len(wires[0].seen))
    assert found == looks
