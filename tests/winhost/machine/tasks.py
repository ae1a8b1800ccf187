# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task scheduler: registered tasks, their running instances, triggers, and the rules about batteries."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from winhost.machine import launching, locations, security
from winhost.machine.accounts import SYSTEM_TOKEN, Token
from winhost.machine.errors import Win32Error
from winhost.machine.task_xml import Definition, TaskError, parse_task

if TYPE_CHECKING:
    from winhost.machine.machine import Machine

__all__ = ["Task", "TaskError", "TaskScheduler"]

FILE_NOT_FOUND = 0x80070002
ACCESS_DENIED = 0x80070005
ALREADY_EXISTS = 0x800700B7
INVALID_NAME = 0x8007007B
NOT_RUNNING = 0x8004130B
SERVICE_NOT_RUNNING = 0x80041315
TASK_DISABLED = 0x80041326
START_ON_DEMAND = 0x80041328
UNKNOWN_ACCOUNT = 0x80070534
HAS_NOT_RUN = 0x41303
TERMINATED = 0x41306
IS_RUNNING = 0x41301
_FOLDER = r"C:\Windows\System32\Tasks"
_TREE = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree"
_POLL_SECONDS = 5.0


@dataclass
class Task:
    """A registered task. ``last_result`` is an exit code or a code of the scheduler (0x41303: it has not run yet)."""

    name: str  # with the leading backslash
    xml: str
    definition: Definition
    token: Token
    author: str
    last_run: datetime | None = None
    last_result: int = HAS_NOT_RUN
    runs: int = 0
    enabled: bool = True
    instances: list[asyncio.Task[None]] = field(default_factory=list)
    queued: int = 0

    @property
    def state(self) -> str:
        """``Running``, ``Queued``, ``Disabled`` or ``Ready``."""
        if self.instances:
            return "Running"
        return "Queued" if self.queued else "Ready" if self.enabled else "Disabled"


class TaskScheduler:
    """The service named Schedule."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._tasks: dict[str, Task] = {}
        self._looked = machine.clock.now()
        self._watcher: asyncio.Task[None] | None = None
        machine.power_source.on_unplugged.append(self._unplugged)
        machine.power.on_listening.append(self._booted)

    def register(self, name: str, xml: bytes | str, token: Token, *, replace: bool = False) -> Task:
        """As schtasks /create /xml.

        TaskError: 0x800700B7 exists already, 0x80070005, 0x80041315 service off, or what is wrong with the XML.
        """
        self._service()
        full = _full(name)
        zone = timezone(timedelta(minutes=self._machine.profile.time_zone_minutes))
        definition = parse_task(xml, build=self._machine.profile.build, zone=zone)
        if full.casefold() in self._tasks and not replace:
            raise TaskError(ALREADY_EXISTS, full)
        runs_as = self._token(definition, token)
        if not token.administrator and (runs_as.system or runs_as.sid != token.sid):
            raise TaskError(ACCESS_DENIED, full)
        existing = self._tasks.get(full.casefold())
        if existing is not None:
            self._may_change(existing, token)
        text = xml if isinstance(xml, str) else _decode(xml)
        task = Task(full, text, definition, runs_as, token.account, enabled=definition.enabled)
        self._tasks[full.casefold()] = task
        self._store(task)
        if any(trigger.kind == "RegistrationTrigger" and trigger.enabled for trigger in definition.triggers):
            self._start(task)
        if definition.triggers:
            self._watch()
        return task

    def get(self, name: str) -> Task | None:
        return self._tasks.get(_full(name).casefold())

    def all(self) -> list[Task]:
        return sorted(self._tasks.values(), key=lambda task: task.name.casefold())

    def run(self, name: str, token: Token) -> bool:
        """As schtasks /run: True when an instance was started.

        A machine on its battery may refuse in silence (False), as Windows does.
        """
        task = self._find(name, token)
        if not task.enabled:
            raise TaskError(TASK_DISABLED, task.name)
        if not task.definition.on_demand:
            raise TaskError(START_ON_DEMAND, task.name)
        return self._start(task)

    def end(self, name: str, token: Token) -> None:
        """As schtasks /end: every instance is terminated."""
        task = self._find(name, token)
        if not task.instances:
            raise TaskError(NOT_RUNNING, task.name)
        self._stop(task)

    def delete(self, name: str, token: Token) -> None:
        """As schtasks /delete: instances that run go on."""
        task = self._find(name, token)
        del self._tasks[task.name.casefold()]
        self._machine.registry.delete("HKLM", _TREE + task.name, recursive=True)
        try:
            self._machine.files.delete(_FOLDER + task.name)
        except Win32Error:
            return  # somebody removed the file before

    def enable(self, name: str, token: Token, *, enabled: bool) -> None:
        """As schtasks /change /enable or /disable."""
        self._find(name, token).enabled = enabled

    def machine_stops(self) -> None:
        """The shutdown kills every instance."""
        for task in self._tasks.values():
            task.queued = 0
            self._stop(task)
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    # -- within ----------------------------------------------------------------------------------------------------

    def _service(self) -> None:
        if not self._machine.services.running("Schedule"):
            raise TaskError(SERVICE_NOT_RUNNING, "the service Schedule is not running")

    def _find(self, name: str, token: Token) -> Task:
        self._service()
        task = self.get(name)
        if task is None:
            raise TaskError(FILE_NOT_FOUND, name)
        self._may_change(task, token)
        return task

    def _may_change(self, task: Task, token: Token) -> None:
        if not token.administrator and task.token.sid != token.sid:
            raise TaskError(ACCESS_DENIED, task.name)

    def _token(self, definition: Definition, caller: Token) -> Token:
        user = definition.user
        if not user:
            return caller
        sid = self._machine.accounts.sid_of(user)
        if sid == security.SYSTEM:
            return SYSTEM_TOKEN
        account = next((item for item in self._machine.accounts.users if item.sid == sid), None)
        if account is None:
            raise TaskError(UNKNOWN_ACCOUNT, user)
        return self._machine.accounts.token(account, "batch")

    def _start(self, task: Task) -> bool:
        definition = task.definition
        if definition.disallow_start_on_batteries and self._machine.power_source.on_battery:
            self._event(101, f"{task.name} was not started: the computer is running on batteries")
            return False
        if task.instances and definition.instances == "IgnoreNew":
            self._event(322, f"{task.name} is running already")
            return False
        if task.instances and definition.instances == "Queue":
            task.queued += 1
            return False
        if task.instances and definition.instances == "StopExisting":
            self._stop(task)
        task.last_run = self._machine.clock.now()
        task.last_result = IS_RUNNING
        task.runs += 1
        instance = asyncio.get_running_loop().create_task(self._execute(task))
        task.instances.append(instance)
        instance.add_done_callback(lambda done: self._ended(task, done))
        return True

    async def _execute(self, task: Task) -> None:
        definition = task.definition
        work = asyncio.ensure_future(self._actions(task))
        try:
            if definition.time_limit:
                limit = asyncio.ensure_future(self._machine.clock.sleep(definition.time_limit))
                await asyncio.wait((work, limit), return_when=asyncio.FIRST_COMPLETED)
                limit.cancel()
            else:
                await asyncio.wait((work,))
            task.last_result = work.result() & 0xFFFFFFFF if work.done() else TERMINATED
        except asyncio.CancelledError:
            task.last_result = TERMINATED
            raise
        finally:
            work.cancel()

    async def _actions(self, task: Task) -> int:
        code = 0
        for action in task.definition.actions:
            command = locations.expand(action.command.strip('"'), self._machine.environment(task.token))
            line = f'"{command}" {action.arguments}'.rstrip()
            if launching.find_program(self._machine, line) is None:
                return FILE_NOT_FOUND
            code = await launching.run_command_line(
                self._machine, task.token, line, action.directory or r"C:\Windows\system32"
            )
        return code

    def _ended(self, task: Task, instance: asyncio.Task[None]) -> None:
        if instance in task.instances:
            task.instances.remove(instance)
        if not instance.cancelled() and instance.exception() is not None:
            task.last_result = 0x8007001F  # the program could not be run at all
        if task.queued and not instance.cancelled():
            task.queued -= 1
            self._start(task)

    def _stop(self, task: Task) -> None:
        for instance in task.instances:
            instance.cancel()
        if task.instances:
            task.last_result = TERMINATED
        task.instances = []

    def _unplugged(self) -> None:
        for task in self._tasks.values():
            if task.definition.stop_on_batteries and task.instances:
                self._event(330, f"{task.name} was stopped: the computer is running on batteries")
                self._stop(task)

    def _booted(self) -> None:
        for task in list(self._tasks.values()):
            if task.enabled and any(
                trigger.kind == "BootTrigger" and trigger.enabled for trigger in task.definition.triggers
            ):
                self._start(task)
        if any(task.definition.triggers for task in self._tasks.values()):
            self._watch()

    def _watch(self) -> None:
        if self._watcher is None or self._watcher.done():
            self._looked = self._machine.clock.now()
            self._watcher = asyncio.get_running_loop().create_task(self._watch_clock())

    async def _watch_clock(self) -> None:
        """Start what the wall clock makes due. A clock that is put back makes a task due again, `/sc once` too."""
        while any(task.definition.triggers for task in self._tasks.values()):
            await self._machine.clock.sleep(_POLL_SECONDS)
            now, before = self._machine.clock.now(), self._looked
            self._looked = now
            for task in list(self._tasks.values()):
                times = [
                    trigger.start
                    for trigger in task.definition.triggers
                    if trigger.enabled and trigger.kind in ("TimeTrigger", "CalendarTrigger")
                ]
                if task.enabled and any(start is not None and before < start <= now for start in times):
                    self._start(task)
                ends = [trigger.end for trigger in task.definition.triggers if trigger.end]
                if (
                    task.definition.delete_after is not None
                    and ends
                    and max(ends) + timedelta(seconds=task.definition.delete_after) <= now
                ):
                    self.delete(task.name, SYSTEM_TOKEN)

    def _store(self, task: Task) -> None:
        files = self._machine.files
        folder = _FOLDER
        for part in task.name.strip("\\").split("\\")[:-1]:
            folder += "\\" + part
            if not files.is_dir(folder):
                files.mkdir(folder)
        files.write(_FOLDER + task.name, task.xml.encode("utf-16"))
        files.set_security(_FOLDER + task.name, security.from_sddl("O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"))
        self._machine.registry.set(
            "HKLM",
            _TREE + task.name,
            "Id",
            "{00000000-0000-0000-0000-" + f"{zlib.crc32(task.name.encode()):012d}" + "}",
        )

    def _event(self, code: int, message: str) -> None:
        self._machine.events.write(
            "Microsoft-Windows-TaskScheduler",
            code,
            log="Microsoft-Windows-TaskScheduler/Operational",
            event_type=2,
            message=message,
        )


def _full(name: str) -> str:
    cleaned = name.strip().strip("\\")
    if not cleaned or any(char in cleaned for char in '/:*?"<>|'):
        raise TaskError(INVALID_NAME, name)
    return "\\" + cleaned


def _decode(xml: bytes) -> str:
    encoding = "utf-16" if xml.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return xml.decode(encoding, "replace")
