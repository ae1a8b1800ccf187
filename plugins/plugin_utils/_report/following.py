# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next command to type, from what the hosts of a report need."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from .._text.columns import columns
from .._verdict.status import Outcome, Status
from .about import About, Reach
from .format import Rows
from .statuses import FAILED, OUTCOMES, UNREACHABLE

_PLAIN = re.compile(r"[^\W_][\w.-]*")
"""A name that --limit takes for just that host, unless a group has it."""

_SIMPLE = re.compile(r"[\w.,:/@+!&*~-]+")
"""A value that -e NAME=VALUE takes as it is."""

_MENDED_FIRST = ("stage", "remediate", "rollback", "merge")
"""Playbooks after which what failed comes before all else: a change went wrong, or the picture is not whole."""
_EVERYWHERE = ("all", "ungrouped", "localhost")
_LISTED, _LONGEST = 5, 90
_WIDTH = 98
_READY_MADE = "KB952876"
"""The hotfix whose role and settings have a name of their own."""

_UNTOLD = (
    "No command is shown, as none that can be written here would reach these hosts only: write an inventory of verdicts"
    " (inventory_file of fleet_report), and limit the playbook to its groups."
)


@dataclass(frozen=True)
class Next:
    """command: to be typed, or options where why tells the rest; None where there is none. why: a sentence or more."""

    why: str
    command: str | None = None


@dataclass(frozen=True)
class _Step:
    """alone: whether the playbook may work on no other host, even of the report."""

    why: str
    playbook: str
    hosts: list[str]
    restart: bool = False
    alone: bool = False


def following(rows: Rows, about: About) -> Next:
    """What comes first of all that is left to do. No command reaches a host that the report's run did not."""
    if not rows:
        return Next("There are no hosts to work on.")
    told = _Told(rows, about)
    steps = list(told.steps())
    if not steps:
        return Next("Nothing is left to do.")
    for step in steps:
        words = told.words(step)
        if words is None or not all(map(str.isprintable, words)):
            continue
        if about.run.unshown:
            return _in_words(step, about.run.unshown, words)
        sources = [f"-i {shlex.quote(one)}" for one in about.run.inventory or ("INVENTORY",)]
        if all(map(str.isprintable, sources)):
            return Next(f"{step.why}:", _broken([f"ansible-playbook {_playbook(step)}", *sources, *words]))
    return Next(f"{steps[0].why}. {_UNTOLD}")


def _playbook(step: _Step) -> str:
    return f"winlegacy.servicing.{step.playbook}"


def _in_words(step: _Step, unshown: str, words: list[str]) -> Next:
    """For options that cannot be written out: a command without them would work on hosts that they spared."""
    why = (
        f"{step.why}. No whole command is shown, as {unshown}. Run {_playbook(step)} with the same -i, -e, vault and"
        " login options as this run"
    )
    return Next(f"{why}, and after them:", _broken(words)) if words else Next(f"{why}.")


def _hosts(names: list[str], one: str, many: str) -> str:
    return f"1 host {one}" if len(names) == 1 else f"{len(names):,} hosts {many}"


class _Told:
    """Hosts by what they need."""

    def __init__(self, rows: Rows, about: About) -> None:
        def of(outcome: Outcome) -> list[str]:
            return [str(row["host"]) for row in rows if OUTCOMES[row["status"]] is outcome]

        self._about, self._run = about, about.run
        self._reach: Reach | None = None if about.query else about.run.reach  # a query leaves hosts of the run out
        self._statuses = {str(row["host"]): str(row["status"]) for row in rows}
        self._missing, pending, self._lost = of(Outcome.MISSING), of(Outcome.PENDING), of(Outcome.NO_VERDICT)
        self._staged = [host for host in self._missing if self._statuses[host] == Status.STAGED.value]
        self._broken = [host for host in self._lost if self._statuses[host] in (FAILED, UNREACHABLE)]
        self._leaving = [host for host in pending if self._statuses[host] == Status.REMOVAL_PENDING.value]
        self._arriving = [host for host in pending if self._statuses[host] != Status.REMOVAL_PENDING.value]

    def steps(self) -> Iterator[_Step]:
        """All that is left to do, what comes first before the rest: after a change or a merge, to mend what failed."""
        if self._broken and (self._run.changing or self._run.playbook in _MENDED_FIRST):
            named = ", ".join(self._broken[:_LISTED]) + (", ..." if len(self._broken) > _LISTED else "")
            why = f"{_hosts(self._broken, 'failed', 'failed')} ({named}). When the cause is mended, ask again"
            yield _Step(why, "assess", self._broken)
        for waiting, playbook in ((self._arriving, "remediate"), (self._leaving, "rollback")):
            if waiting:
                why = f"{_hosts(waiting, 'waits', 'wait')} for a restart"
                yield _Step(why, playbook, waiting, restart=True, alone=True)
        if self._missing and self._run.playbook != "rollback":
            why = _hosts(self._missing, "has the fix missing", "have the fix missing")
            if len(self._staged) < len(self._missing) and self._run.playbook not in ("stage", "remediate"):
                yield _Step(f"{why}. Stage the package, which installs nothing", "stage", self._missing)
            else:
                why = f"{why}. Install it, and restart where needed"
                yield _Step(why, "remediate", self._missing, restart=True)
        if self._lost:
            why = f"{_hosts(self._lost, 'failed', 'failed')} or gave no verdict. When the cause is mended, ask again"
            yield _Step(why, "assess", self._lost)

    def words(self, step: _Step) -> list[str] | None:
        """The options for a step, without its inventory; None where it would reach others."""
        narrow: tuple[str, ...] = ()
        if self._reach is None or step.playbook == "assess" or (step.alone and len(step.hosts) < len(self._statuses)):
            narrow = self._limit(step.hosts)
            if not narrow and (self._reach is None or step.alone):
                return None
        if not narrow and self._reach is not None and self._reach.limit is not None:
            narrow = (f"--limit {shlex.quote(self._reach.limit)}",)
        return [*narrow, *self._settings(step)]

    def _settings(self, step: _Step) -> Iterator[str]:
        """Those of the run, all of them; then the step's own, which come last and so count."""
        given = self._run.given
        ready_made = self._about.kb == _READY_MADE and "hotfix_kb" not in given
        prefix = _READY_MADE.lower() if ready_made else "hotfix"
        if not ready_made:
            yield f"-e hotfix_kb={self._about.kb}"
        if self._reach is not None and self._reach.hosts is not None and f"{prefix}_hosts" not in given:
            yield _setting(f"{prefix}_hosts", self._reach.hosts)
        yield from self._run.options
        named = not (given | self._run.packaged).isdisjoint((f"{prefix}_package_dir", f"{prefix}_packages"))
        if step.playbook in ("stage", "remediate") and not named:  # both refuse to begin without a package
            yield f"-e {prefix}_package_dir=FOLDER"
        if step.playbook == "assess" and self._run.playbook == "merge":
            yield f"-e {prefix}_part=rest"
        if step.restart:
            yield f"-e {prefix}_reboot=true"

    def _limit(self, hosts: list[str]) -> tuple[str, ...]:
        """Only these hosts: by name where they are few, else by their groups, where an inventory of these is there."""
        named = f"--limit {shlex.quote(','.join(hosts))}"
        if len(hosts) <= _LISTED and columns(named) <= _LONGEST and all(map(self._is_plain, hosts)):
            return (named,)
        groups = dict.fromkeys(f"{self._about.kb.lower()}_{self._statuses[host]}" for host in hosts)
        if self._run.groups is None or not self._run.wider.isdisjoint(groups):
            return ()
        return (f"-i {shlex.quote(self._run.groups)}", f"--limit {','.join(groups)}")

    def _is_plain(self, host: str) -> bool:
        return bool(_PLAIN.fullmatch(host)) and host not in self._run.taken and host not in _EVERYWHERE


def _setting(name: str, value: str) -> str:
    simple = _SIMPLE.fullmatch(value)
    return f"-e {shlex.quote(f'{name}={value}' if simple else json.dumps({name: value}, ensure_ascii=False))}"


def _broken(words: list[str]) -> str:
    """A command line that can be copied, with backslashes where it goes on."""
    lines = [words[0]]
    for word in words[1:]:
        if columns(lines[-1]) + columns(word) + columns(" \\ ") > _WIDTH:
            lines[-1] += " \\"
            lines.append(f"  {word}")
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines)
