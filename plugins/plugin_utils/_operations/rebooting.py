# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart one host when that is wanted: the reasons, the request through its shell, the proof of a boot."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .._hotfix.definition import Definition
from .._hotfix.facts import RebootIndicator
from .._windows import reboot_pending
from .._windows.remote_shell import BREAKS, RemoteShell
from .._windows.values import moment
from .._wsman import errors
from .._wsman.client import Client
from .assess import AssessOptions, Depth, assess
from .reboot import BootTimes, Rebooted, RebootError, RebootOptions, Waiter, request

REQUIRED_BY_KB = "required_by_kb"
_QUESTIONS = 600.0
"""Seconds for the questions before the request, and for asking it."""

_TIMES = "SELECT LastBootUpTime, LocalDateTime FROM Win32_OperatingSystem"


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
    joined: bool = False

    def as_dict(self) -> dict[str, object]:
        return {
            "changed": self.wanted,
            "rebooted": self.seen is not None,
            "reasons": list(self.reasons),
            "joined": self.joined,
            "elapsed": None if self.seen is None else round(self.seen.elapsed, 1),
            "boots": 0 if self.seen is None else self.seen.boots,
            "boot_before": None if self.seen is None else self.seen.before.isoformat(),
            "boot_after": None if self.seen is None else self.seen.after.isoformat(),
        }


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

    def run(self, wanted: RebootRequest) -> RebootResult:
        """Restart the host if it is wanted, and wait until it has booted and settled.

        Raises RebootError (no boot seen in time, or reasons that cannot be told), CommandError, the wire's errors.
        """
        reasons = () if wanted.only_if is None else self._reasons(wanted.only_if)
        if wanted.only_if is not None and not reasons:
            return RebootResult(False, ())
        if wanted.check:
            return RebootResult(True, reasons)
        if wanted.options.random_start > 0:
            self.sleep(self.chance(0.0, wanted.options.random_start))
        before = self._ask()
        if before is None:
            raise RebootError("the host does not tell its boot time, so a boot could not be proven; nothing was done")
        requested = self.clock()
        with RemoteShell(self.client) as shell:
            self.asked = True
            joined = not self._request(shell, wanted.options)
        waiter = Waiter(
            ask=self._ask_anew,
            settled=self._settled,
            lost=(errors.WSManError,),
            say=self.say,
            sleep=self.sleep,
            clock=self.clock,
            chance=self.chance,
        )
        return RebootResult(True, reasons, waiter.wait(before, wanted.options, requested), joined)

    def _request(self, shell: RemoteShell, options: RebootOptions) -> bool:
        """A break in the answer may be the host going down already: the wait tells."""
        shell.open()
        try:
            return request(shell, options)
        except BREAKS as error:
            self.say(f"the connection broke while the restart was asked for: {error}")
            return True

    def _reasons(self, names: Sequence[str]) -> tuple[str, ...]:
        """Which of the chosen reasons are set. RebootError when none is and one of them cannot be told."""
        depth = Depth.STANDARD if set(names) == {REQUIRED_BY_KB} else Depth.FULL
        seen = assess(self.client, self.definition, AssessOptions(depth=depth), clock=self.clock, sleep=self.sleep)
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

    def _ask(self) -> BootTimes | None:
        rows = self.client.query(_TIMES)
        boot = moment(rows[0], "LastBootUpTime").value if rows else None
        local = moment(rows[0], "LocalDateTime").value if rows else None
        return BootTimes(boot, local) if boot is not None and local is not None else None

    def _ask_anew(self) -> BootTimes | None:
        """Over a fresh connection: an encrypted one of before the boot is dead, and only its silence would tell."""
        with suppress(errors.WSManError):
            self.client.channel.reconnect()
        return self._ask()

    def _settled(self) -> bool:
        """Whether servicing is through with its boot. A host that does not tell is taken as it is."""
        return not reboot_pending.servicing(self.client)[RebootIndicator.CBS_REBOOT_IN_PROGRESS].value
