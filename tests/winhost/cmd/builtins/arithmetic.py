# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expressions of `set /a`: 32-bit integers, C's operators and assignments."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import invert, neg, pos

from winhost.cmd.conditions import number

_TOKEN = re.compile(r"\s*(<<=|>>=|<<|>>|[-+*/%&^|]=|[-+*/%&^|~!()=,]|[^\s\-+*/%&^|~!()=,<>\"]+|\")")
_LEVELS: tuple[tuple[str, ...], ...] = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="})
_UNARY: dict[str, Callable[[int], int]] = {
    "-": neg,
    "+": pos,
    "~": invert,
    "!": lambda value: int(value == 0),
}
MAX_DEPTH = 60


class ArithmeticError_(Exception):  # noqa: N801
    """key names the message; code is the errorlevel that cmd.exe sets."""

    def __init__(self, key: str, code: int) -> None:
        super().__init__(key)
        self.key = key
        self.code = code


def evaluate(expression: str, lookup: Callable[[str], str | None], assign: Callable[[str, str], None]) -> int:
    """Evaluate and carry out the assignments; gives the last value. Raises ArithmeticError_."""
    return _Evaluator(expression, lookup, assign).run()


def _wrap(value: int) -> int:
    return (value + 0x80000000) % 0x100000000 - 0x80000000


class _Evaluator:
    def __init__(self, text: str, lookup: Callable[[str], str | None], assign: Callable[[str, str], None]) -> None:
        self.tokens: list[str] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise ArithmeticError_("missing_operator", 1073750989)
            position = match.end()
            if match[1] != '"':
                self.tokens.append(match[1])
        self.position = 0
        self.lookup = lookup
        self.assign = assign
        self.depth = 0

    def run(self) -> int:
        if not self.tokens:
            raise ArithmeticError_("syntax", 1)
        value = self.comma()
        if self.position < len(self.tokens):
            unbalanced = self.tokens[self.position] == ")"
            raise ArithmeticError_(*(("unbalanced", 1073750988) if unbalanced else ("missing_operator", 1073750989)))
        return value

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def comma(self) -> int:
        value = self.assignment()
        while self.peek() == ",":
            self.position += 1
            value = self.assignment()
        return value

    def assignment(self) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ArithmeticError_("syntax", 1)
        try:
            name = self.peek()
            following = self.tokens[self.position + 1] if self.position + 1 < len(self.tokens) else ""
            if (
                following in _ASSIGNMENTS
                and (name[:1].isalnum() or name[:1] in "_$@#.?[]{}':;`\\")
                and not name[:1].isdigit()
            ):
                self.position += 2
                value = self.assignment()
                if following != "=":
                    value = self.apply(following[:-1], self.variable(name), value)
                self.assign(name, str(value))
                return value
            return self.binary(0)
        finally:
            self.depth -= 1

    def binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self.unary()
        value = self.binary(level + 1)
        while self.peek() in _LEVELS[level]:
            operator = self.peek()
            self.position += 1
            value = self.apply(operator, value, self.binary(level + 1))
        return value

    def apply(self, operator: str, left: int, right: int) -> int:
        match operator:
            case "+":
                value = left + right
            case "-":
                value = left - right
            case "*":
                value = left * right
            case "/" | "%":
                if right == 0:
                    raise ArithmeticError_("divide_by_zero", 1073750993)
                quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
                value = quotient if operator == "/" else left - quotient * right
            case "&":
                value = left & right
            case "|":
                value = left | right
            case "^":
                value = left ^ right
            case "<<":
                value = left << right if 0 <= right < 64 else 0
            case _:
                value = left >> right if 0 <= right < 64 else 0
        return _wrap(value)

    def unary(self) -> int:
        operators: list[str] = []
        while self.peek() in ("-", "+", "~", "!") and self.peek():
            operators.append(self.peek())
            self.position += 1
        value = self.primary()
        for operator in reversed(operators):
            value = _UNARY[operator](value)
        return _wrap(value)

    def primary(self) -> int:
        token = self.peek()
        self.position += 1
        if token == "(":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ArithmeticError_("syntax", 1)
            value = self.comma()
            self.depth -= 1
            if self.peek() != ")":
                raise ArithmeticError_("unbalanced", 1073750988)
            self.position += 1
            return value
        if not token or token in "*/%&^|),=" or token in _ASSIGNMENTS:
            raise ArithmeticError_("missing_operand", 1073750990)
        if token[0].isdigit():
            value_or_none = number(token)
            if value_or_none is None:
                raise ArithmeticError_("invalid_number", 1073750991)
            return value_or_none
        return self.variable(token)

    def variable(self, name: str) -> int:
        text = (self.lookup(name) or "0").strip()
        value = number(text)
        if value is not None:
            return value
        leading = re.match(r"[-+]?(0x[0-9a-f]+|\d+)", text, re.IGNORECASE)
        return number(leading[0]) or 0 if leading else 0
