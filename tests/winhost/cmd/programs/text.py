# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""find, more, sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd.program import Run, program
from winhost.cmd.streams import CHUNK
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SORT_LIMIT = 32 << 20


async def input_lines(run: Run) -> AsyncIterator[bytes]:
    """The lines of stdin without their ends, as they come."""
    while line := await run.stdin.read_line():
        yield line.rstrip(b"\r\n")


@program("find")
async def find(run: Run) -> int:
    text: bytes | None = None
    invert = count = numbers = fold = False
    names: list[str] = []
    # find wants its text in quotes: look at the raw words.
    for word in _raw_words(run.arguments):
        lowered = word.lower()
        if lowered == "/v":
            invert = True
        elif lowered == "/c":
            count = True
        elif lowered == "/n":
            numbers = True
        elif lowered == "/i":
            fold = True
        elif lowered.startswith("/off"):
            continue
        elif text is None:
            if not (word.startswith('"') and word.endswith('"') and len(word) > 1):
                await run.err(
                    run.pick(
                        "FIND: Parameter format not correct",
                        "FIND: Parameterformat falsch",
                        "FIND: パラメーターの書式が違います",
                    )
                )
                return 2
            text = word[1:-1].replace('""', '"').encode(run.cmd.codec, "replace")
        else:
            names.append(word.strip('"'))
    if text is None:
        await run.err(
            run.pick(
                "FIND: Parameter format not correct",
                "FIND: Parameterformat falsch",
                "FIND: パラメーターの書式が違います",
            )
        )
        return 2
    wanted = text.lower() if fold else text

    def hit(line: bytes) -> bool:
        return ((wanted in (line.lower() if fold else line)) if wanted else False) != invert

    if not names:
        return await _find_in_input(run, hit, count=count, numbers=numbers)
    found = False
    for name in names:
        try:
            lines = run.read(name).splitlines()
        except Win32Error:
            await run.err(
                run.pick(
                    f"File not found - {name.upper()}",
                    f"Datei nicht gefunden - {name.upper()}",
                    f"ファイルが見つかりません - {name.upper()}",
                )
            )
            continue
        hits = [(number, line) for number, line in enumerate(lines, 1) if hit(line)]
        found |= bool(hits)
        await run.out(f"\r\n---------- {name.upper()}", f": {len(hits)}\r\n" if count else "\r\n")
        for number, line in hits if not count else []:
            await run.out_bytes((b"[%d]" % number if numbers else b"") + line + b"\r\n")
    return 0 if found else 1


async def _find_in_input(run: Run, hit: object, *, count: bool, numbers: bool) -> int:
    total = number = 0
    async for line in input_lines(run):
        number += 1
        if hit(line):  # type: ignore[operator]
            total += 1
            if not count:
                await run.out_bytes((b"[%d]" % number if numbers else b"") + line + b"\r\n")
    if count:
        await run.out(str(total))
    return 0 if total else 1


def _raw_words(arguments: str) -> list[str]:
    out: list[str] = []
    current = ""
    quoted = False
    for character in arguments + " ":
        if character == '"':
            quoted = not quoted
        if not quoted and character in " \t":
            if current:
                out.append(current)
            current = ""
            continue
        current += character
    return out


@program("more", since=0)
async def more(run: Run) -> int:
    names = [word for word in run.argv if not word.startswith(("/", "+"))]
    for name in names:
        await run.out_bytes(run.read(name))
    if not names:
        while chunk := await run.stdin.read(CHUNK):
            await run.out_bytes(chunk)
        await run.out()
    return 0


@program("sort")
async def sort(run: Run) -> int:
    names = [word for word in run.argv if not word.startswith("/")]
    target = next(
        (run.argv[index + 1] for index, word in enumerate(run.argv[:-1]) if word.lower() in ("/o", "/output")), None
    )
    if names and not (target and names == [target]):
        data = run.read(names[0])
    else:
        data = await run.stdin.read_all(SORT_LIMIT)
    run.allocate(len(data) * 2)
    lines = sorted(
        data.splitlines(), key=lambda line: line.lower(), reverse=any(word.lower() == "/r" for word in run.argv)
    )
    result = b"".join(line + b"\r\n" for line in lines)
    if target:
        run.write(target, result)
    else:
        await run.out_bytes(result)
    return 0
