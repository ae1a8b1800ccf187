# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole fleet in one process: addresses and ports, the start, the ticking, the stop."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from winhost.control import Control
from winhost.host import Host
from winhost.http.credentials import NtlmStore
from winhost.http.server import Record
from winhost.spec import FleetError, FleetSpec

_HIGH = {80: 20080, 443: 20443, 5985: 25985, 5986: 25986}
_TICK = 1.0
_BUSY = (errno.EADDRINUSE, errno.EADDRNOTAVAIL)
_FORBIDDEN = (errno.EACCES, errno.EPERM)


class Fleet:
    """The hosts of one process."""

    def __init__(self, spec: FleetSpec, log: TextIO | None = None) -> None:
        self.store = NtlmStore()
        self._log = log
        if spec.keytab:
            os.environ["KRB5_KTNAME"] = spec.keytab
        self.hosts: dict[str, Host] = {}
        for host in spec.hosts:
            self.hosts[host.name] = Host(host, self.store, self._record)
        self.control = Control(self.hosts)

    def _record(self, entry: Record) -> None:
        if self._log is not None:
            self._log.write(json.dumps(entry) + "\n")

    async def start(self) -> None:
        """Bind everything; FleetError names the host that cannot be bound."""
        addresses = _addresses()
        for host in self.hosts.values():
            await self._bind(host, addresses)
        await self.control.start()

    async def _bind(self, host: Host, addresses: Callable[[], str]) -> None:
        listener = host.listener
        fixed_address, fixed_port = bool(host.spec.address), bool(host.spec.port)
        listener.address = host.spec.address or addresses()
        for _unused in range(400):
            try:
                await host.start()
                return
            except OSError as error:
                if error.errno in _FORBIDDEN and not fixed_port:
                    listener.port = _HIGH.get(listener.port, 20080)
                elif error.errno in _BUSY and not fixed_address:
                    listener.address = addresses()
                elif error.errno == errno.EADDRINUSE and not fixed_port and listener.port + 1 < 32768:
                    listener.port = max(listener.port + 1, 20000)
                else:
                    raise FleetError(
                        f"host {host.spec.name}: cannot listen on {listener.address}:{listener.port}: "
                        f"{error.strerror or error}"
                    ) from None
        raise FleetError(f"host {host.spec.name}: no address was free")

    def ready_line(self) -> str:
        """What the start line says."""
        return json.dumps(
            {
                "event": "ready",
                "pid": os.getpid(),
                "control": self.control.url,
                "hosts": [_described(host) for host in self.hosts.values()],
            }
        )

    async def run_until(self, stop: asyncio.Event) -> None:
        """Tick the timers until told to stop."""
        while not stop.is_set():
            for host in self.hosts.values():
                host.sweep()
            if self._log is not None:
                self._log.flush()
            try:
                async with asyncio.timeout(_TICK):
                    await stop.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        self.control.stop()
        for host in self.hosts.values():
            host.stop()
        self.store.close()
        if self._log is not None and self._log not in (sys.stdout, sys.stderr):
            self._log.close()


def _described(host: Host) -> dict[str, Any]:
    return {
        "name": host.spec.name,
        "profile": host.spec.profile,
        "address": host.listener.address,
        "port": host.listener.port,
        "scheme": host.listener.scheme,
        "endpoint": host.endpoint,
        "stack": host.stack.name,
    }


def _addresses() -> Callable[[], str]:
    """Addresses of 127.0.0.0/8, starting at a place of this process's own."""
    start = 256 + (os.getpid() * 1021) % (250 * 256) * 256
    counter = iter(range(1 << 24))

    def following() -> str:
        while True:
            number = (start + next(counter)) % (1 << 24)
            low = number & 0xFF
            if 0 < low < 255 and number >> 8:
                return f"127.{number >> 16 & 0xFF}.{number >> 8 & 0xFF}.{low}"

    return following
