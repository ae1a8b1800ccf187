# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A WS-Man client with a scripted host behind it: rows by class, a registry with its return values, faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import IdentifyResponse
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.values import Row

CBS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
ROOT = "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0"
VISTA_SP1 = "OS: 6.0.6001 SP: 1.0 Stack: 1.1"


class NoChannel:
    """A channel that nothing may be sent over."""

    endpoint = "http://host:80/wsman"
    ends: float | None = None

    def __init__(self) -> None:
        self.closed = 0

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        raise AssertionError("nothing may be sent")

    def reconnect(self) -> None:
        raise AssertionError("nothing to connect")

    def close(self) -> None:
        self.closed += 1


def os_row(**changes: Any) -> Row:
    """Win32_OperatingSystem of a Vista SP1 x64; a change to ... leaves the property out."""
    row: dict[str, Any] = {
        "Version": "6.0.6001",
        "BuildNumber": "6001",
        "Caption": "Microsoft Windows Vista Business ",
        "CSDVersion": "Service Pack 1",
        "ServicePackMajorVersion": "1",
        "ProductType": "1",
        "OperatingSystemSKU": "6",
        "OSArchitecture": "64-bit",
        "WindowsDirectory": r"C:\Windows",
        "SystemDrive": "C:",
        "PAEEnabled": None,
        "LastBootUpTime": "2026-01-01T00:00:00.5Z",
        "LocalDateTime": "2026-01-02T00:00:00+08:00",
        "SerialNumber": "89578-000",
        **changes,
    }
    return {name: value for name, value in row.items() if value is not ...}


class ScriptedClient(Client):
    """A Vista SP1 x64 that needs the fix, until a test changes it.

    rows: class name -> rows (or an exception). keys: registry key -> value name -> value (int, str, list or None).
    faults: StdRegProv method, or (method, key), -> exception, row or a callable. page_size: rows of one message.
    """

    def __init__(self) -> None:
        super().__init__(NoChannel())
        self.identity: IdentifyResponse | Exception = identity("OS: 6.0.6001 SP: 1.0 Stack: 1.1", (6, 0, 6001), (1, 0))
        self.rows: dict[str, list[Row] | Exception | Callable[[str], list[Row]]] = {
            "Win32_OperatingSystem": [os_row()],
            "CIM_DataFile": [kernel_row(r"c:\windows\system32\ntoskrnl.exe", "6.0.6001.18000")],
            "Win32_SystemDriver": [driver_row("Running")],
            "Win32_Processor": [{"Architecture": "9"}, {"Architecture": "9"}],
            "Win32_NTLogEvent": [],
        }
        self.keys: dict[str, dict[str, Any]] = {
            CURRENT_VERSION: {
                "BuildLabEx": "6001.18000.amd64fre.longhorn_rtm.080118-1840",
                "SystemRoot": r"C:\Windows",
            },
            rf"{CBS}\Packages\Some-Package~31bf3856ad364e35~amd64~~6.0.1.0": {"CurrentState": 112},
            r"SOFTWARE\Microsoft\Windows": {},
            r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment": {"PROCESSOR_ARCHITECTURE": "AMD64"},
            r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName": {"ComputerName": "HOST"},
            r"SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName": {"ComputerName": "Host"},
            r"SYSTEM\CurrentControlSet\Services\Netlogon\Parameters": {},
        }
        self.faults: dict[Any, Any] = {}
        self.page_size = 20
        self.asked: list[str] = []

    def identify(self) -> IdentifyResponse:
        self.messages += 1
        self.asked.append("Identify")
        return answer(self.identity)

    def query(
        self, wql: str, *, namespace: str = "root/cimv2", deadline: float | None = None, max_elements: int = 20
    ) -> list[Row]:
        match = re.search(r"FROM (\w+)", wql)
        assert match is not None, wql
        self.asked.append(wql)
        self.messages += 1
        found = self.rows.get(match.group(1), errors.WSManError("no such class was scripted"))
        if isinstance(found, Exception):
            raise found
        rows = found(wql) if callable(found) else found
        if len(rows) > self.page_size:
            self.messages += -(-len(rows) // self.page_size) - 1
        return rows

    def invoke(
        self,
        target: Any,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        selectors: Mapping[str, str] | None = None,
        idempotent: bool,
    ) -> Row:
        assert params is not None
        assert idempotent, "reading the registry may be repeated"
        self.messages += 1
        key = str(params.get("sSubKeyName", ""))
        self.asked.append(f"{method} {key} {params.get('sValueName', '')}".strip())
        for name in ((method, key), method):
            if name in self.faults:
                planned = self.faults[name]
                if isinstance(planned, Exception):
                    raise planned
                return dict(planned)
        assert target == ("root/default", "StdRegProv"), target
        assert params["hDefKey"] == 0x80000002
        return self._registry(method, key, str(params.get("sValueName", "")))

    def _registry(self, method: str, key: str, value: str) -> Row:
        """Return values as real hosts give them: 0, 1 for a value and 2 for a key that is not there."""
        below = sorted(
            {path[len(key) + 1 :].split("\\")[0] for path in self.keys if path.lower().startswith(key.lower() + "\\")}
        )
        exact = next((values for path, values in self.keys.items() if path.lower() == key.lower()), None)
        if exact is None and not below:
            return {"ReturnValue": "2"}
        values = exact or {}
        if method == "EnumKey":
            return {"sNames": _array(below), "ReturnValue": "0"}
        if method == "EnumValues":
            return {"sNames": _array(sorted(values)), "Types": None, "ReturnValue": "0"}
        if value not in values:
            return {"ReturnValue": "1"}
        name = "uValue" if method == "GetDWORDValue" else "sValue"
        stored = values[value]
        return {name: str(stored) if isinstance(stored, int) else stored, "ReturnValue": "0"}


def _array(names: list[str]) -> Any:
    """As XML gives it: none is nil, one is that one."""
    return names if len(names) > 1 else (names[0] if names else None)


def answer(scripted: IdentifyResponse | Exception) -> IdentifyResponse:
    """What was scripted, returned or raised."""
    if isinstance(scripted, Exception):
        raise scripted
    return scripted


def identity(
    product: str, os_version: tuple[int, int, int] | None, pack: tuple[int, int] | None, stack: tuple[int, int] = (1, 1)
) -> IdentifyResponse:
    return IdentifyResponse("Microsoft Corporation", product, os_version, pack, stack)


def kernel_row(path: str, version: str | None, size: str | None = "4720056") -> Row:
    return {"Name": path, "Version": version, "FileSize": size}


def driver_row(state: str) -> Row:
    return {"Name": "tcpipreg", "State": state, "StartMode": "Auto", "Started": "true", "PathName": r"C:\x.sys"}
