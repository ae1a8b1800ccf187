# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a query over rows: three-valued comparison, LIKE patterns, DMTF datetimes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol

from winhost.wql.model import And, Comparison, Condition, Literal, Not, Null, Select, WqlError

Row = Mapping[str, object]
_DMTF = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-])(\d{3})")


class Named(Protocol):
    @property
    def name(self) -> str:
        ...


class ClassShape(Protocol):
    """What the evaluator needs to know of a class."""

    @property
    def properties(self) -> Sequence[Named]:
        ...

    @property
    def ancestry(self) -> Sequence[str]:
        ...


def evaluate(select: Select, rows: Iterable[Row], class_info: ClassShape) -> list[dict[str, object]]:
    """The rows that fit, cut down to the fields asked for, named as the class names them.

    A field or a condition on a property that the class does not have is ``invalid_query``, as in WMI.
    A property that a row lacks is lacking in the result too. The class's ancestry serves ``ISA``.
    """
    canonical = {item.name.casefold(): item.name for item in class_info.properties}
    ancestry = frozenset(name.casefold() for name in class_info.ancestry)
    for name in (*(select.fields or ()), *_names(select.where)):
        if name.casefold() not in canonical and not name.startswith("__"):
            raise WqlError("invalid_query", f"the class has no property {name!r}")
    wanted = None if select.fields is None else [canonical.get(name.casefold(), name) for name in select.fields]
    where = None if select.where is None else _resolved(select.where, canonical)
    return [
        dict(row) if wanted is None else {name: row[name] for name in wanted if name in row}
        for row in rows
        if where is None or _holds(where, row, ancestry) is True
    ]


def _resolved(condition: Condition, canonical: Mapping[str, str]) -> Condition:
    """The same condition with every property named as the class names it."""
    if isinstance(condition, Comparison | Null):
        return replace(condition, name=canonical.get(condition.name.casefold(), condition.name))
    if isinstance(condition, Not):
        return Not(_resolved(condition.inner, canonical))
    return replace(condition, parts=tuple(_resolved(part, canonical) for part in condition.parts))


def _names(condition: Condition | None) -> list[str]:
    if condition is None:
        return []
    if isinstance(condition, Comparison | Null):
        return [condition.name]
    if isinstance(condition, Not):
        return _names(condition.inner)
    return [name for part in condition.parts for name in _names(part)]


def _holds(condition: Condition, row: Row, ancestry: frozenset[str]) -> bool | None:
    if isinstance(condition, Null):
        return (row.get(condition.name) is not None) is condition.negated
    if isinstance(condition, Comparison):
        return _compare(condition, row, ancestry)
    if isinstance(condition, Not):
        inner = _holds(condition.inner, row, ancestry)
        return None if inner is None else not inner
    results = [_holds(part, row, ancestry) for part in condition.parts]
    decisive = not isinstance(condition, And)
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _compare(condition: Comparison, row: Row, ancestry: frozenset[str]) -> bool | None:
    left = row.get(condition.name)
    right = condition.value
    if condition.operator == "isa":
        return str(right).casefold() in ancestry
    if right is None:  # "= NULL" works in WMI as IS NULL does
        return {"=": left is None, "<>": left is not None}.get(condition.operator)
    if left is None:
        return None
    if isinstance(left, list):
        raise WqlError("invalid_query", f"{condition.name} is an array")
    if condition.operator == "like":
        return _fits(_like(str(right)), str(left))
    pair = _alike(left, right)
    if pair is None:
        raise WqlError("invalid_query", f"{condition.name} cannot be compared with {right!r}")
    a, b = pair
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[condition.operator]  # type: ignore[operator, no-any-return]


def _alike(left: object, right: Literal) -> tuple[object, object] | None:
    if isinstance(left, datetime):
        moment = parse_dmtf(str(right))
        return None if moment is None else (left, moment)
    if isinstance(left, bool):
        flag = _boolean(right)
        return None if flag is None else (left, flag)
    if isinstance(left, int | float):
        number = _number(right)
        return None if number is None else (left, number)
    return str(left).casefold(), str(right).casefold()


def _boolean(value: Literal) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False, "1": True, "0": False}.get(value.casefold())
    return None if value is None else bool(value)


def _number(value: Literal) -> int | float | None:
    if isinstance(value, str):
        try:
            return int(value, 0) if not re.fullmatch(r"[+-]?0\d+", value.strip()) else int(value)
        except ValueError:
            return None
    return None if value is None else value


def parse_dmtf(text: str) -> datetime | None:
    """``20260101120000.000000+060`` as an aware datetime.

    ``2026-01-01`` and ``01/31/2026`` as WMI also takes them; None when it is no date.
    """
    match = _DMTF.fullmatch(text.strip())
    try:
        if match:
            year, month, day, hour, minute, second, micro = (int(part) for part in match.groups()[:7])
            offset = timezone(timedelta(minutes=int(match[8] + match[9])))
            return datetime(year, month, day, hour, minute, second, micro, tzinfo=offset)
        for pattern in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y", "%m/%d/%Y %H:%M:%S"):
            try:
                return datetime.strptime(text.strip(), pattern).replace(tzinfo=UTC)
            except ValueError:
                continue
    except (ValueError, OverflowError):
        return None
    return None


@lru_cache(maxsize=512)
def _like(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The pieces of a pattern between its percent signs, each without a wildcard of free length."""
    pieces: list[list[str]] = [[]]
    position = 0
    while position < len(pattern):
        char = pattern[position]
        end = pattern.find("]", position + 2) if char == "[" else -1
        if char == "%":
            pieces.append([])
        elif char == "_":
            pieces[-1].append(".")
        elif end > 0:
            pieces[-1].append(_char_class(pattern[position + 1 : end]))
            position = end
        else:
            pieces[-1].append(re.escape(char))
        position += 1
    return tuple(re.compile("".join(piece), re.I | re.S) for piece in pieces)


def _fits(pieces: tuple[re.Pattern[str], ...], text: str) -> bool:
    """Match the pieces in order, each at its first place: no backtracking, so no pattern takes long."""
    if len(pieces) == 1:
        return pieces[0].fullmatch(text) is not None
    first = pieces[0].match(text)
    if first is None:
        return False
    at = first.end()
    for piece in pieces[1:-1]:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    last = pieces[-1]
    return any(last.fullmatch(text, start) for start in range(at, len(text) + 1))


def _char_class(body: str) -> str:
    negated = body.startswith("^") and len(body) > 1
    chars = body[1:] if negated else body
    parts = []
    position = 0
    while position < len(chars):
        if position + 2 < len(chars) and chars[position + 1] in "-=" and chars[position] <= chars[position + 2]:
            parts.append(f"{re.escape(chars[position])}-{re.escape(chars[position + 2])}")
            position += 3
        else:
            parts.append(re.escape(chars[position]))
            position += 1
    return f"[{'^' if negated else ''}{''.join(parts)}]"
