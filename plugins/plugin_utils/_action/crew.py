# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads of one process that run errands, each at most one at a time; errands are made one after the other.

Ansible's templates, vault and plugin loaders are not made for threads: only the thread that calls work() makes errands.
A silent host holds one thread for its own time-out and nobody else. An errand that is connecting does not count as one
of those that are allowed at once, so that a dead network holds up nobody; there may be so many more of these.
"""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._rollout.tally import Slow
from .._text.visible import visible
from .._wsman.turns import while_connecting

Result = dict[str, Any]

AHEAD = 2
"""Errands that wait made; more would only hold memory."""

_LONG = 3.0
"""Seconds at an errand, after which it is a slow one; the first line of progress comes after 5."""


@dataclass(frozen=True)
class Errand:
    """What is to be done for one host. run: may block, within bounds of its own, so many seconds."""

    name: str
    run: Callable[[], Result]
    seconds: float = 0.0


class Crew:
    """make: an errand or, where there is nothing to run, its result. done: called with each result, in any thread.

    threads: errands at once that are connected, or need no connection; connecting: those that are not, besides.
    ends: the moment of the clock after which none is begun.
    """

    def __init__(
        self,
        make: Callable[[str], Errand | Result],
        done: Callable[[str, Result], None],
        *,
        threads: int,
        ends: float,
        connecting: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make, self._done = make, done
        self._most, self._more = threads, connecting
        self._ends, self._clock = ends, clock
        self._busy = self._queued = 0
        self._changed = threading.Condition()
        self._waiting: queue.Queue[Errand | None] = queue.Queue(AHEAD)
        self._idle = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._begun: dict[str, tuple[float, float]] = {}

    def slow(self) -> Slow:
        """Errands that have been run for long, and when the last of them ends at the latest."""
        now = self._clock()
        ends = [begun + seconds for begun, seconds in list(self._begun.values()) if now - begun >= _LONG]
        return Slow(len(ends), max(0.0, max(ends, default=now) - now))

    def work(self, names: Iterable[str]) -> None:
        """Run all errands. At the moment `ends` no more is begun; those at hand end by bounds of their own."""
        for name in names:
            if self._clock() >= self._ends:
                self._done(name, not_begun())
                continue
            made = self._made(name)
            if isinstance(made, Errand):
                self._hire()
                self._waiting.put(made)
            else:
                self._done(name, made)
        for _thread in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _made(self, name: str) -> Errand | Result:
        try:
            return self._make(name)
        except Exception as error:  # noqa: BLE001 - one host's trouble is no other's
            return unexpected(error)

    def _hire(self) -> None:
        """One thread more where all are busy, none waits for its turn, and more are allowed."""
        if self._idle.acquire(blocking=False) or self._queued:
            return
        if len(self._threads) < self._most + self._more:
            run = contextvars.copy_context().run
            thread = threading.Thread(target=run, args=(self._serve,), name="winlegacy-sweep", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self) -> None:
        while_connecting(self._connecting)
        while (errand := self._waiting.get()) is not None:
            with self._turn():
                self._begun[errand.name] = self._clock(), errand.seconds
                try:
                    result = errand.run() if self._clock() < self._ends else not_begun()
                except Exception as error:  # noqa: BLE001 - one host's trouble is no other's
                    result = unexpected(error)
                del self._begun[errand.name]
            self._done(errand.name, result)
            self._idle.release()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._changed:
            self._queued += 1
            self._changed.wait_for(lambda: self._busy < self._most)
            self._queued -= 1
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify()

    @contextlib.contextmanager
    def _connecting(self) -> Iterator[None]:
        """Give the turn away, and take it back without waiting: the host is waiting by then."""
        with self._changed:
            self._busy -= 1
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._busy += 1


def not_begun() -> Result:
    """The result of a host for which no time was left."""
    return {"changed": False, "failed": True, "msg": "not asked: the deadline of the whole task was over"}


def unexpected(error: Exception) -> Result:
    """The result of a host for which something failed that nobody foresaw."""
    said = visible(" ".join(str(error).split())[:500])
    return {"changed": False, "failed": True, "msg": f"{type(error).__name__}: {said}"}
