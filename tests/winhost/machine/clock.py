# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's clock: a wall clock that can be stepped, an uptime that cannot, and a scale to let time pass fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Simulated time. All durations are simulated seconds; ``scale`` of them pass in one real second."""

    def __init__(
        self, start: datetime | None = None, *, scale: float = 1.0, source: Callable[[], float] = time.monotonic
    ) -> None:
        if scale <= 0:
            raise ValueError(f"time scale must be above 0, not {scale}")
        self.scale = scale
        self._source = source
        self._origin = source()
        self._wall = start or datetime.now(UTC)
        self._advanced = 0.0
        self._boot = 0.0

    def monotonic(self) -> float:
        """Simulated seconds since this clock was made; a step of the wall clock does not move it."""
        return (self._source() - self._origin) * self.scale + self._advanced

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return self._wall + timedelta(seconds=self.monotonic())

    def step(self, by: timedelta) -> None:
        """Correct the wall clock. The uptime stays, so the boot time that Windows computes moves along."""
        self._wall += by

    def advance(self, seconds: float) -> None:
        """Let time pass at once (wall clock and uptime), as after a suspend that counts or in a test."""
        self._advanced += seconds

    def sleep_through(self, seconds: float, *, counted: bool) -> None:
        """A suspend: the wall clock goes on, and the uptime only where it counts sleep."""
        if counted:
            self._advanced += seconds
        else:
            self._wall += timedelta(seconds=seconds)

    def pause(self, seconds: float) -> None:
        """A virtual machine was paused for so long: everybody else's time went on, the machine's own did not."""
        self._advanced -= seconds

    def uptime(self) -> float:
        """Seconds since the last boot."""
        return self.monotonic() - self._boot

    def boot_time(self) -> datetime:
        """LastBootUpTime as Windows computes it: the wall clock now, less the uptime."""
        return self._wall + timedelta(seconds=self._boot)  # = now() - uptime(), without reading the time twice

    def mark_boot(self, seconds_ago: float = 0.0) -> None:
        """The kernel starts counting its uptime (now, or some time ago for a machine that has been up)."""
        self._boot = self.monotonic() - seconds_ago

    async def sleep(self, seconds: float) -> None:
        """Wait so many simulated seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.scale)
