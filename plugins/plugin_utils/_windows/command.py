# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines for the cmd shell: quoting, writing small text files with echo, and the result of a step.

The cmd.exe of NT 6.0 takes at most 8191 characters a line; the words that a command prints are for the log only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .errors import HostError

LINE_LIMIT = 8191
"""Characters that cmd.exe accepts in one line, its own `cmd /c` included."""

LINE_BUDGET = 7000
"""Of them, for what we put into one: a fence, a mark and cmd's own words come on top."""

_SPECIAL = frozenset('&|<>()^"%')


class Result(Protocol):
    """What a finished command left: the exit code (None: the host gave none), and bytes in the OEM code page."""

    @property
    def exit_code(self) -> int | None:
        ...

    @property
    def stdout(self) -> bytes:
        ...

    @property
    def stderr(self) -> bytes:
        ...


class Commander(Protocol):
    """Runs one command line in the host's cmd shell and waits for it, under a deadline in seconds.

    repeatable: running it twice does no harm, so that it may be sent again when the connection breaks in the middle.
    """

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Result:
        ...


def program(name: str) -> str:
    """A program of Windows by its absolute path: nothing is looked for along PATH or in a current folder.

    %SystemRoot% is given to every process by Windows itself, and only administrators can write below it.
    """
    return f"%SystemRoot%\\System32\\{name}.exe"


class CommandError(HostError):
    """A command did not do what was asked: which, its exit code, and the last words it printed (for people)."""

    def __init__(self, what: str, command: str, result: Result) -> None:
        self.what = what
        self.command = command
        self.exit_code = result.exit_code
        self.output = printed(result)
        code = "no exit code" if result.exit_code is None else f"exit code {result.exit_code}"
        words = f": {self.output}" if self.output else ""
        first = command.split(" ", 1)[0].rpartition("\\")[2].removesuffix(".exe")
        super().__init__(f"{what}: {'the command' if first.startswith('(') else first} ended with {code}{words}")


@dataclass(frozen=True)
class Step:
    """A command line and what it is for, in the words of an error message."""

    what: str
    command: str
    deadline: float = 60.0
    repeatable: bool = True


def printed(result: Result, *, encoding: str = "cp437", limit: int = 400) -> str:
    """What a command printed, for people: decoded without failing, on one line, cut to limit characters."""
    text = (result.stderr or b"") + b" " + (result.stdout or b"")
    return " ".join(text.decode(encoding, errors="replace").split())[-limit:]


def run_checked(shell: Commander, step: Step) -> Result:
    """Run a step; CommandError unless it ended with exit code 0. (An exit code of 0 is not yet evidence of success.)"""
    result = shell.run(step.command, deadline=step.deadline, repeatable=step.repeatable)
    if result.exit_code != 0:
        raise CommandError(step.what, step.command, result)
    return result


def quote(path: str) -> str:
    """A path as one argument of a program. ValueError for a character that cannot be quoted in cmd.exe."""
    if any(character in path for character in '"%!\r\n'):
        raise ValueError(f"the path {path!r} holds a character that cmd.exe would interpret (one of \" % !)")
    return f'"{path}"'


def escape_echo(line: str) -> str:
    """A line so that `echo(` prints it as it is: every special character gets a caret, so quotes never open.

    A caret before each percent sign keeps a command line (not a batch file) from expanding: no variable's name
    ends in a caret.
    """
    if not line.isascii() or not line.isprintable():
        raise ValueError(f"the line {line!r} cannot be written with echo")
    return "".join(f"^{character}" if character in _SPECIAL else character for character in line)


def echo_commands(path: str, text: str) -> Iterator[str]:
    """Command lines that write an ASCII text (CRLF line ends) to a file: the first creates it, the others append."""
    target, redirect, length = quote(path), ">", 0
    lines: list[str] = []
    for line in text.splitlines():
        escaped = "echo(" + escape_echo(line)
        if lines and length + len(escaped) > LINE_BUDGET:
            yield f"{redirect}{target} ({'&'.join(lines)})"
            redirect, lines, length = ">>", [], 0
        lines.append(escaped)
        length += len(escaped) + 1
    if lines:
        yield f"{redirect}{target} ({'&'.join(lines)})"
