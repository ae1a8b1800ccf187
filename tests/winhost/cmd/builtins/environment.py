# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""set, setlocal, endlocal, path, prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd.batch import end_local
from winhost.cmd.builtins.arithmetic import ArithmeticError_, evaluate
from winhost.cmd.builtins.registry import builtin

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@builtin("set")
async def set_(cmd: Cmd, arguments: str) -> int:
    text = arguments.lstrip(" \t,;=")
    lowered = text[:2].lower()
    if lowered == "/a":
        return await _arithmetic(cmd, text[2:])
    if lowered == "/p":
        return await _ask(cmd, text[2:].lstrip())
    if not text:
        for name, value in cmd.environment.items():
            await cmd.out(f"{name}={value}")
        return 0
    if text.startswith('"'):
        # The text runs from the first quote to the last one; what follows is dropped.
        text = text[1:]
        last = text.rfind('"')
        text = text[:last] if last >= 0 else text
    name, equals, value = text.partition("=")
    if not equals:
        return await _show(cmd, name.rstrip())
    if not name:
        await cmd.err(cmd.text("syntax"))
        return 1
    if value:
        cmd.environment[name] = value
        return 0
    known = name in cmd.environment
    cmd.environment.pop(name)
    return 0 if known else 1


async def _show(cmd: Cmd, prefix: str) -> int:
    found = [(name, value) for name, value in cmd.environment.items() if name.lower().startswith(prefix.lower())]
    for name, value in found:
        await cmd.out(f"{name}={value}")
    if not found:
        await cmd.err(cmd.text("not_defined", prefix))
    return 0 if found else 1


async def _arithmetic(cmd: Cmd, expression: str) -> int:
    try:
        value = evaluate(expression, cmd.lookup, cmd.environment.__setitem__)
    except ArithmeticError_ as error:
        await cmd.err(cmd.text(error.key))
        return error.code
    if not cmd.frames:
        await cmd.out(str(value), "")
    return 0


async def _ask(cmd: Cmd, text: str) -> int:
    if text.startswith('"') and text.rstrip().endswith('"') and len(text) > 1:
        text = text.rstrip()[1:-1]
    name, _unused, question = text.partition("=")
    question = question.strip()
    if len(question) > 1 and question[0] == question[-1] == '"':
        question = question[1:-1]
    if question:
        await cmd.out(question, "")
    line = await _short_line(cmd)
    answer = line.decode(cmd.codec, "replace").rstrip("\r\n")
    if not answer:
        return 1
    cmd.environment[name] = answer
    return 0


async def _short_line(cmd: Cmd) -> bytes:
    """A line of at most 1021 characters, as set /p reads from a pipe."""
    line = await cmd.handles[0].read_line()
    return line[:1021]


@builtin("setlocal")
async def setlocal(cmd: Cmd, arguments: str) -> int:
    if not cmd.frames:
        return 0
    if len(cmd.saved) >= 32:
        await cmd.err("Maximum setlocal recursion level reached.")
        return 1
    cmd.saved.append((cmd.environment.copy(), cmd.directory, cmd.delayed))
    for word in arguments.split():
        lowered = word.lower()
        if lowered == "enabledelayedexpansion":
            cmd.delayed = True
        elif lowered == "disabledelayedexpansion":
            cmd.delayed = False
        elif lowered not in ("enableextensions", "disableextensions"):
            await cmd.err(cmd.text("syntax"))
            return 1
    return 0


@builtin("endlocal")
async def endlocal(cmd: Cmd, arguments: str) -> int:
    if cmd.frames:
        end_local(cmd)
    return 0


@builtin("path")
async def path(cmd: Cmd, arguments: str) -> int:
    text = arguments.lstrip(" \t=")
    if text:
        cmd.environment["Path"] = text if text != ";" else ""
    else:
        await cmd.out("PATH=" + (cmd.environment.get("PATH") or ""))
    return 0


@builtin("prompt")
async def prompt(cmd: Cmd, arguments: str) -> int:
    cmd.environment["PROMPT"] = arguments.strip() or "$P$G"
    return 0
