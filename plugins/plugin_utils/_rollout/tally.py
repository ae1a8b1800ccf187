# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a sweep is: outcomes and verdicts counted, its rate, the time left, and when to say so.

    tally.line(seconds, Slow(hosts=3, seconds=200), at_most=7000)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OK, UNREACHABLE, FAILED = OUTCOMES = ("ok", "unreachable", "failed")

_FIRST, _EVERY, _SHARE = 5.0, 10.0, 0.05
"""Seconds before the first line and between two; and at least this share of the time passed, so that lines thin out."""


@dataclass(frozen=True)
class Slow:
    """Hosts that are being asked for long already: how many, and the seconds after which the last has its time-out."""

    hosts: int = 0
    seconds: float = 0.0

    @classmethod
    def together(cls, some: Iterable[Slow]) -> Slow:
        """Those of several processes."""
        told = [one for one in some if one.hosts]
        return cls(sum(one.hosts for one in told), max((one.seconds for one in told), default=0.0))


def outcome(result: Mapping[str, Any]) -> str:
    """Of a host's result: `unreachable` where it was lost, `failed` where it could not be asked, else `ok`."""
    if result.get("unreachable"):
        return UNREACHABLE
    return FAILED if result.get("failed") else OK


class Tally:
    """Counts results. total: hosts that are to be asked."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.outcomes: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self._due = _FIRST

    def add(self, result: Mapping[str, Any]) -> None:
        """One host's result."""
        kind = outcome(result)
        self.outcomes[kind] += 1
        if kind == OK:
            self.verdicts[str(result.get("status"))] += 1

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())

    def is_due(self, seconds: float) -> bool:
        """Whether a line is due, so many seconds after the begin; it counts as said then."""
        if seconds < self._due or self.done >= self.total:
            return False
        self._due = seconds + max(_EVERY, seconds * _SHARE)
        return True

    def line(self, seconds: float, slow: Slow | None = None, at_most: float = math.inf) -> str:
        """For a terminal: hosts done, rate, time left, counts. at_most: seconds until the deadline of all."""
        rate = self.done / seconds if seconds > 0 else 0.0
        left = self._left(rate, slow or Slow(), at_most)
        return f"{self.done} of {self.total} hosts, {rate:.0f} a second{left}{self.counts()}"

    def _left(self, rate: float, slow: Slow, at_most: float) -> str:
        """The rate tells of hosts that answer. One that does not ends with its time-out, and the sweep not before."""
        told = ""
        others = self.total - self.done - slow.hosts
        if others > 0 and rate:
            about = others / rate
            told = f", about {_span(about)} left" if about < at_most else f", at most {_span(at_most)} left"
        if slow.hosts:
            who = "1 slow host takes" if slow.hosts == 1 else f"{slow.hosts} slow hosts take"
            told += f", {who} at most {_span(min(slow.seconds, at_most))} more"
        return told

    def counts(self) -> str:
        """The counts, the most frequent first; empty when there are none."""
        told = [f"{count} {name}" for name, count in self.verdicts.most_common()]
        told += [f"{self.outcomes[name]} {name}" for name in (UNREACHABLE, FAILED) if self.outcomes[name]]
        return f": {', '.join(told)}" if told else ""


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
