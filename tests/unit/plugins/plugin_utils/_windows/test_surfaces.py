# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surfaces: rows in, answers out; what is missing, null or unreadable is unknown with its cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import SymptomClass, Watched
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.symptom import hangs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import (
    architecture,
    driver,
    events,
    identity,
    kernel,
    names,
    operating_system,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from unit.plugins.plugin_utils._windows.scripted import ScriptedClient, driver_row, kernel_row, os_row

NAMES = frozenset({"ntoskrnl.exe", "ntkrnlpa.exe"})
NT = r"C:\Windows\System32\ntoskrnl.exe"
PA = r"C:\Windows\System32\ntkrnlpa.exe"


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient()


# --- operating system ---------------------------------------------------------------------------------------------


def test_the_operating_system(client: ScriptedClient) -> None:
    os = operating_system.operating_system(client).value
    assert os is not None
    assert (os.version, os.caption, os.service_pack, os.product_type, os.sku) == (
        (6, 0, 6001),
        "Microsoft Windows Vista Business",
        1,
        1,
        6,
    )
    assert (os.windows_directory, os.pae) == (r"C:\Windows", None)
    assert os.last_boot == datetime(2026, 1, 1, 0, 0, 0, 500000, UTC)
    assert os.local_time == datetime(2026, 1, 1, 16, 0, 0, 0, UTC)


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([], Cause.EMPTY),
        ([os_row(Version=...)], Cause.PROPERTY_MISSING),
        ([os_row(Version=None)], Cause.VALUE_MISSING),
        ([os_row(Version="Vista")], Cause.UNPARSABLE),
        ([os_row(BuildNumber="6002")], Cause.INCONSISTENT),
        ([os_row(BuildNumber="x")], Cause.INCONSISTENT),
        (faults.ClassNotFound("no"), Cause.CLASS_MISSING),
    ],
)
def test_an_operating_system_without_a_version_is_unknown(client: ScriptedClient, rows: Any, cause: Cause) -> None:
    client.rows["Win32_OperatingSystem"] = rows
    assert operating_system.operating_system(client).cause is cause


@pytest.mark.parametrize("prop", operating_system.PROPERTIES)
@pytest.mark.parametrize("value", [..., None])
def test_any_other_property_may_be_missing(client: ScriptedClient, prop: str, value: Any) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(**{prop: value})]
    answer = operating_system.operating_system(client)
    assert answer.is_known is (prop != "Version")


@pytest.mark.parametrize("prop", operating_system.PROPERTIES)
@pytest.mark.parametrize("value", [["a", "b"], ["a", "a"], [None, "a"]])
def test_no_property_may_stand_twice_in_the_row(client: ScriptedClient, prop: str, value: Any) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(**{prop: value})]
    answer = operating_system.operating_system(client)
    assert answer.cause is Cause.INCONSISTENT
    assert f"{prop} is given 2 times" in answer.detail


@pytest.mark.parametrize("folder", ["", r"\Windows", "Windows", "C:", r"\\host\share\Windows", "C:\\Win\ndows"])
def test_a_windows_folder_that_is_none(client: ScriptedClient, folder: str) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(WindowsDirectory=folder)]
    os = operating_system.operating_system(client).value
    assert os is not None
    assert os.windows_directory is None


# --- kernel -------------------------------------------------------------------------------------------------------


def test_one_query_asks_for_kernels_and_staging(client: ScriptedClient) -> None:
    client.rows["CIM_DataFile"] = [
        kernel_row(PA.lower(), "6.0.6001.22191 (vistasp1_ldr.080530-1504)", "3601464"),
        kernel_row(NT.lower(), "6.0.6001.18000", None),
        kernel_row(r"c:\windows\winlegacy.servicing\kb952876\manifest.json", None, "812"),
        kernel_row(r"c:\windows\winlegacy.servicing\kb952876\payload.msu", None, "0"),
    ]
    found = kernel.files_on_disk(client, r"C:\Windows", NAMES, ["KB952876"])
    assert found.kernels.value is not None
    assert [(file.path, str(file.version), file.size) for file in found.kernels.value] == [
        (NT, "6.0.6001.18000", None),
        (PA, "6.0.6001.22191", 3601464),
    ]
    assert found.staging["KB952876"].value is not None
    assert (found.staging["KB952876"].value.manifest_size, found.staging["KB952876"].value.payload_size) == (812, 0)
    assert not found.staging["KB952876"].value.present
    assert len(client.asked) == 1
    assert r"Name='C:\\Windows\\System32\\ntoskrnl.exe'" in client.asked[0]
    assert "LIKE" not in client.asked[0]


def test_a_windows_folder_with_a_quote_is_escaped(client: ScriptedClient) -> None:
    kernel.files_on_disk(client, r"C:\O'Win", NAMES, ["KB952876"])
    assert r"Name='C:\\O\'Win\\System32\\ntoskrnl.exe'" in client.asked[0]


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([], Cause.EMPTY),
        ([kernel_row(r"c:\other\ntoskrnl.exe", "6.0.6001.22191")], Cause.EMPTY),
        ([{"Version": "6.0.6001.22191"}], Cause.PROPERTY_MISSING),
        (faults.AccessDenied("no"), Cause.ACCESS_DENIED),
    ],
)
def test_no_kernel_among_the_rows_leaves_both_answers_open(client: ScriptedClient, rows: Any, cause: Cause) -> None:
    client.rows["CIM_DataFile"] = rows
    found = kernel.files_on_disk(client, r"C:\Windows", NAMES, ["KB952876"])
    assert found.kernels.cause is cause
    assert found.staging["KB952876"].cause is cause


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ({"Name": NT}, Cause.PROPERTY_MISSING),
        (kernel_row(NT, None), Cause.VALUE_MISSING),
        (kernel_row(NT, "6.0.6001"), Cause.UNPARSABLE),
        (kernel_row(NT, "6.0.6001.99999999"), Cause.UNPARSABLE),
    ],
)
def test_one_kernel_without_a_version_makes_the_kernels_unknown(client: ScriptedClient, row: Any, cause: Cause) -> None:
    client.rows["CIM_DataFile"] = [row, kernel_row(PA, "6.0.6001.22191")]
    found = kernel.files_on_disk(client, r"C:\Windows", NAMES, ["KB952876"])
    assert found.kernels.cause is cause
    assert found.staging["KB952876"].is_known


@pytest.mark.parametrize(
    ("text", "version", "arch", "lab"),
    [
        ("6001.18000.x86fre.longhorn_rtm.080118-1840", "6.0.6001.18000", Architecture.X86, "longhorn_rtm.080118-1840"),
        ("6000.20846.amd64chk.vista_ldr.080530-1504", "6.0.6000.20846", Architecture.X64, "vista_ldr.080530-1504"),
        (
            "6001.22191.ia64fre.vistasp1_ldr.080530-1504",
            "6.0.6001.22191",
            Architecture.IA64,
            "vistasp1_ldr.080530-1504",
        ),
    ],
)
def test_build_lab_ex(text: str, version: str, arch: Architecture, lab: str) -> None:
    kernel_now = kernel.parse_build_lab_ex(text, (6, 0)).value
    assert kernel_now is not None
    assert (kernel_now.version, kernel_now.architecture, kernel_now.lab) == (FileVersion.parse(version), arch, lab)


@pytest.mark.parametrize(
    "text", ["6001", "6001.18000.arm64fre.x.y", "6001.18000.x86.x.y", "6001.99999.x86fre.x.y", "x" * 9999]
)
def test_a_build_lab_ex_of_another_form_is_unknown(text: str) -> None:
    assert kernel.parse_build_lab_ex(text, (6, 0)).cause is Cause.UNPARSABLE


# --- architecture -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "arch"), [("x86", "x86"), ("AMD64", "x64"), ("amd64", "x64"), ("IA64", "ia64")])
def test_the_architecture_of_the_registry(client: ScriptedClient, text: str, arch: str) -> None:
    client.keys[architecture.ENVIRONMENT]["PROCESSOR_ARCHITECTURE"] = text
    assert architecture.architecture(client).value is Architecture(arch)


def test_an_architecture_of_another_name_is_unknown(client: ScriptedClient) -> None:
    client.keys[architecture.ENVIRONMENT]["PROCESSOR_ARCHITECTURE"] = "ARM64"
    assert architecture.architecture(client).cause is Cause.UNPARSABLE


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([], Cause.EMPTY),
        ([{}], Cause.PROPERTY_MISSING),
        ([{"Architecture": None}], Cause.VALUE_MISSING),
        ([{"Architecture": "9"}, {"Architecture": "0"}], Cause.INCONSISTENT),
        ([{"Architecture": "12"}], Cause.UNPARSABLE),
    ],
)
def test_processors_that_do_not_tell(client: ScriptedClient, rows: Any, cause: Cause) -> None:
    assert architecture.processor(client).value is Architecture.X64
    client.rows["Win32_Processor"] = rows
    assert architecture.processor(client).cause is cause


# --- driver and events --------------------------------------------------------------------------------------------


WATCHED = Watched(SymptomClass.DRIVER, "tcpipreg", "Stop Pending")


def test_the_driver(client: ScriptedClient) -> None:
    found = driver.driver(client, "tcpipreg").value
    assert found is not None
    assert (found.state, found.start_mode, found.started) == ("Running", "Auto", True)
    assert not hangs(WATCHED, driver.driver(client, "tcpipreg"))
    client.rows["Win32_SystemDriver"] = [driver_row("Stop Pending")]
    assert hangs(WATCHED, driver.driver(client, "tcpipreg"))


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([], Cause.VALUE_MISSING),
        ([driver_row("Running"), driver_row("Stop Pending")], Cause.INCONSISTENT),
        ([{"Name": "tcpipreg"}], Cause.PROPERTY_MISSING),
        ([{"Name": "tcpipreg", "State": None}], Cause.VALUE_MISSING),
        ([{"Name": "tcpipreg", "State": ""}], Cause.VALUE_MISSING),
        (faults.ClassNotFound("no"), Cause.CLASS_MISSING),
    ],
)
def test_a_driver_without_a_state_is_unknown(client: ScriptedClient, rows: Any, cause: Cause) -> None:
    client.rows["Win32_SystemDriver"] = rows
    assert driver.driver(client, "tcpipreg").cause is cause


def test_a_driver_is_absent_only_where_its_class_lists_others(client: ScriptedClient) -> None:
    """An empty success, of a class that lists nothing at all, is no evidence."""
    client.rows["Win32_SystemDriver"] = lambda wql: [driver_row("Running")] if "'Tcpip'" in wql else []
    assert driver.driver(client, "tcpipreg").cause is Cause.EMPTY
    client.rows["Win32_SystemDriver"] = []
    assert driver.driver(client, "tcpipreg").cause is not Cause.EMPTY


def test_two_systems_or_two_versions_of_one_file_are_none(client: ScriptedClient) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(), os_row(BuildNumber="6002", Version="6.0.6002")]
    answer = operating_system.operating_system(client)
    assert answer.cause is Cause.INCONSISTENT
    assert "6001" in answer.detail
    assert "6002" in answer.detail
    client.rows["Win32_OperatingSystem"] = [os_row(), os_row()]
    assert operating_system.operating_system(client).is_known, "one row told twice"
    path = r"c:\windows\system32\ntoskrnl.exe"
    client.rows["CIM_DataFile"] = [kernel_row(path, "6.0.6001.18000"), kernel_row(path.upper(), "6.0.6001.22191")]
    found = kernel.files_on_disk(client, r"C:\Windows", frozenset({"ntoskrnl.exe"}), ["KB952876"])
    assert found.kernels.cause is found.staging["KB952876"].cause is Cause.INCONSISTENT
    assert "18000" in found.kernels.detail
    assert "22191" in found.kernels.detail


NOW = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
SOURCES = (
    events.Source("Service Control Manager", (7009, 7011), prefix=True),
    events.Source("Microsoft-Windows-Kernel-Power", (42,)),
)


def test_sources_are_literals_of_the_query() -> None:
    strange = events.Source("100%_[o'brien]", (1,), prefix=True)
    text = events.query_text((*SOURCES, strange), NOW)
    assert "(SourceName LIKE 'Service Control Manager%' AND (EventCode=7009 OR EventCode=7011))" in text
    assert "(SourceName='Microsoft-Windows-Kernel-Power' AND (EventCode=42))" in text
    assert r"LIKE '100[%][_][[]o\'brien]%'" in text


def test_events_are_bounded_in_time_and_newest_first(client: ScriptedClient) -> None:
    client.rows["Win32_NTLogEvent"] = [
        {"SourceName": "Service Control Manager", "EventCode": "7011", "TimeGenerated": "2026-01-01T12:00:00Z"},
        {"SourceName": "Microsoft-Windows-Kernel-Power", "EventCode": "42", "TimeGenerated": "2026-01-02T12:00:00Z"},
    ]
    found = events.events(client, SOURCES, now=NOW, window=timedelta(days=7), deadline=9.0)
    assert found.value is not None
    assert [event.code for event in found.value] == [42, 7011]
    assert "TimeGenerated>='20260101120000.000000+000'" in client.asked[0]
    client.rows["Win32_NTLogEvent"] = []
    assert events.events(client, SOURCES, now=NOW, window=timedelta(days=7), deadline=9.0).value == ()


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        (errors.DeadlineExceeded("late"), Cause.TIMEOUT),
        ([{"SourceName": "x", "EventCode": "7011", "TimeGenerated": "yesterday"}], Cause.UNPARSABLE),
        ([{"EventCode": "7011", "TimeGenerated": "2026-01-01T12:00:00Z"}], Cause.PROPERTY_MISSING),
    ],
)
def test_events_that_cannot_be_read(client: ScriptedClient, rows: Any, cause: Cause) -> None:
    client.rows["Win32_NTLogEvent"] = rows
    assert events.events(client, SOURCES, now=NOW, window=timedelta(days=7), deadline=9.0).cause is cause


# --- identity and names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [errors.NotWSMan("404"), errors.ServiceBusy("503"), errors.EnvelopeTooLarge("413")])
def test_what_is_no_service_is_asked_nothing_else(client: ScriptedClient, error: errors.WSManError) -> None:
    client.identity = error
    with pytest.raises(type(error)):
        identity.identity(client.identify)


def test_an_identity_that_cannot_be_read_is_unknown(client: ScriptedClient) -> None:
    client.identity = errors.MalformedResponse("cut")
    assert identity.identity(client.identify).cause is Cause.UNPARSABLE


@pytest.mark.parametrize(
    ("version", "product_type", "pack", "name"),
    [
        ((6, 0, 6000), 1, 0, "Windows Vista"),
        ((6, 0, 6001), 1, 1, "Windows Vista SP1"),
        ((6, 0, 6002), 1, 2, "Windows Vista SP2"),
        ((6, 0, 6001), 3, 1, "Windows Server 2008"),
        ((6, 0, 6001), 2, None, "Windows Server 2008"),
        ((6, 0, 6003), 3, 2, "Windows Server 2008 SP2"),
        ((6, 0, 6002), None, 2, "Windows Vista SP2 or Server 2008 SP2"),
        ((6, 1, 7601), 3, 1, "Windows Server 2008 R2 SP1"),
        ((10, 0, 17763), 3, 0, "Windows Server 2019"),
        ((10, 0, 22631), 1, 0, "Windows 11"),
        ((6, 9, 1), 1, None, "Windows NT 6.9 (build 1)"),
        ((6, 0, 6001), 77, 1, "Windows Vista SP1 or Server 2008"),
    ],
)
def test_names(version: tuple[int, int, int], product_type: int | None, pack: int | None, name: str) -> None:
    assert names.os_name(version, product_type, pack) == name
