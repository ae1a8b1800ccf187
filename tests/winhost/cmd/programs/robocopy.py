# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""robocopy: files of one folder (or tree) to another; its exit code is a set of bits."""

from __future__ import annotations

from winhost.cmd import pathing
from winhost.cmd.builtins.copying import copy_file
from winhost.cmd.program import Run, program
from winhost.cmd.programs.xcopy import files_below
from winhost.machine import paths
from winhost.machine.errors import Win32Error

COPIED, EXTRA, FAILED, FATAL = 1, 2, 8, 16


@program("robocopy", since=6000, megabytes=6)
async def robocopy(run: Run) -> int:
    switches = {word.lower() for word in run.argv if word.startswith("/")}
    names = [word for word in run.argv if not word.startswith("/")]
    if len(names) < 2:
        await run.out("ERROR : Invalid Parameter")
        return FATAL
    try:
        source, target = run.full(names[0]), run.full(names[1])
        if not run.machine.files.is_dir(source):
            raise Win32Error(2 if run.machine.files.is_dir(paths.parent_of(source)) else 3, source)
    except Win32Error as error:
        await run.out(
            f"ERROR {error.code} (0x{error.code:08X}) Accessing Source Directory {names[0]}\r\n{run.system_text(error.code)}"  # noqa: E501
        )
        return FATAL
    patterns = [pathing.wildcard(name) for name in names[2:] or ["*.*"]]
    code = 0
    deep = bool(switches & {"/s", "/e", "/mir"})
    for path, _unused in files_below(run, source):
        relative = path[len(source.rstrip("\\")) + 1 :]
        if ("\\" in relative and not deep) or not any(pattern.match(paths.name_of(path)) for pattern in patterns):
            continue
        code |= await _copy(run, path, paths.join(target, relative))
    if "/mir" in switches or "/purge" in switches:
        code |= _purge(run, source, target)
    return code


async def _copy(run: Run, path: str, goal: str) -> int:
    files = run.machine.files
    here, there = files.get(path), files.get(goal)
    if here is not None and there is not None and here.size == there.size and here.modified == there.modified:
        return 0
    try:
        if not files.is_dir(paths.parent_of(goal)):
            files.mkdir(paths.parent_of(goal), run.session.token, parents=True)
        copy_file(run.cmd, path, goal)
        made = files.get(goal)
        if made is not None and here is not None:
            made.modified = here.modified
    except Win32Error as error:
        await run.out(f"ERROR {error.code} (0x{error.code:08X}) Copying File {path}\r\n{run.system_text(error.code)}")
        return FAILED
    await run.out(f"\t    New File  \t\t{here.size if here else 0}\t{paths.name_of(path)}")
    await run.cmd.breathe()
    return COPIED


def _purge(run: Run, source: str, target: str) -> int:
    code = 0
    for path, _unused in files_below(run, target):
        if not run.machine.files.exists(paths.join(source, path[len(target) :].lstrip("\\"))):
            run.machine.files.delete(path, run.session.token)
            code = EXTRA
    return code
