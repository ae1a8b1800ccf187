# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event logs: what the profile brings, and what happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from winhost.machine.clock import Clock


@dataclass(frozen=True, slots=True)
class EventTemplate:
    """An event of the past: so many hours ago."""

    hours_ago: float
    log: str
    source: str
    code: int
    event_type: int = 1  # 1 error, 2 warning, 3 information
    message: str = ""
    strings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One record."""

    record: int
    time: datetime
    log: str
    source: str
    code: int
    event_type: int = 3
    message: str = ""
    strings: tuple[str, ...] = ()


class EventLog:
    """All logs of one machine, newest first."""

    def __init__(
        self, clock: Clock, templates: tuple[EventTemplate, ...] = (), *, install_age: timedelta = timedelta(days=400)
    ) -> None:
        self._clock = clock
        self._start = clock.now()
        self._templates = templates
        self._own: list[Event] = []
        self.installed = self._start - install_age

    def write(
        self,
        source: str,
        code: int,
        *,
        log: str = "System",
        event_type: int = 3,
        message: str = "",
        strings: tuple[str, ...] = (),
    ) -> Event:
        """Log something now."""
        event = Event(
            len(self._templates) + len(self._own) + 1,
            self._clock.now(),
            log,
            source,
            code,
            event_type,
            message,
            strings,
        )
        self._own.append(event)
        return event

    def all(self) -> list[Event]:
        past = sorted(self._templates, key=lambda template: -template.hours_ago)
        events = [
            Event(
                index,
                self._start - timedelta(hours=t.hours_ago),
                t.log,
                t.source,
                t.code,
                t.event_type,
                t.message,
                t.strings,
            )
            for index, t in enumerate(past, 1)
        ]
        return [*events, *self._own][::-1]
