# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several steps in one command line, each with its own proof: a command costs three messages and a process.

A part ends the line with its own exit code where it failed, so that nothing after it is done and the error names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .command import LINE_BUDGET, Commander, CommandError, echo_commands, quote
from .files import write_text

_FIRST_CODE = 61


@dataclass(frozen=True)
class Part:
    """What it is for, in the words of an error message. command: its line for an exit code of failure; done, it goes
    on to what follows. Repeating it must do no harm.
    """

    what: str
    command: Callable[[int], str]


def run_together(shell: Commander, parts: Sequence[Part], *, deadline: float = 120.0) -> None:
    """Run the parts in this order, in as few command lines as hold them. CommandError names the one that failed."""
    for line, codes in _lines(parts):
        result = shell.run(f"{line} & exit 0", deadline=deadline)
        if result.exit_code != 0:
            raise CommandError(codes.get(result.exit_code or 0, parts[0].what), line, result)


def write_all(
    shell: Commander, before: Sequence[Part], texts: Mapping[str, str], after: Sequence[Part] = ()
) -> None:
    """Run the parts, write texts by their paths, run the parts after them, in this order.

    CommandError; what comes after is not done.
    """
    parts = [*before]
    for path, text in texts.items():
        part = writing(path, text)
        if part is not None:
            parts.append(part)
            continue
        run_together(shell, parts)
        write_text(shell, path, text)
        parts = []
    run_together(shell, [*parts, *after])


def _lines(parts: Iterable[Part]) -> Iterator[tuple[str, dict[int, str]]]:
    """Command lines, and what failed by the exit code."""
    line, codes = "", dict[int, str]()
    for number, part in enumerate(parts):
        code = _FIRST_CODE + number
        command = part.command(code)
        if line and len(line) + len(command) > LINE_BUDGET:
            yield line, codes
            line, codes = "", {}
        line = f"{line} & {command}" if line else command
        codes[code] = part.what
    if line:
        yield line, codes


def deleting(paths: Iterable[str]) -> Part:
    """As files.delete."""
    names = list(paths)
    quoted = [quote(path) for path in names]

    def command(code: int) -> str:
        gone = " & ".join(f"(if exist {path} exit {code})" for path in quoted)
        return f"(del /f /q {' '.join(quoted)} >nul 2>nul) & {gone}"

    return Part(f"deleting {', '.join(names)}", command)


def removing(path: str) -> Part:
    """As files.remove_folder."""
    name = quote(path)
    return Part(
        f"removing {path}", lambda code: f"(if exist {name} rd /s /q {name}) & (if exist {name} exit {code})"
    )


def moving(source: str, target: str) -> Part:
    """As files.move."""
    there, wanted = quote(source), quote(target)

    def command(code: int) -> str:
        moved = f"(if exist {there} move /y {there} {wanted} >nul) & (if exist {there} exit {code})"
        return f"{moved} & (if not exist {wanted} exit {code})"

    return Part(f"moving {source} into place", command)


def writing(path: str, text: str) -> Part | None:
    """As files.write_text, which is for what does not fit one line: then None."""
    temporary = path + ".tmp"
    lines = list(echo_commands(temporary, text))
    if len(lines) != 1:
        return None
    new = quote(temporary)
    into_place = f"move /y {new} {quote(path)} >nul"

    def command(code: int) -> str:
        fresh = f"(if exist {new} del /f /q {new}) & (if exist {new} exit {code})"
        return f"{fresh} & (({lines[0]} && {into_place}) || exit {code})"

    return Part(f"writing {path}", command)
