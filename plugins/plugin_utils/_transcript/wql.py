# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL: names of classes and properties stay, literals only where they name nobody. And what a query means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .allowed import COLUMNS, form_of
from .forms import Forms, is_class
from .times import DMTF, ISO

_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_TOKEN = re.compile(r"[^\W_0-9][\w-]*|_[\w-]+|[0-9]+")
_KEYWORDS = frozenset(
    [
        *("select", "from", "where", "and", "or", "not", "like", "is", "isa", "null", "true", "false"),
        *("associators", "references", "of"),
    ]
)
_SELECT = re.compile(r"\s*SELECT\s+(.+?)\s+FROM\s+(\w+)\s*(?:WHERE\s+(.*?))?\s*", re.IGNORECASE | re.DOTALL)
_FROM = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)
_CONDITION = re.compile(r"(\w+)\s*(<=|>=|<>|!=|=|<|>)\s*(?:'([0-9]+)'|([0-9]+|true|false))")
_TIME = "<time>"


def class_of(wql: str) -> str:
    """The class that is asked for, "" where none is told."""
    match = _FROM.search(_LITERAL.sub("''", wql))
    return match[1] if match else ""


def redacted(wql: str, forms: Forms) -> str:
    """The query without what may name somebody: literals and numbers as in rows, and names that are not known."""
    redactor = _Redactor(forms, class_of(wql))
    made, at = [], 0
    for match in _LITERAL.finditer(wql):
        made += [redactor.outside(wql[at : match.start()]), redactor.literal(match)]
        at = match.end()
    return "".join([*made, redactor.outside(wql[at:])])


class _Redactor:
    """One query's. What a property is compared with may stay in the property's own form."""

    def __init__(self, forms: Forms, class_name: str) -> None:
        self._forms, self._class = forms, class_name
        self._last = ""

    def outside(self, text: str) -> str:
        return _TOKEN.sub(self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        token = match[0]
        if token.isdecimal():
            return self._forms.of(form_of(self._class, self._last), token)
        if token.casefold() in _KEYWORDS:
            return token
        self._last = token
        known = token.casefold() in COLUMNS or is_class(token)
        return token if known else self._forms.stand_ins.tokens(token)

    def literal(self, match: re.Match[str]) -> str:
        quote = match[0][0]
        text = unescaped(match[1] if quote == "'" else match[2])
        made = self._forms.of(form_of(self._class, self._last), text)
        return quote + re.sub(r"([\\'\"])", r"\\\1", made) + quote


def unescaped(text: str) -> str:
    """A literal's text."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """A property, how it is compared, and with what text; is_time: with a moment, which every transcript moves."""

    name: str
    operator: str
    text: str
    is_time: bool = False


@dataclass(frozen=True)
class Meaning:
    """What a query asks for, however it is written. fields: None for all of them.

    where: what OR joins, of what AND joins; None where it is made in another way. It says no more than terms.
    """

    fields: frozenset[str] | None
    class_name: str
    terms: frozenset[str]
    where: tuple[tuple[Condition, ...], ...] | None = field(default=(), compare=False)


def meaning(wql: str) -> Meaning | str:
    """Without case, order of fields and of what OR joins, and times; the bare text where it is no such query."""
    texts: list[str] = []

    def put_by(match: re.Match[str]) -> str:
        inner = match[1] if match[1] is not None else match[2]
        texts.append(_TIME if DMTF.fullmatch(inner) or ISO.fullmatch(inner) else inner.casefold())
        return f"'{len(texts) - 1}'"

    bare = " ".join(_LITERAL.sub(put_by, wql).split())

    def put_back(text: str) -> str:
        return re.sub("'([0-9]+)'", lambda match: f"'{texts[int(match[1])]}'", text)

    match = _SELECT.fullmatch(bare)
    if match is None:
        return put_back(bare.casefold())
    fields = None if match[1].strip() == "*" else frozenset(one.strip().casefold() for one in match[1].split(","))
    where = (match[3] or "").casefold()
    return Meaning(fields, match[2].casefold(), _terms(where, put_back), _where(where, texts))


def _terms(where: str, put_back: Callable[[str], str]) -> frozenset[str]:
    flat = "(" not in where and " and " not in where
    parts = where.split(" or ") if flat else [where]
    return frozenset(put_back(re.sub(r"\s*(<=|>=|<>|=|<|>)\s*", r"\1", part.strip())) for part in parts if part.strip())


def _where(where: str, texts: Sequence[str]) -> tuple[tuple[Condition, ...], ...] | None:
    if not where.strip():
        return ()
    found = [[_CONDITION.fullmatch(one.strip()) for one in part.split(" and ")] for part in where.split(" or ")]
    made = []
    for part in found:
        conditions = []
        for match in part:
            if match is None:
                return None
            text = match[4] if match[3] is None else texts[int(match[3])]
            conditions.append(Condition(match[1], match[2], unescaped(text), text == _TIME))
        made.append(tuple(conditions))
    return tuple(made)
