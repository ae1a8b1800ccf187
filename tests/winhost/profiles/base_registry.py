# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry that the machines of one profile share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from winhost.machine import cbs_keys, kernel, locations
from winhost.machine.cbs_state import State, state_named
from winhost.machine.registry import Data, Registry, RegNode, RegType, hive_name
from winhost.profiles import packages

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.profile import Profile
    from winhost.machine.services import Service

_EPOCH = datetime(2010, 6, 1, tzinfo=UTC)
_EDITIONS = {
    1: "Ultimate",
    2: "HomeBasic",
    3: "HomePremium",
    4: "Enterprise",
    6: "Business",
    7: "ServerStandard",
    8: "ServerDatacenter",
    10: "ServerEnterprise",
    11: "Starter",
    13: "ServerStandardCore",
    15: "ServerEnterpriseIA64",
    17: "ServerWeb",
}
_TYPES = {"Kernel Driver": 1, "File System Driver": 2, "Own Process": 16, "Share Process": 32}
_STARTS = {"Boot": 0, "System": 1, "Auto": 2, "Manual": 3, "Disabled": 4}


def build_registry(profile: Profile, doubt: Doubt, services: tuple[Service, ...]) -> RegNode:
    """The tree; the caller shares it and never changes it."""
    registry = Registry()
    _current_version(registry, profile, doubt)
    _control(registry, profile, doubt)
    _services(registry, services)
    _servicing(registry, profile, doubt)
    return registry.freeze()


def write_entry(registry: Registry, entry: Any) -> None:
    """One entry of a profile's ``registry`` list.

    ``{key: 'HKLM\\…', values: {name: data}, volatile: true, absent: true}``.
    """
    hive, _unused, path = entry["key"].partition("\\")
    if hive_name(hive) is None:
        raise ValueError(f"registry entry of a profile: no hive {hive!r}")
    if entry.get("absent"):
        registry.delete(hive, path, recursive=True)
        return
    key = registry.create(hive, path, volatile=bool(entry.get("volatile")))
    for name, data in (entry.get("values") or {}).items():
        if data is None:
            key.remove(name)
            continue
        if isinstance(data, dict):
            key.set(name, RegType[data["type"].removeprefix("REG_")], data["data"])
        else:
            registry.set(hive, path, name, data)


def _current_version(registry: Registry, profile: Profile, doubt: Doubt) -> None:
    key = registry.create("HKLM", locations.CURRENT_VERSION)
    values: dict[str, Data] = {
        "SystemRoot": "C:\\Windows",
        "PathName": "C:\\Windows",
        "CurrentVersion": f"{min(profile.major, 6)}.{profile.minor if profile.major == 6 else 3}",
        "CurrentBuild": str(profile.build),
        "CurrentBuildNumber": str(profile.build),
        "CurrentType": "Multiprocessor Free",
        "ProductName": profile.caption.strip().replace("®", " (R)").replace("™", " (TM)")
        if profile.build < 7000
        else profile.caption.strip(),
        "EditionID": _EDITIONS.get(profile.sku, "ServerStandard"),
        "RegisteredOwner": "sim",
        "RegisteredOrganization": "",
        "SoftwareType": "System",
        "InstallDate": int(_EPOCH.timestamp()),
    }
    if profile.service_pack_text:
        values["CSDVersion"] = profile.service_pack_text
        values["CSDBuildNumber"] = "1616"
    for name, data in values.items():
        key.set(name, RegType.DWORD if isinstance(data, int) else RegType.SZ, data)
    booted = [update for update in profile.updates if update.kernel and state_named(update.state) in _ACTIVE]
    best = max(booted, key=lambda update: tuple(map(int, update.kernel.split("."))))
    info = kernel.version_info(best.kernel, best.lab)
    for name, text in kernel.build_values(info, profile.architecture, doubt["buildlabex_on_6000"]).items():
        key.set(name, RegType.SZ, text)


_ACTIVE = {State.INSTALLED, State.PERMANENT, State.UNINSTALL_PENDING, State.SUPERSEDED, State.PARTIALLY_INSTALLED}


def _control(registry: Registry, profile: Profile, doubt: Doubt) -> None:
    registry.set("HKLM", locations.UAC, "EnableLUA", int(profile.uac_enabled))
    registry.set("HKLM", locations.UAC, "ConsentPromptBehaviorAdmin", 2)
    if profile.remote_filter_off:
        registry.set("HKLM", locations.UAC, "LocalAccountTokenFilterPolicy", 1)
    environment = registry.create("HKLM", locations.ENVIRONMENT)
    root = "%SystemRoot%"
    path = f"{root}\\system32;{root};{root}\\System32\\Wbem"
    if profile.build >= 7600:
        path += f";{root}\\System32\\WindowsPowerShell\\v1.0\\"
    for name, text in (
        ("ComSpec", f"{root}\\system32\\cmd.exe"),
        ("Path", path),
        ("TEMP", f"{root}\\TEMP"),
        ("TMP", f"{root}\\TEMP"),
        ("windir", root),
    ):
        environment.set(name, RegType.EXPAND_SZ, text)
    architecture = {"x86": "x86", "amd64": "AMD64", "ia64": "IA64"}[profile.architecture]
    if doubt["processor_architecture_registry"] != "absent":
        lower = doubt["processor_architecture_registry"] == "lower"
        environment.set("PROCESSOR_ARCHITECTURE", RegType.SZ, architecture.lower() if lower else architecture)
    for name, text in (
        ("OS", "Windows_NT"),
        ("NUMBER_OF_PROCESSORS", "2"),
        ("PATHEXT", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"),
        ("PROCESSOR_IDENTIFIER", "x86 Family 6 Model 15 Stepping 11, GenuineIntel"),
        ("PROCESSOR_LEVEL", "6"),
        ("PROCESSOR_REVISION", "0f0b"),
    ):
        environment.set(name, RegType.SZ, text)
    manager = registry.create("HKLM", locations.SESSION_MANAGER)
    manager.set("ProtectionMode", RegType.DWORD, 1)
    manager.set("BootExecute", RegType.MULTI_SZ, ["autocheck autochk *"])
    for name in (locations.COMPUTER_NAME, locations.ACTIVE_COMPUTER_NAME):
        registry.set("HKLM", name, "ComputerName", "")
    registry.set(
        "HKLM",
        locations.CONTROL + r"\ProductOptions",
        "ProductType",
        {1: "WinNT", 2: "LanmanNT", 3: "ServerNT"}[profile.product_type],
    )
    registry.set("HKLM", locations.CONTROL + r"\Nls\CodePage", "OEMCP", str(profile.code_page))
    registry.set("HKLM", locations.CONTROL + r"\Nls\CodePage", "ACP", str(profile.ansi_code_page))
    registry.set("HKLM", locations.WINDOWS_UPDATE, "AUOptions", 4)
    registry.create("HKLM", locations.SCRIPT_HOST)
    registry.set("HKLM", "HARDWARE\\DESCRIPTION\\System", "Identifier", "AT/AT COMPATIBLE")
    registry.set(
        "HKLM",
        "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
        "ProcessorNameString",
        "Intel(R) Core(TM)2 Duo CPU     E6750  @ 2.66GHz",
    )
    registry.create("HKU", "S-1-5-18\\Software")
    registry.create("HKU", ".DEFAULT\\Software")
    registry.create("HKCU", "Software")
    registry.create("HKCR", ".txt")


def _services(registry: Registry, services: tuple[Service, ...]) -> None:
    for service in services:
        key = registry.create("HKLM", f"{locations.SERVICES}\\{service.name}")
        key.set("DisplayName", RegType.SZ, service.display_name)
        key.set("Type", RegType.DWORD, _TYPES[service.kind])
        key.set("Start", RegType.DWORD, _STARTS[service.start_mode])
        key.set("ErrorControl", RegType.DWORD, 1)
        key.set("ImagePath", RegType.EXPAND_SZ, service.path_name.replace("C:\\Windows", "%SystemRoot%"))
        if service.account:
            key.set("ObjectName", RegType.SZ, service.account)


def _servicing(registry: Registry, profile: Profile, doubt: Doubt) -> None:
    registry.create("HKLM", locations.PACKAGES)
    encoding = doubt["current_state_encoding"]
    for identity in packages.identities(profile):
        cbs_keys.write_package(registry, identity, State.INSTALLED, encoding, when=_EPOCH)
    pending = False
    for update in profile.updates:
        if not update.identity:
            continue
        state = state_named(update.state)
        pending = pending or state in (State.INSTALL_PENDING, State.UNINSTALL_PENDING)
        when = datetime.now(UTC).replace(microsecond=0) - timedelta(days=update.days_ago)
        shown = cbs_keys.shown_identity(update.identity, doubt["root_package_identity"])
        if shown is not None:
            cbs_keys.write_package(registry, shown, state, encoding, when=when)
        for sub in update.subpackages or cbs_keys.usual_subpackages(update.identity, profile.product_type):
            cbs_keys.write_package(registry, sub, state, encoding, when=when, sub=True)
    if pending:
        cbs_keys.write_pending(registry, doubt["cbs_pending_keys"])
