# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit on an exchange as a whole: a timer shuts its TCP connection down, whatever the other side does.

A read time-out bounds each read: a host that sends a byte now and then is never silent for so long. Closing a socket
does not wake a thread that reads from it, shutting it down does. A duplicate of its descriptor is kept for that, which
stays good when TLS takes the socket over, and cannot be mistaken for a later one.
"""

from __future__ import annotations

import contextlib
import contextvars
import heapq
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """A call did not come back in time. It goes on in its thread, which nobody waits for."""


def abandonable(call: Callable[[], T], seconds: float | Callable[[], float]) -> T:
    """The call's result, or Abandoned after so many seconds: for what no time-out reaches (name resolution, GSSAPI).

    seconds: a function is asked again for what is left, so that signs of life can prolong it.
    The call runs in a thread of its own that does not keep the process from ending.
    """
    outcome: list[tuple[bool, Any]] = []
    done = threading.Event()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            outcome.append((True, context.run(call)))
        except BaseException as error:  # noqa: BLE001 - handed to the caller
            outcome.append((False, error))
        finally:
            done.set()

    threading.Thread(target=run, name="winlegacy-abandonable", daemon=True).start()
    while not done.wait(max(0.0, seconds() if callable(seconds) else seconds)):
        if not callable(seconds) or seconds() <= 0:
            raise Abandoned
    good, value = outcome[0]
    if not good:
        raise value
    result: T = value
    return result


class _Alarms:
    """One thread of the process that calls functions at their time; it starts with the first one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._thread: threading.Thread | None = None

    def at(self, moment: float, action: Callable[[], None]) -> None:
        with self._changed:
            self._count += 1
            heapq.heappush(self._waiting, (moment, self._count, action))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="winlegacy-watchdog", daemon=True)
                self._thread.start()
            elif self._waiting[0][1] == self._count:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                    self._changed.wait(left)
                action = heapq.heappop(self._waiting)[2]
            action()


_alarms = _Alarms()


def _after_fork() -> None:
    global _alarms  # noqa: PLW0603 - a fork has none of its parent's threads, and its locks may be held
    _alarms = _Alarms()


os.register_at_fork(after_in_child=_after_fork)


class Watch:
    """Watches one channel's TCP connection. `stage` and `received` say where an exchange was when its time was over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: socket.socket | None = None
        self._active = False
        self._alarm: float | None = None
        self._until = 0.0
        self._seconds = 0.0
        self.fired = False
        self.stage = "connecting"
        self.received = 0

    @contextlib.contextmanager
    def within(self, seconds: float, connecting: float = 0.0) -> Iterator[None]:
        """Shut the connection down unless the block ends in so many seconds; `fired` tells afterwards.

        connecting: seconds on top as long as there is no connection.
        """
        with self._lock:
            self._active, self.fired, self.received, self._seconds = True, False, 0, seconds
            self._set(seconds + (connecting if self._kept is None else 0.0))
        try:
            yield
        finally:
            with self._lock:
                self._active = False

    def _set(self, seconds: float) -> None:
        """End the exchange after so many seconds. One alarm a watch: an earlier one looks again when it rings."""
        self._until = time.monotonic() + seconds
        if self._alarm is None or self._alarm > self._until:
            self._alarm = self._until
            _alarms.at(self._until, self._ring)

    @property
    def left(self) -> float:
        """Seconds until the exchange at hand is ended."""
        return self._until - time.monotonic()

    def _ring(self) -> None:
        with self._lock:
            self._alarm = None
            if not self._active:
                return
            if self.left > 0:
                self._set(self.left)
                return
            self.fired = True
            self._shut()

    def end(self) -> None:
        """End the exchange now: somebody has given it up."""
        with self._lock:
            self.fired = True
            self._shut()

    def _shut(self) -> None:
        if self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.shutdown(socket.SHUT_RDWR)

    def keep(self, connection: socket.socket) -> None:
        """Watch this connection from here on."""
        kept = connection.dup()
        with self._lock:
            self._drop()
            self._kept = kept
            if self.fired:
                self._shut()
            elif self.left > self._seconds:
                self._set(self._seconds)

    def release(self) -> None:
        """Let go of the connection: while it is kept, closing it elsewhere does not end it."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None
