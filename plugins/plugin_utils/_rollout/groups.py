# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of verdicts: groups such as kb952876_needs_fix, for ad hoc work on just those hosts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .._report.rows import is_symptomatic
from .._report.statuses import STATUSES
from .._verdict.status import Status

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TRAITS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "reboot_required": lambda row: row.get("reboot_required") is True,
    "reboot_pending": lambda row: row.get("reboot_pending") is True,
    "symptomatic": is_symptomatic,
}


def groups(rows: list[dict[str, Any]], prefix: str) -> dict[str, list[str]]:
    """Host names by group: one group a verdict, and PREFIX_reboot_required, PREFIX_reboot_pending, PREFIX_symptomatic.

    prefix: usually the KB in lower case. Every group is there, empty ones too, so that a pattern never misses.
    Raises ValueError for a prefix that cannot begin a group's name.
    """
    if not _NAME.fullmatch(prefix):
        raise ValueError(f"the prefix {prefix[:60]!r} cannot begin a group name (letters, digits and underscores)")
    found: dict[str, list[str]] = {f"{prefix}_{name}": [] for name in (*STATUSES, *_TRAITS)}
    for row in rows:
        names = [row["status"], *(name for name, holds in _TRAITS.items() if holds(row))]
        for name in names:
            found[f"{prefix}_{name}"].append(row["host"])
    return found


SILENT = "silent"
"""The group of hosts that gave no verdict, PREFIX_assess_silent: a play fails for them."""

_NOTHING_TO_DO = frozenset({Status.FIXED.value, Status.NOT_APPLICABLE.value})


DONE = "done"
"""The group that tells that hosts were asked, PREFIX_assess_done; the first with a verdict is in it, or the first.

Beside the silent ones it keeps their play from failing for all its hosts, which would end the whole run there.
"""


def members(results: Mapping[str, Any], prefix: str, *, verdicts: bool = True) -> list[dict[str, str]]:
    """Of a sweep's results by host: each host that there is something to do for, and its group in the run.

    That is its verdict's, or PREFIX_assess_silent where it has none. In the order of the results, after one that tells
    that there are any. verdicts: false for that one alone.
    """
    told = (host for host, result in results.items() if result.get("status") is not None)
    first = next(told, next(iter(results), None))
    found = [] if first is None else [{"host": str(first), "group": f"{prefix}_assess_{DONE}"}]
    for host, result in results.items() if verdicts else ():
        status = result.get("status")
        if status is None:
            found.append({"host": str(host), "group": f"{prefix}_assess_{SILENT}"})
        elif status not in _NOTHING_TO_DO:
            found.append({"host": str(host), "group": f"{prefix}_{status}"})
    return found


def inventory(rows: list[dict[str, Any]], prefix: str) -> dict[str, Any]:
    """The groups as an inventory to dump as YAML: hosts by name only, so that it adds nothing to their variables."""
    return {name: {"hosts": dict.fromkeys(hosts)} if hosts else {} for name, hosts in groups(rows, prefix).items()}
