# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another row about the same thing, whatever it says and wherever it comes, never makes a host more certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.plugins.plugin_utils._windows.scripted import CBS, CURRENT_VERSION, ROOT, ScriptedClient, identity, os_row

DEFINITION = load()
FIXED = "6.0.6001.22191"


def needs_fix() -> ScriptedClient:
    return ScriptedClient()


def fixed() -> ScriptedClient:
    client = ScriptedClient()
    client.keys[CURRENT_VERSION]["BuildLabEx"] = "6001.22191.amd64fre.vistasp1_ldr.080602-1506"
    rows: Any = client.rows["CIM_DataFile"]
    rows[0]["Version"] = FIXED
    client.keys[rf"{CBS}\Packages\{ROOT}"] = {"CurrentState": 0x70}
    return client


def out_of_scope() -> ScriptedClient:
    client = ScriptedClient()
    client.identity = identity("OS: 6.0.6002 SP: 2.0 Stack: 1.1", (6, 0, 6002), (2, 0))
    client.rows["Win32_OperatingSystem"] = [
        os_row(Version="6.0.6002", BuildNumber="6002", CSDVersion="Service Pack 2", ServicePackMajorVersion="2")
    ]
    return client


HOSTS: dict[str, Callable[[], ScriptedClient]] = {
    "needs_fix": needs_fix, "fixed": fixed, "not_applicable": out_of_scope,
}  # fmt: skip
OTHERWISE: dict[str, dict[str, list[Any]]] = {
    "Win32_OperatingSystem": {
        "Version": ["6.0.6001", "6.0.6002", "6.1.7601", "x"],
        "BuildNumber": ["6001", "6002"],
        "ProductType": ["1", "3"],
        "OSArchitecture": ["64-bit", "32-bit"],
        "WindowsDirectory": [r"C:\Windows", r"D:\Windows", ""],
        "ServicePackMajorVersion": ["0", "1", "2"],
    },
    "CIM_DataFile": {"Version": ["6.0.6001.18000", FIXED, "6.0.6002.18005", "x"], "FileSize": ["1", "4720056"]},
    "Win32_SystemDriver": {"State": ["Running", "Stop Pending", "Stopped"], "Started": ["true", "false"]},
}


@pytest.mark.parametrize("status", HOSTS)
def test_the_hosts_are_what_they_are_called(status: str) -> None:
    assert assess(HOSTS[status](), DEFINITION).verdict.status.value == status


@pytest.mark.parametrize("name", OTHERWISE)
@pytest.mark.parametrize("status", HOSTS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_another_row_never_makes_it_more_certain(status: str, name: str, data: st.DataObject) -> None:
    client, plain = HOSTS[status](), HOSTS[status]()
    rows: Any = client.rows[name]
    row = dict(rows[0])
    for key, values in OTHERWISE[name].items():
        change = data.draw(st.sampled_from([..., None, "same", *values]), label=key)
        if change is ...:
            row.pop(key, None)
        elif change != "same":
            row[key] = change
    rows.insert(data.draw(st.integers(0, len(rows)), label="place"), row)
    before, after = assess(plain, DEFINITION), assess(client, DEFINITION)
    assert after.verdict.status.value in (status, "unknown")
    known = [one.value for one in (before.facts.driver, after.facts.driver) if one.value is not None]
    assert len({one.state for one in known}) <= 1, "the first or the last row wins"


@pytest.mark.parametrize("name", OTHERWISE)
@pytest.mark.parametrize("first", [True, False])
def test_two_rows_that_differ_settle_nothing(name: str, first: bool) -> None:
    """What decides goes with them, and both of their values are named."""
    client = fixed()
    rows: Any = client.rows[name]
    key, value = {
        "Win32_OperatingSystem": ("Version", "6.0.6002"),
        "CIM_DataFile": ("Version", "6.0.6001.18000"),
        "Win32_SystemDriver": ("State", "Stop Pending"),
    }[name]
    rows.insert(0 if first else 1, {**rows[0], key: value})
    seen: Any = assess(client, DEFINITION).as_dict()
    told = {one["cause"] for one in seen["unknown"]}
    assert "inconsistent" in told
