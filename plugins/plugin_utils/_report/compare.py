# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed since an earlier report: hosts that are newly fixed or newly broken, and those that are gone."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from .._text.visible import visible
from .._verdict.status import Outcome
from .errors import ReportError
from .statuses import OUTCOMES

_HOSTS, _END = b'  "hosts": [\n', b"  ]\n}\n"
"""Lines before and behind those of hosts in a report as format_json.py writes it."""

_WELL = (Outcome.DONE, Outcome.NOT_CONCERNED)
_ILL = (Outcome.MISSING, Outcome.NO_VERDICT)


class ComparisonError(ReportError):
    """What was given to compare with is no earlier report of this hotfix: says what it is instead."""


@dataclass(frozen=True)
class Earlier:
    """Verdicts by host, and when they were made (2026-01-31T12:00:00Z; None: not told)."""

    statuses: Mapping[str, str]
    made: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Host names, each list in the order of the rows; `gone` in the earlier report's.

    newly_fixed: the fix is there and was not. newly_broken: it was there or not needed, and now it is missing or
    nobody knows. other: another verdict. new: not in the earlier report. gone: only there. was: the earlier verdicts of
    hosts whose verdict is another one now.
    """

    since: str | None
    newly_fixed: tuple[str, ...]
    newly_broken: tuple[str, ...]
    other: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    was: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """As the JSON report has it."""
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return {"since": self.since, **lists}


LISTS = {
    "newly_fixed": "Newly fixed",
    "newly_broken": "Newly broken",
    "other": "Otherwise changed",
    "new": "New",
    "gone": "Gone",
}
"""The lists of a comparison, with their names for people."""


def compare(earlier: Earlier, rows: Iterable[Mapping[str, Any]], *, removing: bool = False) -> Comparison:
    """The rows (of all hosts, whatever a query chooses of them) against earlier verdicts.

    removing: the fix was to be taken off, so that one which is missing now is not broken.
    """
    found: dict[str, list[str]] = {name: [] for name in LISTS}
    was: dict[str, str] = {}
    seen = set()
    for row in rows:
        host, status = str(row["host"]), str(row["status"])
        seen.add(host)
        before = earlier.statuses.get(host)
        if before is None:
            found["new"].append(host)
        elif before != status:
            was[host] = before
            meant = removing and OUTCOMES[status] is Outcome.MISSING
            found["other" if meant else _kind(OUTCOMES[before], OUTCOMES[status])].append(host)
    found["gone"] = [host for host in earlier.statuses if host not in seen]
    return Comparison(since=earlier.made, was=was, **{name: tuple(hosts) for name, hosts in found.items()})


def _kind(before: Outcome, now: Outcome) -> str:
    if now is Outcome.DONE and before is not Outcome.DONE:
        return "newly_fixed"
    return "newly_broken" if before in _WELL and now in _ILL else "other"


def earlier_file(file: BinaryIO, kb: str) -> Earlier:
    """The same of a JSON report's file; as this collection has written it, a host at a time. Raises ComparisonError."""
    try:
        given: Any = _by_line(file)
    except (ValueError, RecursionError, AttributeError):  # of another form, or none: the whole of it tells
        file.seek(0)
        given = file.read()
    return earlier_report(given, kb)


def _by_line(file: BinaryIO) -> dict[str, Any]:
    """A report without what is not looked at. Raises ValueError or AttributeError where a line is not as expected."""
    head = list(itertools.takewhile(lambda line: line != _HOSTS, file))
    report: dict[str, Any] = {**json.loads(b"".join(head) + b'"hosts": []}'), "hosts": []}
    more = True
    while more:
        line = file.readline()
        more = line.endswith(b",\n")
        one = json.loads(line[:-2] if more else line)
        report["hosts"].append({"host": one.get("host"), "status": one.get("status")})
    if file.read(len(_END) + 1) != _END:
        raise ValueError("something else is behind the hosts")
    return report


def earlier_report(given: Any, kb: str) -> Earlier:
    """The verdicts of a JSON report (its text, or what it holds). Raises ComparisonError."""
    if isinstance(given, (str, bytes)):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise ComparisonError(f"compare: this is no JSON report: {error}") from None
    hosts = given.get("hosts") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(hosts, list) or given.get("schema") != 1:
        raise ComparisonError("compare: this is no JSON report of this collection (schema 1, with hosts)")
    if given.get("kb") != kb:
        raise ComparisonError(f"compare: the earlier report is about {visible(str(given.get('kb')))[:40]}, not {kb}")
    statuses: dict[str, str] = {}
    for at, one in enumerate(hosts):
        host, status = (one.get("host"), one.get("status")) if isinstance(one, Mapping) else (None, None)
        if not isinstance(host, str) or not isinstance(status, str) or status not in OUTCOMES:
            raise ComparisonError(f"compare: host {at} of the earlier report has no name or no verdict that is known")
        statuses[visible(host)] = status
    made = given.get("generated")
    return Earlier(statuses, visible(made)[:40] if isinstance(made, str) else None)
