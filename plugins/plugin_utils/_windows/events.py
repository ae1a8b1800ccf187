# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weak evidence in the System log, by the sources and codes that a definition names. Opt-in, under its own deadline.

Win32_NTLogEvent walks the log (minutes on a full one), so the query is bounded by TimeGenerated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .._model.answer import Answer
from .._model.facts import Event
from . import properties
from .wmi import Wmi, ask_rows, literal

_MOST = 500
"""Events kept, the newest first: enough for a person, bounded for the result."""


@dataclass(frozen=True)
class Source:
    """Whose events are wanted, with their codes. prefix: the source's name only begins so."""

    name: str
    codes: tuple[int, ...]
    prefix: bool = False

    @property
    def where(self) -> str:
        codes = " OR ".join(f"EventCode={code}" for code in self.codes)
        if self.prefix:
            return f"(SourceName LIKE {literal(_no_pattern(self.name) + '%')} AND ({codes}))"
        return f"(SourceName={literal(self.name)} AND ({codes}))"


    def wants(self, event: Event) -> bool:
        """Whether an event is one of these; WMI compares without case."""
        name, source = self.name.casefold(), event.source.casefold()
        return event.code in self.codes and (source.startswith(name) if self.prefix else source == name)


def _no_pattern(text: str) -> str:
    """A text in which no character stands for others in LIKE."""
    return "".join(f"[{one}]" if one in "_%[" else one for one in text)


def query_text(sources: Sequence[Source], since: datetime) -> str:
    """The WQL query; since is the oldest time wanted, as a DMTF time in UTC."""
    start = since.astimezone(UTC).strftime("%Y%m%d%H%M%S.%f") + "+000"
    wanted = " OR ".join(source.where for source in sources)
    return (
        "SELECT SourceName, EventCode, TimeGenerated FROM Win32_NTLogEvent "  # noqa: S608 - WQL, literals escaped
        f"WHERE Logfile='System' AND TimeGenerated>='{start}' AND ({wanted})"
    )


def events(
    wmi: Wmi, sources: Sequence[Source], *, now: datetime, window: timedelta, deadline: float
) -> Answer[tuple[Event, ...]]:
    """Events of the window before now (the host's own time). deadline is in seconds; () is an answer too."""
    rows = ask_rows(wmi, query_text(sources, now - window), deadline=deadline)
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
