# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL queries of the user's own: read from what the user wrote, run one after the other, values typed by their form."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._text.visible import all_visible
from .._windows.properties import iso
from .._windows.wmi import cause_of, host_is_lost
from .._wsman import errors, faults
from .._wsman.client import Client
from .._wsman.code_meanings import meaning_of
from .._wsman.faults import WSManFault
from .._wsman.room import Room
from .._wsman.values import Row, UnparsableValue, Value, parse_datetime
from .errors import OperationError

_KEYS = frozenset({"query", "namespace", "name"})
_STATEMENT = re.compile(r"\s*(SELECT|ASSOCIATORS\s+OF|REFERENCES\s+OF)\b", re.IGNORECASE)
_NAMESPACE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([/\\][A-Za-z0-9_]+)*", re.ASCII)
_INTEGER = re.compile(r"-?[1-9][0-9]{0,19}|0", re.ASCII)
_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_CANNOT_PROCESS = 2150858778
_EXAMPLE = "SELECT Version FROM Win32_OperatingSystem"
_AT_ONCE = 500
"""Rows that are made fit between two looks at the clock."""

_AFTER = 2.0
"""Seconds after a query's deadline in which rows that have come are still made fit."""

_ENTRY = 2048
_WRITTEN_OUT = 6
"""Memory of an unprintable value, for each character of its base64 and of its entry: the value is there once more, with
up to six characters in the place of one."""

_LONGEST = 60_000
"""Characters of a query: it must fit the 150 KB envelope of WinRM 1.1 even when each takes two bytes."""


class QueryError(OperationError, ValueError):
    """A query that cannot be sent: which one, and what is wrong with it."""


@dataclass(frozen=True)
class Query:
    """One query. name is what results and errors call it: the user's own, else the text."""

    text: str
    namespace: str
    name: str


@dataclass(frozen=True)
class QuerySet:
    """Queries and how to run them. deadline: seconds for each. report_errors: go on after one that failed.

    listed: the user gave a list, of however many.
    """

    queries: tuple[Query, ...]
    listed: bool = True
    typed: bool = True
    report_errors: bool = False
    deadline: float = 60.0


@dataclass(frozen=True)
class QueryResult:
    """The rows of one query, or the error instead of them (rows is None then)."""

    query: Query
    rows: list[dict[str, object]] | None
    error: dict[str, object] | None = None
    unprintable: list[dict[str, object]] = field(default_factory=list)

    @property
    def error_text(self) -> str:
        return "" if self.error is None else str(self.error["message"])

    def as_dict(self, *, rows: bool = True) -> dict[str, object]:
        """The documented form. rows: with them; where they are elsewhere in the result, they are not there twice."""
        return {
            "name": self.query.name,
            "query": self.query.text,
            "namespace": self.query.namespace,
            **({"rows": self.rows} if rows else {}),
            "count": None if self.rows is None else len(self.rows),
            "error": self.error,
            "unprintable": self.unprintable,
        }


def read_queries(given: object, namespace: str) -> tuple[Query, ...]:
    """A text, a dictionary (query, namespace, name), or a list of these. Raises QueryError."""
    items = given if isinstance(given, list) else [given]
    if not items:
        raise QueryError("query is an empty list: at least one WQL query was expected")
    return tuple(_read(item, namespace, f"query {number}") for number, item in enumerate(items, 1))


def _read(item: object, namespace: str, where: str) -> Query:
    if isinstance(item, Mapping):
        unknown = sorted(str(key) for key in item if key not in _KEYS)
        if unknown:
            raise QueryError(f"{where} has the key {unknown[0]!r}: query, namespace and name were expected")
        text, space, name = item.get("query"), item.get("namespace") or namespace, item.get("name")
    else:
        text, space, name = item, namespace, None
    if not isinstance(text, str) or not text.strip():
        raise QueryError(f"{where} has no text: a WQL query such as {_EXAMPLE!r} was expected")
    if not _STATEMENT.match(text):
        raise QueryError(f"{where} is {text[:60]!r}: it must begin with SELECT, ASSOCIATORS OF or REFERENCES OF")
    if len(text) > _LONGEST:
        raise QueryError(f"{where} has {len(text)} characters: at most {_LONGEST} fit an envelope")
    if not isinstance(space, str) or not _NAMESPACE.fullmatch(space.strip("/\\ ")):
        raise QueryError(f"{where} has the namespace {str(space)[:60]!r}: one such as root/cimv2 was expected")
    return Query(text.strip(), space.strip("/\\ ").replace("\\", "/"), text.strip() if name is None else str(name))


def run_queries(client: Client, wanted: QuerySet, results: list[QueryResult] | None = None) -> list[QueryResult]:
    """Run the queries in order, into results where given. Without report_errors the first that fails is the last.

    Raises the wire's errors only where the host is lost or the deadline of all is over: results holds what there is.
    """
    results = [] if results is None else results
    with client.keeping() as room:
        for query in wanted.queries:
            results.append(_run(client, query, wanted, room))
            if results[-1].error is not None and not wanted.report_errors:
                break
    return results


def _run(client: Client, query: Query, wanted: QuerySet, room: Room) -> QueryResult:
    until, before = client.clock() + wanted.deadline + _AFTER, room.left
    try:
        rows = client.query(query.text, namespace=query.namespace, deadline=wanted.deadline)
        return _fit(client, query, wanted, rows, until=until, room=room)
    except errors.WSManError as error:
        if host_is_lost(error):
            raise
        room.left = before  # nothing of this query is kept
        code = error.code if isinstance(error, WSManFault) else None
        message = f"{error}{_left_open(error)}"
        told = {"cause": _cause(error), "code": code, "meaning": meaning_of(code), "message": message}
        return QueryResult(query, None, dict[str, object](told))


def _fit(
    client: Client, query: Query, wanted: QuerySet, rows: list[Row], *, until: float, room: Room
) -> QueryResult:
    """The rows typed, a few at a time.

    Raises errors.DeadlineExceeded when the clock passes `until` before the last, errors.TooMuch where what cannot be
    printed finds no room.
    """
    shown: list[dict[str, object]] = []
    unprintable: list[dict[str, object]] = []
    for start in range(0, len(rows), _AT_ONCE):
        if client.clock() > until:
            raise errors.DeadlineExceeded(
                f"the deadline of {wanted.deadline:g} s passed when {start} of {len(rows)} rows had been read",
                do="This controller is busy: narrow the query or allow more time.",
                asked=query.text,
                endpoint=client.endpoint,
            )
        some = rows[start : start + _AT_ONCE]
        shown += [_shown(row, typed=wanted.typed) for row in some]
        found = _unprintable(some, start)
        room.take(sum(_WRITTEN_OUT * len(str(one["base64"])) + _ENTRY for one in found), query.text)
        unprintable += found
    return QueryResult(query, shown, unprintable=unprintable)


_OWN_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (faults.ClassNotFound, "class_missing"),
    (faults.InvalidNamespace, "namespace_missing"),
    (faults.FilterRejected, "query_invalid"),
)
"""What a fault says of a query that the user wrote; of ours, which are right, it says that a property is missing."""


def _left_open(error: errors.WSManError) -> str:
    """What a code of Windows leaves open: it sends one for several causes, and the cause given is the likeliest."""
    code = error.code if isinstance(error, WSManFault) else None
    if code == _CANNOT_PROCESS:
        return " There may be no such class; the query may also be wrong: Windows says the same of both."
    if isinstance(error, faults.ResourceNotFound) and not isinstance(error, faults.InstanceNotFound):
        return " It does not say whether the class, the namespace or the object is missing."
    return ""


def _cause(error: errors.WSManError) -> str:
    return next((name for kind, name in _OWN_CAUSES if isinstance(error, kind)), cause_of(error).value)


def _unprintable(rows: list[Row], first: int = 0) -> list[dict[str, object]]:
    """Values that are shown with characters written out, as they came: row, property, and the UTF-8 as base64.

    first: the number of the first of these rows.
    """
    found: list[dict[str, object]] = []
    for number, row in enumerate(rows, first):
        for name, value in row.items():
            if all_visible(value) != value:
                raw = value if isinstance(value, str) else json.dumps(value)
                coded = base64.b64encode(_as_sent(raw)).decode()
                found.append({"row": number, "property": name, "base64": coded})
    return found


def _as_sent(text: str) -> bytes:
    """The UTF-8, in which what was no character (xmlmend.py) is the byte that it was."""
    try:
        return text.replace("\udc26", "&").encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _shown(row: Row, *, typed: bool) -> dict[str, object]:
    return {name: typed_value(value) if typed else value for name, value in row.items()}


def typed_value(value: Value) -> object:
    """A value by its form, as WS-Man sends only text.

    Canonical integers (no leading zero or plus, no `-0`), `true` and `false` in any case (OMI sends `TRUE`), and ISO
    times with a zone (made UTC with `Z`). Anything else, and so `007`, stays the text it is. Null stays null; lists and
    instances are walked.
    """
    if isinstance(value, list):
        return [typed_value(item) for item in value]
    if isinstance(value, dict):
        return {name: typed_value(item) for name, item in value.items()}
    if value is None:
        return None
    if _INTEGER.fullmatch(value):
        return int(value)
    if value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    if _ISO_TIME.fullmatch(value):
        try:
            return iso(parse_datetime(value))
        except UnparsableValue:
            return value
    return value
