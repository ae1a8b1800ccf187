# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weak evidence in the System log: services that did not answer, resumes from sleep. Opt-in, under its own deadline.

Win32_NTLogEvent walks the log (minutes on a full one), so the query is bounded by TimeGenerated.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .._model.answer import Answer
from .._model.facts import Event
from . import properties
from .wmi import Wmi, ask_rows

SERVICE_CODES = (7009, 7011, 7022, 7046)
"""Service Control Manager: a time-out waiting for a service, a service that hung on start."""

RESUME = (("Microsoft-Windows-Power-Troubleshooter", 1), ("Microsoft-Windows-Kernel-Power", 42))

_MOST = 500
"""Events kept, the newest first: enough for a person, bounded for the result."""


def query_text(since: datetime) -> str:
    """The WQL query; since is the oldest time wanted, as a DMTF time in UTC."""
    start = since.astimezone(UTC).strftime("%Y%m%d%H%M%S.%f") + "+000"
    codes = " OR ".join(f"EventCode={code}" for code in SERVICE_CODES)
    resumes = " OR ".join(f"(SourceName='{source}' AND EventCode={code})" for source, code in RESUME)
    return (
        "SELECT SourceName, EventCode, TimeGenerated FROM Win32_NTLogEvent "  # noqa: S608 - WQL, constants only
        f"WHERE Logfile='System' AND TimeGenerated>='{start}' "
        f"AND ((SourceName LIKE 'Service Control Manager%' AND ({codes})) OR {resumes})"
    )


def events(wmi: Wmi, *, now: datetime, window: timedelta, deadline: float) -> Answer[tuple[Event, ...]]:
    """Events of the window before now (the host's own time). deadline is in seconds; () is an answer too."""
    rows = ask_rows(wmi, query_text(now - window), deadline=deadline)
    if rows.value is None:
        return Answer(cause=rows.cause, detail=rows.detail)
    found: list[Event] = []
    for row in rows.value:
        source, code = properties.text(row, "SourceName"), properties.integer(row, "EventCode")
        time = properties.moment(row, "TimeGenerated")
        if source.value is None or code.value is None or time.value is None:
            bad = next(answer for answer in (source, code, time) if answer.value is None)
            return Answer(cause=bad.cause, detail=f"Win32_NTLogEvent: {bad.detail}")
        found.append(Event(source.value, code.value, time.value))
    return Answer.known(tuple(sorted(found, key=lambda event: event.time, reverse=True)[:_MOST]))
