# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the batches, as it was observed: a host is done only when it says so, and else it failed.

    progress = Progress(scope, limit, hosts)        # hosts: what each is known to have done in this run
    progress.stopped                                # the first batch above the limit, or None
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .scope import Scope, ScopeError


@dataclass(frozen=True)
class Seen:
    """One host of the run. begun: its batch let it begin. done: it said that it came to its end. failure: what it said.

    verdict: its assessment gave one. held: why its batch left it alone.
    """

    verdict: bool = True
    begun: bool = False
    done: bool = False
    failure: str = ""
    held: str = ""

    @property
    def failed(self) -> bool:
        return self.begun and not self.done

    @property
    def reason(self) -> str:
        return self.failure or "it was lost, and did not come to its end"


@dataclass(frozen=True)
class Batch:
    """One batch that was begun: what failed of it."""

    number: int
    name: str
    hosts: tuple[str, ...]
    failed: tuple[str, ...]

    def above(self, limit: float) -> bool:
        return 100 * len(self.failed) > limit * len(self.hosts)


@dataclass(frozen=True)
class Progress:
    """A roll-out so far. limit: the percentage of a batch's hosts that may fail."""

    scope: Scope
    limit: float
    seen: Mapping[str, Seen]

    @property
    def begun(self) -> tuple[Batch, ...]:
        """Batches of which a host was begun, in order."""
        found = []
        for number, hosts in enumerate(self.scope.batches, 1):
            began = tuple(host for host in hosts if self.seen[host].begun)
            if began:
                found.append(Batch(number, self._name(number), began, tuple(h for h in began if self.seen[h].failed)))
        return tuple(found)

    @property
    def stopped(self) -> Batch | None:
        return next((batch for batch in self.begun if batch.above(self.limit)), None)

    @property
    def untouched(self) -> tuple[str, ...]:
        return tuple(host for host in self.scope.hosts if not self.seen[host].begun)

    def next(self, hosts: Sequence[str]) -> dict[str, str]:
        """Hosts of the batch that is about to begin, each with why it is held back, or an empty text.

        Raises ScopeError when these hosts are no batch of the scope, or are begun already.
        """
        if tuple(hosts) not in self.scope.batches:
            raise ScopeError(f"the play is about to work on {', '.join(hosts)}, which is no batch of this roll-out")
        twice = [host for host in hosts if self.seen[host].begun]
        if twice:
            raise ScopeError(f"{', '.join(twice)} was begun already in this run")
        return {host: self._partner(host) for host in hosts}

    def _partner(self, host: str) -> str:
        for other in sorted(self.scope.apart.get(host, ())):
            seen = self.seen.get(other)
            if seen is None:
                continue
            if seen.failed:
                return f"{other}, from which it is kept apart, failed"
            if not seen.verdict:
                return f"{other}, from which it is kept apart, gave no verdict"
        return ""

    def _name(self, number: int) -> str:
        return "the canary" if number <= len(self.scope.canary) else f"batch {number - len(self.scope.canary)}"

    def told(self) -> list[str]:
        """For people: what became of the last batch, whether it goes on, and a line for each host that failed."""
        if not self.begun:
            return ["No host was begun."]
        last, stopped, untouched = self.begun[-1], self.stopped, self.untouched
        counted = f"{len(last.failed)} of {len(last.hosts)} hosts of {last.name} failed"
        if stopped is not None:
            counted = f"{len(stopped.failed)} of {len(stopped.hosts)} hosts of {stopped.name} failed"
            left = f"Not touched: {', '.join(untouched)}." if untouched else "No host was left."
            headline = f"{counted}, and {self.limit:g} % may. The roll-out stops. {left}"
        elif last.failed:
            headline = f"{counted}, which is allowed ({self.limit:g} %). {self._rest(untouched)}"
        else:
            headline = f"All hosts of {last.name} are done ({len(last.hosts)}). {self._rest(untouched)}"
        lines = [f"{host}: {self.seen[host].reason}" for batch in self.begun for host in batch.failed]
        lines += [f"{host}: not begun: {seen.held}" for host, seen in self.seen.items() if seen.held]
        return [headline, *lines]

    def _rest(self, untouched: Sequence[str]) -> str:
        left = [host for host in untouched if not self.seen[host].held]
        return f"The roll-out goes on with {len(left)} more." if left else "The roll-out is at its end."

    def problems(self) -> dict[str, str]:
        """At the end of the run: hosts that make it fail, each with why."""
        found = {}
        for host, seen in self.seen.items():
            if not seen.verdict:
                found[host] = seen.failure or "the assessment gave no verdict"
            elif seen.failed:
                found[host] = seen.reason
            elif seen.held:
                found[host] = f"not begun: {seen.held}"
        if self.stopped is None:
            found |= {host: "it has work and was not begun" for host in self.untouched if host not in found}
        return found
