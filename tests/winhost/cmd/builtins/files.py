# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""type, del, ren, move, mklink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.cmd.builtins.copying import copy_file, may_overwrite
from winhost.cmd.builtins.registry import builtin, parted
from winhost.cmd.streams import CHUNK
from winhost.machine import errors, paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@builtin("type")
async def type_(cmd: Cmd, arguments: str) -> int:
    _unused, names = parted(arguments)
    if not names:
        await cmd.err(cmd.text("syntax"))
        return 1
    code = 0
    for name in names:
        if pathing.is_nul(name):
            continue
        try:
            found = pathing.matches(cmd, name)
            if not found:
                missing_folder = not cmd.machine.files.is_dir(paths.parent_of(pathing.full(cmd, name)))
                raise Win32Error(errors.PATH_NOT_FOUND if missing_folder else errors.FILE_NOT_FOUND, name)
            for path, node in found:
                data = cmd.machine.files.read(path, cmd.session.token)
                if len(names) > 1 or len(found) > 1:
                    await cmd.err(f"\r\n{node.name}\r\n\r\n", "")
                for start in range(0, len(data), CHUNK):
                    await cmd.handles[1].write(data[start : start + CHUNK])
        except Win32Error as error:
            await cmd.err(cmd.system_text(error.code))
            if len(names) > 1:
                await cmd.err(cmd.text("error_processing", name))
            code = 1
    return code


@builtin("del", "erase")
async def delete(cmd: Cmd, arguments: str) -> int:
    switches, names = parted(arguments)
    if not names or any(switch[:2] not in ("/p", "/f", "/s", "/q", "/a") for switch in switches):
        await cmd.err(cmd.text("syntax"))
        return 1
    for name in names:
        try:
            await _delete_one(cmd, name, switches)
        except Win32Error as error:
            await cmd.err(cmd.system_text(error.code))
    return 0  # del says 0 even when it could not


async def _delete_one(cmd: Cmd, name: str, switches: list[str]) -> None:
    files = cmd.machine.files
    whole = not pathing.has_wildcard(name) and files.is_dir(pathing.full(cmd, name))
    if whole:
        name = paths.join(name, "*")
    if (whole or pathing.split(name)[1] in ("*", "*.*")) and "/q" not in switches and not cmd.frames:
        await cmd.out(f"{pathing.full(cmd, pathing.split(name)[0] or '.')}\\*, (Y/N)? ", "")
        if (await cmd.handles[0].read_line())[:1].lower() not in (b"y", b"j"):
            return
    found = pathing.matches(cmd, name)
    if "/s" in switches:
        folder, last = pathing.split(name)
        pattern = pathing.wildcard(last)
        top = pathing.full(cmd, folder or ".")
        found = [(path, node) for path, node in files.walk(top) if not node.directory and pattern.match(node.name)]
    if not found:
        await cmd.err(cmd.text("not_found_file", pathing.full(cmd, name) if not pathing.has_wildcard(name) else name))
    for path, node in found:
        try:
            if "/f" in switches and node.attributes & 1:
                files.set_attributes(path, node.attributes & ~type(node.attributes)(1), cmd.session.token)
            files.delete(path, cmd.session.token)
        except Win32Error as error:
            await cmd.err(f"{path}\r\n{cmd.system_text(error.code)}")


@builtin("ren", "rename")
async def rename(cmd: Cmd, arguments: str) -> int:
    _unused, names = parted(arguments)
    if len(names) != 2 or pathing.split(names[1])[0]:
        await cmd.err(cmd.text("syntax"))
        return 1
    try:
        found = pathing.matches(cmd, names[0], directories=not pathing.has_wildcard(names[0]))
        if not found:
            raise Win32Error(errors.FILE_NOT_FOUND, names[0])
        if any(len(path) <= 3 for path, _unused in found):
            raise Win32Error(errors.ACCESS_DENIED, names[0])
        for path, node in found:
            target = paths.join(paths.parent_of(path), _renamed(node.name, names[1]))
            cmd.machine.files.move(path, target, cmd.session.token)
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return 1
    return 0


def _renamed(name: str, pattern: str) -> str:
    if not pathing.has_wildcard(pattern):
        return pattern
    stem, _unused, extension = name.rpartition(".") if "." in name else (name, "", "")
    new_stem, dot, new_extension = pattern.partition(".")
    new_stem = stem if new_stem == "*" else new_stem
    new_extension = extension if new_extension == "*" else new_extension
    return new_stem + dot + new_extension if dot else new_stem


@builtin("move")
async def move(cmd: Cmd, arguments: str) -> int:
    switches, names = parted(arguments)
    if not names or len(names) > 2:
        await cmd.err(cmd.text("syntax"))
        return 1
    files, token = cmd.machine.files, cmd.session.token
    done = folders = 0
    try:
        found = pathing.matches(cmd, names[0], directories=not pathing.has_wildcard(names[0]))
        if not found:
            raise Win32Error(errors.FILE_NOT_FOUND, names[0])
        target = pathing.full(cmd, names[1] if len(names) == 2 else ".")
        if any(len(path) <= 3 for path, _unused in found):
            raise Win32Error(errors.ACCESS_DENIED, names[0])
        into = files.is_dir(target)
        for path, node in found:
            goal = paths.join(target, node.name) if into else target
            if not node.directory and not await may_overwrite(cmd, goal, yes="/y" in switches, ask="/-y" in switches):
                continue
            if path[:2].upper() != goal[:2].upper() and not node.directory:
                copy_file(cmd, path, goal)
                files.delete(path, token)
            else:
                files.move(path, goal, token, replace=not node.directory)
            done += not node.directory
            folders += node.directory
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return 1
    await cmd.out(cmd.text("dir_moved", folders) if folders else cmd.text("moved", done))
    return 0 if done or folders else 1


@builtin("mklink")
async def mklink(cmd: Cmd, arguments: str) -> int:
    switches, names = parted(arguments)
    if len(names) != 2 or any(switch not in ("/d", "/h", "/j") for switch in switches):
        await cmd.err(cmd.text("syntax"))
        return 1
    link, target = names
    try:
        if "/h" in switches:
            copy_file(cmd, pathing.full(cmd, target), pathing.full(cmd, link))
        elif not cmd.session.token.administrator and "/j" not in switches:
            raise Win32Error(errors.PRIVILEGE_NOT_HELD, link)
        else:
            cmd.machine.files.make_junction(pathing.full(cmd, link), pathing.full(cmd, target), cmd.session.token)
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return 1
    await cmd.out(cmd.text("junction" if "/j" in switches else "symlink", link, target))
    return 0
