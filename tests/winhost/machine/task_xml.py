# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a task's XML (Task Scheduler schema) strictly, with the schema's defaults for what is absent."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
UNEXPECTED_NODE = 0x80041316
WRONG_NAMESPACE = 0x80041317
INVALID_VALUE = 0x80041318
MISSING_NODE = 0x80041319
MALFORMED = 0x8004131A

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_TOP = {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions", "Data"}
_SETTINGS = {
    "AllowStartOnDemand",
    "RestartOnFailure",
    "MultipleInstancesPolicy",
    "DisallowStartIfOnBatteries",
    "StopIfGoingOnBatteries",
    "AllowHardTerminate",
    "StartWhenAvailable",
    "NetworkProfileName",
    "RunOnlyIfNetworkAvailable",
    "WakeToRun",
    "Enabled",
    "Hidden",
    "DeleteExpiredTaskAfter",
    "IdleSettings",
    "NetworkSettings",
    "ExecutionTimeLimit",
    "Priority",
    "RunOnlyIfIdle",
}
_SETTINGS_13 = {"DisallowStartOnRemoteAppSession", "UseUnifiedSchedulingEngine", "MaintenanceSettings", "Volatile"}
_POLICIES = ("IgnoreNew", "Parallel", "Queue", "StopExisting")
_TRIGGERS = {
    "TimeTrigger",
    "CalendarTrigger",
    "BootTrigger",
    "RegistrationTrigger",
    "LogonTrigger",
    "IdleTrigger",
    "EventTrigger",
    "SessionStateChangeTrigger",
}


class TaskError(Exception):
    """A call of the scheduler failed; ``code`` is an HRESULT (unsigned)."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(f"0x{code:08X}: {what}")
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a task starts by itself. ``kind`` is the element's name."""

    kind: str
    start: datetime | None = None
    end: datetime | None = None
    enabled: bool = True
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Action:
    """A program to run."""

    command: str
    arguments: str = ""
    directory: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A task as its XML says, completed by the defaults of version 2.0 of the scheduler."""

    actions: tuple[Action, ...]
    triggers: tuple[Trigger, ...] = ()
    user: str = ""  # a SID or an account's name; empty: who registers it
    highest: bool = False
    disallow_start_on_batteries: bool = True
    stop_on_batteries: bool = True
    instances: str = "IgnoreNew"
    time_limit: float = 72 * 3600.0  # seconds; 0: none
    on_demand: bool = True
    enabled: bool = True
    start_when_available: bool = False
    delete_after: float | None = None


def parse_task(xml: bytes | str, *, build: int, zone: tzinfo) -> Definition:
    """Read it as the scheduler of this build does. TaskError with the scheduler's code when it refuses."""
    try:
        root = ET.fromstring(xml)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise TaskError(MALFORMED, str(error)) from error
    space, _unused, name = root.tag.rpartition("}")
    if name != "Task" or space[1:] != NAMESPACE:
        raise TaskError(WRONG_NAMESPACE, root.tag)
    newest = 2 if build < 7600 else 4
    version = root.get("version", "1.2")
    if version not in {f"1.{minor}" for minor in range(1, newest + 1)}:
        raise TaskError(INVALID_VALUE, f"version {version}")
    parts = {}
    for child in root:
        word = _local(child)
        if word not in _TOP:
            raise TaskError(UNEXPECTED_NODE, word)
        parts[word] = child
    if "Actions" not in parts or not len(parts["Actions"]):
        raise TaskError(MISSING_NODE, "Actions")
    settings = _settings(parts.get("Settings"), build)
    user, highest = _principal(parts.get("Principals"))
    delete_after = _duration(settings["DeleteExpiredTaskAfter"]) if "DeleteExpiredTaskAfter" in settings else None
    triggers = tuple(_trigger(child, zone) for child in parts.get("Triggers", ()))
    if delete_after is not None and not any(trigger.end for trigger in triggers):
        raise TaskError(MISSING_NODE, "EndBoundary")
    policy = settings.get("MultipleInstancesPolicy", "IgnoreNew")
    if policy not in _POLICIES:
        raise TaskError(INVALID_VALUE, policy)
    return Definition(
        tuple(_action(child) for child in parts["Actions"]),
        triggers,
        user,
        highest,
        _flag(settings, "DisallowStartIfOnBatteries", default=True),
        _flag(settings, "StopIfGoingOnBatteries", default=True),
        policy,
        _duration(settings.get("ExecutionTimeLimit", "PT72H")),
        _flag(settings, "AllowStartOnDemand", default=True),
        _flag(settings, "Enabled", default=True),
        _flag(settings, "StartWhenAvailable", default=False),
        delete_after,
    )


def _settings(element: ET.Element | None, build: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element if element is not None else ():
        word = _local(child)
        if word not in _SETTINGS and (build < 7600 or word not in _SETTINGS_13):
            raise TaskError(UNEXPECTED_NODE, word)
        found[word] = (child.text or "").strip()
    return found


def _principal(element: ET.Element | None) -> tuple[str, bool]:
    if element is None or not len(element):
        return "", False
    principal = element[0]
    values = {_local(child): (child.text or "").strip() for child in principal}
    return values.get("UserId") or values.get("GroupId", ""), values.get("RunLevel") == "HighestAvailable"


def _trigger(element: ET.Element, zone: tzinfo) -> Trigger:
    kind = _local(element)
    if kind not in _TRIGGERS:
        raise TaskError(UNEXPECTED_NODE, kind)
    values = {_local(child): (child.text or "").strip() for child in element}
    if kind in ("TimeTrigger", "CalendarTrigger") and "StartBoundary" not in values:
        raise TaskError(MISSING_NODE, "StartBoundary")
    return Trigger(
        kind,
        _moment(values.get("StartBoundary"), zone),
        _moment(values.get("EndBoundary"), zone),
        _flag(values, "Enabled", default=True),
        _duration(values.get("Delay", "PT0S")),
    )


def _action(element: ET.Element) -> Action:
    if _local(element) != "Exec":
        raise TaskError(UNEXPECTED_NODE, _local(element))
    values = {_local(child): (child.text or "").strip() for child in element}
    if not values.get("Command"):
        raise TaskError(MISSING_NODE, "Command")
    return Action(values["Command"], values.get("Arguments", ""), values.get("WorkingDirectory", ""))


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TaskError(INVALID_VALUE, text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None or text in ("P", "PT") or text.endswith("T"):
        raise TaskError(INVALID_VALUE, text)
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[:5])
    whole = timedelta(days=years * 365 + months * 30 + days, hours=hours, minutes=minutes, seconds=float(match[6] or 0))
    return whole.total_seconds()


def _flag(values: dict[str, str], name: str, *, default: bool) -> bool:
    text = values.get(name)
    if text is None:
        return default
    if text not in ("true", "false", "1", "0"):
        raise TaskError(INVALID_VALUE, f"{name}={text}")
    return text in ("true", "1")


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
