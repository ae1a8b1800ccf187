# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart a host and wait for the proof of a boot: not for a port that answers, and not for a clock.

Proof: the signs of boot.py, looked at over a fresh connection. Each boot that is seen gets a mark of its own, so that a
second one right after the first is seen too.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .._verdict.boot import Booted, Judgement
from .._windows.boot_signs import VOLATILE_KEY
from .._windows.command import Commander, CommandError, Result, program, quote
from .._wsman.errors import WSManError
from .errors import OperationError

SHUTDOWN_IN_PROGRESS = 1115
SHUTDOWN_ALREADY_SCHEDULED = 1190
"""System error codes of shutdown.exe: a shutdown runs already; one is scheduled already."""

REASON_HOTFIX = "p:2:17"
"""Planned, operating system (major 2), hotfix installation (minor 17)."""


class RebootError(OperationError):
    """The host was not seen to boot: what was asked, what was seen last, what to do. requested: whether it was."""

    def __init__(self, text: str, *, requested: bool = False) -> None:
        super().__init__(text)
        self.requested = requested


@dataclass(frozen=True)
class RebootOptions:
    """All times in seconds. random_start spreads a fleet."""

    message: str = ""
    delay: int = 5
    reason: str = REASON_HOTFIX
    deadline: float = 1800.0
    random_start: float = 0.0
    first_pause: float = 5.0
    longest_pause: float = 30.0
    settle: float = 20.0


@dataclass(frozen=True)
class Requested:
    """What became of the request.

    joined: the host goes down, or has booted, for somebody else. preempted: one that others scheduled is cancelled.
    """

    joined: bool = False
    preempted: bool = False


@dataclass(frozen=True)
class Rebooted:
    """What was seen: the boot times that the host told, seconds from the request to the settled host, boots."""

    before: datetime | None
    after: datetime | None
    elapsed: float
    boots: int


def shutdown_command(options: RebootOptions) -> str:
    """The command line of the request. ValueError for a message or reason that cannot be passed."""
    if not re.fullmatch(r"[pue]:[0-9]{1,3}:[0-9]{1,5}", options.reason, re.ASCII | re.IGNORECASE):
        raise ValueError(f"the reason {options.reason!r} is not of the form p:<major>:<minor>, such as {REASON_HOTFIX}")
    command = f"{program('shutdown')} /r /t {int(options.delay)} /d {options.reason}"
    return f"{command} /c {quote(options.message[:500])}" if options.message else command


_GONE, _NOT_TOLD = 54942, 54943
"""Exit codes of a request that was not made: the mark is gone, or reg does not tell. No program of Windows has them."""


class NotAskedError(OperationError):
    """No restart was asked for. gone: the mark is not there any more; else the host's reg does not tell."""

    def __init__(self, *, gone: bool) -> None:
        self.gone = gone
        super().__init__("the mark in its volatile registry is gone" if gone else "its reg.exe reads no registry")


def request(shell: Commander, options: RebootOptions, *, mark: str | None = None) -> Requested:
    """Ask the host to restart.

    mark: the name of the mark that was left before the restart was decided upon. The request is made only while it is
    there: a host that another run restarted meanwhile is not restarted again.
    A restart that somebody scheduled for later is cancelled and asked for again, since it may be hours away.
    Raises NotAskedError where it is not there or cannot be asked for: reg ends with the same code for both, so that it
    is asked for the key too, which every Windows has. CommandError for any other exit code. The request is sent once: a
    break is the caller's.
    """
    command = shutdown_command(options)
    if mark is not None:
        key = f'{program("reg")} query "HKLM\\{VOLATILE_KEY}"'
        asked = f"({key} >nul 2>nul || exit {_NOT_TOLD})"
        command = f'({key} /v "{mark}" >nul 2>nul || ({asked} & exit {_GONE})) & {command}'
    result = _asked(shell, command)
    preempted = False
    if result.exit_code == SHUTDOWN_ALREADY_SCHEDULED:
        preempted = shell.run(f"{program('shutdown')} /a").exit_code == 0
        result = _asked(shell, command)
    if result.exit_code == 0:
        return Requested(preempted=preempted)
    if result.exit_code in (SHUTDOWN_IN_PROGRESS, SHUTDOWN_ALREADY_SCHEDULED):
        return Requested(joined=True, preempted=preempted)
    raise CommandError("asking the host to restart", command, result)


def _asked(shell: Commander, command: str) -> Result:
    result = shell.run(command, repeatable=False)
    if result.exit_code in (_GONE, _NOT_TOLD):
        raise NotAskedError(gone=result.exit_code == _GONE)
    return result


@dataclass
class Waiter:
    """Waits for the proof.

    look: whether the host booted since its last mark. mark: leaves another one, and says whether that is provable.
    settled: whether servicing is through. boot_time: what the host tells, for people. All may raise a WSManError:
    the host is down, or on its way, and is asked again.
    """

    look: Callable[[], Judgement]
    mark: Callable[[], bool]
    settled: Callable[[], bool]
    boot_time: Callable[[], datetime | None] = lambda: None
    say: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[float, float], float] = random.uniform

    def wait(self, before: datetime | None, options: RebootOptions, requested: float) -> Rebooted:
        """Wait until the host has booted and settled; servicing may boot it twice. RebootError at the deadline."""
        ends = requested + options.deadline
        boots, marked, pause, last = 0, True, options.first_pause, "it has not answered since the request"
        while True:
            left = ends - self.clock()
            if left <= 0:
                raise RebootError(_too_late(boots, options.deadline, last), requested=True)
            self.sleep(min(left, pause * self.chance(0.8, 1.2)))
            pause = min(options.longest_pause, pause * 1.5)
            try:
                if not marked:
                    marked = self.mark()
                    last = "it booted" if marked else "it booted, and does not yet list its system's processes"
                    continue
                seen = self.look()
                if seen.booted is Booted.YES:
                    boots, marked, pause = boots + 1, False, max(1.0, options.settle / 2)
                    last = f"it booted: {seen.why}"
                    self.say(last)
                    marked = self.mark()
                elif seen.booted is Booted.NO and boots and self.settled():
                    return Rebooted(before, self.boot_time(), self.clock() - requested, boots)
                else:
                    last = _words(seen, boots)
            except WSManError as error:
                last = f"no answer ({error})"


def _words(seen: Judgement, boots: int) -> str:
    if seen.booted is Booted.UNKNOWN:
        again = " again" if boots else ""
        return f"whether it booted{again} cannot be told: {seen.why}"
    return "servicing is not through with its boot" if boots else f"it has not booted: {seen.why}"


def _too_late(boots: int, deadline: float, last: str) -> str:
    seen = "no boot was seen" if boots == 0 else "it booted but did not settle"
    return (
        f"{seen} within {deadline:.0f} s of the request; last: {last}. "
        "Look at the host's console; run again when it answers"
    )
