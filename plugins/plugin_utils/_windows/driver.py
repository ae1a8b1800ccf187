# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver that shows the symptom. It is only looked at: asking it to stop is what hangs (the article)."""

from __future__ import annotations

from .._model.answer import Answer, Cause
from .._model.facts import Driver
from . import properties
from .wmi import Wmi, ask_one_row, literal

PROPERTIES = ("Name", "State", "StartMode", "Started", "Status", "ExitCode")
"""What is read of the row; the query asks for all, as a projection fails as a whole where one property is missing."""


def driver(wmi: Wmi, name: str) -> Answer[Driver]:
    """Ask Win32_SystemDriver for one kernel driver.

    No such row is EMPTY only where the class lists a driver that every Windows has; a class that lists nothing is no
    evidence of absence. (Two messages then.)
    """
    wql = f"SELECT * FROM Win32_SystemDriver WHERE Name={literal(name)}"  # noqa: S608 - WQL, escaped
    row = ask_one_row(wmi, wql, what=f"driver {name}")
    if row.cause is Cause.EMPTY and not _lists(wmi):
        detail = f"Win32_SystemDriver lists neither {name} nor {_EVERYWHERE}, which every Windows has"
        return Answer.unknown(Cause.VALUE_MISSING, detail)
    if row.value is None:
        return Answer(cause=row.cause, detail=row.detail)
    state = properties.text(row.value, "State")
    if not state.value:
        detail = f"Win32_SystemDriver {name}: {state.detail or 'State is empty'}"
        return Answer.unknown(state.cause or Cause.VALUE_MISSING, detail)
    return Answer.known(
        Driver(
            name=name,
            state=state.value,
            start_mode=properties.text(row.value, "StartMode").value,
            started=properties.boolean(row.value, "Started").value,
        )
    )


_EVERYWHERE = "Tcpip"


def _lists(wmi: Wmi) -> bool:
    wql = f"SELECT * FROM Win32_SystemDriver WHERE Name={literal(_EVERYWHERE)}"  # noqa: S608 - WQL, escaped
    return ask_one_row(wmi, wql, what=f"driver {_EVERYWHERE}").is_known
