# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI: classes by version, instances over the one state, what a filtered caller does not get, methods, errors."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from winhost.machine.accounts import Token
from winhost.machine.machine import Machine
from winhost.profiles import profile
from winhost.wmi import WmiError, WmiProvider, schema

_CIM = "root/cimv2"
_KERNEL = r"C:\\Windows\\System32\\ntoskrnl.exe"
_PYTHON = {"string": str, "boolean": bool, "datetime": datetime}


class _Host:
    def __init__(self, name: str = "vista_sp1_x64", user: str = "Administrator", **doubt: str) -> None:
        self.machine = Machine("h", profile(name), doubt=doubt, time_scale=10000)
        self.wmi = WmiProvider(self.machine)
        account = self.machine.accounts.find(user)
        assert account is not None
        self.token: Token = self.machine.accounts.token(account)

    def query(self, text: str, namespace: str = _CIM) -> list[dict[str, object]]:
        return asyncio.run(self.wmi.query(namespace, text, self.token)).rows

    def call(
        self, class_name: str, method: str, params: dict[str, object] | None = None, **keys: str
    ) -> dict[str, object]:
        return asyncio.run(self.wmi.invoke(_CIM, class_name, method, params or {}, self.token, keys))

    def code(self, text: str, namespace: str = _CIM) -> int:
        with pytest.raises(WmiError) as caught:
            self.query(text, namespace)
        return caught.value.code


@pytest.mark.parametrize(
    "name",
    ["vista_rtm_x86", "vista_sp1_x64", "srv2008_ia64", "vista_de", "win2019", "vista_laptop", "vista_hung_tcpipreg"],
)
def test_every_instance_has_the_classs_properties_in_their_types(name: str) -> None:
    host = _Host(name)
    for class_name in schema.class_names("root\\cimv2"):
        info = host.wmi.class_info(_CIM, class_name)
        assert info is not None
        declared = {item.name: item for item in info.properties}
        subclasses = {"CIM_LogicalFile"}
        for row in list(host.wmi.instances(_CIM, class_name, host.token))[:50]:
            if class_name not in subclasses:
                assert list(row) == list(declared), class_name
            for key, value in row.items():
                item = declared.get(key)
                if value is None or item is None:
                    continue
                for single in value if item.is_array and isinstance(value, list) else [value]:
                    kind = _PYTHON.get(item.cim_type, int)
                    assert isinstance(single, kind), (class_name, key, single)
                    if kind is int and isinstance(single, int):
                        bits = int(item.cim_type.removeprefix("uint").removeprefix("sint"))
                        low = 0 if item.cim_type.startswith("u") else -(2 ** (bits - 1))
                        assert low <= single < 2**bits and not isinstance(single, bool), (class_name, key, single)
            if info.keys and class_name not in subclasses:
                assert all(row[key] is not None for key in info.keys), class_name


def test_no_instance_sets_a_property_that_its_class_does_not_have() -> None:
    from winhost.wmi.provider import _BY_CONDITION, _PLAIN
    from winhost.wql import parse

    host = _Host("vista_laptop")
    where = {
        "win32_sid": "select * from x where sid='S-1-5-18'",
        "win32_logicalfilesecuritysetting": r"select * from x where path='c:\\windows'",
    }
    for class_name, plain in _PLAIN.items():
        info = host.wmi.class_info(_CIM, class_name)
        assert info is not None
        for row in plain(host.machine, host.token):
            assert set(row) <= {item.name for item in info.properties}, class_name
    for class_name, found in _BY_CONDITION.items():
        info = host.wmi.class_info(_CIM, class_name)
        assert info is not None
        rows = list(found(host.machine, host.token, parse(where.get(class_name, "select * from x")).where))
        assert rows, class_name
        assert set(rows[0]) <= {item.name for item in info.properties}, class_name


def test_the_operating_system() -> None:
    host = _Host("vista_sp1_x86_pae")
    (row,) = host.query("select * from Win32_OperatingSystem")
    assert (row["Version"], row["BuildNumber"], row["CSDVersion"]) == ("6.0.6001", "6001", "Service Pack 1")
    assert (row["ProductType"], row["OperatingSystemSKU"], row["PAEEnabled"], row["OSArchitecture"]) == (
        1,
        6,
        True,
        "32-bit",
    )
    (rtm,) = _Host("vista_rtm_x86").query("select CSDVersion, ServicePackMajorVersion from Win32_OperatingSystem")
    assert rtm == {"CSDVersion": None, "ServicePackMajorVersion": 0}
    (x64,) = _Host().query("select PAEEnabled from Win32_OperatingSystem")
    assert x64["PAEEnabled"] is None
    (german,) = _Host("vista_de").query("select OSArchitecture, OSLanguage, LocalDateTime from Win32_OperatingSystem")
    assert (german["OSArchitecture"], german["OSLanguage"]) == ("64-Bit", 1031)
    assert isinstance(german["LocalDateTime"], datetime) and german["LocalDateTime"].utcoffset() == timedelta(hours=1)


def test_the_boot_time_follows_the_clock_and_the_boot() -> None:
    host = _Host()
    query = "select LastBootUpTime, LocalDateTime from Win32_OperatingSystem"
    (first,) = host.query(query)
    host.machine.clock.step(timedelta(minutes=10))
    (stepped,) = host.query(query)
    one, two = first["LastBootUpTime"], stepped["LastBootUpTime"]
    assert isinstance(one, datetime) and isinstance(two, datetime)
    assert two - one == timedelta(minutes=10)
    host.machine.power.boot_now()
    (booted,) = host.query(query)
    now, boot = booted["LocalDateTime"], booted["LastBootUpTime"]
    assert isinstance(now, datetime) and isinstance(boot, datetime)
    assert now - boot < timedelta(minutes=5) < boot - two


@pytest.mark.parametrize(("doubt", "version"), [("plain", "6.0.6001.18000"), ("null", None), ("with_lab", "lab")])
def test_kernel_files(doubt: str, version: str | None) -> None:
    host = _Host("vista_sp1_x86", file_version_form=doubt)
    where = f"Name='{_KERNEL}' OR Name='{_KERNEL.replace('ntoskrnl', 'NTKRNLPA')}'"
    rows = host.query(f"SELECT Name, Version, FileSize FROM CIM_DataFile WHERE {where}")
    assert sorted(str(row["Name"]) for row in rows) == [
        r"c:\windows\system32\ntkrnlpa.exe",
        r"c:\windows\system32\ntoskrnl.exe",
    ]
    expected = "6.0.6001.18000 (longhorn_rtm.080118-1840)" if version == "lab" else version
    assert {row["Version"] for row in rows} == {expected}
    assert all(isinstance(row["FileSize"], int) and row["FileSize"] > 3_000_000 for row in rows)
    assert host.query(r"select Name from CIM_DataFile where Name='C:\\nothing'") == []
    assert host.query(r"select Name from CIM_DataFile where Name='C:\\Windows'") == []
    assert len(host.query(r"select Name from Win32_Directory where Name='C:\\WINDOWS'")) == 1


def test_a_folder_and_a_pattern() -> None:
    host = _Host()
    rows = host.query(
        r"select FileName from CIM_DataFile where Drive='c:' and Path='\\windows\\system32\\' and Extension='exe'"
    )
    assert "pkgmgr" in {row["FileName"] for row in rows}
    before = host.machine.clock.monotonic()
    rows = host.query(r"select Name from CIM_DataFile where Name like 'c:\\windows\\system32\\ntoskrnl%'")
    assert len(rows) == 1
    assert host.machine.clock.monotonic() - before >= 180, "LIKE walks the whole disk"


def test_drivers_and_services_are_two_classes() -> None:
    host = _Host("vista_hung_tcpipreg")
    (row,) = host.query("select State, StartMode, Started, ServiceType from Win32_SystemDriver where Name='tcpipreg'")
    assert row == {"State": "Stop Pending", "StartMode": "Auto", "Started": True, "ServiceType": "Kernel Driver"}
    assert host.query("select Name from Win32_Service where Name='tcpipreg'") == []


def test_events_are_bounded_by_time() -> None:
    host = _Host("vista_hung_tcpipreg")
    where = "Logfile='System' and SourceName like 'Service Control%'"
    query = f"select EventCode, TimeGenerated from Win32_NTLogEvent where {where}"
    since = (host.machine.clock.now() - timedelta(hours=6)).strftime("%Y%m%d%H%M%S.000000+000")
    later = host.machine.clock.now().strftime("%Y%m%d%H%M%S.000000+000")
    assert [row["EventCode"] for row in host.query(f"{query} and TimeGenerated >= '{since}'")] == [7011]
    assert host.query(f"{query} and TimeGenerated >= '{later}'") == []


@pytest.mark.parametrize("form", ["filetime_hex", "date", "empty"])
def test_installed_updates(form: str) -> None:
    host = _Host("srv2008_fixed", qfe_installed_on=form)
    (row,) = host.query("select HotFixID, InstalledOn from Win32_QuickFixEngineering where HotFixID='KB952876'")
    text = str(row["InstalledOn"])
    assert {"filetime_hex": len(text) == 16, "date": text.count("/") == 2, "empty": not text}[form]
    assert len(host.query("select HotFixID from Win32_QuickFixEngineering")) > 30
    assert _Host().query("select HotFixID from Win32_QuickFixEngineering where HotFixID='KB952876'") == []


@pytest.mark.parametrize(("doubt", "wanted"), [("number", [{"Architecture": 9}]), ("null", [{"Architecture": None}])])
def test_processor(doubt: str, wanted: list[dict[str, object]]) -> None:
    assert _Host(processor_architecture_wmi=doubt).query("select Architecture from Win32_Processor") == wanted


def test_doubts_that_take_properties_and_classes_away() -> None:
    assert _Host(processor_architecture_wmi="absent").code("select Architecture from Win32_Processor") == 0x80041017
    assert _Host(processor_architecture_wmi="class_absent").code("select * from Win32_Processor") == 0x80041010
    assert (
        _Host("vista_sp1_x86", pae_enabled="absent").code("select PAEEnabled from Win32_OperatingSystem") == 0x80041017
    )
    assert _Host("vista_sp1_x86", pae_enabled="null").query("select PAEEnabled from Win32_OperatingSystem") == [
        {"PAEEnabled": None}
    ]
    assert _Host(os_architecture="null").query("select OSArchitecture from Win32_OperatingSystem") == [
        {"OSArchitecture": None}
    ]
    assert _Host("no_sku").code("select OperatingSystemSKU from Win32_OperatingSystem") == 0x80041017
    assert "OperatingSystemSKU" not in _Host("no_sku").query("select * from Win32_OperatingSystem")[0]
    assert _Host("null_boot_time").query("select LastBootUpTime from Win32_OperatingSystem") == [
        {"LastBootUpTime": None}
    ]
    assert _Host("no_system_driver").code("select * from Win32_SystemDriver") == 0x80041010


def test_errors() -> None:
    host = _Host()
    assert host.code("select * from Nothing") == 0x80041010
    assert host.code("select * from Win32_OperatingSystem", "root/nowhere") == 0x8004100E
    assert host.code("select Nothing from Win32_OperatingSystem") == 0x80041017
    assert host.code("select from") == 0x80041058
    for class_name, method, code in (
        ("Nothing", "X", 0x80041010),
        ("Win32_Process", "Nothing", 0x8004102E),
        ("Win32_OperatingSystem", "EnumKey", 0x8004102E),
    ):
        with pytest.raises(WmiError) as caught:
            host.call(class_name, method)
        assert caught.value.code == code


def test_a_filtered_caller_misses_properties_and_whole_classes() -> None:
    host = _Host("vista_uac_filtered", "operator")
    (row,) = host.query("select Version, LastBootUpTime, OperatingSystemSKU from Win32_OperatingSystem")
    assert row == {"Version": "6.0.6001"}
    (row,) = host.query(f"select Name, Version from CIM_DataFile where Name='{_KERNEL}'")
    assert list(row) == ["Name"]
    assert host.code("select * from Win32_SystemDriver") == 0x80041003
    full = _Host("vista_uac_filtered", "Administrator")
    assert "LastBootUpTime" in full.query("select * from Win32_OperatingSystem")[0]


def test_asking_starts_no_process() -> None:
    host = _Host()
    for class_name in schema.class_names("root\\cimv2"):
        host.query(f"select * from {class_name}")
    assert host.machine.processes.started_log == []


def test_security_descriptors() -> None:
    host = _Host()
    (row,) = host.query(r"select Path from Win32_LogicalFileSecuritySetting where Path='C:\\Windows'")
    result = host.call("Win32_LogicalFileSecuritySetting", "GetSecurityDescriptor", Path=str(row["Path"]))
    descriptor = result["Descriptor"]
    assert result["ReturnValue"] == 0 and isinstance(descriptor, dict)
    assert descriptor["Owner"]["SIDString"].startswith("S-1-5-80-")
    assert {"S-1-5-18", "S-1-5-32-544"} < {ace["Trustee"]["SIDString"] for ace in descriptor["DACL"]}
    assert descriptor["Owner"]["SID"][:2] == [1, 6] and descriptor["Owner"]["SidLength"] == 32
    with pytest.raises(WmiError) as caught:
        host.call("Win32_LogicalFileSecuritySetting", "GetSecurityDescriptor", Path=r"C:\nothing")
    assert caught.value.code == 0x80041002


@pytest.mark.parametrize(("doubt", "outcome"), [("held", 0), ("return_1314", 1314), ("fault_privilege_not_held", None)])
def test_reboot_through_wmi(doubt: str, outcome: int | None) -> None:
    host = _Host(reboot_privilege=doubt)
    host.machine.power.settings.boot_seconds = 1

    async def work() -> int | None:
        try:
            result = await host.wmi.invoke(_CIM, "Win32_OperatingSystem", "Win32Shutdown", {"Flags": 6}, host.token)
        except WmiError as error:
            assert error.code == 0x80041062
            return None
        await host.machine.power.wait_until_done()
        value = result["ReturnValue"]
        assert isinstance(value, int)
        return value

    assert asyncio.run(work()) == outcome
    assert host.machine.power.generation == (2 if outcome == 0 else 1)


def test_services_are_controlled() -> None:
    host = _Host()
    assert host.call("Win32_Service", "StopService", Name="Spooler") == {"ReturnValue": 0}
    assert host.call("Win32_Service", "StopService", Name="Spooler") == {"ReturnValue": 6}
    assert host.call("Win32_Service", "ChangeStartMode", {"StartMode": "Disabled"}, Name="Spooler") == {
        "ReturnValue": 0
    }
    assert host.call("Win32_Service", "StartService", Name="Spooler") == {"ReturnValue": 14}
    assert host.query("select StartMode from Win32_Service where Name='spooler'") == [{"StartMode": "Disabled"}]


def test_a_created_process_is_logged_and_runs() -> None:
    host = _Host()

    async def work() -> dict[str, object]:
        line = r"cmd.exe /c echo hello>C:\Windows\Temp\made.txt"
        result = await host.wmi.invoke(_CIM, "Win32_Process", "Create", {"CommandLine": line}, host.token)
        for _turn in range(300):
            if host.machine.files.exists(r"C:\Windows\Temp\made.txt"):
                break
            await asyncio.sleep(0.01)
        return result

    result = asyncio.run(work())
    assert result["ReturnValue"] == 0 and isinstance(result["ProcessId"], int)
    assert host.machine.files.read(r"C:\Windows\Temp\made.txt") == b"hello\r\n"
    assert host.machine.processes.started_log
    assert host.call("Win32_Process", "Create", {"CommandLine": r"C:\nothing.exe"})["ReturnValue"] == 9
