# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parser of cmd.exe: a percent-expanded line becomes a tree. Blocks and trailing carets pull further lines."""

from __future__ import annotations

from collections.abc import Callable

from winhost.cmd.cursor import DELIMITERS, Cursor, ParseError
from winhost.cmd.nodes import Block, For, If, Node, Nothing, ParsedLine, Redirect, Sequence, Simple

COMPARISONS = frozenset({"equ", "neq", "lss", "leq", "gtr", "geq"})
LEVELS: tuple[str, ...] = ("&", "||", "&&", "|")
MAX_DEPTH = 80
__all__ = ["ParseError", "parse_line"]


def parse_line(text: str, more: Callable[[], str | None] | None = None) -> ParsedLine:
    """Parse one logical line; raises ParseError with the token that was unexpected."""
    parser = _Parser(Cursor(text, more))
    return parser.line()


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.depth = 0
        self.nesting = 0
        self.quiet = False

    def line(self) -> ParsedLine:
        cursor = self.cursor
        cursor.skip()
        if cursor.peek() == ":" or cursor.peek() == ")":
            return ParsedLine(Nothing(), quiet=True, text=cursor.text)
        if cursor.at_end():
            return ParsedLine(Nothing(), quiet=True)
        while cursor.peek() == "@":
            cursor.take()
            self.quiet = True
            cursor.skip()
        node = self.sequence(0)
        cursor.skip(DELIMITERS + "\n")
        if not cursor.at_end() and cursor.peek() != ")":
            raise ParseError(cursor.word() or cursor.peek())
        return ParsedLine(node, self.quiet, cursor.text)

    def sequence(self, level: int) -> Node:
        """Commands joined by operators of this level or of a tighter one."""
        if level == len(LEVELS):
            return self.command()
        left = self.sequence(level + 1)
        operator = LEVELS[level]
        while self._accept(operator):
            if operator == "&" and self._nothing_follows():
                break
            left = Sequence(operator, left, self.sequence(level + 1))
        return left

    def _accept(self, operator: str) -> bool:
        cursor = self.cursor
        cursor.skip()
        if cursor.peek(len(operator)) != operator:
            return False
        if len(operator) == 1 and cursor.peek(2) == operator * 2:
            return False
        cursor.position += len(operator)
        return True

    def _nothing_follows(self) -> bool:
        self.cursor.skip()
        return self.cursor.at_end() or self.cursor.peek() in "\n" or (self.depth > 0 and self.cursor.peek() == ")")

    def command(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise ParseError("(")
        try:
            return self._command()
        finally:
            self.nesting -= 1

    def _command(self) -> Node:
        cursor = self.cursor
        cursor.skip()
        while cursor.peek() == "@":
            cursor.take()
            cursor.skip()
        redirects: list[Redirect] = []
        while (found := self._redirect()) is not None:
            redirects.append(found)
            cursor.skip()
        if cursor.peek() == "(":
            return self._block(redirects)
        keyword = cursor.keyword()
        if not redirects:
            if keyword == "if":
                cursor.position += 2
                return self._if()
            if keyword == "for":
                cursor.position += 3
                return self._for()
            if keyword == "rem":
                self._to_line_end()
                return Nothing()
        if cursor.peek() == ":" and self.depth:
            self._to_line_end()
            return Nothing()
        return self._simple(redirects)

    def _to_line_end(self) -> None:
        end = self.cursor.text.find("\n", self.cursor.position)
        self.cursor.position = len(self.cursor.text) if end < 0 else end

    def _simple(self, redirects: list[Redirect]) -> Node:
        cursor = self.cursor
        out: list[str] = []
        quoted = False
        while not cursor.at_end():
            character = cursor.peek()
            if character == "\n" or (not quoted and (character in "&|" or (character == ")" and self.depth))):
                break
            if not quoted:
                if character == "^":
                    cursor.take()
                    out.append(cursor.escaped())
                    continue
                before = out[-1][-1:] if out else " "
                found = self._redirect() if character in "<>" or before in DELIMITERS else None
                if found is not None:
                    redirects.append(found)
                    continue
            if character == '"':
                quoted = not quoted
            out.append(cursor.take())
        text = "".join(out)
        if not text.strip(DELIMITERS) and not redirects:
            if cursor.at_end() or cursor.peek() == "\n":
                raise ParseError("")
            raise ParseError(cursor.peek(2) if cursor.peek(2) in ("&&", "||") else cursor.peek())
        return Simple(text, tuple(redirects))

    def _redirect(self) -> Redirect | None:
        cursor = self.cursor
        start = cursor.position
        digit = cursor.peek()
        handle = -1
        if digit and digit in "0123456789" and cursor.peek(2)[1:] in ("<", ">") and cursor.peek(2)[1:]:
            handle = int(digit)
            cursor.take()
        sign = cursor.peek()
        if not sign or sign not in "<>":
            cursor.position = start
            return None
        cursor.take()
        operator = sign
        if sign == ">" and cursor.peek() == ">":
            cursor.take()
            operator = ">>"
        if handle < 0:
            handle = 0 if sign == "<" else 1
        if cursor.peek() == "&":
            cursor.take()
            cursor.skip()
            number = cursor.peek()
            if not number or number not in "0123456789":
                raise ParseError(number or "")
            cursor.take()
            return Redirect(handle, sign + "&", number)
        cursor.skip()
        target = cursor.word(")" if self.depth else "")
        if not target:
            if cursor.at_end() or cursor.peek() == "\n":
                raise ParseError("")
            raise ParseError(cursor.peek())
        return Redirect(handle, operator, target)

    def _block(self, redirects: list[Redirect]) -> Node:
        cursor = self.cursor
        cursor.take()
        self.depth += 1
        body: Node | None = None
        while True:
            cursor.skip(DELIMITERS + "\n")
            if cursor.at_end():
                if not cursor.pull():
                    raise ParseError("")
                continue
            if cursor.peek() == ")":
                break
            following = self.sequence(0)
            body = following if body is None else Sequence("&", body, following)
            cursor.skip()
            if not cursor.at_end() and cursor.peek() not in ")\n":
                raise ParseError(cursor.word(")") or cursor.peek())
        cursor.take()
        self.depth -= 1
        if body is None:
            raise ParseError(")")
        cursor.skip()
        while (found := self._redirect()) is not None:
            redirects.append(found)
            cursor.skip()
        return Block(body, tuple(redirects))

    def _if(self) -> Node:
        cursor = self.cursor
        negated = ignore_case = False
        while True:
            cursor.skip()
            if cursor.peek(2).lower() == "/i":
                cursor.position += 2
                ignore_case = True
            elif cursor.keyword() == "not":
                cursor.position += 3
                negated = True
            else:
                break
        kind = cursor.keyword()
        if kind in ("exist", "defined", "errorlevel", "cmdextversion"):
            cursor.position += len(kind)
            cursor.skip()
            left, right = self._operand(), ""
        else:
            left = self._operand()
            cursor.skip(" \t,;")
            if cursor.peek(2) == "==":
                cursor.position += 2
                kind = "=="
            else:
                kind = cursor.word().lower()
                if kind not in COMPARISONS:
                    raise ParseError(kind)
            cursor.skip()
            right = self._operand()
        then = self._body()
        otherwise: Node | None = None
        cursor.skip()
        mark = cursor.position
        if cursor.keyword() == "else":
            cursor.position += 4
            otherwise = self._body()
        else:
            cursor.position = mark
        return If(kind, left, right, negated, ignore_case, then, otherwise)

    def _operand(self) -> str:
        word = self.cursor.word()
        if not word:
            raise ParseError(self.cursor.peek() if self.cursor.peek() != "\n" else "")
        return word

    def _body(self) -> Node:
        self.cursor.skip()
        if self.cursor.at_end() or self.cursor.peek() == "\n":
            raise ParseError("")
        return self.sequence(0)

    def _for(self) -> Node:
        cursor = self.cursor
        cursor.skip()
        mode = options = ""
        if cursor.peek() == "/":
            cursor.take()
            mode = cursor.take().lower() if not cursor.at_end() else ""
            if mode not in ("d", "r", "l", "f"):
                raise ParseError("/" + mode)
            cursor.skip()
            if mode in ("f", "r") and cursor.peek() != "%":
                options = cursor.word()
                cursor.skip()
        variable = cursor.word()
        if len(variable) != 2 or variable[0] != "%":
            raise ParseError(variable)
        cursor.skip()
        if cursor.keyword() != "in":
            raise ParseError(cursor.word())
        cursor.position += 2
        cursor.skip()
        if cursor.peek() != "(":
            raise ParseError(cursor.word())
        cursor.take()
        items = self._set()
        cursor.skip()
        if cursor.keyword() != "do":
            raise ParseError(cursor.word())
        cursor.position += 2
        return For(mode, options, variable[1], items, self._body())

    def _set(self) -> str:
        """The text between the parentheses of a for, carets taken away outside quotes."""
        cursor = self.cursor
        out: list[str] = []
        quoted = False
        while True:
            if cursor.at_end():
                if not cursor.pull():
                    raise ParseError("")
                continue
            character = cursor.take()
            if character == "\n":
                out.append(" ")
                quoted = False
            elif quoted:
                quoted = character != '"'
                out.append(character)
            elif character == ")":
                return "".join(out)
            elif character == "^":
                out.append(cursor.escaped())
            elif character in "&|<>":
                raise ParseError(character)
            else:
                quoted = character == '"'
                out.append(character)
