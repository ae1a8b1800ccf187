# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hotfix on one host: assess, plan, act, assess again. Every step may break; the next run goes on from there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from .._catalogue.definition import Definition
from .._model.answer import Answer
from .._model.facts import Staging
from .._verdict.plan import DesiredState, Outlook, Plan, Step, plan
from .._verdict.plan_code import PlanCode
from .._windows.errors import HostError
from .._windows.folder import FolderRefusedError
from .._windows.remote_shell import RemoteShell
from .._windows.staging_folder import Layout
from .._windows.wmi import ask
from .._wsman.client import Client
from . import boot, lock, remainders, stage
from . import installer_task as install
from .assess.interview import assess
from .assess.result import Assessment
from .delivery import Installable, deliver, look_at
from .errors import OperationError
from .holding import holding
from .hotfix_result import HotfixError, HotfixResult
from .installation import Installing
from .owner import Owner, this_process
from .permission import Permit, always
from .run_request import HotfixRequest
from .target import Target
from .transfer.progress import Progress
from .transfer.ways import bring

__all__ = ["Hotfix", "HotfixError", "HotfixRequest", "HotfixResult"]

_FOLDER_UNKNOWN = "the host does not tell its Windows folder (Win32_OperatingSystem), so nothing can be staged"


class Hotfix:
    """One run on one host. Use run(); it closes the shell and gives the lock back whatever happens."""

    def __init__(
        self,
        client: Client,
        definition: Definition,
        request: HotfixRequest,
        *,
        say: Callable[[str], None] = lambda _line: None,
        permit: Permit = always,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._definition = definition
        self._request = request
        self._say = say
        self._sleep = client.deadline.pausing(sleep)
        self._permit = permit
        self._clock = clock
        self.result: HotfixResult | None = None
        """What was learnt so far, also when run() fails."""

    def run(self) -> HotfixResult:
        """Bring the host to the desired state. Raises HotfixError, and the errors of the operations and of the wire.

        What is wrong with the package itself is told before the host is asked anything.
        """
        if self._request.package is not None and self._request.state is not DesiredState.ABSENT:
            look_at(self._definition, self._request.package)
        result = self._planned()
        if self._request.check or not self._has_work(result):
            return result
        with RemoteShell(self._client, say=self._say, sleep=self._sleep) as shell:
            self._work(result, shell, self._target(shell, result.before))
        return result

    # --- deciding -----------------------------------------------------------------------------------------------

    def _planned(self) -> HotfixResult:
        """Assess and plan; read the package where the plan will need it, so that check mode refuses a wrong one too."""
        before = self._assess(whole=False)
        result = self.result = HotfixResult(before, self._plan(before))
        self._in_time()
        self._decide(result, before)
        result.cleans_up = self._cleans_up(result)
        result.changed = result.plan.changed or result.cleans_up
        return result

    def _decide(self, result: HotfixResult, seen: Assessment) -> None:
        """Plan from what was seen, with the package that the plan takes. HotfixError for what must not be done."""
        result.plan = self._plan(seen)
        steps = set(result.plan.steps)
        needs = self._request.package is not None or steps & {Step.TRANSFER_PAYLOAD, Step.INSTALL_PACKAGE}
        if needs and result.plan.uses_package:
            result.package = result.package or self._obtain(seen)
            if self._staged_otherwise(seen, result.package):
                result.plan = self._plan(seen, restage=True)
        if result.plan.blocked:
            raise HotfixError(result.plan.text, result)

    def _assess(self, *, whole: bool = True) -> Assessment:
        seen = assess(self._client, self._definition, self._request.assess, clock=self._clock, sleep=self._sleep)
        if whole:
            self._in_time()
        return seen

    def _in_time(self) -> None:
        """Raises errors.ConversationOver when the deadline ended an assessment: half of one is nothing to act upon."""
        if self._client.deadline.passed is not None:
            raise self._client.deadline.passed

    def _plan(self, seen: Assessment, *, restage: bool = False) -> Plan:
        facts = seen.facts
        if restage and facts.staging.value is not None:
            facts = replace(facts, staging=Answer.known(Staging(facts.staging.value.folder, None, None)))
            return plan(self._definition, facts, seen.verdict, self._request.state, seen.options)
        return seen.plans[self._request.state]

    def _obtain(self, seen: Assessment) -> Installable | None:
        architecture = seen.verdict.architecture
        return None if architecture is None else deliver(self._definition, architecture, self._request.package)

    def _staged_otherwise(self, seen: Assessment, package: Installable | None) -> bool:
        staging = seen.facts.staging.value
        if package is None or staging is None or not staging.present:
            return False
        return staging.payload_size != package.delivery.payload.size

    def _cleans_up(self, result: HotfixResult) -> bool:
        """Whether staged files are to go although the plan has nothing to do."""
        return self._request.cleanup and result.plan.leftovers

    def _has_work(self, result: HotfixResult) -> bool:
        """Whether to open a shell: for steps, for a clean-up, or to clear away what an interrupted run left."""
        if result.plan.changed or self._cleans_up(result):
            return True
        staging, layout = result.before.facts.staging.value, self._layout(result.before)
        if staging is None or layout is None:
            return False
        found = ask(lambda: remainders.there(self._client, layout, staged=staging.present))
        return bool(found.value)  # left alone where it cannot be told

    def _layout(self, seen: Assessment) -> Layout | None:
        system = seen.facts.os.value
        if system is None or not system.windows_directory:
            return None
        return Layout(system.windows_directory, self._definition.kb)

    def _target(self, shell: RemoteShell, seen: Assessment) -> Target:
        layout, system = self._layout(seen), seen.facts.os.value
        if layout is None or system is None:
            refused = "" if system is None else system.windows_directory_refused
            raise stage.StagingError(f"{refused}; nothing was done" if refused else _FOLDER_UNKNOWN)
        return Target(self._client, shell, layout, system.last_boot, self._say, self._sleep, self._clock)

    # --- acting -------------------------------------------------------------------------------------------------

    def _work(self, result: HotfixResult, shell: RemoteShell, target: Target) -> None:
        """Everything under the lock; a run that finds nothing to do only clears away what an earlier one left."""
        shell.open()
        acting = result.plan.changed or self._cleans_up(result) or install.under_way(target, install.traces(target))
        if acting:
            if Step.CHECK_FREE_SPACE in result.plan.steps and result.package is not None:
                stage.check_room(target, result.package.delivery)
            result.acted = True
        try:
            if acting:
                self._prepare(result, target)
                self._watched(result, shell, target, acting=True)
            else:
                self._tidied(result, shell, target)
        finally:
            if target.proven and not target.left:
                with suppress(Exception):  # what went wrong first is what the caller must see
                    lock.retreat(shell, target.layout)

    def _prepare(self, result: HotfixResult, target: Target) -> None:
        try:
            stage.prepare(target)
        except FolderRefusedError:
            result.acted = False  # what was made for it is gone again
            raise

    def _tidied(self, result: HotfixResult, shell: RemoteShell, target: Target) -> None:
        """The host is as it should be: what an earlier run left is no reason to fail, nor is who holds the lock."""
        try:
            stage.prepare(target)
            self._watched(result, shell, target, acting=False)
        except (OperationError, HostError) as error:
            self._say(f"what an earlier run left on the host stays: {error}")

    def _watched(self, result: HotfixResult, shell: RemoteShell, target: Target, *, acting: bool) -> None:
        watch = boot.BootWatch.begin(self._client, self._clock)
        owner = Owner(self._request.owner, self._request.run, this_process(), watch.record, shell.shell_id)
        try:
            with holding(target, shell, owner, wait=self._request.lock_wait if acting else 0.0):
                left = self._finish_predecessor(result, target, watch)
                if acting and result.after is None:
                    self._look_again(result)  # what was decided before the host was ours may be done by now
                self._clear_remainders(result, target, left)
                if result.plan.changed:
                    self._steps(result, target, watch)
                self._tidy(result, target)
        finally:
            watch.end()

    def _look_again(self, result: HotfixResult) -> None:
        """Another run may have held the host since it was looked at, and have done the work."""
        result.after = self._assess()
        self._decide(result, result.after)
        result.changed = result.plan.changed

    def _finish_predecessor(
        self, result: HotfixResult, target: Target, watch: boot.BootWatch
    ) -> Mapping[str, int] | None:
        """An installer that an earlier run began: wait for it, take note, clear it away, and look at the host anew.

        Returns the traces that installers left; None where they are others since.
        """
        left = install.traces(target)
        if not install.under_way(target, left):
            return left
        self._say("an earlier run's installer is on the host: waiting for its end")
        result.exit_code = Installing(target, self._request.install, watch).adopt()
        self._look_again(result)
        result.adopted = result.changed = True
        return None

    def _clear_remainders(self, result: HotfixResult, target: Target, left: Mapping[str, int] | None) -> None:
        """What earlier runs left; half a staging goes on where the payload is still to be staged."""
        staging = result.last.facts.staging.value
        whole = staging is None or staging.present
        remainders.clear(target, keep_staging=whole or result.plan.changed, left=left)

    def _steps(self, result: HotfixResult, target: Target, watch: boot.BootWatch) -> None:
        steps = result.plan.steps
        delivery = result.package.delivery if result.package is not None else None
        step = Step.INSTALL_PACKAGE if Step.INSTALL_PACKAGE in steps else Step.UNINSTALL_PACKAGE
        wanted = partial(self._still_wanted, result, step)
        installing = Installing(target, self._request.install, watch, delivery, self._permit, wanted)
        if Step.TRANSFER_PAYLOAD in steps:
            self._stage(result, target)
        if Step.INSTALL_PACKAGE in steps:
            if result.package is not None and Step.TRANSFER_PAYLOAD not in steps:
                self._stage(result, target)
            result.exit_code = installing.install()
        for identity in result.plan.identities:
            result.exit_code = installing.remove(identity)
        looked = result.plan.changes_windows
        if looked:
            result.log = installing.log
            self._verify(result, target)
        if Step.REMOVE_STAGING in steps or self._request.state is DesiredState.ABSENT:
            stage.remove(target)  # a removal without a staging has left its log
        if not looked or Step.REMOVE_STAGING in steps:
            self._look_whether_reached(result)

    def _still_wanted(self, result: HotfixResult, step: Step) -> bool:
        """Whether a step that was planned is still to be done, by a new look at the host."""
        result.after = self._assess()
        return step in self._plan(result.after).steps

    def _look_whether_reached(self, result: HotfixResult) -> None:
        """What was done was proven step by step; HotfixError where the host does not show it afterwards."""
        left = self._seen_after(result, lambda left: left.outlook is Outlook.MET)
        if left.outlook is not Outlook.MET:
            raise HotfixError(f"It was done, but the host does not show it: {left.text}", result)

    def _seen_after(self, result: HotfixResult, reached: Callable[[Plan], bool]) -> Plan:
        """What is left to do, by a second assessment where the first lacks it: an answer may have got lost."""
        for _again in range(2):
            result.after = self._assess()
            left = self._plan(result.after)
            if reached(left):
                break
        return left

    def _stage(self, result: HotfixResult, target: Target) -> None:
        """Stage the package, unless just this payload is staged whole already."""
        if result.package is None:
            raise stage.StagingError("there is no package to stage")
        delivery, seen = result.package.delivery, result.last.facts.staging.value
        if stage.already(target, delivery, seen) is not None:
            return
        progress = Progress(self._say, self._clock)

        def carry() -> None:
            result.transfer = bring(
                target, delivery.payload, self._request.transfer, progress, clock=self._clock
            )

        system = result.before.facts.os.value
        local = system.local_time.isoformat() if system is not None and system.local_time else ""
        stage.stage(target, delivery, carry, staged_at=local, run=self._request.run, seen=seen)

    def _verify(self, result: HotfixResult, target: Target) -> None:
        """The truth comes from servicing, not from the exit code."""
        wanted = Step.UNINSTALL_PACKAGE if self._request.state is DesiredState.ABSENT else Step.INSTALL_PACKAGE

        def reached(left: Plan) -> bool:
            return not left.blocked and wanted not in left.steps

        if reached(self._seen_after(result, reached)):
            return
        said = result.exit_code.text if result.exit_code else "The installer said nothing."
        text = f"{said} But servicing says: {result.last.verdict.summary}"
        result.log = result.log or install.log_tail(target)
        raise HotfixError(text, result)

    def _tidy(self, result: HotfixResult, target: Target) -> None:
        """Remove staged files that are no longer wanted."""
        if self._request.state is DesiredState.ABSENT:
            return
        now = self._plan(result.last)
        if self._request.cleanup and now.code is PlanCode.ALREADY_FIXED:
            result.cleans_up = now.leftovers
            result.changed = result.changed or now.leftovers
            stage.remove(target)
            result.after = self._assess()
