# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the hotfix on one host found, planned and did: the module's result, and the error that carries it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._model.exit_codes import ExitCode
from .._verdict.plan import Plan
from .._verdict.plan_code import CLEANED, CLEANS_UP
from .._verdict.recommendation import recommend
from .assess.brief import brief_change
from .assess.result import Assessment
from .delivery import Installable
from .errors import OperationError
from .transfer.ways import Transferred


class HotfixError(OperationError):
    """The desired state was not reached: why, and what to do. The result so far comes with it."""

    def __init__(self, text: str, result: HotfixResult) -> None:
        super().__init__(text)
        self.result = result


@dataclass
class HotfixResult:
    """What was found, planned and done; as_dict() is the module's result.

    cleans_up: staged files are to go, or went, although no step says so. adopted: an earlier run's installer ended.
    """

    before: Assessment
    plan: Plan
    after: Assessment | None = None
    changed: bool = False
    cleans_up: bool = False
    adopted: bool = False
    acted: bool = False
    exit_code: ExitCode | None = None
    log: list[str] = field(default_factory=list)
    package: Installable | None = None
    transfer: Transferred | None = None
    ended: dict[str, object] | None = None

    @property
    def last(self) -> Assessment:
        return self.after or self.before

    def as_dict(self, *, failed: bool = False, details: bool = True) -> dict[str, object]:
        """The module's result. Without a second assessment (check mode, nothing to do) the plan's prediction counts.

        details: with both assessments whole; else the short form of brief.py, in which the last one counts.
        """
        seen = self.last
        restart = seen.verdict.restart
        predicted = self.after is None and not failed
        before, after = self.before.as_dict(), None if self.after is None else self.after.as_dict()
        told: dict[str, object] = {
            "kb": seen.definition.kb,
            "changed": self.acted if failed else self.changed,
            "state": self.plan.desired.value,
            "outlook": self.plan.outlook.value,
            "code": self.plan.code.value,
            "msg": self._said(),
            "steps": [step.value for step in self.plan.steps],
            "status": self.plan.status_after.value if predicted else seen.verdict.status.value,
            "reboot_required": self.plan.reboot_required if predicted else restart.required_by_kb,
            "reboot_reasons": [one.value for one in restart.reasons],
            # rc is Ansible's own: a number, and core 2.21 drops anything else, a null too
            **({} if self.exit_code is None else {"rc": self.exit_code.code}),
            "exit": None if self.exit_code is None else self.exit_code.as_dict(),
            "log": list(self.log),
            "next": recommend(seen.definition, seen.facts, seen.verdict).as_dict(),
            "package": None if self.package is None else self.package.as_dict(),
            "transfer": None if self.transfer is None else self.transfer.as_dict(),
            "ended": self.ended,
            "was": self.before.verdict.status.value,
            "predicted": predicted,
            "before": before,
            "after": after,
        }
        return told if details else brief_change(told, after or before)

    def _said(self) -> str:
        """The prediction where nothing was done, else what was done."""
        if self.after is None:
            return f"{self.plan.text} {CLEANS_UP}" if self.cleans_up else self.plan.text
        before = "The installer that an earlier run began has ended. " if self.adopted else ""
        after = f" {CLEANED}." if self.cleans_up else ""
        return before + self.plan.said_after(restart=self.after.verdict.restart.required_by_kb) + after
