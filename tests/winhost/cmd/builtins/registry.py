# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of internal commands, and how they read their words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd

Builtin = Callable[["Cmd", str], Awaitable[int]]
BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Enter a coroutine function into the table."""

    def enter(function: Builtin) -> Builtin:
        for name in names:
            BUILTINS[name] = function
        return function

    return enter


def words(arguments: str) -> list[str]:
    """Words with their quotes taken off: parted by blanks, commas, semicolons and equals signs; a switch begins a new word."""  # noqa: E501
    out: list[str] = []
    current = ""
    quoted = started = False
    for character in arguments:
        if not quoted and (character in " \t,;=" or (character == "/" and started and "\\" not in current)):
            if started:
                out.append(current)
            current, started = ("/", True) if character == "/" else ("", False)
            continue
        started = True
        if character == '"':
            quoted = not quoted
        else:
            current += character
    if started:
        out.append(current)
    return out


def parted(arguments: str) -> tuple[list[str], list[str]]:
    """Switches (lower case) and operands."""
    switches: list[str] = []
    operands: list[str] = []
    for word in words(arguments):
        if word.startswith("/"):
            switches.append(word.lower())
        else:
            operands.append(word)
    return switches, operands
