# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tables for a terminal and for Markdown share: the cells of a row, what is shown of many, counts in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .._verdict.reasons import ReasonCode, reason
from .about import About, duration
from .compare import LISTS, Comparison
from .format import Rows
from .kept import first_reason
from .markup import hosts
from .rows import is_symptomatic
from .statuses import FAILED, UNREACHABLE, counts
from .urgency import by_urgency, needs_work

HEADINGS = ("host", "Windows", "kernel", "verdict", "restart")
"""Of the cells; why a host is where it is comes beside or below them."""

MOST = 60
"""Hosts in a table; of the others it says how many have which verdict."""

_FILTERED = reason(ReasonCode.FILTERED_TOKEN).text
_CURE = (
    "User Account Control filters the account's token: use a domain administrator or the built-in Administrator, or set"
    " LocalAccountTokenFilterPolicy to 1 there."
)
_NAMED = 8
_NOTHING = "-"


@dataclass(frozen=True)
class Shown:
    """The first rows by urgency, and the number of hosts by verdict that are left out."""

    rows: Rows
    left: dict[str, int]

    @property
    def left_out(self) -> str:
        """Empty where all hosts are shown."""
        rest = sum(self.left.values())
        return f"and {rest:,} more: {tally(self.left)}" if rest else ""


def shown(rows: Rows, most: int = MOST) -> Shown:
    """What a table shows."""
    ordered = by_urgency(rows)
    return Shown(ordered[:most], counts(ordered[most:]))


def cells(row: dict[str, Any], about: About) -> tuple[str, ...]:
    """One for each of HEADINGS."""
    name = str(row["os"] or "").replace("Windows Server", "Server").replace("Windows ", "")
    was = about.was(row["host"])
    return (
        _line(row["host"]),
        _line(" ".join(one for one in (name, row["architecture"]) if one) or _NOTHING),
        _line(row["kernel_running"] or _NOTHING),
        f"{was} -> {row['status']}" if was else str(row["status"]),
        restart(row),
    )


def restart(row: dict[str, Any]) -> str:
    """yes: for this hotfix; other: one is pending, and not for it; - where nobody knows."""
    if row["reboot_required"] is True:
        return "yes"
    if row["reboot_pending"] is True:
        return "other"
    return _NOTHING if row["reboot_required"] is None else "no"


def why(row: dict[str, Any]) -> str:
    """The decisive reason, the symptom where it was seen, and what waits for a restart; one line."""
    found = row["summary"]
    if row["status"] not in (FAILED, UNREACHABLE):
        found = first_reason(row["result"]) or _behind_the_verdict(found)
    found = f"{withheld(row['recommendation'])} {found}".strip()
    if is_symptomatic(row):
        found = f"Symptom {row['symptom']}. {found}"
    reasons = ", ".join(row["reboot_reasons"])
    return _line(f"{found} Restart: {reasons}." if reasons and needs_work(row) else found)


def withheld(recommendation: object) -> str:
    """What to do about an account whose token is filtered, in short; empty where that is not the advice."""
    return _CURE if isinstance(recommendation, str) and _FILTERED in recommendation else ""


def _behind_the_verdict(summary: str) -> str:
    """Of `KB952876 is missing: the running kernel ...` the second half: the verdict stands beside it already."""
    reason = summary.partition(": ")[2]
    return reason[:1].upper() + reason[1:] if reason else summary


def _line(text: object) -> str:
    return " ".join(str(text).split())


def tally(total: dict[str, int]) -> str:
    """Hosts by verdict: 4 needs_fix, 2 fixed."""
    return ", ".join(f"{count:,} {status}" for status, count in total.items() if count)


def counted(rows: Rows) -> str:
    """All hosts of a report in one line."""
    told = tally(counts(rows))
    required = sum(row["reboot_required"] is True for row in rows)
    due = f"; restart required: {required:,}" if required else ""
    return f"{hosts(len(rows))}{': ' if told else ''}{told}{due}."


def origin(about: About) -> str:
    """Which hosts, how long it took, and by what."""
    parts = [about.scope, f"after {duration(about.seconds)}" if about.seconds is not None else None, about.moment]
    version = f"winlegacy.servicing {about.version}" if about.version else None
    return ", ".join(one for one in (*parts, version) if one)


def changes(comparison: Comparison) -> Iterator[str]:
    """A line for each list of a comparison that has hosts; one line where nothing changed."""
    found = False
    for name, label in LISTS.items():
        names = getattr(comparison, name)
        if names:
            found = True
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            yield f"{label}: {len(names):,} ({', '.join(map(_line, names[:_NAMED]))}{more})"
    if not found:
        yield "No verdict has changed."
