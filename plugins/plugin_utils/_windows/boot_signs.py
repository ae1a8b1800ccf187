# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signs of a boot, and the mark that a boot takes away: a value below HKLM\\HARDWARE, a hive in memory only.

Administrators may set a value in one of its keys; new keys there must be volatile, which StdRegProv cannot make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._model.answer import Answer, Cause
from .._model.boot_evidence import Birth, Mark, RebootEvidence
from .._wsman.values import Row
from . import properties, registry
from .wmi import Wmi, ask_rows

VOLATILE_KEY = "HARDWARE\\DESCRIPTION\\System"
"""A key of every Windows in the hive that each start makes anew."""

LIFELONG = ("services.exe", "wininit.exe")
"""Processes without which Windows does not run: they end with it and begin with it."""

_PASSING = frozenset({Cause.FAULT, Cause.TOO_LARGE, Cause.UNPARSABLE})
_TIMES = "SELECT LastBootUpTime, LocalDateTime FROM Win32_OperatingSystem"


def plant(wmi: Wmi, name: str) -> Answer[bool]:
    """Write the mark and read it back; known only where it is there now."""
    written = registry.set_string(wmi, VOLATILE_KEY, name, name)
    if not written.is_known:
        return written
    return registry.get_string(wmi, VOLATILE_KEY, name).map(lambda value: value == name)


def uproot(wmi: Wmi, name: str) -> None:
    """Take the mark away, by a second try where a fault stood in the answer's place. A boot does it too."""
    if registry.delete_value(wmi, VOLATILE_KEY, name).cause in _PASSING:
        registry.delete_value(wmi, VOLATILE_KEY, name)


def look(wmi: Wmi, name: str, *, marked: bool = True) -> RebootEvidence:
    """The signs now. name: the mark's; marked: whether it was ever written."""
    return signs(wmi, _mark(wmi, name) if marked else Mark.NEVER_WRITTEN)


def signs(wmi: Wmi, mark: Mark) -> RebootEvidence:
    """The mark together with the births, and why these could not be had."""
    found = births(wmi)
    return RebootEvidence(mark, found.value or {}, unread=found.detail)


def with_uptime(wmi: Wmi, signs: RebootEvidence) -> RebootEvidence:
    """The same with the uptime, by the host's own two times in one row."""
    rows = ask_rows(wmi, _TIMES)
    if not rows.value or len(rows.value) != 1:
        return signs
    boot, local = (properties.moment(rows.value[0], name).value for name in ("LastBootUpTime", "LocalDateTime"))
    return signs if boot is None or local is None else replace(signs, uptime=local - boot)


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


def births(wmi: Wmi) -> Answer[Mapping[str, Birth]]:
    """Process id and creation date of the lifelong processes; two rows of one name say nothing.

    Known with one birth at least; else the cause, and in words what the host answered.
    """
    where = " OR ".join(f"Name='{name}'" for name in LIFELONG)
    rows = ask_rows(wmi, f"SELECT Name, ProcessId, CreationDate FROM Win32_Process WHERE {where}")  # noqa: S608
    if rows.value is None:
        return Answer(cause=rows.cause, detail=f"asking for {' and '.join(LIFELONG)} (Win32_Process): {rows.detail}")
    found: dict[str, list[Answer[Birth]]] = {}
    for row in rows.value:
        name = (properties.text(row, "Name").value or "").casefold()
        if name in LIFELONG:
            found.setdefault(name, []).append(_birth(row))
    if not found:
        return Answer.unknown(Cause.EMPTY, f"the host lists neither {' nor '.join(LIFELONG)} (Win32_Process)")
    births_ = {name: of_name[0].value for name, of_name in found.items() if len(of_name) == 1}
    told = {name: birth for name, birth in births_.items() if birth is not None}
    if told:
        return Answer.known(told)
    name, of_name = next(iter(found.items()))
    if len(of_name) > 1:
        return Answer.unknown(Cause.INCONSISTENT, f"the host lists {len(of_name)} of {name} (Win32_Process)")
    return Answer.unknown(of_name[0].cause or Cause.EMPTY, f"{name} (Win32_Process): {of_name[0].detail}")


def _birth(row: Row) -> Answer[Birth]:
    process_id, created = properties.integer(row, "ProcessId"), properties.moment(row, "CreationDate")
    if process_id.value is None:
        return Answer(cause=process_id.cause, detail=process_id.detail)
    return created.map(lambda moment: Birth(process_id.value or 0, moment))
