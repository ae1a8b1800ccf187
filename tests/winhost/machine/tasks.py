# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task scheduler: tasks from XML, with the defaults of version 2.0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine


class TaskError(Exception):
    """A call of the scheduler failed; ``code`` is an HRESULT (unsigned)."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(f"0x{code:08X}: {what}")
        self.code = code


class TaskScheduler:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def machine_stops(self) -> None: ...

    def register(self, name: str, xml: bytes | str, token: Token, *, replace: bool = False) -> Task:
        """schtasks /create /xml. Raises TaskError (0x800700B7 exists, 0x80070005, 0x8004131A malformed …)."""
        raise NotImplementedError

    def get(self, name: str) -> Task | None:
        raise NotImplementedError

    def all(self) -> list[Task]:
        raise NotImplementedError

    def run(self, name: str, token: Token) -> None:
        raise NotImplementedError

    def end(self, name: str, token: Token) -> None:
        raise NotImplementedError

    def delete(self, name: str, token: Token) -> None:
        raise NotImplementedError


@dataclass
class Task:
    name: str  # with the leading backslash
    xml: str
    state: str = "Ready"  # Ready | Running | Disabled
    last_run: datetime | None = None
    last_result: int = 0x41303
