# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a roll-out works on, and in which order: canary and remainder, in batches, pairs kept apart.

Pure: names in, names out. A name is never a pattern. All orders are the inventory's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._report.statuses import OUTCOMES
from .._verdict.plan import Outlook, RestartNeed, Step
from .._verdict.status import Outcome
from .checks import as_batch
from .errors import RolloutError

RESTARTED = "restarted"
"""The state in which nothing of the hotfix waits for a restart. It begins nothing, so that no plan is made for it."""


class ScopeError(RolloutError):
    """The roll-out does not begin: why, and for which hosts. Nothing was changed."""


def group_names(playbook: str, kb: str) -> tuple[str, str]:
    """The groups by which the plays of a playbook choose their hosts: canary and remainder. New to each run."""
    return f"{kb.lower()}_{playbook}_canary", f"{kb.lower()}_{playbook}_remainder"


@dataclass(frozen=True)
class Assessed:
    """One host after this run's own assessment.

    verdict: it gave one. work: there is something to do, or to say why it cannot be done. reached: it is in the wanted
    state already. lacks: the architecture for which it needs a package that is not there.
    """

    name: str
    verdict: bool
    work: bool = False
    reached: bool = False
    lacks: str = ""


@dataclass(frozen=True)
class Options:
    """canary: hosts that go first; None: the first canary_size with work. canary_done: it was proven before.

    sizes: of batches, numbers or percentages, the last one repeated. apart: lists of hosts of which at most one is
    worked on at a time.
    """

    canary: Sequence[str] | None = None
    canary_size: int = 1
    canary_done: bool = False
    sizes: Sequence[Any] = ("100%",)
    apart: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Scope:
    """Batches of the canary and of the remainder, in order."""

    canary: tuple[tuple[str, ...], ...] = ()
    remainder: tuple[tuple[str, ...], ...] = ()
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def batches(self) -> tuple[tuple[str, ...], ...]:
        return self.canary + self.remainder

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for batch in self.batches for host in batch)


def assessed(
    name: str, result: Any, state: str, *, reboot: bool, cleanup: bool, packages: Collection[str] | None = None
) -> Assessed:
    """What an assessment says of a host. result: what the role registered for it in this run, whatever it is.

    packages: the architectures for which there is one; None: none is needed.
    """
    found = result if isinstance(result, Mapping) else {}
    verdict = OUTCOMES.get(str(found.get("status")), Outcome.NO_VERDICT) is not Outcome.NO_VERDICT
    if found.get("unreachable") or found.get("failed") or not verdict:
        return Assessed(name, False)
    if state == RESTARTED:
        due = waits(found)
        return Assessed(name, True, due, not due)
    plan = found["plan"][state]
    lacks = ""
    if packages is not None and Step.TRANSFER_PAYLOAD.value in plan["steps"]:
        architecture = str((found.get("windows") or {}).get("architecture"))
        lacks = "" if architecture in packages else architecture
    return Assessed(name, True, has_work(plan, reboot=reboot, cleanup=cleanup), bool(plan["reached"]), lacks)


def waits(result: Mapping[str, Any]) -> bool:
    """Whether a host is known to wait for a restart of the hotfix."""
    restart = result.get("restart")
    return isinstance(restart, Mapping) and restart.get("required") is True


def has_work(plan: Mapping[str, Any], *, reboot: bool, cleanup: bool) -> bool:
    """Whether a plan leaves anything to do: steps, a restart that is allowed, staged files to remove."""
    if plan["outlook"] in (Outlook.DO.value, Outlook.BLOCKED.value):
        return True
    return (reboot and plan["restart"] != RestartNeed.NONE.value) or (cleanup and bool(plan["leftovers"]))


def choose(hosts: Sequence[Assessed], options: Options) -> Scope:
    """The batches, from all hosts that were assessed, in the inventory's order. Raises ScopeError."""
    work = [host.name for host in hosts if host.work]
    lacking = {host.lacks for host in hosts if host.work and host.lacks}
    if lacking:
        needing = [host.name for host in hosts if host.work and host.lacks]
        kinds = ", ".join(sorted(lacking))
        raise ScopeError(
            f"there is no package for {kinds}, which these hosts need: {_few(needing)}; add it to the others, or leave"
            " these hosts out with --limit"
        )
    apart = _partners(options.apart)
    if not work:
        return Scope(apart=apart)
    canary = _canary(hosts, work, options)
    remainder = [name for name in work if name not in canary]
    return Scope(split(canary, ["100%"], apart), split(remainder, options.sizes, apart), apart)


def _canary(hosts: Sequence[Assessed], work: Sequence[str], options: Options) -> list[str]:
    if options.canary_done:
        return []
    if options.canary is None:
        return list(work[: options.canary_size])
    named = [host for host in hosts if host.name in options.canary]
    silent = [host.name for host in named if not host.verdict]
    if silent:
        raise ScopeError(f"the canary gave no verdict, so it proves nothing: {_few(silent)}")
    chosen = [host.name for host in named if host.work]
    if not chosen and not any(host.reached for host in named):
        raise ScopeError(f"no canary has work or is done already, so none proves anything: {_few(options.canary)}")
    return chosen


def split(
    hosts: Sequence[str], sizes: Sequence[Any], apart: Mapping[str, frozenset[str]]
) -> tuple[tuple[str, ...], ...]:
    """Hosts in batches. A host waits for a later one when a batch holds one from which it is kept apart."""
    left, batches = list(hosts), list[tuple[str, ...]]()
    while left:
        size, batch = _size(sizes[min(len(batches), len(sizes) - 1)], len(hosts)), list[str]()
        for host in left:
            if len(batch) < size and apart.get(host, frozenset()).isdisjoint(batch):
                batch.append(host)
        chosen = frozenset(batch)
        left = [host for host in left if host not in chosen]
        batches.append(tuple(batch))
    return tuple(batches)


def _size(given: Any, of: int) -> int:
    size = as_batch(given)
    if size is None:
        raise ScopeError(f"{given!r} is no size of a batch")
    number, percentage = size
    return max(1, number * of // 100) if percentage else number


def _partners(lists: Sequence[Sequence[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for members in lists:
        for host in members:
            found[host] = found.get(host, frozenset()) | (frozenset(members) - {host})
    return found


def _few(hosts: Sequence[str]) -> str:
    more = f" and {len(hosts) - 5} more" if len(hosts) > 5 else ""
    return ", ".join(hosts[:5]) + more
