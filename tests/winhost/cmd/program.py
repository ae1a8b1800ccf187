# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs: what a process of one has at hand, how it is run, and the table of those that exist."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from winhost.cmd import launch, pathing
from winhost.cmd.arguments import crt_split
from winhost.machine.errors import Win32Error
from winhost.machine.machine import Machine

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd
    from winhost.cmd.session import Session
    from winhost.cmd.streams import Stream
    from winhost.machine.processes import Process

VISTA, VISTA_SP1, SEVEN, EIGHT = 6000, 6001, 7600, 9200


@dataclass(frozen=True)
class Program:
    """An executable in System32. since is the first build that has it; megabytes is what it takes at its start."""

    main: Callable[[Run], Awaitable[int]]
    megabytes: int = 4
    gui: bool = False
    since: int = 0


PROGRAMS: dict[str, Program] = {}
COM_FILES = frozenset({"chcp", "more", "tree"})


def program(
    *names: str, megabytes: int = 4, gui: bool = False, since: int = 0
) -> Callable[[Callable[[Run], Awaitable[int]]], Callable[[Run], Awaitable[int]]]:
    """Enter a coroutine function into the table of programs."""

    def enter(main: Callable[[Run], Awaitable[int]]) -> Callable[[Run], Awaitable[int]]:
        for name in names:
            PROGRAMS[name] = Program(main, megabytes, gui, since)
        return main

    return enter


class Run:
    """One process of a program."""

    def __init__(self, cmd: Cmd, program: Program, path: str, name: str, arguments: str) -> None:
        self.parent = cmd
        self.cmd = cmd.child()
        self.cmd.pid = cmd.pid
        self.program = program
        self.path = path
        self.name = name
        self.arguments = arguments
        self.argv = crt_split(arguments)
        self.process: Process | None = None

    @property
    def machine(self) -> Machine:
        return self.cmd.machine

    @property
    def session(self) -> Session:
        return self.cmd.session

    @property
    def language(self) -> str:
        return self.machine.language

    @property
    def stdin(self) -> Stream:
        return self.cmd.handles[0]

    async def out(self, line: str = "", end: str = "\r\n") -> None:
        await self.cmd.out(line, end)

    async def err(self, line: str = "", end: str = "\r\n") -> None:
        await self.cmd.err(line, end)

    def expand(self, text: str) -> str:
        """Replace %NAME% by the process's environment; an unknown name stays."""
        return re.sub(r"%([^%]+)%", lambda match: self.cmd.environment.get(match[1]) or match[0], text)

    async def out_bytes(self, data: bytes) -> None:
        await self.cmd.handles[1].write(data)

    def pick(self, english: str, german: str, japanese: str) -> str:
        """The wording for this machine's language."""
        return {"de": german, "ja": japanese}.get(self.language[:2].lower(), english)

    def system_text(self, code: int) -> str:
        return self.cmd.system_text(code)

    def full(self, name: str) -> str:
        return pathing.full(self.cmd, name)

    def read(self, name: str) -> bytes:
        return self.machine.files.read(self.full(name), self.session.token)

    def write(self, name: str, data: bytes) -> None:
        self.machine.files.write(self.full(name), data, self.session.token)

    def allocate(self, size: int) -> None:
        """Take so many bytes more; the shell's memory limit may end the process (OverQuotaError)."""
        if self.process is None:
            return
        self.process.working_set += size
        limit = self.session.memory_limit_mb
        if limit and self.machine.processes.job_memory(self.session.job) > limit << 20:
            raise launch.OverQuotaError


_RUNNING: WeakKeyDictionary[Machine, dict[int, asyncio.Task[int]]] = WeakKeyDictionary()


def kill(machine: Machine, pid: int) -> None:
    """End a process from outside (taskkill): its program stops wherever it is, with exit code 1."""
    task = _RUNNING.get(machine, {}).pop(pid, None)
    if task is not None:
        task.cancel()
    machine.processes.end(pid, 1)


async def _main(run: Run, pid: int) -> int:
    """The program's own task, so that it can be ended without the cmd.exe that waits for it."""
    running = _RUNNING.setdefault(run.machine, {})
    task: asyncio.Task[int] = asyncio.ensure_future(run.program.main(run))
    running[pid] = task
    try:
        return await task
    except asyncio.CancelledError:
        if pid not in running:
            return 1  # ended by taskkill
        task.cancel()
        raise
    finally:
        running.pop(pid, None)


async def execute(run: Run) -> int:
    """Run a program to its end, within the shell's quotas; gives its exit code."""
    cmd = run.cmd
    line = f'"{run.path}"{run.arguments}' if '"' in run.name else f"{run.name}{run.arguments}"
    try:
        run.process = launch.start_process(cmd, run.path.rpartition("\\")[2], line.strip(), run.program.megabytes)
    except launch.OverQuotaError:
        await cmd.err(cmd.system_text(8))
        return launch.OUT_OF_MEMORY
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return error.code
    cmd.pid = run.process.pid
    code = 1
    try:
        if run.machine.tool(run.path.rpartition("\\")[2]) == "empty":
            code = 0
        else:
            code = await _main(run, run.process.pid)
    except launch.OverQuotaError:
        await cmd.err(cmd.system_text(8))
        code = launch.OUT_OF_MEMORY
    except Win32Error as error:
        if error.code == 109:
            raise
        await cmd.err(cmd.system_text(error.code))
        code = 1
    finally:
        run.machine.processes.end(run.process.pid, code)
    return code
