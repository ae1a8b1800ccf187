# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart a host and wait for the proof of a boot: not for a port that answers.

Proof: the host's uptime (LocalDateTime minus LastBootUpTime, one row) is less than the time since the request, and
LastBootUpTime moved by more than a tolerance. A stepped clock moves LastBootUpTime, but never shortens the uptime.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .._windows.command import Commander, CommandError, quote
from .errors import OperationError

SHUTDOWN_IN_PROGRESS = 1115
SHUTDOWN_ALREADY_SCHEDULED = 1190
"""System error codes of shutdown.exe: a shutdown runs already; one is scheduled already."""

REASON_HOTFIX = "p:2:17"
"""Planned, operating system (major 2), hotfix installation (minor 17)."""


class RebootError(OperationError):
    """The host was not seen to boot: what was asked, what was seen last, what to do."""


@dataclass(frozen=True)
class BootTimes:
    """One row of Win32_OperatingSystem: boot and local time, both with their offset."""

    boot: datetime
    local: datetime

    @property
    def uptime(self) -> timedelta:
        return self.local - self.boot


@dataclass(frozen=True)
class RebootOptions:
    """All times in seconds. random_start spreads a fleet; tolerance: smaller moves of the boot time are no boot."""

    message: str = ""
    delay: int = 5
    reason: str = REASON_HOTFIX
    deadline: float = 1800.0
    random_start: float = 0.0
    first_pause: float = 5.0
    longest_pause: float = 30.0
    tolerance: float = 15.0
    settle: float = 20.0


@dataclass(frozen=True)
class Rebooted:
    """What was seen: boot times before and after, seconds from the request to the settled host, boots on the way."""

    before: datetime
    after: datetime
    elapsed: float
    boots: int


def is_proof(before: BootTimes, now: BootTimes, since_request: float, tolerance: float) -> bool:
    """Whether a boot happened after the request (seconds ago, on the controller's monotonic clock)."""
    moved = abs((now.boot - before.boot).total_seconds()) > tolerance
    return moved and now.uptime.total_seconds() < since_request


def shutdown_command(options: RebootOptions) -> str:
    """The command line of the request. ValueError for a message or reason that cannot be passed."""
    parts = options.reason.split(":")
    if len(parts) != 3 or parts[0].lower() not in {"p", "u", "e"} or not all(part.isdigit() for part in parts[1:]):
        raise ValueError(f"the reason {options.reason!r} is not of the form p:<major>:<minor>, such as {REASON_HOTFIX}")
    command = f"shutdown /r /t {int(options.delay)} /d {options.reason}"
    return f"{command} /c {quote(options.message[:500])}" if options.message else command


def request(shell: Commander, options: RebootOptions) -> bool:
    """Ask the host to restart. True when this request stands, False when a shutdown was under way already.

    A restart that somebody scheduled for later is cancelled and asked for again, since it may be hours away.
    Raises CommandError for any other exit code.
    """
    command = shutdown_command(options)
    result = shell.run(command)
    if result.exit_code == SHUTDOWN_ALREADY_SCHEDULED:
        shell.run("shutdown /a")
        result = shell.run(command)
    if result.exit_code == 0:
        return True
    if result.exit_code in (SHUTDOWN_IN_PROGRESS, SHUTDOWN_ALREADY_SCHEDULED):
        return False
    raise CommandError("asking the host to restart", command, result)


@dataclass
class Waiter:
    """Waits for the proof. ask: the boot times now, or raises one of `lost`. settled: whether servicing is through."""

    ask: Callable[[], BootTimes | None]
    settled: Callable[[], bool]
    lost: tuple[type[Exception], ...]
    say: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[float, float], float] = random.uniform

    def wait(self, before: BootTimes, options: RebootOptions, requested: float) -> Rebooted:
        """Wait until the host has booted and settled; servicing may boot it twice. RebootError at the deadline."""
        ends = requested + options.deadline
        boots, known, pause, last = 0, before, options.first_pause, "it has not answered since the request"
        while True:
            left = ends - self.clock()
            if left <= 0:
                seen = "no boot was seen" if boots == 0 else "it booted but did not settle"
                raise RebootError(
                    f"{seen} within {options.deadline:.0f} s of the request; last: {last}. "
                    "Look at the host's console; run again when it answers"
                )
            self.sleep(min(left, pause * self.chance(0.8, 1.2)))
            pause = min(options.longest_pause, pause * 1.5)
            try:
                now = self.ask()
                if now is None:
                    last = "it answers, but does not tell its boot time"
                    continue
                if not is_proof(known, now, self.clock() - requested, options.tolerance):
                    last = f"it is up since {now.boot.isoformat()}, as before the request" if boots == 0 else "it is up"
                    if boots == 0 or not self.settled():
                        continue
                    return Rebooted(before.boot, now.boot, self.clock() - requested, boots)
                boots, known, pause = boots + 1, now, max(1.0, options.settle / 2)
                last = f"it booted at {now.boot.isoformat()}"
                self.say(last)
            except Exception as error:
                if not isinstance(error, self.lost):
                    raise
                last = f"no answer ({error})"
