# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold after a case of the matrix: a right result or one clear error, and nothing left on the host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integration.matrix.cases import Case
from winhost.testing import RunningHost

FOLDER = "C:\\Windows\\winlegacy.servicing"
SETTLED = {
    "staged": {"staged"},
    "present": {"install_pending", "fixed"},
    "absent": {"removal_pending", "needs_fix"},
}
LOSE_ANSWERS = frozenset(
    {"cut", "reset", "reset after", "truncated", "silence", "late", "duplicate", "stall", "TLS alert", "refused"}
    | {"503 for a while"}
)
"""Faults after which the host may have acted, and the answer did not come; or that a farewell may not get past."""

_UNCLEAR = re.compile(
    r"Traceback|object at 0x|(?<!fault )\b[A-Z]\w*(?:Error|Exception|Disconnected)\b|\w\(\d|ConnectionPool|\n|\bNone\b"
)
_LONGEST = 900


@dataclass(frozen=True)
class Known:
    """What is right. truth: results by read-only operation; trees: our folder after two undisturbed runs."""

    truth: Mapping[str, Any]
    trees: Mapping[str, list[str]]


def judged(case: Case, result: Any, known: Known) -> tuple[str, str]:
    """How it ended, and what is wrong with a result: it must be right, or say what it does not know."""
    if case.operation == "hotfix_info":
        status, unknown = result
        right = status == known.truth["hotfix_info"][0] or (status == "unknown" and unknown)
        return str(status), "" if right else f"the verdict {status}, {known.truth['hotfix_info'][0]} is right"
    if case.operation == "wql_info":
        rows, cause = result
        right = rows == known.truth["wql_info"][0] or (rows is None and cause)
        return cause or "rows", "" if right else "rows that are not the host's"
    if case.operation == "reboot":
        return "rebooted", "" if result is True else f"the result {result}"
    fine = str(result) in SETTLED[case.operation]
    return str(result), "" if fine else f"the status {result}"


def unclear(error: Exception) -> str:
    """What is wrong with an error that a user would see: "" where it is one sentence or two in words."""
    text = str(error).strip()
    if not text:
        return "an error without a sentence"
    found = _UNCLEAR.search(text)
    if found:
        return f"an error with {found.group()!r} in it: {text[:200]}"
    return f"an error of {len(text)} characters" if len(text) > _LONGEST else ""


def left(host: RunningHost, case: Case, known: Known) -> str:
    """What of ours is on the host after the second run that is not there after two undisturbed ones."""
    state = host.state()
    lost = 1 if case.fault in LOSE_ANSWERS else 0
    # nobody has the id of a shell whose creation was answered into the void: a run that it is in the way of ends it
    for what in ("shells", "enumerations"):
        if state[what] > lost:
            return f"{state[what]} {what} are left open"
    # a boot takes a mark away; until then one stays whose removal met silence or a time-out, which is not asked again
    if len(state["marks"]) > (1 if case.fault == "w:TimedOut" else lost):
        return f"{len(state['marks'])} marks are left in the registry"
    if [task for task in state["tasks"] if "winlegacy" in str(task)]:
        return "a task is left"
    tree = host.tree(FOLDER)
    if tree != known.trees[case.operation]:
        odd = sorted(set(tree) ^ set(known.trees[case.operation]))
        return f"the folder on the host differs: {', '.join(odd)[:200]}"
    return _started(state, case)


def _started(state: Mapping[str, Any], case: Case) -> str:
    """What ran that must not, or more often than it may."""
    images = [one["image"].lower() for one in state["processes_started"]]
    if case.operation in ("hotfix_info", "wql_info"):
        return f"a read-only module started {images[0]}" if images else ""
    more = 1 if case.fault == "reboot" else 0
    if case.operation == "reboot":
        return "" if state["reboots"] <= 2 + more else f"{state['reboots']} restarts for two runs"
    most = 0 if case.operation == "staged" else 1 + more
    installers = images.count("pkgmgr.exe")
    return "" if installers <= most else f"the installer ran {installers} times"
