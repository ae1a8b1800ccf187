# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""call, goto, exit, shift, pause, rem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import batch, launch
from winhost.cmd.builtins.registry import builtin
from winhost.cmd.conditions import number
from winhost.cmd.control import Jump, LeaveBatch, LeaveCmd

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@builtin("call")
async def call(cmd: Cmd, arguments: str) -> int:
    line = cmd.percent(arguments.lstrip(" \t,;="))
    if not line:
        return 0
    if line.startswith(":"):
        label = line.split(" ", 1)[0].split("\t", 1)[0]
        if label.lower() == ":eof":
            return 0
        return await batch.call_label(cmd, label, line[len(label) :])
    return await launch.run_command_text(cmd, line, called=True)


@builtin("goto")
async def goto(cmd: Cmd, arguments: str) -> int:
    label = arguments.strip(" \t,;=")
    if not label:
        await cmd.err(cmd.text("no_label", ""))
        return 1
    if label.lower().startswith(":eof") or (batch.cut_label(label) == "eof" and label.startswith(":")):
        if cmd.frames:
            raise LeaveBatch(None)
        return 1
    if not cmd.frames:
        return 1
    raise Jump(batch.cut_label(label.removeprefix(":")))


@builtin("exit")
async def exit_(cmd: Cmd, arguments: str) -> int:
    text = arguments.strip()
    only_batch = text[:2].lower() == "/b"
    if only_batch:
        text = text[2:].strip()
    code = _leading_number(text) if text else None
    if only_batch:
        if code is not None:
            cmd.errorlevel = code
        raise LeaveBatch(code)
    raise LeaveCmd(cmd.errorlevel if code is None else code)


def _leading_number(text: str) -> int:
    sign = text[:1] if text[:1] in "+-" else ""
    digits = ""
    for character in text[len(sign) :]:
        if not (character.isascii() and character.isalnum()):
            break
        digits += character
    value = number(sign + digits)
    if value is None:
        leading = ""
        for character in digits:
            if not character.isdigit():
                break
            leading += character
        value = int(sign + leading) if leading else 0
    return (value + 0x80000000) % 0x100000000 - 0x80000000


@builtin("shift")
async def shift(cmd: Cmd, arguments: str) -> int:
    if not cmd.frames:
        return 0
    text = arguments.strip()
    start = int(text[1]) if len(text) == 2 and text[0] == "/" and text[1].isdigit() else 0
    held = cmd.frames[-1].arguments
    if start < len(held):
        del held[start]
    return 0


@builtin("pause")
async def pause(cmd: Cmd, arguments: str) -> int:
    await cmd.out(cmd.text("press_key"), "")
    await cmd.handles[0].read(1)
    await cmd.out("")
    return 0


@builtin("rem")
async def rem(cmd: Cmd, arguments: str) -> int:
    return 0
