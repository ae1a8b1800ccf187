# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch files: frames, labels, `call`, and the variables that cmd.exe makes up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from winhost.cmd.control import AbortBatch, Chain, Jump, LeaveBatch
from winhost.cmd.cursor import DELIMITERS
from winhost.cmd.parser import ParseError, parse_line

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd

MAX_FRAMES = 60
_LABEL_END = ' \t:+,;=&<>|"()'


@dataclass
class Frame:
    """A batch file (or a subroutine of it) under way. arguments[0] is %0."""

    path: str
    lines: list[str]
    arguments: list[str]
    tail: str
    position: int = 0


def split_arguments(text: str) -> list[str]:
    """The arguments of a batch file: separated by blanks, commas, semicolons and equals signs outside quotes."""
    out: list[str] = []
    current = ""
    quoted = started = False
    for character in text:
        if not quoted and character in " \t,;=":
            if started:
                out.append(current)
            current, started = "", False
            continue
        started = True
        quoted ^= character == '"'
        current += character
    if started:
        out.append(current)
    return out


async def run_file(cmd: Cmd, path: str, name: str, tail: str) -> int:
    """Run a batch file to its end; gives its return code."""
    if cmd.code_page == 65001 and cmd.machine.profile.build < 7600:
        # NT 6.0: under code page 65001 a batch file does nothing; it ends at once and says nothing (WinRb/WinRM issue 232).  # noqa: E501
        return 0
    data = cmd.machine.files.read(path, cmd.session.token)
    content = data.decode(cmd.codec, "replace").partition("\x1a")[0]
    lines = content.replace("\r\n", "\n").split("\n")
    tail = tail.strip(" \t")
    return await _run(cmd, Frame(path, lines, [name, *split_arguments(tail)], tail))


async def call_label(cmd: Cmd, label: str, tail: str) -> int:
    """`call :label arguments`."""
    if not cmd.frames:
        await cmd.err(cmd.text("error", "call"))
        return 1
    frame = cmd.frames[-1]
    tail = tail.strip(" \t")
    inner = Frame(frame.path, frame.lines, [label, *split_arguments(tail)], tail)
    position = _find(frame, label.lstrip(":"))
    if position is None:
        await cmd.err(cmd.text("no_label", label.lstrip(":")))
        cmd.errorlevel = 1
        return 1
    inner.position = position
    return await _run(cmd, inner)


async def _run(cmd: Cmd, frame: Frame) -> int:
    if len(cmd.frames) >= MAX_FRAMES:
        raise AbortBatch(255)
    cmd.frames.append(frame)
    depth = len(cmd.saved)
    try:
        return await _lines(cmd, frame)
    finally:
        cmd.frames.pop()
        while len(cmd.saved) > depth:
            end_local(cmd)


async def _lines(cmd: Cmd, frame: Frame) -> int:
    code = cmd.errorlevel if cmd.errorlevel else 0

    def more() -> str | None:
        if frame.position >= len(frame.lines):
            return None
        frame.position += 1
        return cmd.percent(frame.lines[frame.position - 1])

    while frame.position < len(frame.lines):
        if cmd.machine.files.get(frame.path) is None:
            await cmd.err("The batch file cannot be found.")
            cmd.errorlevel = 1
            return 1
        try:
            line = more() or ""
            if len(line) > 8191:
                await cmd.err(cmd.text("input_too_long"))
                raise AbortBatch(255)
            parsed = parse_line(line, more)
            if cmd.echo and not parsed.quiet:
                await cmd.out("\r\n" + prompt(cmd) + parsed.text.strip())
            code = await cmd.run(parsed.node)
        except ParseError as error:
            await cmd.complain(error)
            raise AbortBatch(255) from error
        except Jump as jump:
            await cmd.breathe()
            position = _find(frame, jump.label)
            if position is None:
                await cmd.err(cmd.text("no_label", jump.label))
                raise AbortBatch(1) from jump
            frame.position = position
        except LeaveBatch as leave:
            if leave.code is not None:
                cmd.errorlevel = leave.code
                return leave.code
            return cmd.errorlevel
        except Chain as chain:
            return chain.code
        await cmd.breathe()
    return code


def label_of(line: str) -> str | None:
    """The label that a line defines, in lower case."""
    line = line.lstrip(DELIMITERS)
    if not line.startswith(":"):
        return None
    return cut_label(line[1:])


def cut_label(text: str) -> str:
    text = text.lstrip(DELIMITERS)
    end = next((index for index, character in enumerate(text) if character in _LABEL_END), len(text))
    return text[:end].lower()


def _find(frame: Frame, label: str) -> int | None:
    wanted = cut_label(label)
    count = len(frame.lines)
    for step in range(count):
        index = (frame.position + step) % count
        if wanted and label_of(frame.lines[index]) == wanted:
            return index + 1
    return None


def end_local(cmd: Cmd) -> None:
    """`endlocal`: the environment, the directory and the mode as before the last setlocal."""
    if cmd.saved:
        cmd.environment, cmd.directory, cmd.delayed = cmd.saved.pop()


def prompt(cmd: Cmd) -> str:
    """The prompt: $P and $G and the like of PROMPT."""
    out = cmd.environment.get("PROMPT") or "$P$G"
    for code, value in (
        ("$P", cmd.directory),
        ("$G", ">"),
        ("$L", "<"),
        ("$N", cmd.directory[:1]),
        ("$S", " "),
        ("$_", "\r\n"),
        ("$$", "$"),
    ):
        out = out.replace(code, value).replace(code.lower(), value)
    return out


def local_now(cmd: Cmd) -> datetime:
    """The wall clock in the machine's zone."""
    return cmd.machine.clock.now() + timedelta(minutes=cmd.machine.profile.time_zone_minutes)


def date_text(cmd: Cmd) -> str:
    now = local_now(cmd)
    language = cmd.machine.language[:2].lower()
    if language == "de":
        return now.strftime("%d.%m.%Y")
    return now.strftime("%Y/%m/%d" if language == "ja" else "%a %m/%d/%Y")


def time_text(cmd: Cmd) -> str:
    now = local_now(cmd)
    comma = "," if cmd.machine.language[:2].lower() == "de" else "."
    return f"{now.hour:>2}:{now.minute:02}:{now.second:02}{comma}{now.microsecond // 10000:02}"


def dynamic_variable(cmd: Cmd, name: str) -> str | None:
    """%CD%, %ERRORLEVEL%, %RANDOM% ...; None for any other name."""
    match name.upper():
        case "CD":
            return cmd.directory
        case "ERRORLEVEL":
            return str(cmd.errorlevel)
        case "DATE":
            return date_text(cmd)
        case "TIME":
            return time_text(cmd)
        case "RANDOM":
            return str(random.randrange(32768))
        case "CMDEXTVERSION":
            return "2"
        case "CMDCMDLINE":
            return cmd.command_line
        case "HIGHESTNUMANODENUMBER":
            return "0"
    return None
