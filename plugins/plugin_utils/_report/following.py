# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next commands to type, one for each kind of work that the hosts of a report need."""

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

_MENDED_FIRST = ("stage", "remediate", "restart", "rollback", "merge")
"""Playbooks after which what failed comes before all else: a change went wrong, or the picture is not whole."""
_EVERYWHERE = ("all", "ungrouped", "localhost")
MOST = 3
"""Commands of a report: of what is left, the most urgent."""

_FEW, _MANY = (5, 90), (50, 2000)
"""Hosts that are named, and columns of that: gladly, and where no inventory has groups of them."""

_LONGEST = 84
"""Columns of a name: those of a command's line, with what is about it."""

_WIDTH = 98
_FOR_MANY = ("report_dir", "inventory_file")
"""Settings of what would be written over by a run on some of the hosts; the commands after it may need it."""
_NAMES = "--limit "
_HOTFIX, _READY_MADE = "hotfix", "KB952876"
"""The role for any hotfix, and the hotfix whose role and settings have a name of their own."""

_UNTOLD = (
    "No command is shown, as none that can be written here would reach these hosts only. Assess all of them with"
    " -e {prefix}_inventory_file=FILE and without a query: the commands then name groups of that file."
)


@dataclass(frozen=True)
class Next:
    """command: to be typed, or options where why tells the rest; None where there is none. why: a sentence or more."""

    why: str
    command: str | None = None


@dataclass(frozen=True)
class _Step:
    """hosts: those of the report that the playbook is to work on, and no other."""

    why: str
    playbook: str
    hosts: list[str]


def following(rows: Rows, about: About) -> list[Next]:
    """What is left to do, a command for each kind, the most urgent first. None reaches a host that the report's run
    did not.
    """
    if not rows:
        return [Next("There are no hosts to work on.")]
    told = _Told(rows, about)
    return [_next(told, step) for step in list(told.steps())[:MOST]] or [Next("Nothing is left to do.")]


def _next(told: _Told, step: _Step) -> Next:
    run, words = told.run, told.words(step)
    if words is None or not all(map(str.isprintable, words)):
        return Next(f"{step.why}. {_UNTOLD.format(prefix=told.prefix)}")
    if run.unshown:
        return _in_words(step, run.unshown, words)
    sources = [f"-i {shlex.quote(one)}" for one in run.inventory or ("INVENTORY",)]
    if not all(map(str.isprintable, sources)):
        return Next(f"{step.why}. {_UNTOLD.format(prefix=told.prefix)}")
    return Next(f"{step.why}:", _broken([f"ansible-playbook {_playbook(step)}", *sources, *words]))


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

        self._about, self.run = about, about.run
        self._reach: Reach | None = about.run.reach  # a query leaves hosts of the run out
        if about.query or self._moves(about.run.reach):
            self._reach = None
        self._statuses = {str(row["host"]): str(row["status"]) for row in rows}
        missing, self._waiting, self._lost = of(Outcome.MISSING), of(Outcome.PENDING), of(Outcome.NO_VERDICT)
        self._staged = [host for host in missing if self._statuses[host] == Status.STAGED.value]
        self._needing = [host for host in missing if host not in set(self._staged)]
        self._broken = [host for host in self._lost if self._statuses[host] in (FAILED, UNREACHABLE)]

    def steps(self) -> Iterator[_Step]:
        """All that is left to do, what comes first before the rest: after a change or a merge, to mend what failed."""
        mended = bool(self._broken) and (self.run.changing or self.run.playbook in _MENDED_FIRST)
        if mended:
            named = ", ".join(self._broken[: _FEW[0]]) + (", ..." if len(self._broken) > _FEW[0] else "")
            why = f"{_hosts(self._broken, 'failed', 'failed')} ({named}). When the cause is mended, ask again"
            yield _Step(why, "assess", self._broken)
        if self._waiting:
            yield _Step(self._said_of_waiting(), "restart", self._waiting)
        if self.run.playbook != "rollback":
            yield from self._of_missing()
        lost = [host for host in self._lost if not mended or host not in set(self._broken)]
        if lost:
            why = f"{_hosts(lost, 'failed', 'failed')} or gave no verdict. When the cause is mended, ask again"
            yield _Step(why, "assess", lost)

    def _said_of_waiting(self) -> str:
        leaving = sum(self._statuses[host] == Status.REMOVAL_PENDING.value for host in self._waiting)
        ends = ["the install"] if leaving < len(self._waiting) else []
        ends += ["the removal"] if leaving else []
        return f"{_hosts(self._waiting, 'waits', 'wait')} for a restart, which finishes {' or '.join(ends)}"

    def _of_missing(self) -> Iterator[_Step]:
        """What is not on the host yet is staged first, which a night has time for; a run that staged or installs goes
        on with all of them."""
        ready = [*self._needing, *self._staged] if self.run.playbook in ("stage", "remediate") else self._staged
        first = [] if self.run.playbook in ("stage", "remediate") else self._needing
        if first:
            why = f"{_hosts(first, 'has', 'have')} the fix missing. Stage the package, which installs nothing"
            yield _Step(why, "stage", first)
        if ready:
            has = "has the package staged" if not set(ready) & set(self._needing) else "has the fix missing"
            why = f"{_hosts(ready, has, has.replace('has', 'have', 1))}. Install it, and restart where needed"
            yield _Step(why, "remediate", ready)

    def words(self, step: _Step) -> list[str] | None:
        """The options for a step, without its inventory; None where it would reach others.

        A playbook chooses by what it finds when it is typed: a host that is off now may be back by then, and one that
        needs nothing may need it. So only a step for all hosts of the run goes without a limit of its own.
        """
        narrow: tuple[str, ...] = ()
        if self._reach is None or len(step.hosts) < len(self._statuses):
            narrow = self._limit(step.hosts)
            if not narrow:
                return None
        wide = f"--limit {shlex.quote(self._reach.limit)}" if self._reach and self._reach.limit is not None else None
        return [*(narrow or ([wide] if wide else [])), *self._settings(step, narrowed=bool(narrow))]

    def _moves(self, reach: Reach | None) -> bool:
        """Whether the run's own limit may name a group that it writes anew: other hosts when it is typed."""
        if reach is None or self.run.groups is None:
            return False
        texts = (reach.limit or "", reach.hosts or "")
        named = [part.strip().lstrip("!&") for text in texts for part in re.split("[,:]", text)]
        begin = f"{self._about.kb.lower()}_"
        return any(part.startswith("~") or begin in part.lower() or re.search(r"[*?\[]", part) for part in named)

    @property
    def prefix(self) -> str:
        """What the names of the settings begin with, without the underscore."""
        ready_made = self._about.kb == _READY_MADE and "hotfix_kb" not in self.run.given
        return _READY_MADE.lower() if ready_made else _HOTFIX

    def _settings(self, step: _Step, *, narrowed: bool) -> Iterator[str]:
        """Those of the run, all of them; then the step's own, which come last and so count."""
        given = self.run.given
        prefix = self.prefix
        if prefix == _HOTFIX:
            yield f"-e hotfix_kb={self._about.kb}"
        if self._reach is not None and self._reach.hosts is not None and f"{prefix}_hosts" not in given:
            yield _setting(f"{prefix}_hosts", self._reach.hosts)
        yield from self._of_run(prefix, narrowed=narrowed)
        known = given | self.run.set_there
        named = not known.isdisjoint((f"{prefix}_package_dir", f"{prefix}_packages"))
        if step.playbook in ("stage", "remediate") and not named:  # both refuse to begin without a package
            yield f"-e {prefix}_package_dir=FOLDER"
        if narrowed and step.playbook != "assess" and f"{prefix}_canary" in known:
            yield f"-e {prefix}_canary="  # one outside of the limit is refused
        if step.playbook == "assess" and self.run.playbook == "merge":
            yield f"-e {prefix}_part=rest"
        if step.playbook == "remediate":
            yield f"-e {prefix}_reboot=true"

    def _of_run(self, prefix: str, *, narrowed: bool) -> Iterator[str]:
        """The run's own options. A command for some of its hosts leaves its report and groups as they are: the other
        commands may need them."""
        names = [f"{prefix}_{name}" for name in _FOR_MANY if f"{prefix}_{name}" in self.run.given] if narrowed else []
        plain = tuple(f"-e {name}=" for name in names)
        kept = [one for one in self.run.options if not one.replace("'", "").startswith(plain)] if plain else []
        yield from kept if plain else self.run.options
        if len(self.run.options) - len(kept) < len(names):  # not given one by one: in a file, or several together
            yield from (f"-e {name}=" for name in names)

    def _limit(self, hosts: list[str]) -> tuple[str, ...]:
        """Only these hosts: by name where they are few, else by their groups, where an inventory of these is there;
        nothing where neither can be. That inventory has all hosts, also those that a query leaves out.
        """
        named = f"--limit {shlex.quote(','.join(hosts))}"
        fits = [len(hosts) <= most and columns(named) <= longest for most, longest in (_FEW, _MANY)]
        plain = all(self._is_plain(host) and columns(host) <= _LONGEST for host in hosts)
        if fits[0] and plain:
            return (named,)
        groups = dict.fromkeys(f"{self._about.kb.lower()}_{self._statuses[host]}" for host in hosts)
        there = [who for name, who in self.run.held if name in groups]
        fit = self.run.wider.isdisjoint(groups) and all(who <= set(hosts) for who in there)
        if self.run.groups is not None and not self._about.query and fit:
            return (f"-i {shlex.quote(self.run.groups)}", f"--limit {','.join(groups)}")
        return (named,) if fits[1] and plain else ()

    def _is_plain(self, host: str) -> bool:
        return bool(_PLAIN.fullmatch(host)) and host not in self.run.taken and host not in _EVERYWHERE


def _setting(name: str, value: str) -> str:
    simple = _SIMPLE.fullmatch(value)
    return f"-e {shlex.quote(f'{name}={value}' if simple else json.dumps({name: value}, ensure_ascii=False))}"


def _broken(words: list[str]) -> str:
    """A command line that can be copied, with backslashes where it goes on."""
    lines = [words[0]]
    for word in words[1:]:
        if columns(word) > _WIDTH - 4 and word.startswith(_NAMES):
            lines[-1] += " \\"
            lines += _broken_names(word.removeprefix(_NAMES))
            continue
        if columns(lines[-1]) + columns(word) + columns(" \\ ") > _WIDTH:
            lines[-1] += " \\"
            lines.append(f"  {word}")
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines)


def _broken_names(text: str) -> list[str]:
    """Hosts on several lines: Ansible strips each name of a limit."""
    if not all(map(_PLAIN.fullmatch, text.split(","))):
        return [f"  {_NAMES}{text}"]
    lines = [f"  {_NAMES}'"]
    for at, name in enumerate(text.split(",")):
        if at and columns(lines[-1]) + columns(name) + len(",',\\") > _WIDTH:
            lines[-1] += ","
            lines.append(f"    {name}")
        else:
            lines[-1] += f",{name}" if at else name
    return [*lines[:-1], f"{lines[-1]}'"]
