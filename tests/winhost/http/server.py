# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's listener: accepts connections, counts messages, keeps the tail of the log, goes with its machine."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from winhost.faults.plan import MACHINE_KINDS, FaultSpec, Plan
from winhost.http.auth import Authenticator
from winhost.http.connection import Connection
from winhost.http.credentials import NtlmStore
from winhost.http.settings import AuthSettings, Limits, Listener
from winhost.wsman.caller import Answer, Caller

_ACTION = re.compile(rb"<[\w-]*:?Action\b[^>]*>\s*([^<\s]*)\s*<")
_TAIL = 200

Record = dict[str, Any]


class HostServer:
    """The network face of one machine."""

    def __init__(
        self,
        name: str,
        listener: Listener,
        service: Any,
        accounts: Any,
        *,
        auth_settings: AuthSettings,
        limits: Limits,
        store: NtlmStore,
        plan: Plan | None = None,
        log: Callable[[Record], None] = lambda record: None,
        strike: Callable[[FaultSpec], Awaitable[None]] | None = None,
        credssp_available: bool = False,
        max_envelope: int = 153600,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self.listener = listener
        self.service = service
        self.accounts = accounts
        self.auth_settings = auth_settings
        self.limits = limits
        self.store = store
        self.plan = plan or Plan()
        self.max_envelope = max_envelope
        self.now = now
        self.messages = 0
        self.by_action: dict[str, int] = {}
        self.tail: deque[Record] = deque(maxlen=_TAIL)
        self._log = log
        self._strike = strike
        self._credssp = credssp_available
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, asyncio.Task[None] | None] = {}

    @property
    def connection_count(self) -> int:
        return len(self._connections)

    @property
    def listening(self) -> bool:
        return self._server is not None

    def authenticator(self) -> Authenticator:
        return Authenticator(
            self.auth_settings, self.listener, self.accounts, self.store, credssp_available=self._credssp
        )

    async def start(self) -> None:
        """Listen; OSError when the address cannot be bound."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accept,
                self.listener.address,
                self.listener.port,
                ssl=self.listener.tls,
                backlog=64,
                reuse_address=True,
            )
            self.listener.port = self._server.sockets[0].getsockname()[1]

    def stop(self, *, reset: bool = True) -> None:
        """Stop listening and drop every connection, as a machine does that goes down."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection, task in list(self._connections.items()):
            if reset:
                connection.reset()
            else:
                connection.close()
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self, reader, writer)
        self._connections[connection] = asyncio.current_task()
        try:
            await connection.serve()
        except asyncio.CancelledError:
            connection.close()
        finally:
            self._connections.pop(connection, None)

    def next_number(self) -> int:
        self.messages += 1
        return self.messages

    @staticmethod
    def peek_action(body: bytes | bytearray) -> str:
        """The action as far as it can be seen without parsing, for faults that choose by it."""
        found = _ACTION.search(body)
        return found.group(1).decode("ascii", "replace") if found else ("Identify" if b"Identify" in body else "")

    def record(self, number: int, action: str, status: int, fault: str = "", struck: str = "") -> None:
        """Log one message or one refusal."""
        short = action.rpartition("/")[2] or action
        if number:
            self.by_action[short] = self.by_action.get(short, 0) + 1
        entry: Record = {
            "host": self.name,
            "number": number,
            "action": short,
            "status": status,
            "time": round(time.time(), 3),
        }
        if fault:
            entry["fault"] = fault[:300]
        if struck:
            entry["struck"] = struck
        self.tail.append(entry)
        self._log(entry)

    async def handle(self, body: bytes, caller: Caller) -> Answer:
        answer: Answer = await self.service.handle(body, caller)
        return answer

    async def handle_faulty(self, body: bytes, caller: Caller, kind: str) -> Answer:
        """A message that a fault of the service strikes (faults/plan.py: FAULT_KINDS)."""
        answer: Answer = await self.service.handle_faulty(body, caller, kind)
        return answer

    async def strike_machine(self, specs: Sequence[FaultSpec]) -> None:
        for spec in specs:
            if spec.kind in MACHINE_KINDS and self._strike is not None:
                await self._strike(spec)

    def reset_counts(self) -> None:
        self.messages = 0
        self.by_action.clear()
        self.tail.clear()
