# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The assessment: what is asked, what it costs, what a failure spoils, and the shape of the result."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    BUDGET,
    AssessOptions,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import reboot_pending
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from unit.plugins.plugin_utils._operations.assess.asking import DOCUMENTED, FAULT, FULL, result, same
from unit.plugins.plugin_utils._windows.scripted import (
    CBS,
    CURRENT_VERSION,
    ROOT,
    ScriptedClient,
    identity,
    kernel_row,
    os_row,
)


def test_the_documented_shape_is_really_compared() -> None:
    good: dict[str, Any] = assess(ScriptedClient(), load()).as_dict()
    for spoil in ({**good, "extra": 1}, {key: good[key] for key in good if key != "details"}, {**good, "kb": 9}):
        with pytest.raises(AssertionError):
            same(spoil, DOCUMENTED, "")


# --- cost ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "os_version",
    [(6, 0, 6002), (6, 0, 6003), (6, 1, 7601), (10, 0, 17763), (5, 2, 3790)],
    ids=lambda value: str(value[2]),
)
def test_an_identity_that_rules_it_out_costs_one_message(
    client: ScriptedClient, os_version: tuple[int, int, int]
) -> None:
    client.identity = identity("OS: x", os_version, (2, 0))
    found = result(client)
    assert (found["status"], found["details"]["messages"]) == ("not_applicable", 1)
    assert found["details"]["os"]["build"] == os_version[2]
    assert found["details"]["os"]["service_pack"] == 2
    assert found["unknown"] == []
    assert "os" in found["details"]["not_asked"]


def test_full_depth_asks_a_host_that_is_ruled_out(client: ScriptedClient) -> None:
    client.identity = identity("OS: x", (6, 0, 6002), (2, 0))
    client.rows["Win32_OperatingSystem"] = [os_row(Version="6.0.6002", BuildNumber="6002")]
    client.keys[CURRENT_VERSION]["BuildLabEx"] = "6002.22191.amd64fre.x.y"
    client.rows["CIM_DataFile"] = [kernel_row(r"C:\Windows\System32\ntoskrnl.exe", "6.0.6002.22191")]
    found = result(client, FULL)
    assert found["status"] == "not_applicable"
    assert found["details"]["not_asked"] == []
    assert found["unknown"] == []


def test_a_hidden_identity_goes_on_and_is_ruled_out_by_the_os(client: ScriptedClient) -> None:
    client.identity = identity("OS: 0.0.0 SP: 0.0 Stack: 1.1", None, None)
    client.rows["Win32_OperatingSystem"] = [os_row(Version="6.0.6002", BuildNumber="6002")]
    found = result(client)
    assert (found["status"], found["details"]["messages"]) == ("not_applicable", 2)
    assert [(one["question"], one["cause"]) for one in found["unknown"]] == [("identity", "unauthenticated")]
    client.identity = identity("gibberish", None, None)
    assert result(client)["unknown"][0]["cause"] == "unparsable"


@pytest.mark.parametrize("page_size", [1, 20])
@pytest.mark.parametrize("packages", [0, 1, 20])
def test_a_candidate_costs_at_most_ten(client: ScriptedClient, page_size: int, packages: int) -> None:
    client.page_size = page_size
    client.rows["CIM_DataFile"] = [
        kernel_row(rf"C:\Windows\System32\{name}", "6.0.6001.18000") for name in ("ntoskrnl.exe", "ntkrnlpa.exe")
    ]
    for number in range(packages):
        client.keys[rf"{CBS}\Packages\Package_{number}_for_kb952876~t~amd64~~6.0.1.0"] = {"CurrentState": 112}
    client.keys[rf"{CBS}\Packages\{ROOT}"] = {"CurrentState": 112}
    found = result(client)
    assert found["details"]["messages"] <= BUDGET
    assert found["details"]["packages"][0] == {"identity": ROOT, "state": "installed", "code": 112, "root": True}
    assert all(one["state"] is None for one in found["details"]["packages"][1:])
    assert ("package_states" in found["details"]["not_asked"]) is (packages > 0)
    assert found["restart"]["pending"] is False


def test_the_budget_holds_where_everything_takes_more(client: ScriptedClient) -> None:
    client.rows = dict.fromkeys(client.rows, FAULT)
    client.faults["EnumKey"] = client.faults["GetStringValue"] = client.faults["GetDWORDValue"] = FAULT
    client.faults["GetMultiStringValue"] = FAULT
    found = result(client)
    assert found["details"]["messages"] <= BUDGET
    assert found["status"] == "unknown"
    assert {one["cause"] for one in found["unknown"]} == {"fault"}


def test_full_depth_asks_everything(client: ScriptedClient) -> None:
    for number in range(3):
        client.keys[rf"{CBS}\Packages\Package_{number}_for_kb952876~t~amd64~~6.0.1.0"] = {"CurrentState": 64}
    found = result(client, FULL)
    assert found["details"]["not_asked"] == []
    assert found["unknown"] == []
    assert [one["state"] for one in found["details"]["packages"]] == ["staged"] * 3
    assert found["details"]["symptom"]["events"] == []


def test_what_decides_is_asked_and_nothing_twice(client: ScriptedClient) -> None:
    found = result(client)
    assert found["status"] == "needs_fix"
    assert len(set(client.asked)) == len(client.asked) == found["details"]["messages"] == 9
    assert found["details"]["not_asked"] == [
        *("architecture", "processor", "events"),
        *("reboot.computer_rename", "reboot.netlogon", "reboot.sccm"),
    ]
    assert set(found["details"]["evidence"]) == {
        *("identity", "os", "disk_kernel", "running_kernel", "packages", "reboot.servicing", "driver"),
        *("reboot.windows_update", "reboot.file_rename"),
    }
    assert "SerialNumber" not in str(found["details"]["evidence"]["os"])


def test_a_deadline_ends_the_questions(client: ScriptedClient) -> None:
    ticks = iter(range(0, 1000, 10))
    options = AssessOptions(deadline=25.0)
    found: dict[str, Any] = assess(client, load(), options, clock=lambda: float(next(ticks))).as_dict()
    assert found["status"] == "unknown"
    assert found["details"]["messages"] < 5
    assert "driver" in found["details"]["not_asked"]


# --- what a failure spoils ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("Win32_OperatingSystem", {"os"}),
        ("CIM_DataFile", {"disk_kernel", "staging"}),
        ("Win32_SystemDriver", {"driver"}),
        ("Win32_Processor", {"processor"}),
        ("Win32_NTLogEvent", {"events"}),
    ],
)
@pytest.mark.parametrize("error", [faults.ClassNotFound("no class"), errors.MalformedResponse("cut"), FAULT])
def test_one_failure_spoils_its_own_answer_alone(
    client: ScriptedClient, name: str, questions: set[str], error: Exception
) -> None:
    client.rows[name] = error
    found = result(client, FULL)
    assert {one["question"] for one in found["unknown"]} == questions
    assert found["status"] == "needs_fix"


def test_a_missing_provider_method_spoils_the_states_alone(client: ScriptedClient) -> None:
    client.keys[rf"{CBS}\Packages\{ROOT}"] = {"CurrentState": 112}
    client.faults["GetDWORDValue"] = faults.MethodNotFound("no GetDWORDValue")
    found = result(client)
    assert found["details"]["packages"] == [{"identity": ROOT, "state": None, "code": None, "root": True}]
    assert [(one["question"], one["cause"]) for one in found["unknown"]] == [("package_states", "method_missing")]


def test_the_architecture_is_asked_where_build_lab_ex_is_silent(client: ScriptedClient) -> None:
    del client.keys[CURRENT_VERSION]["BuildLabEx"]
    found = result(client)
    assert found["details"]["os"]["architecture"] == "x64"
    assert [(one["question"], one["cause"]) for one in found["unknown"]] == [("running_kernel", "value_missing")]
    assert found["details"]["kernel"]["running"] is None
    assert found["details"]["messages"] <= BUDGET


def test_the_windows_folder_by_the_registry_where_the_os_is_silent(client: ScriptedClient) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(WindowsDirectory=...)]
    assert result(client)["details"]["kernel"]["on_disk"] is not None
    client.keys[CURRENT_VERSION]["SystemRoot"] = "nonsense"
    found = result(client := _like(client))
    assert {one["cause"] for one in found["unknown"]} == {"unparsable"}
    del client.keys[CURRENT_VERSION]["SystemRoot"]
    found = result(_like(client))
    assert {(one["question"], one["cause"]) for one in found["unknown"]} == {
        ("disk_kernel", "value_missing"),
        ("staging", "value_missing"),
    }


def _like(other: ScriptedClient) -> ScriptedClient:
    client = ScriptedClient()
    client.rows, client.keys = other.rows, other.keys
    return client


def test_a_list_of_packages_too_large_for_an_envelope(client: ScriptedClient) -> None:
    client.faults[("EnumKey", rf"{CBS}\Packages")] = faults.EnvelopeLimit("larger than 153600")
    client.keys[CURRENT_VERSION]["BuildLabEx"] = "6001.22191.amd64fre.vistasp1_ldr.x"
    found = result(client)
    assert found["details"]["packages"] is None
    assert [(one["question"], one["cause"]) for one in found["unknown"]] == [("packages", "too_large")]
    assert sum("GetDWORDValue" in one for one in client.asked) == 1
    client.keys[rf"{CBS}\Packages\{ROOT}"] = {"CurrentState": 96}
    client.messages = 0
    found = result(client)
    assert found["details"]["packages"] == [{"identity": ROOT, "state": "install_pending", "code": 96, "root": True}]
    assert sum("GetDWORDValue" in one for one in client.asked) == 2


@pytest.mark.parametrize(
    "error", [errors.Unreachable("dead"), errors.AuthenticationRefused("401"), errors.ConnectionLost("cut")]
)
@pytest.mark.parametrize(
    "place", ["Win32_OperatingSystem", "CIM_DataFile", "Win32_SystemDriver", "EnumKey", "GetStringValue"]
)
def test_a_lost_host_ends_the_assessment(client: ScriptedClient, error: Exception, place: str) -> None:
    (client.rows if "_" in place else client.faults)[place] = error
    with pytest.raises(type(error)):
        assess(client, load())


# --- restart, symptom ---------------------------------------------------------------------------------------------


def test_reasons_for_a_restart(client: ScriptedClient) -> None:
    client.keys[reboot_pending.REBOOT_REQUIRED] = {}
    client.keys[reboot_pending.SESSION_MANAGER] = {"PendingFileRenameOperations": ["x", ""]}
    assert result(client)["restart"] == {
        "pending": True,
        "reasons": ["windows_update", "file_rename"],
        "required": False,
    }
