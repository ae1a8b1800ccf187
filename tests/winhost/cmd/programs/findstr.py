# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""findstr: literals and its small regular expressions, over files or stdin, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.cmd.programs.text import input_lines
from winhost.machine.errors import Win32Error

MAX_LINE = 8191


@dataclass
class _Options:
    strings: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    literal: bool | None = None
    fold: bool = False
    invert: bool = False
    whole: bool = False
    begin: bool = False
    end: bool = False
    numbers: bool = False
    only_names: bool = False
    deep: bool = False


def _read(run: Run) -> _Options | None:
    options = _Options()
    given = False
    for word in run.argv:
        lowered = word.lower()
        if word.startswith("/") and len(word) > 1:
            if lowered.startswith("/c:"):
                options.strings.append(word[3:])
                options.literal = True if options.literal is None else options.literal
                given = True
            elif lowered.startswith("/g:"):
                options.strings += run.read(word[3:]).decode(run.cmd.codec, "replace").splitlines()
                given = True
            elif lowered.startswith(("/f:", "/d:", "/a:")):
                if lowered.startswith("/f:"):
                    options.names += run.read(word[3:]).decode(run.cmd.codec, "replace").splitlines()
            elif not _letters(options, lowered[1:]):
                return None
        elif not given:
            options.strings += word.split()
            given = True
        else:
            options.names.append(word)
    return options if given else None


def _letters(options: _Options, letters: str) -> bool:
    if letters in ("offline", "off"):
        return True
    for letter in letters:
        match letter:
            case "i":
                options.fold = True
            case "v":
                options.invert = True
            case "x":
                options.whole = True
            case "b":
                options.begin = True
            case "e":
                options.end = True
            case "n":
                options.numbers = True
            case "m":
                options.only_names = True
            case "s":
                options.deep = True
            case "l":
                options.literal = True
            case "r":
                options.literal = False
            case "p" | "o":
                continue
            case _:
                return False
    return True


def translate(text: str) -> str:
    """A findstr expression as one of Python's: . * ^ $ [class] \\x \\< \\> only."""
    out: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == "\\" and position < len(text):
            following = text[position]
            position += 1
            out.append({"<": r"\b(?=\w)", ">": r"\b(?<=\w)"}.get(following, re.escape(following)))
        elif character == "[" and (close := text.find("]", position + 1)) > 0:
            inner = text[position:close].replace("\\", "\\\\").replace("[", "\\[")
            out.append(f"[{inner}]")
            position = close + 1
        elif character in ".":
            out.append(".")
        elif character == "*" and out and out[-1] != "*":
            out.append("*")
        elif (character == "^" and position == 1) or (character == "$" and position == len(text)):
            out.append(character)
        else:
            out.append(re.escape(character))
    return "".join(out)


def _is_expression(text: str) -> bool:
    return any(character in text for character in ".*^$[\\")


@program("findstr")
async def findstr(run: Run) -> int:
    options = _read(run)
    if options is None:
        await run.err(
            run.pick(
                "FINDSTR: Bad command line",
                "FINDSTR: Ungültige Befehlszeile",
                "FINDSTR: コマンド ラインが正しくありません",
            )
        )
        return 2
    matcher = _matcher(options)
    if not options.names:
        found = False
        number = 0
        async for line in input_lines(run):
            number += 1
            if _hits(matcher, run, line) != options.invert:
                found = True
                await run.out_bytes((b"%d:" % number if options.numbers else b"") + line + b"\r\n")
        return 0 if found else 1
    return await _in_files(run, options, matcher)


def _matcher(options: _Options) -> re.Pattern[str] | None:
    parts = []
    for text in options.strings:
        literal = options.literal if options.literal is not None else not _is_expression(text)
        part = re.escape(text) if literal else translate(text)
        before = "^" if options.begin or options.whole else ""
        after = "$" if options.end or options.whole else ""
        parts.append(f"{before}(?:{part}){after}")
    return re.compile("|".join(parts), re.IGNORECASE if options.fold else 0) if parts else None


def _hits(matcher: re.Pattern[str] | None, run: Run, line: bytes) -> bool:
    if matcher is None or (matcher.pattern != "^(?:^)" and len(line) > MAX_LINE and matcher.pattern != "(?:^)"):
        return False
    return matcher.search(line.decode(run.cmd.codec, "replace")) is not None


async def _in_files(run: Run, options: _Options, matcher: re.Pattern[str] | None) -> int:
    found = False
    places: list[tuple[str, str]] = []
    for name in options.names:
        folder, last = pathing.split(name)
        if options.deep:
            top = run.full(folder or ".")
            pattern = pathing.wildcard(last)
            places += [
                (path[len(top) :].lstrip("\\"), path)
                for path, node in run.machine.files.walk(top)
                if not node.directory and pattern.match(node.name)
            ]
            continue
        nodes = pathing.matches(run.cmd, name)
        if not nodes:
            await run.err(
                run.pick(
                    f"FINDSTR: Cannot open {name}",
                    f"FINDSTR: {name} kann nicht geöffnet werden",
                    f"FINDSTR: {name} を開けません",
                )
            )
        places += [(folder + node.name, path) for path, node in nodes]
    several = len(places) > 1 or options.deep or any(pathing.has_wildcard(name) for name in options.names)
    for shown, path in places:
        try:
            data = run.read(path)
        except Win32Error:
            await run.err(f"FINDSTR: Cannot open {shown}")
            continue
        for number, line in enumerate(data.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n") if data else [], 1):
            if _hits(matcher, run, line) == options.invert:
                continue
            found = True
            prefix = shown.encode(run.cmd.codec, "replace")
            if options.only_names:
                await run.out_bytes(prefix + b"\r\n")
                break
            await run.out_bytes(
                (prefix + b":" if several else b"") + (b"%d:" % number if options.numbers else b"") + line + b"\r\n"
            )
    return 0 if found else 1
