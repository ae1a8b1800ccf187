# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running command lines outside a shell: scheduled tasks and Win32_Process.Create. The cmd room executes them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from winhost.machine import errors, locations, paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

_KEPT: set[asyncio.Task[None]] = set()
_EXTENSIONS = ("", ".exe", ".com", ".cmd", ".bat")


class NoIO:
    """Streams of a program that nobody listens to: stdin is at its end, what is written goes nowhere."""

    async def read(self, size: int) -> bytes:
        return b""

    async def read_line(self) -> bytes:
        return b""

    def write_out(self, data: bytes) -> None:
        """Nobody reads it."""

    def write_err(self, data: bytes) -> None:
        """Nobody reads it."""


async def run_command_line(
    machine: Machine, token: Token, command_line: str, directory: str = "C:\\Windows\\system32"
) -> int:
    """Execute a command line as this user with no console; its exit code."""
    from winhost.cmd import Session, run_program

    program = find_program(machine, command_line)
    if program is None:
        return errors.FILE_NOT_FOUND
    # CreateProcess gives a batch file to cmd.exe.
    line = (
        command_line
        if program.lower().endswith((".exe", ".com"))
        else f'C:\\Windows\\system32\\cmd.exe /c "{command_line}"'
    )
    session = Session(token=token, current_directory=directory, code_page=machine.code_page)
    try:
        return await run_program(machine, session, line, NoIO())
    finally:
        session.kill_children()


def find_program(machine: Machine, command_line: str) -> str | None:
    """The file that CreateProcess would run.

    The first word (or quoted part), on the path, ``.exe`` added if need be.
    """
    line = command_line.strip()
    first = line[1:].partition('"')[0] if line.startswith('"') else line.split()[0]
    first = locations.expand(first, machine.environment())
    folders = [""] if "\\" in first or ":" in first else ["C:\\Windows\\System32\\", "C:\\Windows\\"]
    for folder in folders:
        for extension in _EXTENSIONS:
            try:
                path = paths.normalise(folder + first + extension)
            except Win32Error:
                return None
            node = machine.files.get(path)
            if node is not None and not node.directory:
                return path
    return None


def keep(machine: Machine, task: asyncio.Task[None]) -> None:
    """Hold a reference until the task is done; the machine's shutdown ends it."""
    _KEPT.add(task)

    def stop() -> None:
        task.cancel()

    def forget(done: asyncio.Task[None]) -> None:
        _KEPT.discard(done)
        if stop in machine.power.on_shutdown:
            machine.power.on_shutdown.remove(stop)

    machine.power.on_shutdown.append(stop)
    task.add_done_callback(forget)
