# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a host stands with a hotfix: the statuses, what each means for a fleet, and the words for it.

A new status is a member here, its line in the table below, and a rule in weighing.py that gives it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Outcome(enum.Enum):
    """What a status means for whoever looks after many hosts. Reports group, count and colour by it."""

    MISSING = "missing"
    PENDING = "pending"
    DONE = "done"
    NOT_CONCERNED = "not_concerned"
    NO_VERDICT = "no_verdict"


class Status(enum.Enum):
    """The values are part of the results; the order is that of reports."""

    NEEDS_FIX = "needs_fix"
    STAGED = "staged"
    INSTALL_PENDING = "install_pending"
    REMOVAL_PENDING = "removal_pending"
    FIXED = "fixed"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"

    @property
    def outcome(self) -> Outcome:
        return _MEANINGS[self].outcome

    @property
    def label(self) -> str:
        """One or two words for people."""
        return _MEANINGS[self].label

    def said_of(self, kb: str) -> str:
        """The beginning of the verdict's sentence."""
        return _MEANINGS[self].sentence.format(kb=kb)


@dataclass(frozen=True)
class _Meaning:
    outcome: Outcome
    label: str
    sentence: str


_MEANINGS = {
    Status.NEEDS_FIX: _Meaning(Outcome.MISSING, "Needs fix", "{kb} is missing"),
    Status.STAGED: _Meaning(Outcome.MISSING, "Staged", "{kb} is staged and not installed"),
    Status.INSTALL_PENDING: _Meaning(Outcome.PENDING, "Install pending", "{kb} waits for a restart"),
    Status.REMOVAL_PENDING: _Meaning(Outcome.PENDING, "Removal pending", "{kb} goes with the next restart"),
    Status.FIXED: _Meaning(Outcome.DONE, "Fixed", "The fix of {kb} is there"),
    Status.NOT_APPLICABLE: _Meaning(Outcome.NOT_CONCERNED, "Not applicable", "{kb} does not apply"),
    Status.UNKNOWN: _Meaning(Outcome.NO_VERDICT, "Unknown", "Whether {kb} is needed is not known"),
}
