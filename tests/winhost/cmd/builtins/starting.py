# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import launch, pathing
from winhost.cmd.background import detach
from winhost.cmd.builtins.registry import builtin
from winhost.cmd.program import PROGRAMS
from winhost.cmd.streams import Stream
from winhost.machine import errors, paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd

_PLAIN = frozenset(
    {
        "/b",
        "/i",
        "/min",
        "/max",
        "/separate",
        "/shared",
        "/low",
        "/normal",
        "/high",
        "/realtime",
        "/abovenormal",
        "/belownormal",
    }
)


@builtin("start")
async def start(cmd: Cmd, arguments: str) -> int:
    rest = arguments.strip()
    wait = background = False
    directory = cmd.directory
    titled = False
    while rest:
        if rest.startswith('"') and not titled:
            # The first thing in quotes is the window's title, even when it was meant as the program.
            end = rest.find('"', 1)
            rest = rest[end + 1 :].lstrip() if end > 0 else ""
            titled = True
            continue
        if not rest.startswith("/"):
            break
        word = rest.split(None, 1)[0].lower()
        if "/" in word[1:]:
            word = word[: word.index("/", 1)]
        tail = rest[len(word) :].lstrip()
        if word in ("/w", "/wait"):
            wait = True
        elif word.startswith("/d"):
            text = rest[2:].lstrip()
            quoted = text.startswith('"')
            end = text.find('"', 1) + 1 if quoted else len(text.split(None, 1)[0]) if text else 0
            directory = pathing.full(cmd, text[:end])
            tail = text[end:].lstrip()
        elif word == "/affinity":
            tail = tail.split(None, 1)[1] if len(tail.split(None, 1)) > 1 else ""
        elif word in _PLAIN:
            background |= word == "/b"
        else:
            await cmd.err(f"{cmd.text('syntax')} {word}")
            return 1
        rest = tail
    if not rest:
        rest = "cmd.exe"
    return await _launch(cmd, rest, directory, wait=wait, background=background)


async def _launch(cmd: Cmd, line: str, directory: str, *, wait: bool, background: bool) -> int:
    from winhost.cmd.builtins import NAMES

    child = cmd.child()
    child.frames = []
    child.directory = directory
    name, arguments = launch.split_command(line, NAMES)
    internal = name.lower() in NAMES
    found = None if internal else launch.find(child, name)
    if found is None and not internal:
        await cmd.err(cmd.system_text(errors.FILE_NOT_FOUND))
        return launch.NOT_RECOGNISED if not cmd.machine.files.exists(name) else 1155
    program = found is not None and found.lower().endswith(".exe")
    if not background and not program:
        child.handles = {0: Stream(), 1: Stream(), 2: Stream()}  # a window of its own

    if program and found is not None:
        stem = paths.name_of(found).lower().rpartition(".")[0]
        if not background and not (stem in PROGRAMS and PROGRAMS[stem].gui):
            child.handles = {0: Stream(), 1: Stream(), 2: Stream()}

        async def work() -> int:
            return await launch.run_program(child, found, name, arguments, wait=True)
    else:

        async def work() -> int:
            launch.start_cmd(cmd, child, line)
            try:
                return await child.run_line(line)
            finally:
                cmd.machine.processes.end(child.pid, child.errorlevel)

    if not wait:
        detach(cmd.session, cmd.machine, work())
        return 0
    try:
        code = await work()
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return error.code
    cmd.errorlevel = code
    return code
