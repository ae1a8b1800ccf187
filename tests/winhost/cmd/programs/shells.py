# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd itself, chcp, timeout, ping, choice, where."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from winhost.cmd import launch, pathing
from winhost.cmd.arguments import crt_split
from winhost.cmd.messages import code_page_codec
from winhost.cmd.program import SEVEN, Run, program
from winhost.machine import paths
from winhost.machine.errors import Win32Error


def command_of(arguments: str, is_program: Callable[[str], bool]) -> tuple[set[str], str, str]:
    """Read cmd's own switches: (switches, "c" or "k" or "", the command with its outer quotes as /c treats them)."""
    rest = arguments.lstrip()
    switches: set[str] = set()
    while rest.startswith("/"):
        lowered = rest[:2].lower()
        if lowered in ("/c", "/k", "/r"):
            command = rest[2:]
            kept = "s" not in switches and _quotes_stay(command, is_program)
            return switches, "k" if lowered == "/k" else "c", command if kept else _unquote(command)
        end = next((index for index, character in enumerate(rest) if index and character in " \t/"), len(rest))
        switches.add(rest[1:end].lower())
        rest = rest[end:].lstrip()
    return switches, "", ""


def _quotes_stay(command: str, is_program: Callable[[str], bool]) -> bool:
    """Exactly two quotes, nothing special between them but blanks, and between them the name of a program."""
    text = command.lstrip()
    if not text.startswith('"') or text.count('"') != 2:
        return False
    inner = text[1 : text.rindex('"')]
    return not any(character in inner for character in "&<>()@^|") and " " in inner and is_program(inner)


def _unquote(command: str) -> str:
    """Take the first quote away, and the last one."""
    text = command.lstrip()
    if not text.startswith('"'):
        return command
    last = text.rindex('"')
    return text[1:last] + text[last + 1 :] if last > 0 else text[1:]


@program("cmd", megabytes=3)
async def cmd_(run: Run) -> int:
    switches, mode, command = command_of(run.arguments, lambda name: launch.find(run.cmd, name) is not None)
    child = run.cmd.child()
    child.frames, child.variables, child.errorlevel, child.saved = [], {}, 0, []
    child.delayed = "v:on" in switches or "v" in switches
    child.echo = "q" not in switches
    child.command_line = f"{run.path}{run.arguments}"
    if mode:
        code = await child.run_line(command)
        if mode == "c":
            return code
    else:
        await child.out(f"Microsoft Windows [Version {run.machine.profile.version}]")
    return await _interactive(run)


async def _interactive(run: Run) -> int:
    """A prompt that reads its commands from stdin, until `exit` or the end."""
    from winhost.cmd.batch import prompt
    from winhost.cmd.control import LeaveCmd

    child = run.cmd
    child.frames = []
    while True:
        await child.out("\r\n" + prompt(child), "")
        line = await run.stdin.read_line()
        if not line:
            return child.errorlevel
        try:
            await child._parse_and_run(line.decode(child.codec, "replace").rstrip("\r\n"))
        except LeaveCmd as leave:
            return leave.code


@program("chcp")
async def chcp(run: Run) -> int:
    parent = run.cmd
    if not run.argv:
        await run.out(run.cmd.text("code_page", parent.code_page))
        return 0
    try:
        number = int(run.argv[0])
        codecs.lookup(code_page_codec(number))
    except (ValueError, LookupError):
        await run.err(run.cmd.text("bad_code_page"))
        return 1
    if run.parent is not None:
        run.parent.code_page = number
    run.cmd.code_page = number
    await run.out(run.cmd.text("code_page", number))
    return 0


def seconds_of(text: str, otherwise: float = 0.0) -> float:
    """A number of seconds (or a count) as written; something else is taken as not given."""
    return float(text) if text.isascii() and text.isdigit() else otherwise


@program("timeout")
async def timeout(run: Run) -> int:
    numbers = [word for word in run.argv if word.lstrip("-").isdigit()]
    if not numbers:
        await run.err(run.cmd.text("error", run.cmd.text("syntax")))
        return 1
    # It wants a console: with a redirected stdin (always so in a remote shell) it refuses.
    await run.err(
        run.cmd.text(
            "error",
            run.pick(
                "Input redirection is not supported, exiting the process immediately.",
                "Die Eingabeumleitung wird nicht unterstützt.",
                "入力のリダイレクトはサポートされていません。",
            ),
        )
    )
    return 1


@program("ping")
async def ping(run: Run) -> int:
    count = 4
    host = ""
    words = iter(run.argv)
    for word in words:
        if word.lower() in ("-n", "/n"):
            count = int(seconds_of(next(words, "4"), 4))
        elif word.lower() in ("-w", "/w", "-l", "/l"):
            next(words, "")
        elif not word.startswith(("-", "/")):
            host = word
    if not host:
        await run.err(run.cmd.text("syntax"))
        return 1
    own = host.lower() in ("127.0.0.1", "localhost", "::1", run.machine.computer_name.lower())
    for number in range(max(count, 1)):
        if number:
            await run.machine.clock.sleep(1)
        await run.out(f"Reply from {host}: bytes=32 time<1ms TTL=128" if own else "Request timed out.")
        await run.cmd.breathe()
    return 0 if own else 1


@program("where")
async def where(run: Run) -> int:
    quiet = any(word.lower() == "/q" for word in run.argv)
    names = [word for word in run.argv if not word.startswith("/")]
    found: list[str] = []
    for name in names:
        path = launch.find(run.cmd, name)
        if path:
            found.append(path)
        elif pathing.has_wildcard(name):
            for folder in [run.cmd.directory, *(run.cmd.environment.get("PATH") or "").split(";")]:
                try:
                    found += [place for place, _unused in pathing.matches(run.cmd, paths.join(folder, name))]
                except Win32Error:
                    continue
    if not quiet:
        for path in found:
            await run.out(path)
    if not found and not quiet:
        await run.err(
            run.pick(
                "INFO: Could not find files for the given pattern(s).",
                "INFORMATION: Es konnten keine Dateien gefunden werden.",
                "情報: 与えられたパターンのファイルが見つかりませんでした。",
            )
        )
    return 0 if found else 1


@program("waitfor")
async def waitfor(run: Run) -> int:
    seconds = next(
        (seconds_of(run.argv[index + 1]) for index, word in enumerate(run.argv[:-1]) if word.lower() == "/t"), 0.0
    )
    await run.machine.clock.sleep(seconds or 1e9)
    await run.err(run.cmd.text("error", run.pick("Timed out waiting.", "Zeitlimit überschritten.", "タイムアウト")))
    return 1


@program("choice")
async def choice(run: Run) -> int:
    default = next((run.argv[index + 1] for index, word in enumerate(run.argv[:-1]) if word.lower() == "/d"), None)
    seconds = next(
        (seconds_of(run.argv[index + 1]) for index, word in enumerate(run.argv[:-1]) if word.lower() == "/t"), None
    )
    keys = next((word[3:] for word in run.argv if word.lower().startswith("/c:")), "YN").upper()
    if default is not None and seconds is not None:
        await run.machine.clock.sleep(seconds)
        return keys.find(default.upper()) + 1
    while byte := await run.stdin.read(1):
        index = keys.find(byte.decode("ascii", "replace").upper())
        if index >= 0:
            return index + 1
    return 255


@program("powershell", since=SEVEN, megabytes=60)
async def powershell(run: Run) -> int:
    await run.err(f"{crt_split(run.arguments)[:1]}: this simulated host has no PowerShell engine")
    return 1
