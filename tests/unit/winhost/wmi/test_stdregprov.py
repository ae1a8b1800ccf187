# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StdRegProv: methods, types, return values, access."""

from __future__ import annotations

import asyncio

import pytest
from winhost.machine import locations
from winhost.machine.machine import Machine
from winhost.profiles import profile
from winhost.wmi import WmiError, WmiProvider

_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"


class _Registry:
    def __init__(self, name: str = "vista_sp1_x64", user: str = "Administrator", **doubt: str) -> None:
        self.machine = Machine("h", profile(name), doubt=doubt)
        self._wmi = WmiProvider(self.machine)
        account = self.machine.accounts.find(user)
        assert account is not None
        self._token = self.machine.accounts.token(account)

    def call(self, method: str, key: str, name: str | None = None, **more: object) -> dict[str, object]:
        params = {"sSubKeyName": key, **({"sValueName": name} if name is not None else {}), **more}
        return asyncio.run(self._wmi.invoke("root/default", "StdRegProv", method, params, self._token))


def test_reading_each_type() -> None:
    registry = _Registry()
    machine = registry.machine
    for name, data in (("text", "a"), ("number", 5), ("list", ["a", "b"]), ("bytes", b"\x01\xff")):
        machine.registry.set("HKLM", "SOFTWARE\\x", name, data)
    read = registry.call
    assert read("GetStringValue", "Software\\X", "TEXT") == {"sValue": "a", "ReturnValue": 0}
    assert read("GetDWORDValue", "Software\\X", "number") == {"uValue": 5, "ReturnValue": 0}
    assert read("GetMultiStringValue", "Software\\X", "list") == {"sValue": ["a", "b"], "ReturnValue": 0}
    assert read("GetBinaryValue", "Software\\X", "bytes") == {"uValue": [1, 255], "ReturnValue": 0}
    values = read("EnumValues", "Software\\X")
    assert values == {"sNames": ["text", "number", "list", "bytes"], "Types": [1, 4, 7, 3], "ReturnValue": 0}


def test_expanded_strings_come_expanded() -> None:
    result = _Registry().call("GetExpandedStringValue", locations.ENVIRONMENT, "ComSpec")
    assert result == {"sValue": r"C:\Windows\system32\cmd.exe", "ReturnValue": 0}


def test_return_values_of_what_is_absent_or_of_another_type() -> None:
    registry = _Registry()
    assert registry.call("GetStringValue", "SOFTWARE\\nothing", "x") == {"ReturnValue": 2}
    assert registry.call("GetStringValue", _VERSION, "nothing") == {"sValue": None, "ReturnValue": 1}
    assert registry.call("GetDWORDValue", _VERSION, "BuildLabEx") == {"uValue": None, "ReturnValue": 1}
    assert registry.call("EnumKey", "SOFTWARE\\nothing") == {"ReturnValue": 2}
    assert registry.call("EnumKey", _VERSION, hDefKey=0x80000099) == {"ReturnValue": 6}
    doubtful = _Registry(stdregprov_absent_value="2")
    assert doubtful.call("GetStringValue", _VERSION, "nothing") == {"sValue": None, "ReturnValue": 2}
    assert doubtful.call("GetDWORDValue", _VERSION, "BuildLabEx") == {"uValue": None, "ReturnValue": 1}
    leaf = registry.call("EnumKey", locations.SCRIPT_HOST)
    assert leaf == {"sNames": None, "ReturnValue": 0}


def test_hives() -> None:
    registry = _Registry()
    assert registry.call("EnumKey", "", hDefKey="2147483651")["sNames"] == [".DEFAULT", "S-1-5-18"]
    packages = registry.call("EnumKey", locations.PACKAGES, hDefKey=0x80000002)["sNames"]
    assert isinstance(packages, list) and len(packages) > 300


def test_writing_and_deleting() -> None:
    registry = _Registry()
    key = "SOFTWARE\\winlegacy\\deep"
    assert registry.call("SetStringValue", key, "a", sValue="x") == {"ReturnValue": 2}
    assert registry.call("CreateKey", key) == {"ReturnValue": 0}
    assert registry.call("SetStringValue", key, "a", sValue="x") == {"ReturnValue": 0}
    assert registry.call("SetDWORDValue", key, "n", uValue="0x10") == {"ReturnValue": 0}
    assert registry.call("SetMultiStringValue", key, "m", sValue=["1", "2"]) == {"ReturnValue": 0}
    assert registry.call("SetBinaryValue", key, "b", uValue=[1, "2"]) == {"ReturnValue": 0}
    assert registry.call("GetDWORDValue", key, "n")["uValue"] == 16
    assert registry.call("GetBinaryValue", key, "b")["uValue"] == [1, 2]
    assert registry.call("DeleteValue", key, "a") == {"ReturnValue": 0}
    assert registry.call("DeleteValue", key, "a") == {"ReturnValue": 2}
    assert registry.call("DeleteKey", "SOFTWARE\\winlegacy") == {"ReturnValue": 5}
    assert registry.call("DeleteKey", key) == {"ReturnValue": 0}
    assert registry.call("DeleteKey", key) == {"ReturnValue": 2}


def test_who_may_what() -> None:
    filtered = _Registry("vista_uac_filtered", "operator")
    assert filtered.call("GetStringValue", _VERSION, "BuildLabEx")["ReturnValue"] == 0
    assert filtered.call("EnumKey", locations.PACKAGES) == {"ReturnValue": 5}
    assert filtered.call("SetStringValue", _VERSION, "x", sValue="y") == {"ReturnValue": 5}
    assert filtered.call("CheckAccess", _VERSION, uRequired=1) == {"bGranted": True, "ReturnValue": 0}
    assert filtered.call("CheckAccess", _VERSION, uRequired=2) == {"bGranted": False, "ReturnValue": 5}
    assert _Registry().call("CheckAccess", _VERSION, uRequired=0x20006)["bGranted"] is True


def test_a_provider_without_a_method_or_without_itself() -> None:
    lacking = _Registry("no_dword_method")
    assert lacking.call("GetStringValue", _VERSION, "BuildLabEx")["ReturnValue"] == 0
    for name, code in (("no_dword_method", 0x8004102E), ("no_stdregprov", 0x80041010)):
        with pytest.raises(WmiError) as caught:
            _Registry(name).call("GetDWORDValue", _VERSION, "InstallDate")
        assert caught.value.code == code
    with pytest.raises(WmiError) as caught:
        _Registry().call("GetDWORDValue", _VERSION, "x", hDefKey="not a number")
    assert caught.value.code == 0x8004102F


def test_the_architecture_under_its_doubts() -> None:
    for doubt, value in (("upper", "AMD64"), ("lower", "amd64"), ("absent", None)):
        machine = Machine("h", profile("vista_sp1_x64"), doubt={"processor_architecture_registry": doubt})
        assert machine.registry.value("HKLM", locations.ENVIRONMENT, "PROCESSOR_ARCHITECTURE") == value
