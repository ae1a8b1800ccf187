# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next command to type, from what the hosts of a report need."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from .._text.columns import columns
from .._verdict.status import Outcome, Status
from .about import About
from .format import Rows
from .statuses import OUTCOMES

_PLAIN = re.compile(r"[^\W_][\w.-]*")
"""A name that --limit takes for just that host."""

_LISTED, _LONGEST = 5, 90
_WIDTH = 98
_READY_MADE = "KB952876"
"""The hotfix whose role and settings have a name of their own."""


@dataclass(frozen=True)
class Next:
    """command: to be typed, None where there is none. why: one sentence."""

    why: str
    command: str | None = None


def following(rows: Rows, about: About) -> Next:
    """What comes first of all that is left to do."""
    if not rows:
        return Next("There are no hosts to work on.")
    told = _Told(rows, about)
    for waiting, playbook in ((told.arriving, "remediate"), (told.leaving, "rollback")):
        limit = told.limit(waiting)
        if waiting and (limit or len(waiting) == len(rows)):  # without a limit, others would be worked on as well
            hosts = _hosts(waiting, "waits", "wait")
            return Next(f"{hosts} for a restart:", told.play(playbook, restart=True, more=limit))
    if told.missing and about.run.playbook != "rollback":
        if len(told.staged) < len(told.missing) and about.run.playbook not in ("stage", "remediate"):
            hosts = _hosts(told.missing, "has the fix missing", "have the fix missing")
            return Next(f"{hosts}. Stage the package, which installs nothing:", told.play("stage"))
        hosts = _hosts(told.missing, "has the fix missing", "have the fix missing")
        return Next(f"{hosts}. Install it, and restart where needed:", told.play("remediate", restart=True))
    if told.lost:
        hosts = _hosts(told.lost, "failed", "failed")
        again = told.play("assess", more=told.limit(told.lost))
        return Next(f"{hosts} or gave no verdict. When the cause is mended, ask again:", again)
    return Next("Nothing is left to do.")


def _hosts(names: list[str], one: str, many: str) -> str:
    return f"1 host {one}" if len(names) == 1 else f"{len(names):,} hosts {many}"


class _Told:
    """Hosts by what they need."""

    def __init__(self, rows: Rows, about: About) -> None:
        def of(outcome: Outcome) -> list[str]:
            return [str(row["host"]) for row in rows if OUTCOMES[row["status"]] is outcome]

        self._about = about
        self._statuses = {str(row["host"]): str(row["status"]) for row in rows}
        self.missing, pending, self.lost = of(Outcome.MISSING), of(Outcome.PENDING), of(Outcome.NO_VERDICT)
        self.staged = [host for host in self.missing if self._statuses[host] == Status.STAGED.value]
        self.leaving = [host for host in pending if self._statuses[host] == Status.REMOVAL_PENDING.value]
        self.arriving = [host for host in pending if self._statuses[host] != Status.REMOVAL_PENDING.value]

    def play(self, name: str, *, restart: bool = False, more: tuple[str, ...] = ()) -> str:
        sources = self._about.run.inventory or ("INVENTORY",)
        words = ["ansible-playbook", f"winlegacy.servicing.{name}"]
        words += [f"-i {shlex.quote(one)}" for one in sources]
        words += more
        ready_made = self._about.kb == _READY_MADE
        prefix = _READY_MADE.lower() if ready_made else "hotfix"
        if not ready_made:
            words.append(f"-e hotfix_kb={self._about.kb}")
        if name in ("stage", "remediate"):
            words.append(f"-e {prefix}_package_dir=FOLDER")
        if restart:
            words.append(f"-e {prefix}_reboot=true")
        return _broken(words)

    def limit(self, hosts: list[str]) -> tuple[str, ...]:
        """Only these hosts: by name where they are few, else by their groups, where an inventory of these is there."""
        named = f"--limit {shlex.quote(','.join(hosts))}"
        if len(hosts) <= _LISTED and columns(named) <= _LONGEST and all(_PLAIN.fullmatch(host) for host in hosts):
            return (named,)
        if self._about.run.groups is None:
            return ()
        groups = dict.fromkeys(f"{self._about.kb.lower()}_{self._statuses[host]}" for host in hosts)
        return (f"-i {shlex.quote(self._about.run.groups)}", f"--limit {','.join(groups)}")


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
