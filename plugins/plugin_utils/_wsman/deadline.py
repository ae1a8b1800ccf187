# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a whole conversation: for messages, for pauses between them, and with seconds left for tidying up."""

from __future__ import annotations

import time
from collections.abc import Callable

from . import errors
from .channel import Channel

GRACE = 3.5
"""Seconds after the deadline in which shells are closed and locks are given back."""


class Deadline:
    """How long a client may go on. It is raised once; what a caller then tidies up has GRACE seconds.

    clock: seconds, as the client counts. The channel counts in time.monotonic(), whatever the clock.
    """

    def __init__(self, channel: Channel, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._clock = clock
        self._ends: float | None = None
        self.seconds: float | None = None
        self.passed: errors.ConversationOver | None = None

    def set(self, seconds: float) -> None:
        """End the conversation so many seconds from now."""
        self.seconds, self.passed = seconds, None
        self._end_in(seconds)

    def _end_in(self, seconds: float) -> None:
        self._ends = self._clock() + seconds
        self._channel.ends = time.monotonic() + seconds

    @property
    def left(self) -> float | None:
        """Seconds left, None without a deadline."""
        return None if self._ends is None else self._ends - self._clock()

    def limited(self, seconds: float) -> float:
        """So many seconds, or what is left of the deadline."""
        return seconds if self.left is None else max(0.05, min(seconds, self.left))

    def over(self, where: str, *, asked: str = "", endpoint: str = "") -> errors.ConversationOver:
        """The deadline passed: remember it, and grant the time for tidying up. The caller raises it."""
        if self.passed is None:
            self._end_in(GRACE)
        self.passed = errors.ConversationOver(
            f"the deadline of {self.seconds or 0:g} s is over: {where}",
            do="Allow more time, or find out why the host is slow.",
            asked=asked,
            endpoint=endpoint,
        )
        return self.passed

    def check(self, *, asked: str = "", endpoint: str = "") -> None:
        """Raises errors.ConversationOver when nothing is left."""
        if self.left is not None and self.left <= 0:
            raise self.over("this was not begun", asked=asked, endpoint=endpoint)

    def pausing(self, pause: Callable[[float], None]) -> Callable[[float], None]:
        """A pause that ends with the deadline, at the latest, and then raises errors.ConversationOver."""

        def wait(seconds: float) -> None:
            self.check(asked="waiting")
            pause(min(seconds, self.limited(seconds)))
            self.check(asked="waiting")

        return wait
