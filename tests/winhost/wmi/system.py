# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances that describe the system as a whole.

Operating system, computer, processor, BIOS, battery, disks, variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from winhost.machine import locations
from winhost.machine.registry import RegType

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

Row = dict[str, object]
_TYPE_TEXT = {"x86": "X86-based PC", "amd64": "x64-based PC", "ia64": "Itanium (TM) -based System"}
_BITS_TEXT = {"x86": "32-bit", "amd64": "64-bit", "ia64": "64-bit"}
_SYSTEM_CLASS = {"SystemCreationClassName": "Win32_ComputerSystem"}


def local_zone(machine: Machine) -> timezone:
    return timezone(timedelta(minutes=machine.profile.time_zone_minutes))


def local_time(machine: Machine, moment: datetime) -> datetime:
    """A moment in the machine's own time zone, as WMI shows every datetime."""
    return moment.astimezone(local_zone(machine))


def operating_system(machine: Machine, token: Token) -> Iterator[Row]:
    profile = machine.profile
    key = machine.registry.key("HKLM", locations.CURRENT_VERSION)
    boot = machine.clock.boot_time()
    total = profile.memory_bytes // 1024
    build = str(key.data("CurrentBuildNumber", "")) if key else str(profile.build)
    architecture = profile.architecture_text or _BITS_TEXT[profile.architecture]
    yield {
        "BootDevice": "\\Device\\HarddiskVolume1",
        "BuildNumber": build,
        "BuildType": "Multiprocessor Free",
        "Caption": profile.caption,
        "CodeSet": str(profile.ansi_code_page),
        "CountryCode": "1",
        "CreationClassName": "Win32_OperatingSystem",
        "CSCreationClassName": "Win32_ComputerSystem",
        "CSDVersion": profile.service_pack_text,
        "CSName": machine.computer_name,
        "CurrentTimeZone": profile.time_zone_minutes,
        "DataExecutionPrevention_32BitApplications": True,
        "DataExecutionPrevention_Available": True,
        "DataExecutionPrevention_Drivers": True,
        "DataExecutionPrevention_SupportPolicy": 2 if profile.product_type == 1 else 3,
        "Debug": False,
        "Description": "",
        "Distributed": False,
        "EncryptionLevel": 256,
        "ForegroundApplicationBoost": 2,
        "FreePhysicalMemory": total // 2,
        "FreeSpaceInPagingFiles": total,
        "FreeVirtualMemory": total + total // 2,
        "InstallDate": local_time(machine, machine.events.installed),
        "LargeSystemCache": None,
        "LastBootUpTime": local_time(machine, _told_boot(machine, boot)),
        "LocalDateTime": local_time(machine, machine.clock.now()),
        "Locale": profile.locale,
        "Manufacturer": "Microsoft Corporation",
        "MaxNumberOfProcesses": 0xFFFFFFFF,
        "MaxProcessMemorySize": 2097024 if profile.bits == 32 else 8589934464,
        "MUILanguages": [profile.language],
        "Name": f"{profile.caption}|C:\\Windows|\\Device\\Harddisk0\\Partition1",
        "NumberOfLicensedUsers": 0,
        "NumberOfProcesses": len(machine.processes.all()),
        "NumberOfUsers": 1,
        "OperatingSystemSKU": profile.sku,
        "Organization": "",
        "OSArchitecture": architecture if machine.doubt["os_architecture"] == "text" else None,
        "OSLanguage": profile.os_language,
        "OSProductSuite": profile.suite_mask,
        "OSType": 18,
        "PAEEnabled": _pae(machine),
        "Primary": True,
        "ProductType": profile.product_type,
        "RegisteredUser": "sim",
        "SerialNumber": "89578-OEM-7332157-00204",
        "ServicePackMajorVersion": profile.service_pack,
        "ServicePackMinorVersion": 0,
        "SizeStoredInPagingFiles": total,
        "Status": "OK",
        "SuiteMask": profile.suite_mask,
        "SystemDevice": "\\Device\\HarddiskVolume1",
        "SystemDirectory": f"{profile.windows_directory}\\system32",
        "SystemDrive": "C:",
        "TotalVirtualMemorySize": total * 2,
        "TotalVisibleMemorySize": total,
        "Version": f"{profile.major}.{profile.minor}.{build}",
        "WindowsDirectory": profile.windows_directory,
    }


def _told_boot(machine: Machine, boot: datetime) -> datetime:
    """LastBootUpTime, with its known faults: an hour early after a change of daylight saving time, or of long ago."""
    told = machine.doubt["last_boot_time"]
    if told == "hour_early" and machine.power.generation > 1:
        return boot - timedelta(hours=1)
    if told == "old":
        return machine.first_boot
    return boot


def _pae(machine: Machine) -> bool | None:
    if machine.profile.architecture != "x86" or machine.doubt["pae_enabled"] == "null":
        return None
    return machine.profile.pae


def computer_system(machine: Machine, token: Token) -> Iterator[Row]:
    profile = machine.profile
    joined = bool(profile.domain)
    role = {1: 1 if joined else 0, 2: 5, 3: 3 if joined else 2}[profile.product_type]
    yield {
        "AdminPasswordStatus": 3,
        "AutomaticManagedPagefile": True,
        "AutomaticResetBootOption": True,
        "AutomaticResetCapability": True,
        "BootROMSupported": True,
        "BootupState": "Normal boot",
        "Caption": machine.computer_name,
        "ChassisBootupState": 3,
        "CreationClassName": "Win32_ComputerSystem",
        "CurrentTimeZone": profile.time_zone_minutes,
        "DaylightInEffect": False,
        "Description": "AT/AT COMPATIBLE",
        "DNSHostName": machine.computer_name.lower(),
        "Domain": profile.domain or "WORKGROUP",
        "DomainRole": role,
        "EnableDaylightSavingsTime": True,
        "FrontPanelResetStatus": 3,
        "InfraredSupported": False,
        "KeyboardPasswordStatus": 3,
        "Manufacturer": "Simulated",
        "Model": "Simulated",
        "Name": machine.computer_name,
        "NetworkServerModeEnabled": True,
        "NumberOfLogicalProcessors": 2,
        "NumberOfProcessors": 1,
        "PartOfDomain": joined,
        "PauseAfterReset": -1,
        "PCSystemType": 2 if profile.has_battery else 1,
        "PowerOnPasswordStatus": 3,
        "PowerState": 0,
        "PowerSupplyState": 3,
        "PrimaryOwnerName": "sim",
        "ResetCapability": 1,
        "ResetCount": -1,
        "ResetLimit": -1,
        "Roles": ["LM_Workstation", "LM_Server", "NT"],
        "Status": "OK",
        "SystemType": _TYPE_TEXT[profile.architecture],
        "ThermalState": 3,
        "TotalPhysicalMemory": profile.memory_bytes,
        "WakeUpType": 6,
        "Workgroup": None if joined else "WORKGROUP",
    }


def processor(machine: Machine, token: Token) -> Iterator[Row]:
    profile = machine.profile
    number = {"x86": 0, "amd64": 9, "ia64": 6}[profile.architecture]
    yield {
        "AddressWidth": profile.bits,
        "Architecture": None if machine.doubt["processor_architecture_wmi"] == "null" else number,
        "Availability": 3,
        "Caption": "x86 Family 6 Model 15 Stepping 11",
        "CpuStatus": 1,
        "CreationClassName": "Win32_Processor",
        "CurrentClockSpeed": 2666,
        "CurrentVoltage": 33,
        "DataWidth": 64,
        "Description": "x86 Family 6 Model 15 Stepping 11",
        "DeviceID": "CPU0",
        "ExtClock": 333,
        "Family": 191,
        "L2CacheSize": 4096,
        "L3CacheSize": 0,
        "L3CacheSpeed": 0,
        "Level": 6,
        "LoadPercentage": 3,
        "Manufacturer": "GenuineIntel",
        "MaxClockSpeed": 2666,
        "Name": "Intel(R) Core(TM)2 Duo CPU     E6750  @ 2.66GHz",
        "NumberOfCores": 2,
        "NumberOfLogicalProcessors": 2,
        "PowerManagementSupported": False,
        "ProcessorId": "BFEBFBFF000006FB",
        "ProcessorType": 3,
        "Revision": 3851,
        "Role": "CPU",
        "SocketDesignation": "LGA 775",
        "Status": "OK",
        "StatusInfo": 3,
        "SystemName": machine.computer_name,
        "UpgradeMethod": 1,
        **_SYSTEM_CLASS,
    }


def bios(machine: Machine, token: Token) -> Iterator[Row]:
    yield {
        "BIOSVersion": ["SIM  - 1"],
        "Caption": "Simulated BIOS",
        "Description": "Simulated BIOS",
        "Manufacturer": "Simulated",
        "Name": "Simulated BIOS",
        "PrimaryBIOS": True,
        "ReleaseDate": datetime(2008, 2, 1, tzinfo=UTC),
        "SerialNumber": f"SIM-{machine.computer_name}",
        "SMBIOSBIOSVersion": "1.00",
        "SMBIOSPresent": True,
        "SoftwareElementID": "Simulated BIOS",
        "SoftwareElementState": 3,
        "Status": "OK",
        "TargetOperatingSystem": 0,
        "Version": "SIM  - 1",
    }


def battery(machine: Machine, token: Token) -> Iterator[Row]:
    """One row on a laptop, none elsewhere. BatteryStatus: 2 on mains, 1 discharging."""
    source = machine.power_source
    if source.has_battery:
        yield {
            "Availability": 2,
            "BatteryStatus": 2 if source.on_mains else 1,
            "Caption": "Internal Battery",
            "Chemistry": 6,
            "CreationClassName": "Win32_Battery",
            "Description": "Internal Battery",
            "DesignVoltage": 12400,
            "DeviceID": "SIM0 battery",
            "EstimatedChargeRemaining": source.charge_percent,
            "EstimatedRunTime": 71582788 if source.on_mains else 110,
            "Name": "sim battery",
            "PowerManagementCapabilities": [1],
            "PowerManagementSupported": False,
            "Status": "OK",
            "SystemName": machine.computer_name,
            **_SYSTEM_CLASS,
        }


def time_zone(machine: Machine, token: Token) -> Iterator[Row]:
    """A zone without summer time, unless the profile's `time_zone` says more. Its rules do not move the clock."""
    changes = ("Day", "DayOfWeek", "Hour", "Millisecond", "Minute", "Month", "Second", "Year")
    yield {
        **{f"{season}{part}": 0 for season in ("Daylight", "Standard") for part in changes},
        "Bias": machine.profile.time_zone_minutes,
        "Caption": "(GMT) Simulated",
        "DaylightBias": 0,
        "DaylightName": "Simulated Daylight Time",
        "Description": "(GMT) Simulated",
        "SettingID": "",
        "StandardBias": 0,
        "StandardName": "Simulated Standard Time",
        **machine.profile.time_zone,
    }


def logical_disk(machine: Machine, token: Token) -> Iterator[Row]:
    for drive in machine.files.drives.values():
        fixed = drive.drive_type == 3
        yield {
            "Access": 0 if fixed else None,
            "Caption": drive.letter,
            "Compressed": False if fixed else None,
            "CreationClassName": "Win32_LogicalDisk",
            "Description": {3: "Local Fixed Disk", 5: "CD-ROM Disc", 4: "Network Connection"}.get(
                drive.drive_type, "Removable Disk"
            ),
            "DeviceID": drive.letter,
            "DriveType": drive.drive_type,
            "FileSystem": drive.file_system or None,
            "FreeSpace": machine.files.free_space(drive.letter) if fixed else None,
            "MaximumComponentLength": 255 if fixed else None,
            "MediaType": {3: 12, 5: 11}.get(drive.drive_type),
            "Name": drive.letter,
            "QuotasDisabled": True if fixed else None,
            "Size": drive.size if fixed else None,
            "SupportsDiskQuotas": fixed,
            "SupportsFileBasedCompression": fixed,
            "SystemName": machine.computer_name,
            "VolumeDirty": False if fixed else None,
            "VolumeName": drive.label if fixed else None,
            "VolumeSerialNumber": drive.serial if fixed else None,
            **_SYSTEM_CLASS,
        }


def environment(machine: Machine, token: Token) -> Iterator[Row]:
    key = machine.registry.key("HKLM", locations.ENVIRONMENT)
    for value in key.values if key else []:
        if value.type in (RegType.SZ, RegType.EXPAND_SZ):
            caption = f"<SYSTEM>\\{value.name}"
            yield {
                "Caption": caption,
                "Description": caption,
                "Name": value.name,
                "Status": "OK",
                "SystemVariable": True,
                "UserName": "<SYSTEM>",
                "VariableValue": value.data,
            }
