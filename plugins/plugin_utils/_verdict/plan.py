# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a verdict and a desired state to ordered steps: what a run would do, and what it would leave behind. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._catalogue.definition import Definition, Restart
from .._model.cbs import PackageState
from .._model.facts import Facts
from .plan_code import WORDS, PlanCode
from .planned import DesiredState, Outlook, Plan, PlanOptions, RestartNeed, Step
from .reasons import ReasonCode
from .servicing import Standing
from .status import Status
from .symptom import SymptomStatus, doing, is_symptomatic, judge_symptom
from .verdict import Verdict

__all__ = ["DesiredState", "Outlook", "Plan", "PlanOptions", "RestartNeed", "Step", "plan", "plans"]

_STAGE = (
    Step.CHECK_FREE_SPACE,
    Step.MAKE_FOLDER,
    Step.TRANSFER_PAYLOAD,
    Step.VERIFY_PAYLOAD,
    Step.EXPAND_PAYLOAD,
    Step.WRITE_MANIFEST,
)
_INSTALL = (Step.VERIFY_PAYLOAD, Step.INSTALL_PACKAGE, Step.VERIFY_SERVICING, Step.REMOVE_TASK)
_UNINSTALL = (Step.UNINSTALL_PACKAGE, Step.VERIFY_SERVICING, Step.REMOVE_TASK)
_NEEDS = {
    Restart.REQUIRED: RestartNeed.AFTER,
    Restart.POSSIBLE: RestartNeed.UNKNOWN,
    Restart.NO: RestartNeed.NONE,
}
_INSTALLABLE = frozenset({Status.NEEDS_FIX, Status.STAGED, Status.REMOVAL_PENDING})


def plan(
    definition: Definition,
    facts: Facts,
    verdict: Verdict,
    desired: DesiredState,
    options: PlanOptions | None = None,
) -> Plan:
    """The plan for one host. Never raises.

    staged and present are judged by the verdict: both are met where the fix is there or only waits for a restart.
    absent is judged by the package's own state, whatever the kernel: a later update may keep the fix.
    """
    planner = _Planner(definition, facts, verdict, desired, options or PlanOptions())
    return planner.absent() if desired is DesiredState.ABSENT else planner.staged_or_present()


@dataclass(frozen=True)
class _Planner:
    definition: Definition
    facts: Facts
    verdict: Verdict
    desired: DesiredState
    options: PlanOptions

    def staged_or_present(self) -> Plan:
        kb, status = self.definition.kb, self.verdict.status
        if status is Status.NOT_APPLICABLE:
            return self._not_applicable()
        if status is Status.FIXED:
            return self._fixed()
        if status is Status.INSTALL_PENDING:
            return self._install_pending()
        if status not in _INSTALLABLE:
            unknown = self._if_present(RestartNeed.UNKNOWN)
            return self._end(Outlook.BLOCKED, PlanCode.STATUS_UNKNOWN, self.verdict.summary, unknown)
        if self.desired is DesiredState.STAGED and self._staged_whole:
            return self._end(Outlook.MET, PlanCode.ALREADY_STAGED, "The payload is staged.")
        if self.options.only_if_symptomatic and not is_symptomatic(self.definition, self.facts):
            return self._no_symptom()
        if self.desired is DesiredState.PRESENT and status is Status.REMOVAL_PENDING:
            text, need = self._waiting(f"The removal of {kb} waits for a restart.", RestartNeed.FIRST)
            return self._end(Outlook.BLOCKED, PlanCode.RESTART_FIRST, text, need)
        if self.verdict.architecture is None:
            text = "The architecture of this host is not known, so no package can be chosen."
            return self._end(Outlook.BLOCKED, PlanCode.ARCHITECTURE_UNKNOWN, text)
        stage = () if self._staged_whole else _STAGE
        if self.desired is DesiredState.STAGED:
            after = Status.STAGED if status is Status.NEEDS_FIX else status
            return self._do(PlanCode.STAGE, stage, after)
        installed = Status.FIXED if self.definition.restart is Restart.NO else Status.INSTALL_PENDING
        return self._do(PlanCode.INSTALL, stage + _INSTALL, installed, restart=self.definition.restart)

    def _install_pending(self) -> Plan:
        """A restart completes it, unless servicing knows of none: then that is for people to look at."""
        text, need = self._waiting("The fix takes effect with the next restart.", RestartNeed.AFTER)
        return self._end(Outlook.MET, PlanCode.INSTALL_ALREADY_PENDING, text, self._if_present(need))

    def absent(self) -> Plan:
        kb, found, status = self.definition.kb, self.verdict.packages, self.verdict.status
        if self.verdict.applicable is None:
            return self._end(Outlook.BLOCKED, PlanCode.STATUS_UNKNOWN, self.verdict.summary, RestartNeed.UNKNOWN)
        if status is Status.NOT_APPLICABLE:
            return self._clean_up() if self._anything_staged else self._not_applicable()
        if found.standing in (Standing.UNKNOWN, Standing.CONFLICT):
            text = f"What servicing knows of {kb} is not known, so it cannot be removed."
            return self._end(Outlook.BLOCKED, PlanCode.PACKAGES_UNKNOWN, text, RestartNeed.UNKNOWN)
        removal = f"The removal of {kb} waits for a restart."
        text, finished = self._waiting(removal, RestartNeed.AFTER)
        if status is not Status.REMOVAL_PENDING:
            finished = RestartNeed.NONE
        if found.standing is Standing.NOT_INSTALLED:
            met = self._end(Outlook.MET, PlanCode.NOT_INSTALLED, f"{kb} is not installed.", finished)
            return self._clean_up(finished) if self._anything_staged else met
        if found.standing is Standing.UNINSTALL_PENDING:
            met = self._end(Outlook.MET, PlanCode.REMOVAL_ALREADY_PENDING, text, finished)
            return self._clean_up(finished) if self._anything_staged else met
        # the article demands a restart after the install: what waits for it is not taken away under its feet
        if found.standing is Standing.INSTALL_PENDING or status is Status.INSTALL_PENDING:
            first = f"The install of {kb} waits for a restart: restart the host, then remove it."
            text, need = self._waiting(first, RestartNeed.FIRST)
            return self._end(Outlook.BLOCKED, PlanCode.RESTART_FIRST, text, need)
        if not found.roots:
            text = f"Servicing holds parts of {kb} but no root package, and a guessed one is never removed."
            return self._end(Outlook.BLOCKED, PlanCode.ROOT_PACKAGE_NOT_FOUND, text)
        if found.state is PackageState.PERMANENT:
            text = f"Servicing holds {kb} as permanent: it cannot be removed."
            return self._end(Outlook.BLOCKED, PlanCode.PACKAGE_PERMANENT, text)
        steps = _UNINSTALL + ((Step.REMOVE_STAGING,) if self._anything_staged else ())
        names = tuple(view.record.identity for view in found.roots if view.state is not PackageState.ABSENT)
        restart = self.definition.restart
        after = Status.NEEDS_FIX if restart is Restart.NO else Status.REMOVAL_PENDING
        return self._do(PlanCode.UNINSTALL, steps, after, restart=restart, identities=names)

    def _waiting(self, text: str, need: RestartNeed) -> tuple[str, RestartNeed]:
        """What is said of something pending, and the restart that it takes: none that is not known to complete it."""
        stuck = next((one for one in self.verdict.reasons if one.code is ReasonCode.PENDING_WITHOUT_INDICATOR), None)
        if self.verdict.restart.required_by_kb is True:
            return text, need
        return self.verdict.waits_for_nothing_known or (stuck.text if stuck else text), RestartNeed.UNKNOWN

    @property
    def _staged_whole(self) -> bool:
        return self.facts.staging.value is not None and self.facts.staging.value.present

    @property
    def _anything_staged(self) -> bool:
        staging = self.facts.staging.value
        return staging is not None and (staging.manifest_size is not None or staging.payload_size is not None)

    def _not_applicable(self) -> Plan:
        outlook = Outlook.BLOCKED if self.options.fail_if_not_applicable else Outlook.MET
        return self._end(outlook, PlanCode.NOT_APPLICABLE, self.verdict.summary)

    def _no_symptom(self) -> Plan:
        watched, symptom = self.definition.watched, judge_symptom(self.definition, self.facts)
        if watched is None:
            text = f"No symptom observed: the definition of {self.definition.kb} names nothing that could be looked at."
            return self._end(Outlook.SKIP, PlanCode.SYMPTOM_UNKNOWN, text)
        service = watched.name
        if symptom in (None, SymptomStatus.UNKNOWN):
            text = f"No symptom observed: the state of {service} is not known."
            return self._end(Outlook.SKIP, PlanCode.SYMPTOM_UNKNOWN, text)
        text = f"No symptom observed: {service} is not seen {doing(watched)}."
        return self._end(Outlook.SKIP, PlanCode.NO_SYMPTOM_OBSERVED, text)

    def _fixed(self) -> Plan:
        made = self._end(Outlook.MET, PlanCode.ALREADY_FIXED, f"The fix of {self.definition.kb} is there.")
        present = self.desired is DesiredState.PRESENT
        return replace(made, leftovers=present and self._anything_staged, provable=bool(self.verdict.packages.roots))

    def _clean_up(self, restart: RestartNeed = RestartNeed.NONE) -> Plan:
        after = Status.NEEDS_FIX if self.verdict.status is Status.STAGED else self.verdict.status
        return replace(self._do(PlanCode.CLEAN_UP, (Step.REMOVE_STAGING,), after), restart=restart)

    def _if_present(self, need: RestartNeed) -> RestartNeed:
        """A staged payload takes no restart."""
        return need if self.desired is DesiredState.PRESENT else RestartNeed.NONE

    def _end(
        self, outlook: Outlook, code: PlanCode, text: str, need: RestartNeed = RestartNeed.NONE
    ) -> Plan:
        required, status = self.verdict.restart.required_by_kb, self.verdict.status
        return Plan(self.desired, outlook, code, text, (), status, status, required, required, need)

    def _do(
        self,
        code: PlanCode,
        steps: tuple[Step, ...],
        after: Status,
        *,
        restart: Restart = Restart.NO,
        identities: tuple[str, ...] = (),
    ) -> Plan:
        """A plan with steps. restart: whether what they do to Windows takes one; a possible one cannot be foretold."""
        before, need = self.verdict.restart.required_by_kb, _NEEDS[restart]
        status, required = self.verdict.status, restart is Restart.REQUIRED or before
        if restart is Restart.POSSIBLE:
            required = before or None
        text, done = (words.format(kb=self.definition.kb) for words in WORDS[code])
        return Plan(
            self.desired, Outlook.DO, code, text, steps, status, after, before, required, need, identities, done=done
        )


def plans(
    definition: Definition, facts: Facts, verdict: Verdict, options: PlanOptions | None = None
) -> dict[DesiredState, Plan]:
    """The plan for each state that a user may ask for."""
    return {desired: plan(definition, facts, verdict, desired, options) for desired in DesiredState}
