# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in: run a command line on a machine, in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import launch
from winhost.cmd.interpreter import Cmd
from winhost.cmd.session import Session, StdIO, default_environment
from winhost.cmd.streams import ShellIn, ShellOut, Stream
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.machine.machine import Machine


async def run_command(machine: Machine, session: Session, command_line: str, io: StdIO) -> int:
    """Run a command line as the shell does (`cmd /c`), and give its exit code (it may be negative).

    Cancelling the task ends the command and every program it waits for; what `start` left running ends with
    Session.kill_children.
    """
    cmd = _new(machine, session, io)
    try:
        launch.start_cmd(cmd, cmd, command_line)
    except (Win32Error, launch.OverQuotaError) as error:
        code = error.code if isinstance(error, Win32Error) else 8
        await cmd.err(cmd.system_text(code))
        return code
    code = 1
    try:
        code = await cmd.run_line(command_line)
    except Win32Error as error:
        code = error.code
        await cmd.err(cmd.system_text(code))
    finally:
        machine.processes.end(cmd.pid, code)
    return code


async def run_program(machine: Machine, session: Session, command_line: str, io: StdIO) -> int:
    """Run a program without cmd.exe (WINRS_SKIP_CMD_SHELL): no internal commands, operators or variables."""
    cmd = _new(machine, session, io)
    name, arguments = launch.split_command(command_line, frozenset())
    found = launch.find(cmd, name)
    if found is None or not found.lower().endswith(".exe"):
        await cmd.err(cmd.system_text(2))
        return 2
    return await launch.run_program(cmd, found, name, arguments, wait=True)


def _new(machine: Machine, session: Session, io: StdIO) -> Cmd:
    environment = default_environment(machine, session.token)
    for name, value in session.environment.items():
        environment[name] = value
    directory = session.current_directory
    if not directory:
        wanted = "C:\\Windows\\system32" if session.token.system else environment.get("USERPROFILE") or "C:\\"
        directory = wanted if machine.files.is_dir(wanted) else "C:\\"
    handles: dict[int, Stream] = {0: ShellIn(io), 1: ShellOut(io), 2: ShellOut(io, error=True)}
    return Cmd(machine, session, environment, directory, handles)
