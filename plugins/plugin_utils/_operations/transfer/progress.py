# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a transfer for people: percent and rate, a line now and then and not one a message."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_SECONDS = 10.0
EVERY_PERCENT = 10


@dataclass
class Progress:
    """Call it with bytes done and bytes in all; it says a line at each tenth, or after ten seconds without one."""

    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _begun: float | None = field(default=None, init=False)
    _first: int = field(default=0, init=False)
    _said_at: float = field(default=0.0, init=False)
    _said_percent: int = field(default=-1, init=False)

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if self._begun is None:
            self._begun, self._first = now, done
        percent = 100 if total <= 0 else min(100, done * 100 // total)
        step = percent // EVERY_PERCENT
        if step == self._said_percent and (now - self._said_at < EVERY_SECONDS or percent == 100):
            return
        self._said_percent, self._said_at = step, now
        seconds = now - self._begun
        rate = f", {(done - self._first) / seconds / 1e6:.2f} MB/s" if seconds > 0.5 else ""
        resumed = f" (resumed at {self._first} bytes)" if self._first and done == self._first else ""
        self.say(f"transfer {percent} % of {total / 1e6:.1f} MB{rate}{resumed}")
