# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One question to many hosts: processes of threads, each host with its own connection, a deadline, and progress."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.utils.display import Display

from .._rollout.tally import Slow, Tally
from .._wsman.client import Client
from .base import converse, settle
from .crew import Crew, Errand, Result, not_begun
from .forks import Emit, Ended, Forks, Share
from .host_tasks import HostTask, HostTasks
from .interruption import tidy_end
from .tickets import Ticket, identity
from .variables import BadInput

display = Display()

Interrupted = Callable[[Mapping[str, Result], str], object]

_CONNECTING = 512
"""Hosts besides, of all processes, to which a connection is being made."""

_GRACE = 10.0
"""Seconds after the deadline of all in which hosts that are at it end by themselves."""


_LOOK = 2.0
"""Seconds between two looks of a process at its slow hosts."""


@dataclass(frozen=True)
class Question:
    """What is asked of a host: a function of its client, and how many seconds it may take."""

    ask: Callable[[Client], dict[str, Any]]
    seconds: float


@dataclass(frozen=True)
class Limits:
    """processes: at most so many. concurrency: hosts that are asked at the same time, of all processes. seconds: for
    the whole.
    """

    processes: int
    concurrency: int
    seconds: float


@dataclass(frozen=True)
class _NeedsTicket:
    """A host that waits for a process with its identity's ticket."""

    name: str
    identity: str


@dataclass(frozen=True)
class _Said:
    """Something for the terminal, from a process of ours: only the task's own process talks to Ansible's queue."""

    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


@dataclass(frozen=True)
class _Waits:
    """Which slow hosts a process waits for. key: the first name of its share."""

    key: str
    slow: Slow


class Sweep:
    """tasks: the hosts' connections. question: what to ask of a host; raises BadInput. name: the module's, for texts.

    shape: what becomes of each result, where it was made. say: lines of progress. Results are in the order of the
    names, whatever the order of their ends.
    """

    def __init__(
        self,
        tasks: HostTasks,
        question: Callable[[HostTask], Question],
        limits: Limits,
        *,
        name: str,
        shape: Callable[[Result], Result],
        say: Callable[[str], None],
    ) -> None:
        self._tasks, self._question, self._limits = tasks, question, limits
        self._name, self._shape, self._say = name, shape, say
        self._salt = os.urandom(16)
        self._found: dict[str, Result] = {}
        self._slow: dict[str, Slow] = {}
        self._becoming = False

    def run(self, names: Sequence[str], interrupted: Interrupted) -> dict[str, Result]:
        """Ask them all. interrupted: called on Ctrl-C and the like, before the process ends, with what was learnt, by
        host, and how many that is, as a sentence without its end.
        """
        self._begun, self._tally = time.monotonic(), Tally(len(names))
        self._ends, self._parent = self._begun + self._limits.seconds, os.getppid()
        _load_libraries()
        with tidy_end():
            try:
                self._collect(names)
            except KeyboardInterrupt:
                found = {name: self._found[name] for name in names if name in self._found}
                interrupted(found, f"{len(found)} of {len(names)} hosts were done{self._tally.counts()}")
                raise
        over = f"no answer within the deadline of the whole task ({self._limits.seconds:g} s)"
        late = {"changed": False, "failed": True, "msg": over}
        return {name: self._found.get(name) or self._shape(late) for name in names}

    @property
    def seconds(self) -> float:
        """Since the begin."""
        return time.monotonic() - self._begun

    # --- in the task's own process ----------------------------------------------------------------------------------

    def _collect(self, names: Sequence[str]) -> None:
        waiting: dict[str, list[str]] = {}
        with Forks(self._in_fork, self._limits.processes) as forks:
            for share in Share(names).split(self._limits.processes):
                forks.add(share)
            try:
                self._drain(forks, waiting)
                for key, hosts in waiting.items():
                    for share in Share(hosts, key).split(self._limits.processes):
                        forks.add(share)
                self._drain(forks, waiting)
            except KeyboardInterrupt:
                for said in forks.at_hand():
                    if isinstance(said, tuple):
                        self._add(*said)
                raise

    def _drain(self, forks: Forks, waiting: dict[str, list[str]]) -> None:
        for said in forks.results():
            if isinstance(said, tuple):
                self._add(*said)
            elif isinstance(said, _NeedsTicket):
                waiting.setdefault(said.identity, []).append(said.name)
            elif isinstance(said, _Said):
                with contextlib.suppress(Exception):  # see _tell
                    display._final_q.send_display(*said.arguments, **said.keywords)
            elif isinstance(said, _Waits):
                self._slow[said.key] = said.slow
            elif isinstance(said, Ended):
                self._slow.pop(said.share.names[0], None)
                self._again(forks, said, waiting)
            if os.getppid() != self._parent:  # an older ansible-core leaves its workers behind when it is killed
                raise KeyboardInterrupt
            if time.monotonic() > self._ends + _GRACE:
                forks.stop()
            if self._tally.is_due(self.seconds):
                slow = Slow.together(self._slow.values())
                self._tell(self._tally.line(self.seconds, slow, max(0.0, self._ends - time.monotonic())))

    def _tell(self, line: str) -> None:
        with contextlib.suppress(Exception):  # while a run is being ended, there may be nobody who shows it
            self._say(line)

    def _add(self, name: str, result: Result) -> None:
        if name not in self._found:
            self._found[name] = result
            self._tally.add(result)

    def _again(self, forks: Forks, ended: Ended, waiting: Mapping[str, list[str]]) -> None:
        """The names that a process left behind when it died."""
        deferred = {name for hosts in waiting.values() for name in hosts} if ended.share.kind is None else set()
        left = [name for name in ended.share.names if name not in self._found and name not in deferred]
        if not left or time.monotonic() >= self._ends:
            return
        if len(left) == 1:
            why = f"the process that asked this host ended with {ended.code}"
            self._add(left[0], self._shape({"changed": False, "failed": True, "msg": why}))
            return
        for share in Share(left, ended.share.kind).split(2):
            forks.add(share)

    # --- in a process of its own ------------------------------------------------------------------------------------

    def _in_fork(self, share: Share, emit: Emit) -> None:
        display.set_queue(_Relay(emit))
        ticket = None if share.kind is None else Ticket()
        most = max(1, self._limits.concurrency // self._limits.processes)
        connecting = _CONNECTING // self._limits.processes

        def make(name: str) -> Errand | Result:
            return self._errand(name, ticket)

        def done(name: str, result: Result) -> None:
            emit(_NeedsTicket(name, result["ticket"]) if "ticket" in result else (name, self._shape(result)))

        crew = Crew(make, done, threads=most, connecting=connecting, ends=self._ends)
        threading.Thread(target=_watch, args=(crew, share.names[0], emit), daemon=True).start()
        try:
            crew.work(share.names)
        finally:
            if ticket is not None:
                ticket.close()

    def _errand(self, name: str, ticket: Ticket | None) -> Errand | Result:
        try:
            task = self._tasks.of(name)
            question, wire = self._question(task), task.wire
        except BadInput as error:
            return {"changed": False, "failed": True, "msg": str(error)}
        if task.becomes and not self._becoming:
            self._becoming = True
            display.warning(f"{self._name} ignores become: WS-Management acts as the connection's own user")
        if ticket is None and (key := self._identity(task.connection)):
            return {"ticket": key}

        def ask() -> dict[str, Any]:
            left = self._ends - time.monotonic()
            if left <= 0:
                return not_begun()
            if ticket is not None:
                ticket.serve(task.connection)
            return converse(task.connection, wire, question.ask, seconds=min(question.seconds, left))

        seconds = min(question.seconds, self._ends - time.monotonic())
        return Errand(name, lambda: {"changed": False, **settle(ask, self._name, name, task.own)[0]}, seconds)

    def _identity(self, connection: Any) -> str:
        try:
            return identity(connection, self._salt)
        except Exception:  # noqa: BLE001 - the channel says what is wrong with the options
            return ""


def _watch(crew: Crew, key: str, emit: Emit) -> None:
    """Tell of slow hosts, as long as the process lives."""
    before = Slow()
    while True:
        time.sleep(_LOOK)
        now = crew.slow()
        if now.hosts or before.hosts:
            emit(_Waits(key, now))
        before = now


class _Relay:
    """In the place of the queue by which a worker's display reaches the terminal."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def send_display(self, *arguments: Any, **keywords: Any) -> None:
        self._emit(_Said(arguments, keywords))


def _load_libraries() -> None:
    """Once, before the forks."""
    for module in ("winrm", "winrm.protocol", "spnego", "requests"):
        with contextlib.suppress(ImportError):
            __import__(module)
