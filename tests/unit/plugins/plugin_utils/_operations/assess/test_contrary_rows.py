# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says twice, otherwise or unreadably, in rows and in the registry: never more certain, never another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import xmlread
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import read_identify_response
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.values import element_row
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.plugins.plugin_utils._windows.scripted import CBS, CURRENT_VERSION, ROOT, ScriptedClient

DEFINITION = load()
OLD, FIX = "18000", "22191"
PACKAGE = rf"{CBS}\Packages\{ROOT}"
Host = Callable[[], ScriptedClient]


def lab(revision: str, architecture: str = "amd64", build: str = "6001") -> str:
    return f"{build}.{revision}.{architecture}fre.vistasp1_ldr.080530-1504"


def host(running: str = OLD, disk: str = OLD, state: int | None = None, pending: bool = False) -> ScriptedClient:
    """A Vista SP1 x64. state: of the hotfix's root package; None: servicing knows none."""
    client = ScriptedClient()
    client.keys[CURRENT_VERSION]["BuildLabEx"] = lab(running)
    files: Any = client.rows["CIM_DataFile"]
    files[0]["Version"] = f"6.0.6001.{disk}"
    client.keys[rf"{CBS}\Packages\Other~31bf3856ad364e35~amd64~~6.0.1.0"] = {"CurrentState": 112}
    if state is not None:
        client.keys[PACKAGE] = {"CurrentState": state}
    if pending:
        client.keys[rf"{CBS}\RebootPending"] = {}
    return client


HOSTS: dict[str, tuple[Host, str]] = {
    "needs_fix": (host, "needs_fix"),
    "fixed": (lambda: host(FIX, FIX, 0x70), "fixed"),
    "fixed by another": (lambda: host(FIX, FIX), "fixed"),
    "pending": (lambda: host(state=0x60, pending=True), "install_pending"),
    "pending without indicator": (lambda: host(state=0x60), "install_pending"),
    "removal": (lambda: host(FIX, FIX, 0x5, pending=True), "removal_pending"),
    "removal without indicator": (lambda: host(FIX, FIX, 0x5), "removal_pending"),
    "fix on disk": (lambda: host(OLD, FIX), "install_pending"),
    "fix leaves": (lambda: host(FIX, OLD), "removal_pending"),
    "contradiction": (lambda: host(FIX, OLD, 0x70), "unknown"),
}
VALUES: dict[str, dict[str, list[Any]]] = {
    "Win32_OperatingSystem": {
        "Version": ["6.0.6001", "6.0.6002", "6.1.7601", "x", None],
        "BuildNumber": ["6001", "6002", "x", None],
        "PAEEnabled": ["true", None],
        "WindowsDirectory": [r"C:\Windows", r"D:\Windows"],
        "OSArchitecture": ["64-bit", "32-bit"],
    },
    "CIM_DataFile": {
        "Version": [f"6.0.6001.{OLD}", f"6.0.6001.{FIX}", "6.0.6002.18005", "x", None],
        "FileSize": ["1", "4720056", None],
    },
}
REGISTRY: list[tuple[str, str, str, str, list[Any]]] = [
    ("GetStringValue", CURRENT_VERSION, "BuildLabEx", "sValue",
     [lab(OLD), lab(FIX), lab(FIX, "x86"), lab(FIX, build="6002"), "x", None]),
    ("GetDWORDValue", PACKAGE, "CurrentState", "uValue", ["112", "96", "5", "64", "51", "x", None]),
]  # fmt: skip


def status(client: ScriptedClient) -> str:
    return assess(client, DEFINITION).verdict.status.value


@pytest.mark.parametrize("name", HOSTS)
def test_the_hosts_are_what_they_are_called(name: str) -> None:
    made, expected = HOSTS[name]
    assert status(made()) == expected


@pytest.mark.parametrize("class_name", VALUES)
@pytest.mark.parametrize("name", HOSTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rows_and_properties_that_are_told_twice(name: str, class_name: str, data: st.DataObject) -> None:
    """A further row that differs, or one property of a row that stands there twice: the same verdict, or unknown."""
    made, expected = HOSTS[name]
    client = made()
    rows: Any = client.rows[class_name]
    key = data.draw(st.sampled_from(sorted(VALUES[class_name])))
    value, first = data.draw(st.sampled_from(VALUES[class_name][key])), data.draw(st.booleans())
    differs = value != rows[0].get(key)
    if data.draw(st.booleans(), label="in the same row"):
        rows[0][key] = [value, rows[0].get(key)] if first else [rows[0].get(key), value]
        differs = True
    else:
        rows.insert(0 if first else 1, {**rows[0], key: value})
    found = status(client)
    assert found == "unknown" if differs else found in (expected, "unknown")


@pytest.mark.parametrize("name", HOSTS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_values_of_the_registry_that_are_told_twice_or_not_at_all(name: str, data: st.DataObject) -> None:
    made, expected = HOSTS[name]
    client = made()
    method, key, value_name, column, values = data.draw(st.sampled_from(REGISTRY))
    held = client.keys.get(key, {}).get(value_name)
    if held is None:
        return
    how = data.draw(st.sampled_from(["twice", "code twice", "denied", "null", "no code", "unparsable"]))
    row: dict[str, Any] = {column: str(held), "ReturnValue": "0"}
    other = data.draw(st.sampled_from(values))
    damages: dict[str, dict[str, Any]] = {
        "twice": {column: [str(held), other]},
        "code twice": {"ReturnValue": ["0", "2"]},
        "denied": {column: None, "ReturnValue": "5"},
        "null": {column: None},
        "no code": {"ReturnValue": None},
        "unparsable": {column: "x"},
    }
    client.faults[(method, key)] = row | damages[how]
    if value_name == "CurrentState" or "twice" in how:
        assert status(client) == "unknown", "nothing else may decide"
        return
    # the running kernel is not known: one on disk beside quiet servicing without the package, or its own word
    proven = {"needs_fix"} if name == "fix leaves" else set()
    assert status(client) in {expected, "unknown", *proven} or (name, status(client)) == ("fixed", "install_pending")


@pytest.mark.parametrize("version", [None, "x", ...])
@pytest.mark.parametrize("name", HOSTS)
def test_a_file_without_a_version_never_makes_it_more_certain(name: str, version: Any) -> None:
    made, expected = HOSTS[name]
    client = made()
    rows: Any = client.rows["CIM_DataFile"]
    rows[0]["Version"] = version
    if version is ...:
        del rows[0]["Version"]
    # needs_fix on the running kernel alone: servicing was read, holds no package, and is quiet
    proven = {"needs_fix"} if name == "fix on disk" else set()
    found = status(client)
    assert found in {expected, "unknown", *proven}
    assert found != "fixed"


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("code", ["5", "1450"])
def test_a_list_of_packages_that_cannot_be_read_decides_nothing(name: str, code: str) -> None:
    client = HOSTS[name][0]()
    client.faults[("EnumKey", rf"{CBS}\Packages")] = {"sNames": None, "ReturnValue": code}
    client.faults["GetDWORDValue"] = {"uValue": None, "ReturnValue": code}
    assert status(client) == "unknown"


def told(client: ScriptedClient) -> str:
    """The summary of an unknown verdict."""
    seen: Any = assess(client, DEFINITION).as_dict()
    assert (seen["status"], seen["restart"]["required"]) == ("unknown", None)
    assert seen["plan"]["present"]["steps"] == []
    return str(seen["summary"])


def test_both_values_are_named() -> None:
    """The samples that were seen, each with what it must say."""
    twice, rows, versions = host(), host(FIX, FIX, 0x70), host()
    twice.keys[CURRENT_VERSION]["BuildLabEx"] = [lab(OLD), lab(FIX)]
    files: Any = rows.rows["CIM_DataFile"]
    files.append({**files[0], "Version": f"6.0.6001.{OLD}"})
    os_rows: Any = versions.rows["Win32_OperatingSystem"]
    os_rows[0]["Version"] = "6.0.6002"
    for client, words in ((twice, (OLD, FIX)), (rows, (OLD, FIX)), (versions, ("6001", "6002"))):
        summary = told(client)
        assert all(word in summary for word in words), summary
    two_rows, in_one = host(), host()
    os_rows = two_rows.rows["Win32_OperatingSystem"]
    os_rows.append({**os_rows[0], "BuildNumber": "6002"})
    os_rows = in_one.rows["Win32_OperatingSystem"]
    os_rows[0]["BuildNumber"] = ["6001", "6002"]
    for client in (two_rows, in_one):
        assert "'6001' and '6002'" in told(client)


def test_the_architecture_of_the_kernel_is_held_against_servicings_packages() -> None:
    """At the cost of one message where they differ, and none elsewhere."""
    client = host(FIX, OLD)
    client.keys[CURRENT_VERSION]["BuildLabEx"] = lab(FIX, "x86")
    summary = told(client)
    assert "x86" in summary
    assert "x64" in summary
    assert not any("PROCESSOR_ARCHITECTURE" in one for one in plain_questions())


def plain_questions() -> list[str]:
    client = host()
    assess(client, DEFINITION)
    return client.asked


def test_a_build_number_beside_a_version_that_is_missing() -> None:
    client = host()
    rows: Any = client.rows["Win32_OperatingSystem"]
    rows[0] |= {"Version": None, "BuildNumber": "6002"}
    assert "6001" in told(client)
    rows[0]["BuildNumber"] = "6001"
    assert status(client) != "fixed"


def test_a_second_name_of_another_case_is_the_same_property() -> None:
    row = element_row(xmlread.parse(b"<X><Version>1</Version><version>2</version></X>"))
    assert row == {"Version": ["1", "2"]}


def test_identify_that_names_two_versions_decides_nothing() -> None:
    body = xmlread.parse(
        b"<B><IdentifyResponse><ProductVersion>OS: 6.0.6001 SP: 1.0 Stack: 1.1</ProductVersion>"
        b"<ProductVersion>OS: 6.1.7601 SP: 1.0 Stack: 2.0</ProductVersion></IdentifyResponse></B>"
    )
    client = host()
    client.identify = lambda: read_identify_response(body)  # type: ignore[method-assign]
    summary = told(client)
    assert "6.0.6001" in summary
    assert "6.1.7601" in summary
