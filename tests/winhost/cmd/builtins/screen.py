# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""echo, ver, vol, title, cls, date, time and other small commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import batch
from winhost.cmd.builtins.registry import builtin

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd


@builtin("echo")
async def echo(cmd: Cmd, arguments: str) -> int:
    word = arguments.strip().lower()
    if arguments[:1] in (" ", "\t", "") and word in ("", "on", "off"):
        if word:
            cmd.echo = word == "on"
        else:
            await cmd.out(cmd.text("echo_on" if cmd.echo else "echo_off"))
        return 0
    await cmd.out(arguments[1:])
    return 0


@builtin("ver")
async def ver(cmd: Cmd, arguments: str) -> int:
    await cmd.out(f"\r\nMicrosoft Windows [Version {cmd.machine.profile.version}]")
    return 0


@builtin("vol")
async def vol(cmd: Cmd, arguments: str) -> int:
    drive = arguments.strip().upper() or cmd.directory[:2].upper()
    volume = cmd.machine.files.drives.get(drive)
    if volume is None:
        await cmd.err(cmd.text("drive_not_found"))
        return 1
    await cmd.out(cmd.text("volume_label", drive[:1], volume.label) if volume.label else cmd.text("volume", drive[:1]))
    await cmd.out(cmd.text("serial", f"{volume.serial[:4]}-{volume.serial[4:]}"))
    return 0


@builtin("date")
async def date(cmd: Cmd, arguments: str) -> int:
    if arguments.strip().lower() == "/t":
        await cmd.out(batch.date_text(cmd) + " ")
        return 0
    await cmd.out(cmd.text("date_is", batch.date_text(cmd)))
    await cmd.handles[0].read_line()
    return 0


@builtin("time")
async def time(cmd: Cmd, arguments: str) -> int:
    if arguments.strip().lower() == "/t":
        now = batch.local_now(cmd)
        await cmd.out(now.strftime("%H:%M" if cmd.machine.language[:2].lower() in ("de", "ja") else "%I:%M %p"))
        return 0
    await cmd.out(cmd.text("time_is", batch.time_text(cmd)))
    await cmd.handles[0].read_line()
    return 0


@builtin("title", "cls", "color", "break", "verify")
async def quiet(cmd: Cmd, arguments: str) -> int:
    return 0


@builtin("assoc", "ftype")
async def associations(cmd: Cmd, arguments: str) -> int:
    known = {".bat": "batfile", ".cmd": "cmdfile", ".exe": "exefile", ".js": "JSFile", ".vbs": "VBSFile"}
    word = arguments.strip().lower()
    if word in known:
        await cmd.out(f"{word}={known[word]}")
        return 0
    return 1 if word else 0
