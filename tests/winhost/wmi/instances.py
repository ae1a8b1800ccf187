# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services, drivers, updates, events, processes and file security as WMI instances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from winhost.machine.cbs_keys import filetime
from winhost.machine.errors import Win32Error
from winhost.wmi.system import Row, local_time
from winhost.wql import And, Comparison, Condition, Or

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine
    from winhost.machine.services import Service

_EVENT_TYPES = {1: "Error", 2: "Warning", 3: "Information", 4: "Audit Success", 5: "Audit Failure"}


def system_driver(machine: Machine, token: Token) -> Iterator[Row]:
    for service in machine.services.all():
        if service.driver:
            yield _service(machine, service, "Win32_SystemDriver")


def service(machine: Machine, token: Token) -> Iterator[Row]:
    for item in machine.services.all():
        if not item.driver:
            yield {
                **_service(machine, item, "Win32_Service"),
                "ProcessId": item.process_id,
                "CheckPoint": 0,
                "WaitHint": 0,
            }


def _service(machine: Machine, item: Service, class_name: str) -> Row:
    return {
        "AcceptPause": False,
        "AcceptStop": item.state == "Running" and item.accept_stop,
        "Caption": item.display_name,
        "CreationClassName": class_name,
        "Description": item.description or item.display_name,
        "DesktopInteract": False,
        "DisplayName": item.display_name,
        "ErrorControl": item.error_control,
        "ExitCode": item.exit_code if item.started else 1077,
        "Name": item.name,
        "PathName": item.path_name,
        "ServiceSpecificExitCode": 0,
        "ServiceType": item.kind,
        "Started": item.started,
        "StartMode": item.start_mode,
        "StartName": item.account or None,
        "State": item.state,
        "Status": "OK",
        "SystemCreationClassName": "Win32_ComputerSystem",
        "SystemName": machine.computer_name,
        "TagId": 0,
    }


def quick_fix(machine: Machine, token: Token) -> Iterator[Row]:
    """One row for each update package that is installed, or was superseded."""
    for update in machine.cbs.listed_updates():
        yield {
            "Caption": f"http://support.microsoft.com/?kbid={update.kb.removeprefix('KB')}",
            "CSName": machine.computer_name,
            "Description": "Update",
            "FixComments": "",
            "HotFixID": update.kb,
            "InstalledBy": "NT AUTHORITY\\SYSTEM",
            "InstalledOn": _installed_on(machine, update.installed),
            "ServicePackInEffect": "",
        }


def _installed_on(machine: Machine, when: datetime) -> str:
    form = machine.doubt["qfe_installed_on"]
    if form == "filetime_hex":
        return f"{filetime(when):016x}"
    return f"{when.month}/{when.day}/{when.year}" if form == "date" else ""


def nt_log_event(machine: Machine, token: Token) -> Iterator[Row]:
    for event in machine.events.all():
        when = local_time(machine, event.time.replace(microsecond=0))
        yield {
            "Category": 0,
            "CategoryString": None,
            "ComputerName": machine.computer_name,
            "Data": None,
            "EventCode": event.code,
            "EventIdentifier": event.code | (0xC0000000 if event.event_type == 1 else 0),
            "EventType": event.event_type,
            "InsertionStrings": list(event.strings) or None,
            "Logfile": event.log,
            "Message": event.message or None,
            "RecordNumber": event.record,
            "SourceName": event.source,
            "TimeGenerated": when,
            "TimeWritten": when,
            "Type": _EVENT_TYPES.get(event.event_type, "Information"),
            "User": None,
        }


def process(machine: Machine, token: Token) -> Iterator[Row]:
    yield {
        "Caption": "System Idle Process",
        "CreationClassName": "Win32_Process",
        "CSName": machine.computer_name,
        "Description": "System Idle Process",
        "Handle": "0",
        "Name": "System Idle Process",
        "ParentProcessId": 0,
        "ProcessId": 0,
        "SessionId": 0,
        "ThreadCount": 2,
        "Priority": 0,
    }
    for item in machine.processes.listed(token):
        path = item.command_line.partition(" -k")[0] if "\\" in item.command_line else None
        yield {
            "Caption": item.image,
            "CommandLine": item.command_line or None,
            "CreationClassName": "Win32_Process",
            "CreationDate": local_time(machine, item.created),
            "CSCreationClassName": "Win32_ComputerSystem",
            "CSName": machine.computer_name,
            "Description": item.image,
            "ExecutablePath": path,
            "Handle": str(item.pid),
            "HandleCount": 60,
            "Name": item.image,
            "OSCreationClassName": "Win32_OperatingSystem",
            "OSName": machine.profile.caption,
            "ParentProcessId": item.parent,
            "Priority": 8,
            "ProcessId": item.pid,
            "SessionId": 0,
            "ThreadCount": 4,
            "WindowsVersion": machine.profile.version,
            "WorkingSetSize": item.working_set,
            "PageFileUsage": item.working_set // 1024,
            "PeakWorkingSetSize": item.working_set // 1024,
            "VirtualSize": item.working_set * 8,
        }


def file_security(machine: Machine, token: Token, where: Condition | None) -> Iterator[Row]:
    """Only by its key: a path. (The real provider walks the whole disk otherwise; here that finds nothing.)"""
    for path in sorted(_paths(where)):
        try:
            real = machine.files.resolve(path, last=False)
        except Win32Error:
            continue
        if machine.files.get(real, follow=False) is not None:
            yield {
                "Caption": f"Security settings of {real.lower()}",
                "ControlFlags": 0x8004,
                "Description": f"Security settings for {real.lower()}",
                "OwnerPermissions": False,
                "Path": real.lower(),
            }


def _paths(where: Condition | None) -> set[str]:
    if isinstance(where, Comparison) and where.operator == "=" and where.name.casefold() == "path":
        return {str(where.value)}
    if isinstance(where, And | Or):
        return {path for part in where.parts for path in _paths(part)}
    return set()


def sid(machine: Machine, token: Token, where: Condition | None) -> Iterator[Row]:
    """Only by its key: a SID."""
    if isinstance(where, Comparison) and where.operator == "=" and where.name.casefold() == "sid":
        known = machine.accounts.name_of(str(where.value))
        if known is not None:
            yield {"AccountName": known[1], "ReferencedDomainName": known[0], "SID": str(where.value), "SidLength": 16}
