# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that each work on a share of the names, forked from this one, and their results as they come.

A fork shares what is loaded, and has its own environment and its own lock of the interpreter. It ends with its parent,
whatever ends that. Names whose process died are given to new ones in halves, so that what kills a process costs only
its own result.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import selectors
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 18
_TICK = 0.5

Emit = Callable[[Any], None]
Work = Callable[["Share", Emit], None]


@dataclass(frozen=True)
class Share:
    """Names for one process. kind: what the work is told of them besides."""

    names: Sequence[str]
    kind: Any = None

    def split(self, into: int) -> Iterator[Share]:
        """In so many parts, each with names from everywhere; none is empty."""
        for first in range(min(into, len(self.names))):
            yield Share(self.names[first::into], self.kind)


@dataclass
class _Fork:
    pid: int
    share: Share
    frames: int
    """The descriptor that its results come from."""
    life: int
    """The descriptor that ends it when it is closed."""
    buffer: bytearray = field(default_factory=bytearray)

    def take(self) -> list[Any] | None:
        """What it has said whole since the last time; None when it has ended."""
        try:
            data = os.read(self.frames, _CHUNK)
        except BlockingIOError:
            return []
        if not data:
            return None
        self.buffer += data
        found, at = [], 0
        while at + _LENGTH.size <= len(self.buffer):
            (length,) = _LENGTH.unpack_from(self.buffer, at)
            if at + _LENGTH.size + length > len(self.buffer):
                break
            at += _LENGTH.size
            found.append(pickle.loads(self.buffer[at : at + length]))  # noqa: S301 - our own fork's
            at += length
        del self.buffer[:at]
        return found


class Forks:
    """At most so many processes at once. A context manager: at its end no process is left."""

    def __init__(self, work: Work, most: int) -> None:
        self._work, self._most = work, most
        self._running: dict[int, _Fork] = {}
        self._selector = selectors.DefaultSelector()
        self._waiting: list[Share] = []

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._selector.close()

    def add(self, share: Share) -> None:
        """Work to be begun when a process is free."""
        self._waiting.append(share)

    def results(self) -> Iterator[Any]:
        """What the processes emit, in any order, an Ended for each; None at least twice a second."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self._most:
                self._begin(self._waiting.pop(0))
            for key, _events in self._selector.select(_TICK):
                fork = self._running.get(key.fd)
                if fork is None:  # whoever reads this has stopped it
                    continue
                said = fork.take()
                if said is None:
                    yield Ended(fork.share, self._reap(fork))
                else:
                    yield from said
            yield None

    def at_hand(self) -> Iterator[Any]:
        """What has been emitted by now and was not read yet; nothing is waited for."""
        for fork in list(self._running.values()):
            while said := fork.take():
                yield from said

    def stop(self) -> None:
        """End every process now, whatever it is at."""
        for fork in list(self._running.values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(fork.pid, signal.SIGKILL)
            self._reap(fork)
        self._waiting.clear()

    def _begin(self, share: Share) -> None:
        frames, emit = os.pipe()
        life, keep = os.pipe()
        pid = os.fork()
        if pid == 0:
            others = [one for fork in self._running.values() for one in (fork.frames, fork.life)]
            _in_fork(self._work, share, emit, life, [frames, keep, *others])
        os.close(emit)
        os.close(life)
        os.set_blocking(frames, False)
        self._running[frames] = _Fork(pid, share, frames, keep)
        self._selector.register(frames, selectors.EVENT_READ)

    def _reap(self, fork: _Fork) -> int:
        """Its exit code, negative for a signal."""
        self._selector.unregister(fork.frames)
        del self._running[fork.frames]
        os.close(fork.life)
        os.close(fork.frames)
        _pid, status = os.waitpid(fork.pid, 0)
        return os.waitstatus_to_exitcode(status)


@dataclass(frozen=True)
class Ended:
    """A process has ended, with this exit code: 0 when its work was done."""

    share: Share
    code: int


def _in_fork(work: Work, share: Share, emit: int, life: int, others: Sequence[int]) -> None:
    """Never returns: what is above on the stack belongs to the parent."""
    code = 1
    try:
        for descriptor in others:
            os.close(descriptor)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.freeze()
        threading.Thread(target=_end_with, args=(life,), daemon=True).start()
        lock = threading.Lock()

        def send(value: Any) -> None:
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            view = memoryview(_LENGTH.pack(len(data)) + data)
            with lock:
                while view:
                    view = view[os.write(emit, view) :]

        work(share, send)
        code = 0
    finally:
        os._exit(code)


def _end_with(life: int) -> None:
    with contextlib.suppress(OSError):
        os.read(life, 1)
    os._exit(3)
