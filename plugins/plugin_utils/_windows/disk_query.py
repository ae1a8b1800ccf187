# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking CIM_DataFile for files by their names, in as few queries as WMI and the room for rows allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._model.answer import Answer, Cause
from .._wsman.values import Row
from .wmi import Wmi, ask_rows, literal

QUERY_MAX = 16384
"""Characters of one query: WBEM_MAX_QUERY (wbemcli.h). An envelope of 150 KB, WinRM 1.1's own limit, holds it."""

PAGE = 20
"""Rows of one message: WinRM 1.1 (NT 6.0) sends no more, whatever is asked for (MaxBatchItems)."""

CAUTIOUS = 60
"""Names of a query after a larger one was refused: WMI also limits the ORs of a WHERE, and does not tell where."""

_REFUSED = frozenset({Cause.FAULT, Cause.PROPERTY_MISSING, Cause.TOO_LARGE})
"""What a query with too many ORs may become: WBEM_E_QUOTA_VIOLATION is a fault, others call it invalid."""

_SELECT = "SELECT Name, Version, FileSize FROM CIM_DataFile WHERE "
_OR = " OR "


@dataclass(frozen=True)
class FileRows:
    """rows: all that came. asked: the names that they answer, without case. failed: the answer to the query that ended
    it; None where none did."""

    rows: tuple[Row, ...]
    asked: frozenset[str]
    failed: Answer[list[Row]] | None = None


def ask_for(wmi: Wmi, sure: Sequence[str], unlikely: Sequence[str], room: Callable[[], int]) -> FileRows:
    """Ask for files by their exact names: CIM_DataFile answers that fast, while LIKE walks the disk.

    sure: in this order; each may cost a row. unlikely: files that few hosts have: PAGE of them go with the first query
    beyond its room, which is one message more where they are there. room: rows that a query may bring; asked before
    each, and the first one is sent with one name at least. What there is no room for is not asked for. A query that
    is refused is repeated in smaller ones.
    """
    first = max(room(), 1)
    begun = [*sure[:first], *unlikely[:PAGE]]
    names = [*begun, *sure[first:], *unlikely[PAGE:]]
    rows: list[Row] = []
    asked: set[str] = set()
    at, most = 0, len(names)
    while at < len(names):
        space = room() if at else len(begun)
        if space < 1:
            break
        chunk = _fitting(names[at : at + min(most, space)])
        found = ask_rows(wmi, _SELECT + _OR.join(_term(name) for name in chunk))
        if found.value is not None:
            rows += found.value
            asked.update(name.casefold() for name in chunk)
            at += len(chunk)
        elif found.cause in _REFUSED and len(chunk) > CAUTIOUS and room() > 0:
            most = CAUTIOUS
        else:
            return FileRows(tuple(rows), frozenset(asked), found)
    return FileRows(tuple(rows), frozenset(asked))


def _term(name: str) -> str:
    return f"Name={literal(name)}"


def _fitting(names: Sequence[str]) -> Sequence[str]:
    """The first of the names, as many as one query holds, one at least."""
    left = QUERY_MAX - len(_SELECT)
    for index, name in enumerate(names):
        left -= len(_term(name)) + len(_OR)
        if left < 0 and index:
            return names[:index]
    return names
