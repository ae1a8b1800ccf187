# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every profile on its own stack: verdict, kernels, reboot, symptom, cost, and no process on the target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from integration.assess.driver import OPEN, hotfix_state, look
from integration.assess.expected import ALSO, HOSTS, TRUE_STATUS, servicing_status
from winhost.profiles import names
from winhost.testing import RunningFleet, running_fleet

BUDGET = 10
WITH_KB = [name for name, truth in HOSTS.items() if truth.servicing != "absent"]
PAGES = ("whole", "one_item", "new_context")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Each profile on its own, and each again with the first pages of other stacks."""
    hosts: list[dict[str, Any]] = []
    for profile in HOSTS:
        base = {"profile": profile, "auth": OPEN}
        hosts.append({**base, "name": f"{profile}-whole", "limits": {"single_first_item": False}})
        hosts.append({**base, "name": f"{profile}-one_item", "limits": {"single_first_item": True}})
        renewed = {"doubt": {"pull_context": "new"}, "limits": {"max_batch_items": 1}}
        hosts.append({**base, "name": f"{profile}-new_context", **renewed})
        hosts.append({**base, "name": profile})
    with running_fleet({"hosts": hosts}) as running:
        yield running


def test_every_profile_is_expected() -> None:
    assert set(names()) == set(HOSTS)


def test_the_expectations_agree_with_the_machines(fleet: RunningFleet) -> None:
    """The table is the truth of the scenarios: the machines' servicing stacks must confirm it."""
    for profile, truth in HOSTS.items():
        state = fleet.host(profile).state()
        assert hotfix_state(state) == truth.servicing, profile
        if truth.candidate:
            revision = int(truth.running.rpartition(".")[2]) if truth.running else 0
            fixed = revision >= (20846 if state["build"] == 6000 else 22191)
            assert TRUE_STATUS[profile] == servicing_status(truth.servicing, fixed), profile
        else:
            assert state["build"] not in (6000, 6001), profile


@pytest.mark.parametrize("profile", HOSTS)
def test_standard_depth(fleet: RunningFleet, profile: str) -> None:
    host, truth = fleet.host(profile), HOSTS[profile]
    before = host.messages
    result = look(host)
    assert host.messages - before == result["details"]["messages"]
    _holds(profile, result)
    if truth.candidate:
        assert 1 < result["details"]["messages"] <= BUDGET
        assert result["restart"]["reasons"] == list(truth.reboot)
        indicators_known = not any(question.startswith("reboot.") for question in truth.unknown)
        assert result["restart"]["pending"] is (bool(truth.reboot) if indicators_known else None)
    else:
        assert result["details"]["messages"] == 1
        assert result["restart"]["pending"] is None
    _left_alone(host.state())


@pytest.mark.parametrize("profile", HOSTS)
def test_full_depth_asks_everything_and_agrees(fleet: RunningFleet, profile: str) -> None:
    host = fleet.host(profile)
    result = look(host, "full")
    _holds(profile, result, full=True)
    assert result["details"]["not_asked"] in ([], ["events"])
    assert ("computer_rename" in result["restart"]["reasons"]) == (profile == "vista_rename_pending")
    _left_alone(host.state())


@pytest.mark.parametrize("pages", PAGES)
@pytest.mark.parametrize("profile", HOSTS)
def test_pages_of_every_kind(fleet: RunningFleet, profile: str, pages: str) -> None:
    """First pages whole or of one item, contexts kept or renewed: the same verdict, within the same budget."""
    result = look(fleet.host(f"{profile}-{pages}"))
    assert result["details"]["messages"] <= (BUDGET if HOSTS[profile].candidate else 1)
    assert (result["status"], result["details"]["reasons"][0]["code"]) == (HOSTS[profile].status, HOSTS[profile].reason)


def test_every_stack_took_part(fleet: RunningFleet) -> None:
    assert {fleet.host(profile).stack for profile in HOSTS} == {"1.0", "1.1", "2.0", "3.0"}


def _holds(profile: str, result: dict[str, Any], *, full: bool = False) -> None:
    truth = HOSTS[profile]
    codes = [reason["code"] for reason in result["details"]["reasons"]]
    assert (result["status"], codes[0]) == (truth.status, truth.reason)
    assert result["applicable"] is truth.candidate
    assert ALSO.get(profile, set()) <= set(codes)
    if not truth.candidate:
        # Identify tells the build alone, the OS itself also whether it is a server.
        name = result["windows"]["name"]
        assert name == truth.name or (full and name[len("Windows "):] in truth.name)
        return
    assert result["windows"]["name"] == truth.name
    assert result["windows"]["architecture"] == truth.architecture
    assert result["kernel"]["running"] == truth.running
    if "disk_kernel" in truth.unknown:
        assert result["details"]["kernel"]["on_disk"] is None
    else:
        names_on_disk = {one["path"].rpartition("\\")[2] for one in result["details"]["kernel"]["on_disk"]}
        expected = {"ntoskrnl.exe", "ntkrnlpa.exe"} if truth.architecture == "x86" else {"ntoskrnl.exe"}
        assert names_on_disk == expected
        assert {one["version"] for one in result["details"]["kernel"]["on_disk"]} == {truth.disk or truth.running}
    assert result["restart"]["required"] is truth.kb_reboot
    assert result["details"]["symptom"]["status"] == truth.symptom
    unknown = {one["question"] for one in result["unknown"]}
    if full and profile == "no_stdregprov":
        assert unknown > set(truth.unknown)
    else:
        assert unknown == set(truth.unknown)
    if profile in WITH_KB:
        assert [one["state"] for one in result["details"]["packages"] if one["root"]] == [truth.servicing]


def _left_alone(state: dict[str, Any]) -> None:
    """Nothing was started, no shell opened, no enumeration left behind."""
    assert state["processes_started"] == []
    assert state["tasks"] == []
    assert (state["shells"], state["enumerations"], state["reboots"]) == (0, 0, 0)
