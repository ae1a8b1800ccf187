# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of a report: the domain's own, with its words for them, and two for hosts that gave no verdict."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .._verdict.status import Outcome, Status

FAILED, UNREACHABLE = "failed", "unreachable"

LABELS = {**{one.value: one.label for one in Status}, FAILED: "Failed", UNREACHABLE: "Unreachable"}
"""Status to its name for people, in the order of a report."""

STATUSES = tuple(LABELS)

OUTCOMES = {**{one.value: one.outcome for one in Status}, FAILED: Outcome.NO_VERDICT, UNREACHABLE: Outcome.NO_VERDICT}


def _tones() -> dict[str, str]:
    """A colour for each status: its outcome's, the first, second or third of it."""
    found: dict[str, str] = {}
    for status, outcome in OUTCOMES.items():
        before = sum(OUTCOMES[one] is outcome for one in found)
        found[status] = f"s-{outcome.value}-{min(before + 1, 3)}"
    return found


TONES = _tones()
"""Status to the style sheet's class for it."""


def main_statuses() -> frozenset[str]:
    """The first status of what is missing, done and without a verdict: shown also where no host has it."""
    wanted = (Outcome.MISSING, Outcome.DONE, Outcome.NO_VERDICT)
    return frozenset(next(status for status in STATUSES if OUTCOMES[status] is outcome) for outcome in wanted)


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Hosts by status: every status, in the order of a report."""
    found = Counter(str(one["status"]) for one in rows)
    return {status: found[status] for status in STATUSES}


def outcomes(counts: dict[str, int]) -> dict[Outcome, int]:
    """Hosts by outcome, from hosts by status."""
    return {outcome: sum(counts[one] for one in STATUSES if OUTCOMES[one] is outcome) for outcome in Outcome}
