# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signs of a boot, and the mark that a boot takes away: a value below HKLM\\HARDWARE, a hive in memory only.

Administrators may set a value in one of its keys; new keys there must be volatile, which StdRegProv cannot make.
"""

from __future__ import annotations

from collections.abc import Mapping

from .._model.answer import Answer, Cause
from .._model.boot_evidence import Birth, Mark, RebootEvidence
from .._wsman.values import Row
from . import properties, registry
from .wmi import Wmi, ask_rows

VOLATILE_KEY = "HARDWARE\\DESCRIPTION\\System"
"""A key of every Windows in the hive that each start makes anew."""

LIFELONG = ("services.exe", "wininit.exe")
"""Processes without which Windows does not run: they end with it and begin with it."""

_TIMES = "SELECT LastBootUpTime, LocalDateTime FROM Win32_OperatingSystem"


def plant(wmi: Wmi, name: str) -> Answer[bool]:
    """Write the mark and read it back; known only where it is there now."""
    written = registry.set_string(wmi, VOLATILE_KEY, name, name)
    if not written.is_known:
        return written
    return registry.get_string(wmi, VOLATILE_KEY, name).map(lambda value: value == name)


def uproot(wmi: Wmi, name: str) -> None:
    """Take the mark away. A boot does it too, so a failure does not matter."""
    registry.delete_value(wmi, VOLATILE_KEY, name)


def look(wmi: Wmi, name: str, *, marked: bool = True) -> RebootEvidence:
    """The signs now. name: the mark's; marked: whether it was ever written."""
    mark = _mark(wmi, name) if marked else Mark.NEVER_WRITTEN
    return RebootEvidence(mark, births(wmi))


def with_uptime(wmi: Wmi, signs: RebootEvidence) -> RebootEvidence:
    """The same with the uptime, by the host's own two times in one row."""
    rows = ask_rows(wmi, _TIMES)
    if not rows.value or len(rows.value) != 1:
        return signs
    boot, local = (properties.moment(rows.value[0], name).value for name in ("LastBootUpTime", "LocalDateTime"))
    return signs if boot is None or local is None else RebootEvidence(signs.mark, signs.births, local - boot)


def _mark(wmi: Wmi, name: str) -> Mark:
    value = registry.get_string(wmi, VOLATILE_KEY, name)
    if value.is_known:
        return Mark.THERE if value.value == name else Mark.UNREADABLE
    if value.cause is not Cause.VALUE_MISSING:
        return Mark.UNREADABLE
    # StdRegProv does not tell a missing key from a missing value: the key itself must be there and list what it has.
    # (It always has some, such as Identifier; success that lists none is no evidence.)
    key = registry.enum_values(wmi, VOLATILE_KEY)
    return Mark.GONE if key.value is not None and name not in key.value else Mark.UNREADABLE


def births(wmi: Wmi) -> Mapping[str, Birth]:
    """Process id and creation date of the lifelong processes; two rows of one name say nothing."""
    where = " OR ".join(f"Name='{name}'" for name in LIFELONG)
    rows = ask_rows(wmi, f"SELECT Name, ProcessId, CreationDate FROM Win32_Process WHERE {where}")  # noqa: S608
    found: dict[str, list[Birth | None]] = {}
    for row in rows.value or ():
        found.setdefault((properties.text(row, "Name").value or "").casefold(), []).append(_birth(row))
    lone = {name: of_name[0] for name, of_name in found.items() if len(of_name) == 1}
    return {name: birth for name, birth in lone.items() if name in LIFELONG and birth is not None}


def _birth(row: Row) -> Birth | None:
    process_id, created = properties.integer(row, "ProcessId").value, properties.moment(row, "CreationDate").value
    return None if process_id is None or created is None else Birth(process_id, created)
