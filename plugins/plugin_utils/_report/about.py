# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says of itself: which hotfix, when, for whom, which hosts, and the run that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .._model.kb import normal_kb
from .compare import Comparison


@dataclass(frozen=True)
class Reach:
    """limit: for --limit, None for the whole inventory. hosts: for the role's setting of hosts, None without it."""

    limit: str | None = None
    hosts: str | None = None


@dataclass(frozen=True)
class Run:
    """The command that the results come from, as far as it is known, for the next command to type.

    playbook: assess, merge, stage, remediate, restart or rollback. inventory: what was given by -i. groups: the
    inventory of verdicts that was written. report: the file with all hosts. reach: what a command needs to reach just
    the report's hosts; None where that is not known, and they have to be named. taken: names that --limit reads as
    groups. wider: those of them with other hosts. held: those with a
    hotfix's number, and whom they have. options: of the command line, as a shell reads them, to be repeated.
    unshown: why they are not written out, as the end of a sentence; None where they are. given: names of variables
    that the command line gives a value. set_there: settings of packages and the canary that have one in the inventory.
    changing: whether something was to be changed on the hosts.
    """

    playbook: str | None = None
    inventory: tuple[str, ...] = ()
    groups: str | None = None
    report: str | None = None
    reach: Reach | None = None
    taken: frozenset[str] = frozenset()
    wider: frozenset[str] = frozenset()
    held: tuple[tuple[str, frozenset[str]], ...] = ()
    options: tuple[str, ...] = ()
    unshown: str | None = None
    given: frozenset[str] = frozenset()
    set_there: frozenset[str] = frozenset()
    changing: bool = False


@dataclass(frozen=True)
class About:
    """kb: as KB952876. generated: when, in UTC. title: what people call the report. query: what chose its rows.

    version: of the collection. scope: which hosts were asked, in words. began: when the run began, in UTC.
    comparison: with an earlier report.
    """

    kb: str
    generated: datetime
    title: str
    query: str | None = None
    version: str | None = None
    scope: str | None = None
    began: datetime | None = None
    comparison: Comparison | None = None
    run: Run = field(default_factory=Run)

    @property
    def moment(self) -> str:
        """generated as text: 2026-01-31T12:00:00Z."""
        return self.generated.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def seconds(self) -> int | None:
        """How long the run had taken when the report was made; None where that is not known."""
        return None if self.began is None else max(0, round((self.generated - self.began).total_seconds()))

    def was(self, host: str) -> str | None:
        """The host's earlier verdict where it was another one."""
        return None if self.comparison is None else self.comparison.was.get(host)


def kb_name(text: object) -> str:
    """KB952876 for that, for kb952876 and for 952876. Raises ValueError for anything else."""
    name = normal_kb(str(text))
    if name is None:
        raise ValueError(f"kb is {str(text)[:40]!r}: a hotfix such as KB952876 was expected")
    return name


def duration(seconds: int) -> str:
    """A duration for people: 45 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
