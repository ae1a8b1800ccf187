# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cursor over a logical line that can ask for more lines (inside parentheses, or after a caret at the end)."""

from __future__ import annotations

from collections.abc import Callable

DELIMITERS = " \t,;=\x0b\x0c\xff"
OPERATORS = "&|<>\n"


class ParseError(Exception):
    """The line is not a command; token is what was unexpected, or "" for a plain syntax error."""

    def __init__(self, token: str = "") -> None:
        super().__init__(token)
        self.token = token


class Cursor:
    """Characters of a line, already percent-expanded."""

    def __init__(self, text: str, more: Callable[[], str | None] | None = None) -> None:
        self.text = text
        self.position = 0
        self._more = more

    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def peek(self, count: int = 1) -> str:
        return self.text[self.position : self.position + count]

    def take(self) -> str:
        character = self.text[self.position]
        self.position += 1
        return character

    def pull(self) -> bool:
        """Append the next line of the batch file after a line end; False when there is none."""
        line = self._more() if self._more else None
        if line is None:
            return False
        self.text = self.text[: self.position] + "\n" + line if self.at_end() else self.text + "\n" + line
        return True

    def skip(self, characters: str = DELIMITERS) -> None:
        size = len(self.text)
        while self.position < size and self.text[self.position] in characters:
            self.position += 1

    def word(self, stop: str = "") -> str:
        """Read up to a delimiter or operator outside quotes, with carets taken away."""
        out: list[str] = []
        quoted = False
        while not self.at_end():
            character = self.peek()
            if character == "\n":
                break
            if not quoted:
                if character in DELIMITERS or character in OPERATORS or character in stop:
                    break
                if character == "^":
                    self.position += 1
                    out.append(self.escaped())
                    continue
            if character == '"':
                quoted = not quoted
            out.append(self.take())
        return "".join(out)

    def escaped(self) -> str:
        """The character after a caret, as itself; a caret at the line's end joins the next line's first character."""
        if self.at_end():
            if not self.pull():
                return ""
            self.position += 1
            return self.take() if not self.at_end() else ""
        if self.peek() == "\n":
            self.position += 1
            return self.take() if not self.at_end() else ""
        return self.take()

    def keyword(self) -> str:
        """The next word in lower case, without moving; "" when it is not made of letters."""
        end = self.position
        while end < len(self.text) and self.text[end].isascii() and self.text[end].isalpha():
            end += 1
        following = self.text[end : end + 1]
        if following and following not in DELIMITERS + OPERATORS + '(/"':
            return ""
        return self.text[self.position : end].lower()
