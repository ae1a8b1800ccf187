# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver or service that shows a symptom. It is only looked at: asking it to stop may be what hangs."""

from __future__ import annotations

from collections.abc import Sequence

from .._model.answer import Answer, Cause
from .._model.facts import Driver
from .._wsman.values import Row
from . import properties
from .wmi import Wmi, ask_one_row, ask_rows, literal

PROPERTIES = ("Name", "State", "StartMode", "Started", "Status", "ExitCode")
"""What is read of the row; the query asks for all, as a projection fails as a whole where one property is missing."""


def driver(wmi: Wmi, name: str, class_name: str = "Win32_SystemDriver") -> Answer[Driver]:
    """Ask Win32_SystemDriver for one kernel driver, or Win32_Service for one service.

    No such row is EMPTY only where the class lists one that every Windows has; a class that lists nothing is no
    evidence of absence. (Two messages then.)
    """
    row = _row(wmi, name, class_name)
    if row.cause is Cause.EMPTY and not _row(wmi, _EVERYWHERE[class_name], class_name).is_known:
        detail = f"{class_name} lists neither {name} nor {_EVERYWHERE[class_name]}, which every Windows has"
        return Answer.unknown(Cause.VALUE_MISSING, detail)
    if row.value is None:
        return Answer(cause=row.cause, detail=row.detail)
    return _read(name, class_name, row.value)


def _read(name: str, class_name: str, row: Row) -> Answer[Driver]:
    state = properties.text(row, "State")
    if not state.value:
        detail = f"{class_name} {name}: {state.detail or 'State is empty'}"
        return Answer.unknown(state.cause or Cause.VALUE_MISSING, detail)
    return Answer.known(
        Driver(
            name=name,
            state=state.value,
            start_mode=properties.text(row, "StartMode").value,
            started=properties.boolean(row, "Started").value,
        )
    )


def drivers(wmi: Wmi, names: Sequence[str], class_name: str) -> dict[str, Answer[Driver]]:
    """Several of one class, by name, at the cost of one: all in one query, with one that every Windows has."""
    if len(names) == 1:
        return {names[0]: driver(wmi, names[0], class_name)}
    every = _EVERYWHERE[class_name]
    where = " OR ".join(f"Name={literal(name)}" for name in dict.fromkeys((*names, every)))
    rows = ask_rows(wmi, f"SELECT * FROM {class_name} WHERE {where}")  # noqa: S608 - WQL, escaped
    if rows.value is None:
        return dict.fromkeys(names, Answer(cause=rows.cause, detail=rows.detail))
    found: dict[str, list[Row]] = {}
    for row in rows.value:
        found.setdefault((properties.text(row, "Name").value or "").casefold(), []).append(row)
    return {name: _one(name, class_name, found, rows.value) for name in names}


def _one(name: str, class_name: str, found: dict[str, list[Row]], rows: list[Row]) -> Answer[Driver]:
    mine = found.get(name.casefold(), [])
    if len(mine) > 1:
        return Answer.unknown(Cause.INCONSISTENT, f"{class_name} gives {len(mine)} rows for {name}")
    if mine:
        return _read(name, class_name, mine[0])
    if rows:
        return Answer.unknown(Cause.EMPTY, f"{class_name} has no {name}")
    detail = f"{class_name} lists neither {name} nor {_EVERYWHERE[class_name]}, which every Windows has"
    return Answer.unknown(Cause.VALUE_MISSING, detail)


_EVERYWHERE = {"Win32_SystemDriver": "Tcpip", "Win32_Service": "RpcSs"}
_KINDS = {"Win32_SystemDriver": "driver", "Win32_Service": "service"}


def _row(wmi: Wmi, name: str, class_name: str) -> Answer[Row]:
    wql = f"SELECT * FROM {class_name} WHERE Name={literal(name)}"  # noqa: S608 - WQL, escaped
    return ask_one_row(wmi, wql, what=f"{_KINDS[class_name]} {name}")
