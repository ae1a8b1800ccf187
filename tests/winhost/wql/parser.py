# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recursive-descent parser for WQL data queries."""

from __future__ import annotations

from winhost.wql.lexer import Token, tokens, unescape
from winhost.wql.model import And, Comparison, Condition, Literal, Not, Null, Or, Select, WqlError

_COMPARE = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_MIRROR = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DEPTH = 100
_WORDS = ("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IS", "ISA", "NULL", "TRUE", "FALSE")


def parse(text: str) -> Select:
    """Read ``SELECT … FROM … [WHERE …]``. Raises WqlError for anything else (event and schema queries too)."""
    return _Parser(tokens(text)).select()


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def select(self) -> Select:
        first = self._next()
        if first.kind == "name" and first.text.upper() in ("ASSOCIATORS", "REFERENCES"):
            raise WqlError("not_supported", "association queries are not served")
        if not _is(first, "SELECT"):
            raise WqlError("unparsable", "a query begins with SELECT")
        fields = self._fields()
        self._expect("FROM")
        class_name = self._name()
        where = None
        if _is(self._peek(), "WHERE"):
            self._next()
            where = self._or()
        last = self._next()
        if last.kind != "end":
            kind = "not_supported" if last.text.upper() in ("WITHIN", "GROUP", "HAVING") else "unparsable"
            raise WqlError(kind, f"unexpected {last.text!r} at {last.position}")
        return Select(fields, class_name, where)

    def _fields(self) -> tuple[str, ...] | None:
        if self._peek().text == "*":
            self._next()
            return None
        fields = [self._name()]
        while self._peek().text == ",":
            self._next()
            fields.append(self._name())
        return tuple(fields)

    def _or(self) -> Condition:
        parts = [self._and()]
        while _is(self._peek(), "OR"):
            self._next()
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Condition:
        parts = [self._not()]
        while _is(self._peek(), "AND"):
            self._next()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Condition:
        self._depth += 1
        if self._depth > _DEPTH:
            raise WqlError("invalid_query", "the query is nested too deeply")
        try:
            if _is(self._peek(), "NOT"):
                self._next()
                return Not(self._not())
            if self._peek().text == "(" and self._peek().kind == "operator":
                self._next()
                inner = self._or()
                self._expect(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Condition:
        if self._peek().kind in ("string", "number"):  # 3 = ProductType
            value = self._literal()
            operator = _COMPARE.get(self._next().text)
            if operator is None:
                raise WqlError("unparsable", "an operator was expected")
            return Comparison(self._name(), _MIRROR[operator], value)
        name = self._name()
        word = self._next()
        if word.kind == "operator" and word.text in _COMPARE:
            return Comparison(name, _COMPARE[word.text], self._literal())
        if _is(word, "LIKE"):
            return Comparison(name, "like", self._pattern())
        if _is(word, "NOT") and _is(self._peek(), "LIKE"):
            self._next()
            return Not(Comparison(name, "like", self._pattern()))
        if _is(word, "ISA"):
            return Comparison(name, "isa", self._pattern())
        if _is(word, "IS"):
            negated = _is(self._peek(), "NOT")
            if negated:
                self._next()
            self._expect("NULL")
            return Null(name, negated)
        raise WqlError("unparsable", f"an operator was expected at {word.position}")

    def _pattern(self) -> str:
        word = self._next()
        if word.kind != "string":
            raise WqlError("unparsable", f"a string was expected at {word.position}")
        return unescape(word.text)

    def _literal(self) -> Literal:
        word = self._next()
        if word.kind == "string":
            return unescape(word.text)
        if word.kind == "number":
            digits = word.text.lstrip("+-").lower()
            sign = -1 if word.text.startswith("-") else 1
            if digits.startswith("0x"):
                return sign * int(digits, 16)
            return sign * (float(digits) if "." in digits else int(digits))
        if word.kind == "name" and word.text.upper() in ("TRUE", "FALSE", "NULL"):
            return {"TRUE": True, "FALSE": False, "NULL": None}[word.text.upper()]
        raise WqlError("unparsable", f"a value was expected at {word.position}")

    def _name(self) -> str:
        word = self._next()
        if word.kind != "name" or word.text.upper() in _WORDS:
            raise WqlError("unparsable", f"a name was expected at {word.position}")
        text = word.text
        while self._peek().text == ".":
            self._next()
            text += "." + self._name()
        return text

    def _expect(self, wanted: str) -> None:
        word = self._next()
        if word.text.upper() != wanted or word.kind == "string":
            raise WqlError("unparsable", f"{wanted} was expected at {word.position}")

    def _peek(self) -> Token:
        return self._words[self._at]

    def _next(self) -> Token:
        word = self._words[self._at]
        if word.kind != "end":
            self._at += 1
        return word


def _is(word: Token, keyword: str) -> bool:
    return word.kind == "name" and word.text.upper() == keyword
