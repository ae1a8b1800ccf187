# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL: names of classes and properties stay, literals only where they name nobody. And what a query means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .forms import Forms
from .times import DMTF, ISO

_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_LONG_NUMBER = re.compile(r"(?<![\w.])[0-9]{6,}")
_SELECT = re.compile(r"\s*SELECT\s+(.+?)\s+FROM\s+(\w+)\s*(?:WHERE\s+(.*?))?\s*", re.IGNORECASE | re.DOTALL)
_FROM = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)
_TIME = "<time>"


def class_of(wql: str) -> str:
    """The class that is asked for, "" where none is told."""
    match = _FROM.search(_LITERAL.sub("''", wql))
    return match[1] if match else ""


def redacted(wql: str, forms: Forms) -> str:
    """The query with its literals replaced where they may name somebody."""
    made, at = [], 0
    for match in _LITERAL.finditer(wql):
        made += [_outside(wql[at : match.start()], forms), _literal(match, forms)]
        at = match.end()
    return "".join([*made, _outside(wql[at:], forms)])


def _outside(text: str, forms: Forms) -> str:
    return _LONG_NUMBER.sub(lambda match: forms.stand_ins.number(match[0]), text)


def _literal(match: re.Match[str], forms: Forms) -> str:
    quote = match[0][0]
    text = re.sub(r"\\(.)", r"\1", match[1] if quote == "'" else match[2], flags=re.DOTALL)
    moved = forms.shift.whole(text)
    made = moved if moved is not None else forms.path(text)
    return quote + re.sub(r"([\\'\"])", r"\\\1", made) + quote


@dataclass(frozen=True)
class Meaning:
    """What a query asks for, however it is written. fields: None for all of them."""

    fields: frozenset[str] | None
    class_name: str
    terms: frozenset[str]


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
    return Meaning(fields, match[2].casefold(), _terms((match[3] or "").casefold(), put_back))


def _terms(where: str, put_back: Callable[[str], str]) -> frozenset[str]:
    flat = "(" not in where and " and " not in where
    parts = where.split(" or ") if flat else [where]
    return frozenset(put_back(re.sub(r"\s*(<=|>=|<>|=|<|>)\s*", r"\1", part.strip())) for part in parts if part.strip())
