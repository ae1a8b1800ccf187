# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""copy: one file, many, or several joined into one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.cmd.builtins.registry import builtin
from winhost.machine import errors, paths
from winhost.machine.content import Body, Growing
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@dataclass
class _Request:
    """The words of a copy command. Each source is a list of names joined by +."""

    joined: list[str] = field(default_factory=list)
    target: str = ""
    binary: bool = False
    ascii: bool = False
    yes: bool = False
    ask: bool = False


def _read(arguments: str) -> _Request | None:
    request = _Request()
    operands: list[list[str]] = []
    joining = False
    for word in _words(arguments):
        if word.startswith("/"):
            lowered = word.lower()
            request.binary |= lowered == "/b"
            request.ascii |= lowered == "/a"
            request.yes |= lowered == "/y"
            request.ask |= lowered == "/-y"
            if lowered not in ("/a", "/b", "/y", "/-y", "/d", "/v", "/n", "/z", "/l"):
                return None
        elif word == "+":
            joining = True
        elif joining and operands:
            operands[-1].append(word)
            joining = False
        else:
            operands.append([word])
    if not operands or len(operands) > 2 or (len(operands) == 2 and len(operands[1]) > 1):
        return None
    request.joined = operands[0]
    request.target = operands[1][0] if len(operands) == 2 else ""
    return request


def _words(arguments: str) -> list[str]:
    out: list[str] = []
    current = ""
    quoted = False
    for character in arguments + " ":
        if not quoted and character in " \t,;+/":
            if current:
                out.append(current)
            current = "/" if character == "/" else ""
            if character == "+":
                out.append("+")
        elif character == '"':
            quoted = not quoted
        else:
            current += character
    return out


@builtin("copy")
async def copy(cmd: Cmd, arguments: str) -> int:
    request = _read(arguments)
    if request is None:
        await cmd.err(cmd.text("syntax"))
        return 1
    try:
        if len(request.joined) > 1 or (
            request.target and pathing.has_wildcard(request.joined[0]) and not _is_folder(cmd, request.target)
        ):
            return await _join(cmd, request)
        return await _each(cmd, request)
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        await cmd.out(cmd.text("copied", 0))
        return 1


def _is_folder(cmd: Cmd, name: str) -> bool:
    return name.endswith("\\") or cmd.machine.files.is_dir(pathing.full(cmd, name))


async def _each(cmd: Cmd, request: _Request) -> int:
    name = request.joined[0]
    if pathing.is_nul(name):
        cmd.machine.files.write(pathing.full(cmd, request.target or "nul"), b"", cmd.session.token)
        await cmd.out(cmd.text("copied", 0))
        return 0
    if _is_folder(cmd, name):
        name = paths.join(name, "*")
    found = pathing.matches(cmd, name)
    if not found:
        raise Win32Error(errors.FILE_NOT_FOUND, name)
    if pathing.is_nul(request.target):
        await cmd.out(cmd.text("copied", len(found)))
        return 0
    done = 0
    folder = _is_folder(cmd, request.target) if request.target else True
    for path, node in found:
        target = pathing.full(cmd, request.target or ".")
        if folder:
            target = paths.join(target, node.name)
        if target.lower() == path.lower():
            await cmd.err(cmd.text("cannot_itself"))
            continue
        if not await may_overwrite(cmd, target, yes=request.yes, ask=request.ask):
            continue
        copy_file(cmd, path, target)
        if len(found) > 1 or pathing.has_wildcard(name):
            await cmd.out(pathing.split(request.joined[0])[0] + node.name)
        done += 1
    await cmd.out(cmd.text("copied", done))
    return 0 if done else 1


async def _join(cmd: Cmd, request: _Request) -> int:
    binary = request.binary and not request.ascii
    pieces: list[bytes] = []
    names: list[str] = []
    for name in request.joined:
        for path, node in pathing.matches(cmd, name):
            data = cmd.machine.files.read(path, cmd.session.token)
            pieces.append(data if binary else data.partition(b"\x1a")[0])
            names.append(pathing.split(name)[0] + node.name)
    if not pieces:
        raise Win32Error(errors.FILE_NOT_FOUND, request.joined[0])
    target = pathing.full(cmd, request.target or request.joined[0])
    if cmd.machine.files.is_dir(target):
        target = paths.join(target, pathing.split(request.joined[0])[1])
    if request.target and not await may_overwrite(cmd, target, yes=request.yes, ask=request.ask):
        return 1
    cmd.machine.files.write(target, b"".join(pieces) + (b"" if binary else b"\x1a"), cmd.session.token)
    for name in names:
        await cmd.out(name)
    await cmd.out(cmd.text("copied", 1))
    return 0


async def may_overwrite(cmd: Cmd, target: str, *, yes: bool, ask: bool) -> bool:
    """Ask before a file is replaced; in a batch file nobody is asked unless /-y says so."""
    if not cmd.machine.files.exists(target) or yes or (cmd.frames and not ask):
        return True
    await cmd.out(cmd.text("overwrite", target), "")
    answer = (await cmd.handles[0].read_line())[:1].lower()
    return answer in (b"y", b"j", b"a")


def copy_file(cmd: Cmd, source: str, target: str) -> None:
    """Copy one file with its version resource. Raises Win32Error."""
    files, token = cmd.machine.files, cmd.session.token
    node = files.get(source)
    if node is None or node.directory:
        raise Win32Error(errors.FILE_NOT_FOUND, source)
    if not files.allowed(source, token, 0x1):
        raise Win32Error(errors.ACCESS_DENIED, source)
    if files.resolve(source).casefold() in files.in_use:
        raise Win32Error(errors.SHARING_VIOLATION, source)
    body: bytes | Body = b"" if node.body is None else node.content() if isinstance(node.body, Growing) else node.body
    files.write(target, body, token, version=node.version)
