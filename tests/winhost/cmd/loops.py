# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`for` in all its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winhost.cmd import launch, pathing
from winhost.cmd.batch import split_arguments
from winhost.cmd.conditions import number
from winhost.cmd.cursor import ParseError
from winhost.cmd.streams import Collector
from winhost.machine import paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winhost.cmd.interpreter import Cmd
    from winhost.cmd.nodes import For


async def run_for(cmd: Cmd, node: For) -> int:
    """Run a loop; the variable has its former value afterwards."""
    saved = dict(cmd.variables)
    try:
        match node.mode:
            case "l":
                return await _count(cmd, node)
            case "f":
                return await _parse_file(cmd, node)
            case "r":
                return await _recurse(cmd, node)
        return await _each(cmd, node, "")
    finally:
        cmd.variables = saved


async def _each(cmd: Cmd, node: For, root: str) -> int:
    code = 0
    for item in split_arguments(cmd.late(node.items)):
        for value in _values(cmd, item, root, directories=node.mode == "d"):
            await cmd.breathe()
            cmd.variables[node.variable] = value
            code = await cmd.run(node.body)
    return code


def _values(cmd: Cmd, item: str, root: str, *, directories: bool) -> Iterator[str]:
    if not pathing.has_wildcard(item):
        yield paths.join(root, item.strip('"')) if root else item
        return
    folder, _unused = pathing.split(item.replace('"', ""))
    try:
        found = pathing.matches(
            cmd, paths.join(root, item) if root else item, directories=directories, files=not directories
        )
    except Win32Error:
        return
    for path, shown in found:
        yield path if root else folder + shown.name


async def _recurse(cmd: Cmd, node: For) -> int:
    top = pathing.full(cmd, cmd.late(node.options) or ".")
    code = 0
    folders = [top, *(path for path, below in sorted(cmd.machine.files.walk(top)) if below.directory)]
    for folder in folders:
        code = await _each(cmd, node, folder)
    return code


async def _count(cmd: Cmd, node: For) -> int:
    numbers = [number(part) or 0 for part in split_arguments(cmd.late(node.items))] + [0, 0, 0]
    value, step, end = numbers[:3]
    code = 0
    while value <= end if step >= 0 else value >= end:
        await cmd.breathe()
        cmd.variables[node.variable] = str(value)
        code = await cmd.run(node.body)
        value += step
    return code


@dataclass
class _Options:
    """What the quoted text after /f says."""

    eol: str = ";"
    skip: int = 0
    delimiters: str = " \t"
    tokens: list[int] = field(default_factory=lambda: [1])
    rest: bool = False
    use_back_quotes: bool = False


def parse_options(text: str) -> _Options:
    """Read `eol=; skip=1 tokens=1,2* delims=, usebackq`; raises ParseError with what it does not know."""
    options = _Options()
    text = text[1:-1] if text[:1] == '"' and text[-1:] == '"' and len(text) > 1 else text
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
            continue
        rest = text[position:]
        lowered = rest.lower()
        if lowered.startswith("usebackq"):
            options.use_back_quotes = True
            position += 8
        elif lowered.startswith("eol="):
            options.eol = rest[4:5]
            position += 5
        elif lowered.startswith("delims="):
            end = rest.find(" ", 7)
            tail = rest[end:].strip() if end >= 0 else ""
            value = rest[7:] if not tail else rest[7:end] if end != 7 or not tail else ""
            options.delimiters = value
            position += 7 + len(value)
        elif lowered.startswith("skip="):
            word = rest[5:].split(" ")[0]
            options.skip = number(word) or 0
            if options.skip <= 0:
                raise ParseError(text[position:])
            position += 5 + len(word)
        elif lowered.startswith("tokens="):
            word = rest[7:].split(" ")[0]
            _tokens(options, word, text[position:])
            position += 7 + len(word)
        else:
            raise ParseError(rest)
    return options


def _tokens(options: _Options, word: str, rest: str) -> None:
    numbers: list[int] = []
    options.rest = word.endswith("*")
    for part in word.removesuffix("*").split(","):
        if not part:
            continue
        first, dash, last = part.partition("-")
        low, high = number(first), number(last) if dash else number(first)
        if low is None or high is None or not 1 <= low <= 31 or not 1 <= high <= 31:
            raise ParseError(rest)
        numbers.extend(range(low, high + 1))
    options.tokens = numbers


def tokenise(line: str, options: _Options) -> list[str] | None:
    """The values of a line's wanted tokens; None when it has none of them (the body is then not run)."""
    found: list[str] = []
    starts: list[tuple[int, int]] = []
    position, size = 0, len(line)
    highest = max(options.tokens, default=0)
    while position < size and len(starts) < highest:
        while position < size and line[position] in options.delimiters:
            position += 1
        if position >= size:
            break
        start = position
        while position < size and line[position] not in options.delimiters:
            position += 1
        starts.append((start, position))
    wanted = sorted(set(options.tokens))
    found = [line[slice(*starts[index - 1])] if index <= len(starts) else "" for index in wanted]
    if options.rest:
        while position < size and line[position] in options.delimiters:
            position += 1
        found.append(line[position:])
    return found if any(found) else None


async def _parse_file(cmd: Cmd, node: For) -> int:
    try:
        options = parse_options(cmd.late(node.options))
    except ParseError as error:
        await cmd.complain(error)
        return 1
    lines = await _lines(cmd, cmd.late(node.items).strip(), options)
    if lines is None:
        cmd.errorlevel = 1
        return 1
    code = 0
    for line in lines[options.skip :]:
        await cmd.breathe()
        if not line or (options.eol and line.startswith(options.eol)):
            continue
        values = tokenise(line, options)
        if values is None:
            continue
        for offset, value in enumerate(values):
            cmd.variables[chr(ord(node.variable) + offset)] = value
        code = await cmd.run(node.body)
    return code


async def _lines(cmd: Cmd, items: str, options: _Options) -> list[str] | None:
    string, command = ("'", "`") if options.use_back_quotes else ('"', "'")
    if len(items) >= 2 and items[0] == items[-1] == command:
        return await _output(cmd, items[1:-1])
    if len(items) >= 2 and items[0] == items[-1] == string:
        return [line.removesuffix("\r") for line in items[1:-1].split("\n")]
    out: list[str] = []
    for name in split_arguments(items):
        try:
            data = cmd.machine.files.read(pathing.full(cmd, name), cmd.session.token)
        except Win32Error:
            await cmd.err(cmd.system_text(2) if len(items.split()) < 2 else f"{cmd.system_text(2)} {name}")
            return None
        out += _decode(cmd, data)
    return out


async def _output(cmd: Cmd, command: str) -> list[str]:
    collector = Collector()
    child = cmd.child({**cmd.handles, 1: collector})
    child.frames = []
    child.variables = {}
    child.delayed = False
    launch.start_cmd(cmd, child, command)
    try:
        await child.run_line(command)
    finally:
        cmd.machine.processes.end(child.pid, child.errorlevel)
    return _decode(cmd, bytes(collector.data))


def _decode(cmd: Cmd, data: bytes) -> list[str]:
    text = data.decode(cmd.codec, "replace").partition("\x1a")[0]
    return [line.removesuffix("\r") for line in text.split("\n")]
