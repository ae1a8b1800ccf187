# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hotfixes in one conversation: what is asked once, what it costs, and what each result says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    BUDGET,
    AssessOptions,
    Depth,
    assess,
    assess_all,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.shown import (
    brief_of_several,
    together,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._catalogue.made import file, made
from unit.plugins.plugin_utils._operations.assess.test_interview import DOCUMENTED, same
from unit.plugins.plugin_utils._windows.scripted import CBS, ScriptedClient, identity, kernel_row, os_row

WINDOWS = "C:\\Windows\\"
EVENTS = [{"source": "Service Control Manager", "prefix": True, "codes": [7011]}]


def watch(kind: str, name: str) -> dict[str, Any]:
    return {"text": None, "watch": {"class": kind, "name": name, "state": "Stop Pending"}, "events": EVENTS}


def another(number: int, **more: Any) -> Definition:
    """A hotfix with a driver, a program and a file that tells nothing."""
    files = [
        file(f"System32\\drivers\\d{number}.sys", role="driver", ldr="6.0.6001.22269"),
        file(f"System32\\p{number}.dll", gdr="6.0.6001.18145", ldr="6.0.6001.22269"),
        file(f"System32\\u{number}.dll", ldr=None),
    ]
    return made(number, files, **more)


TEN = (load(), *(another(number) for number in range(100001, 100010)))


def root(number: int) -> str:
    return f"Package_for_KB{number}~31bf3856ad364e35~amd64~~6.0.1.0"


@pytest.fixture
def client() -> ScriptedClient:
    """A Vista SP1 x64 with all files of the ten hotfixes, at their service pack's versions."""
    scripted = ScriptedClient()

    def rows(wql: str) -> list[Any]:
        names = [text.replace("\\\\", "\\") for text in re.findall(r"Name='([^']*)'", wql)]
        return [kernel_row(one, "6.0.6001.18000") for one in names if "winlegacy" not in one and "winsxs" not in one]

    scripted.rows["CIM_DataFile"] = rows
    return scripted


@pytest.mark.parametrize("roots", [0, 3, 10])
def test_ten_hotfixes_cost_ten_messages_and_one_for_each_root_package(client: ScriptedClient, roots: int) -> None:
    for definition in TEN[:roots]:
        client.keys[rf"{CBS}\Packages\{root(int(definition.kb[2:]))}"] = {"CurrentState": 112}
    seen = assess_all(client, TEN)
    assert client.messages <= BUDGET + roots
    assert [one.definition.kb for one in seen] == [one.kb for one in TEN]
    assert sum("CIM_DataFile" in one for one in client.asked) == 1
    assert sum(one == rf"EnumKey {CBS}\Packages" for one in client.asked) == 1
    assert len(set(client.asked)) == len(client.asked)
    for one in seen:
        (listed,) = one.verdict.packages.packages or (None,)
        assert (listed is not None) is (one.definition in TEN[:roots])
    assert {one.facts.messages for one in seen} == {client.messages}


def test_more_files_than_a_query_takes_are_asked_for_in_several(client: ScriptedClient) -> None:
    many = made(123456, [file(f"System32\\f{number}.dll", ldr="6.0.6001.22269") for number in range(150)])
    (seen,) = assess_all(client, (many,), AssessOptions(depth=Depth.FULL))
    queries = [one for one in client.asked if "CIM_DataFile" in one]
    assert [one.count(" OR ") + 1 for one in queries] == [60, 60, 33]
    assert len(seen.verdict.files.views) == 150
    assert seen.verdict.files.level.value == "below"
    cheap = ScriptedClient()
    cheap.rows, cheap.keys = client.rows, client.keys
    cheap.page_size = 20
    (seen,) = assess_all(cheap, (many,))
    assert cheap.messages <= BUDGET
    assert seen.facts.packages.is_known, "servicing weighs more than the last files"


def test_each_result_is_the_one_that_the_hotfix_has_alone(client: ScriptedClient) -> None:
    client.keys[rf"{CBS}\Packages\{root(100003)}"] = {"CurrentState": 0x60}
    for one in assess_all(client, TEN[:5]):
        alone = assess(client, one.definition)
        for name in ("status", "summary", "kernel", "files", "restart", "plan", "unmet", "next"):
            assert one.as_dict()[name] == alone.as_dict()[name], name


def test_what_they_share_is_told_once(client: ScriptedClient) -> None:
    whole: dict[str, Any] = together(assess_all(client, TEN[:3]))
    assert set(whole) == {"hotfixes", "windows", "kernel", "restart", "ended", "details"}
    assert list(whole["hotfixes"]) == [one.kb for one in TEN[:3]]
    assert set(whole["kernel"]) == {"running", "branch"}
    assert set(whole["restart"]) == {"pending", "reasons"}
    assert set(whole["details"]) == {"os", "winrm", "kernel", "messages", "evidence"}
    for one in whole["hotfixes"].values():
        shared = {name: whole[name] for name in ("windows", "ended")}
        joined = {name: {**whole[name], **one[name]} for name in ("kernel", "restart", "details")}
        same({**one, **shared, **joined}, DOCUMENTED, "")
        assert "windows" not in one
        assert not {"os", "messages"} & set(one["details"])
    short: dict[str, Any] = brief_of_several(whole)
    assert "details" not in short
    assert all("plan" not in one and "details" not in one for one in short["hotfixes"].values())


def test_only_a_host_that_none_of_them_is_for_costs_one_message(client: ScriptedClient) -> None:
    client.identity = identity("OS: 6.0.6002 SP: 2.0 Stack: 2.0", (6, 0, 6002), (2, 0))
    seen = assess_all(client, TEN[:3])
    assert client.messages == 1
    assert {one.verdict.status.value for one in seen} == {"not_applicable"}


def test_a_hotfix_that_is_ruled_out_is_asked_nothing_for(client: ScriptedClient) -> None:
    other = made(123456, [file("System32\\x.dll", ldr=None)], symptom=watch("Win32_Service", "X"))
    target = {"os_version": "6.0.6000", "service_pack": 0, "architecture": "x64"}
    elsewhere = made(123457, [], targets=[{**target, "files": [file("System32\\y.dll", ldr="6.0.6000.20846")]}])
    client.rows["Win32_Service"] = [{"Name": "RpcSs", "State": "Running"}]
    seen = assess_all(client, (elsewhere, other))
    assert [one.verdict.status.value for one in seen] == ["not_applicable", "needs_fix"]
    assert "y.dll" not in str(client.asked)


def test_drivers_and_services_are_looked_at_in_one_query_a_class(client: ScriptedClient) -> None:
    several = (
        load(),
        another(100001, symptom=watch("Win32_SystemDriver", "Other")),
        another(100002, symptom=watch("Win32_SystemDriver", "Gone")),
        another(100003, symptom=watch("Win32_Service", "Svc")),
        another(100004),
    )
    drivers = {"tcpipreg": "Running", "OTHER": "Stop Pending", "Tcpip": "Running"}
    client.rows["Win32_SystemDriver"] = lambda wql: [
        {"Name": name, "State": state} for name, state in drivers.items() if f"'{name.lower()}'" in wql.lower()
    ]
    client.rows["Win32_Service"] = [{"Name": "Svc", "State": "Stop Pending"}]
    time = iter(range(0, 10000, 5))
    slept: list[float] = []
    options = AssessOptions(symptom_interval=30.0, events=True)
    client.rows["Win32_NTLogEvent"] = [
        {"SourceName": "Service Control Manager Eventlog Provider", "EventCode": "7011",
         "TimeGenerated": "2026-01-01T00:00:00Z"},
        {"SourceName": "Microsoft-Windows-Kernel-Power", "EventCode": "42", "TimeGenerated": "2026-01-01T00:00:00Z"},
    ]
    seen = assess_all(client, several, options, clock=lambda: float(next(time)), sleep=slept.append)
    found: list[Any] = [one.as_dict()["details"] for one in seen]
    assert [one["symptom"]["status"] for one in found] == [
        "not_observed", "confirmed", "not_present", "confirmed", None
    ]
    assert len(slept) == 1
    assert [sum(f"FROM {name}" in one for one in client.asked) for name in ("Win32_SystemDriver", "Win32_Service")] == [
        2, 2
    ]
    assert sum("Win32_NTLogEvent" in one for one in client.asked) == 1
    assert [None if one["symptom"]["events"] is None else len(one["symptom"]["events"]) for one in found] == [
        2, 1, 1, 1, None
    ]
    assert [name for name in ("driver", "events", "files") if name in found[4]["not_asked"]] == []


def test_drivers_that_cannot_be_told_apart_or_read(client: ScriptedClient) -> None:
    several = tuple(another(100001 + n, symptom=watch("Win32_SystemDriver", name)) for n, name in enumerate("ab"))
    client.rows["Win32_SystemDriver"] = []
    assert {one.facts.driver.cause.value for one in assess_all(client, several) if one.facts.driver.cause} == {
        "value_missing"
    }
    client.rows["Win32_SystemDriver"] = [{"Name": "a", "State": "Running"}] * 2 + [{"Name": "b"}]
    causes = [one.facts.driver.cause for one in assess_all(client, several)]
    assert [None if one is None else one.value for one in causes] == ["inconsistent", "property_missing"]


def test_a_lost_host_keeps_what_was_learnt_of_all(client: ScriptedClient) -> None:
    client.rows["CIM_DataFile"] = errors.ConnectionLost("cut")
    with pytest.raises(errors.ConnectionLost) as caught:
        assess_all(client, TEN[:2])
    learnt: dict[str, Any] = dict(caught.value.learnt)
    assert set(learnt["hotfixes"]) == {"KB952876", "KB100001"}
    assert learnt["ended"]["during"] == "disk_kernel"


def test_another_build_of_the_kernel_file_is_a_conflict_whatever_the_hotfix_changes(client: ScriptedClient) -> None:
    client.rows["CIM_DataFile"] = [kernel_row(rf"{WINDOWS}System32\ntoskrnl.exe", "6.0.6002.18005")]
    client.rows["Win32_OperatingSystem"] = [os_row()]
    (seen,) = assess_all(client, (another(100001),))
    assert (seen.verdict.status.value, seen.verdict.reasons[0].code.value) == ("unknown", "build_conflict")
