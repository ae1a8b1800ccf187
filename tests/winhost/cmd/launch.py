# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and starting what a command names: an internal command, a batch file, a program; with the shell's quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import batch, pathing
from winhost.cmd.control import Chain
from winhost.cmd.cursor import DELIMITERS
from winhost.machine import errors, paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd
    from winhost.machine.processes import Process

NOT_ENOUGH_QUOTA = 1816
NOT_RECOGNISED = 9009
OUT_OF_MEMORY = -1073741801  # STATUS_NO_MEMORY
SYSTEM32 = "c:\\windows\\system32"
WBEM = SYSTEM32 + "\\wbem"
_IN_WBEM = frozenset({"wmic"})
_BATCH = (".bat", ".cmd")
# Return codes of these do not reach the errorlevel when all is well; those in the second set not even when it is not.
KEEPS_ERRORLEVEL = frozenset(
    [
        "break",
        "cls",
        "echo",
        "endlocal",
        "for",
        "goto",
        "if",
        "keys",
        "pause",
        "popd",
        "rd",
        "rmdir",
        "rem",
        "shift",
        "start",
        "title",
        "prompt",
        "path",
        "set",
        "assoc",
        "ftype",
        "call",
        "exit",
    ]
)
NEVER_SETS = frozenset({"rd", "rmdir"})
SET_IN_CMD_FILES = frozenset({"assoc", "dpath", "ftype", "path", "prompt", "set"})


class OverQuotaError(Exception):
    """An allocation went beyond the shell's memory: the program is ended."""


def split_command(line: str, internal: frozenset[str]) -> tuple[str, str]:
    """The command's name and the text after it (with the character that parted them)."""
    line = line.lstrip(DELIMITERS)
    quoted = False
    end = len(line)
    for index, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in DELIMITERS:
            end = index
            break
    token = line[:end]
    lowered = token.lower()
    if lowered in internal:
        return token, line[end:]
    for index, character in enumerate(token):
        if character in './\\:[]+("*?' and lowered[:index] in internal:
            if character == "." and lowered.endswith((".exe", ".com", *_BATCH)):
                continue
            return token[:index], line[index:]
    if not token.startswith('"') and "/" in token[1:] and ":" not in token[: token.index("/")]:
        cut = token.index("/", 1)
        return token[:cut], line[cut:]
    return token, line[end:]


def _check_process_limit(cmd: Cmd) -> None:
    limit = cmd.session.process_limit
    if limit and sum(1 for process in cmd.machine.processes.all() if process.job == cmd.session.job) >= limit:
        raise Win32Error(NOT_ENOUGH_QUOTA)


def start_process(cmd: Cmd, image: str, command_line: str, megabytes: int = 4) -> Process:
    """A new process within the shell's quotas. Raises Win32Error 1816, or OverQuotaError for memory."""
    _check_process_limit(cmd)
    process = cmd.machine.processes.start(
        image, command_line, cmd.session.token, parent=cmd.pid or 588, job=cmd.session.job, working_set=megabytes << 20
    )
    limit = cmd.session.memory_limit_mb
    if limit and cmd.machine.processes.job_memory(cmd.session.job) > limit << 20:
        cmd.machine.processes.end(process.pid, OUT_OF_MEMORY)
        raise OverQuotaError
    return process


def start_cmd(parent: Cmd, child: Cmd, line: str) -> None:
    """The cmd.exe process behind a child interpreter."""
    text = f'C:\\Windows\\system32\\cmd.exe /c "{line}"' if line else 'C:\\Windows\\system32\\cmd.exe /S /D /c" ... "'
    child.pid = start_process(parent, "cmd.exe", text, 3).pid
    child.command_line = text


async def run_command_text(cmd: Cmd, line: str, *, called: bool = False) -> int:
    """Run one command (no operators, all variables expanded); sets the errorlevel as that kind of command does."""
    from winhost.cmd.builtins import BUILTINS, NAMES

    if not line.strip(DELIMITERS):
        return 0
    name, arguments = split_command(line, NAMES)
    lowered = name.lower()
    if lowered in BUILTINS:
        code = await BUILTINS[lowered](cmd, arguments)
        in_cmd_file = bool(cmd.frames) and cmd.frames[-1].path.lower().endswith(".cmd")
        if code != 0 and lowered not in NEVER_SETS:
            cmd.errorlevel = code
        elif code == 0 and (lowered not in KEEPS_ERRORLEVEL or (in_cmd_file and lowered in SET_IN_CMD_FILES)):
            cmd.errorlevel = 0
        return code
    if len(name) == 2 and name[1] == ":" and not arguments.strip():
        return await _change_drive(cmd, name)
    return await run_external(cmd, name, arguments, called=called)


async def _change_drive(cmd: Cmd, drive: str) -> int:
    drive = drive.upper()
    if drive not in cmd.machine.files.drives and drive not in cmd.session.drives:
        await cmd.err(cmd.text("drive_not_found"))
        cmd.errorlevel = 1
        return 1
    cmd.drive_directories[cmd.directory[:2].upper()] = cmd.directory
    cmd.directory = cmd.drive_directories.get(drive, drive + "\\")
    return 0


async def run_external(cmd: Cmd, name: str, arguments: str, *, called: bool = False) -> int:
    """Run a batch file or a program and wait for it (a GUI program is not waited for)."""
    found = find(cmd, name)
    if found is None:
        await cmd.err(cmd.text("unknown_program", name))
        cmd.errorlevel = NOT_RECOGNISED
        return NOT_RECOGNISED
    if found.lower().endswith(_BATCH):
        code = await batch.run_file(cmd, found, name, arguments)
        if cmd.frames and not called:
            raise Chain(code)
        return code
    code = await run_program(cmd, found, name, arguments)
    cmd.errorlevel = code
    return code


async def run_program(cmd: Cmd, path: str, name: str, arguments: str, *, wait: bool = False) -> int:
    """Start an executable. A GUI program runs on by itself unless wait is asked for (a doubt: or in a script)."""
    from winhost.cmd.background import spawn
    from winhost.cmd.program import PROGRAMS, Run, execute

    stem = paths.name_of(path).lower().rpartition(".")[0]
    program = PROGRAMS.get(stem) if paths.parent_of(cmd.machine.in_windows(path)).lower() == home(stem) else None
    if program is None:
        raise Win32Error(193, path)
    run = Run(cmd, program, path, name, arguments)
    waits = {"returns_at_once": False, "waits_in_scripts": bool(cmd.frames), "waits": True}
    if program.gui and not wait and not waits[cmd.machine.doubt["gui_without_start_wait"]]:
        await spawn(cmd.session, cmd.machine, run)
        return 0
    return await execute(run)


def find(cmd: Cmd, name: str) -> str | None:
    """Where the file of a command is: by its path, else in the current directory and along PATH; None when nowhere."""
    plain = name.replace('"', "")
    extensions = [part.lower() for part in (cmd.environment.get("PATHEXT") or ".com;.exe;.bat;.cmd").split(";") if part]
    if not plain or pathing.has_wildcard(plain):
        return None
    if any(sign in plain for sign in "\\/:"):
        folder, last = pathing.split(plain)
        return _in_folder(cmd, folder, last, extensions)
    for folder in [".", *(cmd.environment.get("PATH") or "").split(";")]:
        if folder.strip():
            found = _in_folder(cmd, folder.strip().strip('"'), plain, extensions)
            if found:
                return found
    return None


def _in_folder(cmd: Cmd, folder: str, name: str, extensions: list[str]) -> str | None:
    try:
        where = pathing.full(cmd, folder)
        candidates = [name + extension for extension in extensions]
        if "." in name:
            candidates.insert(0, name)
        for candidate in candidates:
            path = paths.normalise(paths.join(where, candidate))
            if _runnable(cmd, path, extensions):
                return path
    except Win32Error as error:
        if error.code == errors.ACCESS_DENIED:
            raise
    return None


def home(stem: str) -> str:
    """The folder of a program of Windows."""
    return WBEM if stem in _IN_WBEM else SYSTEM32


def _runnable(cmd: Cmd, path: str, extensions: list[str]) -> bool:
    from winhost.cmd.program import COM_FILES, PROGRAMS

    stem, _unused, extension = paths.name_of(path).lower().rpartition(".")
    wanted = "com" if stem in COM_FILES else "exe"
    if paths.parent_of(cmd.machine.in_windows(path)).lower() == home(stem) and extension == wanted and stem in PROGRAMS:
        return PROGRAMS[stem].since <= cmd.machine.profile.build and cmd.machine.tool(stem) != "missing"
    node = cmd.machine.files.get(path)
    return node is not None and not node.directory and "." + extension in extensions
