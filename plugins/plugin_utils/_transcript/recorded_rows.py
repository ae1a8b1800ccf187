# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to queries that were never asked, from rows that were recorded: only where these hold all that is asked.

Of the same class in the same namespace, with fewer properties, or with a WHERE that the recorded rows decide. What a
recorded row does not tell for certain is no answer: a name that was replaced is not known to be another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .._wsman import uris
from . import markup, meaning, wql
from .allowed import form_of
from .document import Recorded
from .forms import Forms
from .markup import Node
from .standins import StandIns
from .times import Shift

_NUMBERS = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


class _Undecided(Exception):
    """The recorded rows do not tell."""


@dataclass(frozen=True)
class _Table:
    """All rows of one query, whole."""

    first: Recorded
    resource: str
    asked: wql.Meaning
    rows: tuple[Node, ...]


class RecordedRows:
    """The rows of a transcript's queries."""

    def __init__(self, exchanges: Sequence[Recorded]) -> None:
        self._tables = list(_tables(exchanges))
        self._forms = Forms(StandIns(), Shift())

    def answer(self, request: Node) -> Recorded | None:
        """An exchange as it would have been recorded; None where the rows do not hold the answer."""
        wanted = _query(request)
        if wanted is None or request.find("Body", "Enumerate", "OptimizeEnumeration") is None:
            return None
        resource = _resource(request)
        for table in self._tables:
            if table.resource == resource and table.asked.class_name == wanted.class_name:
                try:
                    return replace(table.first, answer=_written(table, self._chosen(table, wanted)))
                except _Undecided:
                    continue
        return None

    def _chosen(self, table: _Table, wanted: wql.Meaning) -> list[Node]:
        """The rows that are asked for, with the properties that are asked for."""
        rows = [{child.local.casefold(): child for child in row.children} for row in table.rows]
        if table.asked.fields is None and wanted.fields is None:
            needed: frozenset[str] = frozenset()
        elif wanted.fields is None:
            raise _Undecided
        else:
            needed = wanted.fields
        if table.asked.terms != wanted.terms:
            covered = not table.asked.terms or (wanted.terms and wanted.terms <= table.asked.terms)
            if wanted.where is None or not covered:
                raise _Undecided
            compared = {one.name for part in wanted.where for one in part}
            if any(
                [child.local.casefold() for child in row.children].count(name) > 1
                for row in table.rows
                for name in compared
            ):
                raise _Undecided  # a list
            needed |= compared
        known = table.asked.fields
        if any(not needed <= row.keys() for row in rows) or not (rows or (known is not None and needed <= known)):
            raise _Undecided
        if table.asked.terms != wanted.terms:
            decided = [_Decision(table, wanted, self._forms).of(row) for row in rows]
            kept = [row for row, yes in zip(table.rows, decided, strict=True) if yes]
        else:
            kept = list(table.rows)
        return [_narrowed(row, wanted.fields) for row in kept]


@dataclass(frozen=True)
class _Decision:
    """Whether a row meets a WHERE. Raises _Undecided."""

    table: _Table
    wanted: wql.Meaning
    forms: Forms

    def of(self, row: dict[str, Node]) -> bool:
        # every condition is looked at: one that cannot be decided is not hidden by another that fails
        met = [[self._met(one, row[one.name]) for one in part] for part in self.wanted.where or ()]
        return any(all(part) for part in met)

    def _met(self, condition: wql.Condition, held: Node) -> bool:
        if held.children or condition.is_time:
            raise _Undecided
        value, name = held.text.strip(), held.local
        if any(key.rpartition(":")[2] == "nil" and text in ("true", "1") for key, text in held.attributes.items()):
            return False  # NULL meets nothing
        if condition.operator in _NUMBERS:
            if not (value.isdecimal() and condition.text.isdecimal() and self._stays(name, value)):
                raise _Undecided
            return bool(_NUMBERS[condition.operator](int(value), int(condition.text)))
        if not self._tells(condition.text, name):
            raise _Undecided
        return (value.casefold() == condition.text.casefold()) is (condition.operator == "=")

    def _tells(self, text: str, name: str) -> bool:
        """Whether a row with this text would show it: as it may stay, or as it is in a row of this very query."""
        if self._stays(name, text):
            return True
        shown = {child.text.strip().casefold() for row in self.table.rows for child in row.children
                 if child.local.casefold() == name.casefold()}  # fmt: skip
        return text.casefold() in shown and not any(one.isdigit() for one in text)

    def _stays(self, name: str, text: str) -> bool:
        return self.forms.of(form_of(self.wanted.class_name, name), text) == text


def _query(request: Node) -> wql.Meaning | None:
    query = request.find("Body", "Enumerate", "Filter")
    found = None if query is None else wql.meaning(query.text)
    return found if isinstance(found, wql.Meaning) else None


def _resource(request: Node) -> str:
    found = request.find("Header", "ResourceURI")
    return "" if found is None else found.text.strip().casefold()


def _tables(exchanges: Sequence[Recorded]) -> Iterator[_Table]:
    """Of queries that were answered to their end, page by page."""
    for at, one in enumerate(exchanges):
        request = markup.read(one.request)
        asked = _query(request)
        if asked is None:
            continue
        rows: list[Node] = []
        page: Recorded | None = one
        after = iter(exchanges[at + 1 :])
        while page is not None and page.error is None:
            answer = markup.read(page.answer)
            if answer.find("Body", "Fault") is not None:
                break
            rows += [item for node in answer.walk() if node.local == "Items" for item in node.children]
            if any(node.local == "EndOfSequence" for node in answer.walk()):
                yield _Table(one, _resource(request), asked, tuple(rows))
                break
            context = meaning.context_of(answer)
            page = next((other for other in after if _pulls(other, context)), None)


def _pulls(exchange: Recorded, context: str) -> bool:
    request = markup.read(exchange.request)
    return bool(context) and request.find("Body", "Pull") is not None and meaning.context_of(request) == context


def _narrowed(row: Node, fields: frozenset[str] | None) -> Node:
    """As the service answers for some properties."""
    if fields is None:
        return row
    spaces = {name: value for name, value in row.attributes.items() if name.startswith("xmlns")}
    kept: list[Node | str] = [child for child in row.children if child.local.casefold() in fields]
    return Node("w:XmlFragment", {**spaces, "xmlns:w": uris.WSMAN}, kept)


def _written(table: _Table, rows: Sequence[Node]) -> bytes:
    """The first answer again, with these rows and no more to come."""
    answer = markup.read(table.first.answer)
    begun = answer.find("Body", "EnumerateResponse")
    if begun is None:
        raise _Undecided
    spaces = {"xmlns:n": uris.ENUMERATION, "xmlns:w": uris.WSMAN}
    begun.content = [
        Node("n:EnumerationContext", dict(spaces)),
        Node("w:Items", dict(spaces), list(rows)),
        Node("w:EndOfSequence", dict(spaces)),
    ]
    return "".join(markup.lines(answer)).encode()
