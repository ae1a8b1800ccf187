# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The syntax tree of a command line, as cmd.exe's parser leaves it.

Special characters are gone; variables of `for` and `!x!` are not yet expanded."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Redirect:
    """One redirection: a handle, `>`, `>>`, `<`, `>&` or `<&`, and the target's text (a file name, or a digit)."""

    handle: int
    operator: str
    target: str


@dataclass(frozen=True)
class Node:
    """Anything that can be executed."""


@dataclass(frozen=True)
class Nothing(Node):
    """A label, a remark or an empty line."""


@dataclass(frozen=True)
class Simple(Node):
    """A command with its arguments as one text."""

    text: str
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True)
class Block(Node):
    """Commands in parentheses."""

    body: Node
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True)
class Sequence(Node):
    """Two commands with an operator between them: `&`, `&&`, `||` or `|`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class If(Node):
    """`if`: kind is exist, defined, errorlevel, cmdextversion or a comparison (==, EQU ...)."""

    kind: str
    left: str
    right: str
    negated: bool
    ignore_case: bool
    then: Node
    otherwise: Node | None = None


@dataclass(frozen=True)
class For(Node):
    """`for`: mode is "", d, r, l or f; options is the quoted text after /f or the path after /r."""

    mode: str
    options: str
    variable: str
    items: str
    body: Node


@dataclass
class ParsedLine:
    """One logical line (it may have taken several lines of a batch file)."""

    node: Node
    quiet: bool = False
    text: str = field(default="")
