# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cd, md, rd, pushd, popd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.cmd.builtins.registry import builtin, parted
from winhost.machine import errors, paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@builtin("cd", "chdir")
async def cd(cmd: Cmd, arguments: str) -> int:
    text = arguments.strip().rstrip(" ")
    change_drive = text[:2].lower() == "/d"
    if change_drive:
        text = text[2:].strip()
    text = text.strip('"')
    if not text:
        await cmd.out(cmd.directory)
        return 0
    if len(text) == 2 and text[1] == ":":
        drive = text.upper()
        await cmd.out(
            cmd.directory if drive == cmd.directory[:2].upper() else cmd.drive_directories.get(drive, drive + "\\")
        )
        return 0
    return await _enter(cmd, text, change_drive=change_drive)


async def _enter(cmd: Cmd, name: str, *, change_drive: bool) -> int:
    try:
        if name.startswith("\\\\"):
            await cmd.err(cmd.text("unc_cd"))
            return 1
        path = pathing.full(cmd, name)
        node = cmd.machine.files.get(path)
        if node is None:
            raise Win32Error(errors.PATH_NOT_FOUND, path)
        if not node.directory:
            raise Win32Error(errors.NOT_A_DIRECTORY, path)
        if not cmd.machine.files.allowed(path, cmd.session.token, 0x20):
            raise Win32Error(errors.ACCESS_DENIED, path)
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return 1
    real = cmd.machine.files.resolve(path, last=False)
    if path.startswith("\\\\"):
        real = paths.normalise(name, cmd.directory)
    drive = real[:2].upper()
    if drive != cmd.directory[:2].upper() and not change_drive:
        cmd.drive_directories[drive] = real
        return 0
    cmd.drive_directories[cmd.directory[:2].upper()] = cmd.directory
    cmd.directory = real
    return 0


@builtin("md", "mkdir")
async def md(cmd: Cmd, arguments: str) -> int:
    _unused, names = parted(arguments)
    if not names:
        await cmd.err(cmd.text("syntax"))
        return 1
    code = 0
    for name in names:
        try:
            cmd.machine.files.mkdir(pathing.full(cmd, name), cmd.session.token, parents=True)
        except Win32Error as error:
            message = (
                cmd.text("exists_dir", name) if error.code == errors.ALREADY_EXISTS else cmd.system_text(error.code)
            )
            await cmd.err(message)
            if len(names) > 1:
                await cmd.err(cmd.text("error_processing", name))
            code = 1
    return code


@builtin("rd", "rmdir")
async def rd(cmd: Cmd, arguments: str) -> int:
    switches, names = parted(arguments)
    if not names:
        await cmd.err(cmd.text("syntax"))
        return 1
    code = 0
    for name in names:
        try:
            path = pathing.full(cmd, name)
            node = cmd.machine.files.get(path, follow=False)
            if node is None:
                raise Win32Error(errors.FILE_NOT_FOUND, path)
            if not node.directory:
                raise Win32Error(errors.NOT_A_DIRECTORY, path)
            if cmd.directory.lower() == path.lower():
                raise Win32Error(errors.SHARING_VIOLATION, path)
            if "/s" in switches and "/q" not in switches and not await _confirmed(cmd, name):
                continue
            remove_tree(cmd, path) if "/s" in switches else cmd.machine.files.delete(path, cmd.session.token)
        except Win32Error as error:
            await cmd.err(cmd.system_text(error.code))
            code = error.code
    return code


async def _confirmed(cmd: Cmd, name: str) -> bool:
    await cmd.out(f"{name}, {cmd.text('overwrite', '').strip()} ", "")
    answer = await cmd.handles[0].read_line()
    return answer[:1].lower() in (b"y", b"j")


def remove_tree(cmd: Cmd, path: str) -> None:
    """Delete a folder and all below it; what cannot be deleted stays (its code is raised at the end). Junctions are not entered."""  # noqa: E501
    files = cmd.machine.files
    failed: Win32Error | None = None
    below = sorted(files.walk(path), key=lambda item: item[0].count("\\"), reverse=True)
    top = files.get(path, follow=False)
    if top is not None and top.reparse_target:
        below = []
    for place, node in [*below, (path, top)]:
        if node is None:
            continue
        try:
            if node.attributes & 1:
                files.set_attributes(place, node.attributes & ~type(node.attributes)(1), cmd.session.token)
            files.delete(place, cmd.session.token)
        except Win32Error as error:
            failed = failed or error
    if failed is not None:
        raise failed


@builtin("pushd")
async def pushd(cmd: Cmd, arguments: str) -> int:
    name = arguments.strip().strip('"')
    if not name:
        for place in reversed(cmd.pushed):
            await cmd.out(place)
        return 0
    before = cmd.directory
    if name.startswith("\\\\"):
        path = pathing.full(cmd, name)
        letter = next(
            chr(code) + ":"
            for code in range(ord("Z"), ord("C"), -1)
            if chr(code) + ":" not in cmd.machine.files.drives and chr(code) + ":" not in cmd.session.drives
        )
        root = paths.parts_of(path)[0]
        cmd.session.drives[letter] = root
        name = letter + "\\" + path[len(root) :].lstrip("\\")
    code = await _enter(cmd, name, change_drive=True)
    if code == 0:
        cmd.pushed.append(before)
    return code


@builtin("popd")
async def popd(cmd: Cmd, arguments: str) -> int:
    if not cmd.pushed:
        return 1
    drive = cmd.directory[:2]
    cmd.directory = cmd.pushed.pop()
    if drive in cmd.session.drives and drive != cmd.directory[:2]:
        cmd.session.drives.pop(drive)
    return 0
