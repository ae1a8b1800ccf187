# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`if`: what it tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd
    from winhost.cmd.nodes import If


async def holds(cmd: Cmd, node: If) -> bool:
    """Evaluate the condition."""
    left, right = cmd.late(node.left), cmd.late(node.right)
    return _test(cmd, node, left, right) != node.negated


def _test(cmd: Cmd, node: If, left: str, right: str) -> bool:
    match node.kind:
        case "exist":
            return _exists(cmd, left)
        case "defined":
            return cmd.lookup(left.strip('"')) is not None if '"' not in left else cmd.environment.get(left) is not None
        case "errorlevel":
            return cmd.errorlevel >= (number(left) or 0)
        case "cmdextversion":
            return (number(left) or 0) <= 2
    if node.kind != "==":
        first, second = number(left), number(right)
        if first is not None and second is not None:
            return _compare(node.kind, (first > second) - (first < second))
    if node.ignore_case:
        left, right = left.lower(), right.lower()
    return _compare(node.kind, (left > right) - (left < right))


def _compare(operator: str, order: int) -> bool:
    return {
        "==": order == 0,
        "equ": order == 0,
        "neq": order != 0,
        "lss": order < 0,
        "leq": order <= 0,
        "gtr": order > 0,
        "geq": order >= 0,
    }[operator]


def number(text: str) -> int | None:
    """A decimal, hexadecimal (0x) or octal (0) number as cmd.exe reads it, or None."""
    text = text.strip()
    digits = text.lstrip("+-")
    if len(text) - len(digits) > 1 or not digits or not digits.isascii() or "_" in digits:
        return None
    try:
        base = 16 if digits.lower().startswith("0x") else 8 if digits.startswith("0") and len(digits) > 1 else 10
        value = int(digits, base)
    except ValueError:
        return None
    value = min(value, 0x7FFFFFFF if not text.startswith("-") else 0x80000000)
    return -value if text.startswith("-") else value


def _exists(cmd: Cmd, name: str) -> bool:
    name = name.replace('"', "")
    try:
        folder, last = pathing.split(name)
        if pathing.is_nul(name):
            return True
        if last.lower() == "nul":
            return cmd.machine.files.is_dir(pathing.full(cmd, folder))
        if pathing.has_wildcard(name):
            return bool(pathing.matches(cmd, name, directories=True))
        node = cmd.machine.files.get(pathing.full(cmd, name))
        return node is not None and (node.directory or not name.endswith(("\\", "/")))
    except Win32Error:
        return False
