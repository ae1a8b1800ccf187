# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver or service that shows a symptom. It is only looked at: asking it to stop may be what hangs."""

from __future__ import annotations

from .._model.answer import Answer, Cause
from .._model.facts import Driver
from .._wsman.values import Row
from . import properties
from .wmi import Wmi, ask_one_row, literal

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
    state = properties.text(row.value, "State")
    if not state.value:
        detail = f"{class_name} {name}: {state.detail or 'State is empty'}"
        return Answer.unknown(state.cause or Cause.VALUE_MISSING, detail)
    return Answer.known(
        Driver(
            name=name,
            state=state.value,
            start_mode=properties.text(row.value, "StartMode").value,
            started=properties.boolean(row.value, "Started").value,
        )
    )


_EVERYWHERE = {"Win32_SystemDriver": "Tcpip", "Win32_Service": "RpcSs"}
_KINDS = {"Win32_SystemDriver": "driver", "Win32_Service": "service"}


def _row(wmi: Wmi, name: str, class_name: str) -> Answer[Row]:
    wql = f"SELECT * FROM {class_name} WHERE Name={literal(name)}"  # noqa: S608 - WQL, escaped
    return ask_one_row(wmi, wql, what=f"{_KINDS[class_name]} {name}")
