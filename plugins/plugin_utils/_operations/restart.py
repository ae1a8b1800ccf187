# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart one host when that is wanted: the reasons, the request through its shell, the proof of a boot."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .._catalogue.definition import Definition
from .._model.boot_evidence import Mark, RebootEvidence
from .._model.facts import RebootIndicator
from .._verdict.boot import Booted, Judgement
from .._windows import boot_signs, reboot_pending
from .._windows.command import CommandError
from .._windows.properties import moment
from .._windows.remote_shell import BREAKS, RemoteShell
from .._windows.wmi import ask_rows
from .._wsman.client import Client
from .._wsman.fault_codes import ShellNotFound
from .assess.interview import AssessOptions, Depth, assess
from .boot import BootWatch
from .boot_wait import NotAskedError, Rebooted, RebootError, RebootOptions, Requested, Waiter, request
from .permission import Permit, always

REQUIRED_BY_KB = "required_by_kb"
_QUESTIONS = 600.0
"""Seconds for the questions before the request, and for asking it."""
_MARGIN = 60.0
"""Seconds of a window that a random start leaves for those questions: it is asked again right at the request."""

_BOOT_TIME = "SELECT LastBootUpTime FROM Win32_OperatingSystem"


@dataclass(frozen=True)
class RebootRequest:
    """only_if: reasons of which one must be set (reboot indicators' names, or required_by_kb); None: always.

    deadline: seconds for the whole; None: the limits of its parts together.
    """

    options: RebootOptions
    only_if: Sequence[str] | None = None
    check: bool = False
    deadline: float | None = None

    @property
    def seconds(self) -> float:
        """How long the whole may take."""
        parts = self.options.deadline + self.options.random_start + _QUESTIONS
        return self.deadline if self.deadline is not None else parts


@dataclass(frozen=True)
class RebootResult:
    """Whether a restart is (or, in check mode, would be) done, for which reasons, and what was seen."""

    wanted: bool
    reasons: tuple[str, ...]
    seen: Rebooted | None = None
    requested: Requested = field(default_factory=Requested)

    def as_dict(self) -> dict[str, object]:
        return {
            "changed": self.wanted,
            "rebooted": self.seen is not None,
            "reasons": list(self.reasons),
            "joined": self.requested.joined,
            "preempted": self.requested.preempted,
            "elapsed": None if self.seen is None else round(self.seen.elapsed, 1),
            "boots": 0 if self.seen is None else self.seen.boots,
            "boot_before": _iso(None if self.seen is None else self.seen.before),
            "boot_after": _iso(None if self.seen is None else self.seen.after),
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@dataclass
class Rebooting:
    """One restart of one host."""

    client: Client
    definition: Definition
    say: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[float, float], float] = random.uniform
    asked: bool = False
    """Whether the host was asked to restart: what follows may fail, and the restart stands."""
    permit: Permit = always

    def run(self, wanted: RebootRequest) -> RebootResult:
        """Restart the host if it is wanted, and wait until it has booted and settled.

        Raises RebootError (no boot seen in time, or reasons that cannot be told), NotPermittedError, CommandError, and
        the wire's errors.
        """
        if wanted.check:
            wants, reasons = self._decide(wanted.only_if)
            if wants:
                _provable(boot_signs.signs(self.client, Mark.NEVER_WRITTEN))
            return RebootResult(wants, reasons)
        if wanted.options.random_start > 0:
            wants, reasons = self._decide(wanted.only_if)
            if not wants:
                return RebootResult(False, reasons)
            self._spread(wanted.options)
        watch = BootWatch.begin(self.client, self.clock)
        requested = None
        try:
            # after the mark: where that is gone at the request, another run has restarted the host since
            wants, reasons = self._decide(wanted.only_if)
            if wants:
                _provable(watch.record.signs)
            before, asked = (self._boot_time() if wants else None), self.clock()
            if wants:
                with RemoteShell(self.client, say=self.say, sleep=self.sleep) as shell:
                    requested = self._request(shell, wanted.options, watch)
        finally:
            if requested is None:
                watch.end()
        if requested is None:
            return RebootResult(False, reasons)
        return RebootResult(True, reasons, self._wait(watch, before, wanted.options, asked), requested)

    def _decide(self, only_if: Sequence[str] | None) -> tuple[bool, tuple[str, ...]]:
        """Whether the host is to be restarted, and for which of the chosen reasons."""
        reasons = () if only_if is None else self._reasons(only_if)
        return only_if is None or bool(reasons), reasons

    def _wait(self, watch: BootWatch, before: datetime | None, options: RebootOptions, asked: float) -> Rebooted:
        watches = [watch]

        def look() -> Judgement:
            return watches[0].look()

        def mark() -> bool:
            watches[0] = BootWatch.begin(self.client, self.clock)
            return bool(watches[0].record.signs.births)

        waiter = Waiter(
            look=look,
            mark=mark,
            settled=self._settled,
            boot_time=self._boot_time,
            say=self.say,
            sleep=self.sleep,
            clock=self.clock,
            chance=self.chance,
        )
        seen = waiter.wait(before, options, asked)
        watches[0].end()
        return seen

    def _spread(self, options: RebootOptions) -> None:
        """Sleep a random time, cut to what is left for a restart and its questions. Raises NotPermittedError."""
        left = self.permit("restart", options.delay)
        longest = options.random_start if left is None else min(options.random_start, max(0.0, left - _MARGIN))
        self.sleep(self.chance(0.0, longest))

    def _request(self, shell: RemoteShell, options: RebootOptions, watch: BootWatch) -> Requested:
        """A break in the answer may be the host going down already: the wait tells."""
        shell.open()
        self.permit("restart", options.delay)  # after the shell, which may have had to wait for one
        record = watch.record
        marked = record.signs.mark is Mark.THERE
        if not marked and self._booted_since(watch, None):
            return Requested(joined=True)
        self.asked = True
        try:
            try:
                return request(shell, options, mark=record.name if marked else None)
            except NotAskedError as error:
                self.asked = False
                if self._booted_since(watch, error):
                    return Requested(joined=True)
            self.asked = True
            return request(shell, options)
        except CommandError:
            self.asked = False
            raise
        except ShellNotFound:  # it went with a boot: after one since the decision, nothing is left to be asked for
            if watch.look().booted is not Booted.YES:
                raise
            return Requested(joined=True)
        except BREAKS as error:
            if not self.asked:
                raise
            self.say(f"the connection broke while the restart was asked for: {error}")
            return Requested()

    @staticmethod
    def _booted_since(watch: BootWatch, error: NotAskedError | None) -> bool:
        """Whether another run restarted the host since: by all signs, not by the word of one program.

        error: why the request did not tell; None where no mark could be left that it could ask for.
        RebootError where they do not tell, or the mark was taken away without a boot.
        """
        seen = watch.look()
        gone = error is not None and error.gone
        if seen.booted is Booted.UNKNOWN or (gone and seen.booted is Booted.NO):
            why = error or "no mark could be left in its volatile registry"
            text = f"whether another run has restarted the host since cannot be told ({why}; {seen.why})"
            raise RebootError(f"{text}; no restart was asked for. Run again")
        return seen.booted is Booted.YES

    def _reasons(self, names: Sequence[str]) -> tuple[str, ...]:
        """Which of the chosen reasons are set. RebootError when none is and one of them cannot be told."""
        depth = Depth.STANDARD if set(names) == {REQUIRED_BY_KB} else Depth.FULL
        options = AssessOptions(depth=depth, all_files=True)
        seen = assess(self.client, self.definition, options, clock=self.clock, sleep=self.sleep)
        if self.client.deadline.passed is not None:
            raise self.client.deadline.passed
        restart = seen.verdict.restart
        pending = {one.value for one in restart.reasons}
        if restart.required_by_kb:
            pending.add(REQUIRED_BY_KB)
        found = tuple(name for name in names if name in pending)
        if found:
            return found
        unclear = [one.value for one, answer in seen.facts.reboot.items() if answer.is_unknown and one.value in names]
        if REQUIRED_BY_KB in names and restart.required_by_kb is None:
            unclear.append(REQUIRED_BY_KB)
        if unclear:
            text = f"whether a restart is required cannot be told ({', '.join(unclear)} unknown)"
            raise RebootError(f"{text}: {seen.verdict.summary}")
        return ()

    def _boot_time(self) -> datetime | None:
        """What the host says of its last start, for people: a clock may have moved it."""
        rows = ask_rows(self.client, _BOOT_TIME)
        return moment(rows.value[0], "LastBootUpTime").value if rows.value else None

    def _settled(self) -> bool:
        """Whether servicing is through with its boot. A host that does not tell is taken as it is."""
        return not reboot_pending.servicing(self.client)[RebootIndicator.CBS_REBOOT_IN_PROGRESS].value


def _provable(signs: RebootEvidence) -> None:
    """RebootError, with what the host answered, where a boot could not be proven."""
    if not signs.births:
        raise RebootError(f"{signs.unread}, so a boot could not be proven; nothing was done")
