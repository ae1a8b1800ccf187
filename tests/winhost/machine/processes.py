# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on the machine, and a log of every process ever started: the proof that a question started none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from winhost.machine.accounts import SYSTEM_TOKEN, Token
from winhost.machine.clock import Clock

_SYSTEM_IMAGES = (
    ("System", 4, 0, ""),
    ("smss.exe", 388, 4, "\\SystemRoot\\System32\\smss.exe"),
    ("csrss.exe", 456, 388, "C:\\Windows\\system32\\csrss.exe"),
    ("wininit.exe", 500, 388, "wininit.exe"),
    ("services.exe", 588, 500, "C:\\Windows\\system32\\services.exe"),
    ("lsass.exe", 600, 500, "C:\\Windows\\system32\\lsass.exe"),
    ("svchost.exe", 780, 588, "C:\\Windows\\system32\\svchost.exe -k DcomLaunch"),
    ("svchost.exe", 844, 588, "C:\\Windows\\system32\\svchost.exe -k rpcss"),
    ("svchost.exe", 984, 588, "C:\\Windows\\system32\\svchost.exe -k netsvcs"),
    ("svchost.exe", 1104, 588, "C:\\Windows\\system32\\svchost.exe -k NetworkService"),
)


@dataclass(slots=True)
class Process:
    """A process. ``job`` names the shell whose quotas count it; memory in bytes."""

    pid: int
    parent: int
    image: str
    command_line: str
    token: Token
    created: datetime
    working_set: int = 4 * 2**20
    job: str = ""
    exit_code: int | None = None

    @property
    def running(self) -> bool:
        return self.exit_code is None


class Processes:
    """The process table. Those that every boot brings are not in the log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.doubt: Mapping[str, str] = {}
        self.hidden: frozenset[str] = frozenset()
        """Images whose rows WMI leaves out: an answer that looks whole and is not."""
        self.boots = 0
        self._started = clock.boot_time()
        self._next = 2200
        self._own: dict[int, Process] = {}
        self.started_log: list[Process] = []

    def start(
        self,
        image: str,
        command_line: str,
        token: Token,
        *,
        parent: int = 588,
        job: str = "",
        working_set: int = 4 * 2**20,
    ) -> Process:
        """A new process, logged."""
        self._next += 4
        process = Process(self._next, parent, image, command_line, token, self._clock.now(), working_set, job)
        self._own[process.pid] = process
        self.started_log.append(process)
        return process

    def end(self, pid: int, exit_code: int = 0) -> bool:
        """The process ends (or is killed); False when there is none."""
        process = self._own.pop(pid, None)
        if process is None:
            return False
        process.exit_code = exit_code
        return True

    def get(self, pid: int) -> Process | None:
        return self._own.get(pid) or next((process for process in self._system() if process.pid == pid), None)

    def find(self, image: str) -> list[Process]:
        """Those that run an image, e.g. ``pkgmgr.exe``."""
        return [process for process in self.all() if process.image.casefold() == image.casefold()]

    def all(self) -> list[Process]:
        return [*self._system(), *self._own.values()]

    def job_memory(self, job: str) -> int:
        """Working set in bytes of everything that belongs to a shell."""
        return sum(process.working_set for process in self._own.values() if process.job == job)

    def listed(self, token: Token) -> list[Process]:
        """The rows that WMI gives to this caller."""
        hidden = self.hidden
        if self.doubt.get("system_process_rows") == "absent" and not token.system:
            hidden = hidden | {"wininit.exe", "services.exe"}
        return [process for process in self.all() if process.image.casefold() not in hidden]

    def boot(self) -> None:
        """The system's own processes start, a moment after the kernel; their pids mostly come out the same."""
        self.boots += 1
        self._started = self._clock.boot_time()

    def kill_all(self) -> None:
        """What a boot does."""
        for pid in list(self._own):
            self.end(pid, 1073807364)  # 0x40010004, ended by the shutdown

    def _system(self) -> list[Process]:
        moves = self.doubt.get("process_creation") == "moves_with_clock"
        boot = self._clock.boot_time() if moves else self._started
        shift = 4 * self.boots if self.doubt.get("process_ids_after_boot") == "differ" else 0
        return [
            Process(pid + shift if pid > 4 else pid, parent, image, line, SYSTEM_TOKEN, boot)
            for image, pid, parent, line in _SYSTEM_IMAGES
        ]
