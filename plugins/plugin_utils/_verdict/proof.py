# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof: what is missing for saying that a desired state is there. What is not known counts as missing."""

from __future__ import annotations

from collections.abc import Iterator

from .._catalogue.definition import Definition, SymptomClass
from .._model.cbs import PackageState
from .._model.facts import Facts
from .files import FileState
from .level import FileLevel
from .plan import DesiredState, Plan
from .servicing import Standing, standing_of
from .status import Outcome
from .symptom import SymptomStatus, hangs, judge_symptom
from .verdict import Verdict

_THERE = frozenset({PackageState.INSTALLED, PackageState.PERMANENT, PackageState.SUPERSEDED})
_CALLED = {SymptomClass.DRIVER: "the driver", SymptomClass.SERVICE: "the service"}
_MUST_RUN = frozenset({"auto", "boot", "system"})


def unmet(definition: Definition, facts: Facts, verdict: Verdict, plan: Plan) -> tuple[str, ...]:
    """Every requirement of the plan's desired state that is not met, one sentence each; empty when all are.

    staged: the whole payload is on the host, unless the host needs none. present: a fixed kernel runs and
    no other file lacks the fix, the package is installed or superseded, and what shows the symptom does not hang, and
    runs where its start mode says so.
    absent: no package is installed or pending. A full assessment is worth most: what was not asked is not known.
    """
    if plan.desired is DesiredState.STAGED:
        return () if plan.reached else (plan.text,)
    if plan.desired is DesiredState.ABSENT:
        return tuple(_removed(verdict))
    files = (*_kernel(definition, facts, verdict), *_files(verdict))
    return (*_status(verdict), *files, *_package(verdict), *_driver(definition, facts))


def _status(verdict: Verdict) -> Iterator[str]:
    if verdict.status.outcome is not Outcome.DONE:
        yield f"The verdict is {verdict.status.value}: {verdict.summary}"


def _kernel(definition: Definition, facts: Facts, verdict: Verdict) -> Iterator[str]:
    if not definition.kernel_names:
        return
    running, fixed = facts.running_kernel.value, verdict.fixed_kernel
    if running is None or fixed is None or verdict.running is FileLevel.UNKNOWN:
        seen = "not known" if running is None else running.version
        yield f"The running kernel ({seen}) cannot be compared with the fixed one ({fixed or 'not known'})."
    elif verdict.running is not FileLevel.FIXED:
        if running.version.branch is not fixed.branch:
            yield f"The running kernel {running.version} is not of the {fixed.branch.value.upper()} branch."
        else:
            yield f"The running kernel {running.version} is below {fixed}."


def _files(verdict: Verdict) -> Iterator[str]:
    """Files that were compared and lack the fix. What cannot be compared is the verdict's to weigh."""
    for one in verdict.files.of(FileState.BELOW):
        yield f"{one.file.path} {one.version} lacks the fix (from {one.fixed} on)."
    for one in verdict.files.of(FileState.UNKNOWN):
        yield f"Whether {one.file.path} has the fix is not known: {one.problem}."


def _package(verdict: Verdict) -> Iterator[str]:
    if verdict.packages.packages is None:
        yield "What servicing knows of the hotfix is not known."
    elif not verdict.packages.roots:
        yield "Servicing lists no package of the hotfix."
    for view in verdict.packages.roots:
        if view.state not in _THERE:
            yield f"Servicing says that {view.record.identity} is {view.state.value}."


def _driver(definition: Definition, facts: Facts) -> Iterator[str]:
    watched, driver = definition.watched, facts.driver.value
    if watched is None:
        return
    name = f"{_CALLED[watched.kind]} {watched.name}"
    if judge_symptom(definition, facts) is SymptomStatus.NOT_PRESENT:
        return
    if driver is None:
        yield f"The state of {name} is not known."
    elif hangs(watched, facts.driver):
        yield f"{name[0].upper()}{name[1:]} hangs in {driver.state}."
    elif (driver.start_mode or "").strip().casefold() in _MUST_RUN and driver.state.strip().casefold() != "running":
        yield f"{name[0].upper()}{name[1:]} is {driver.state}, although its start mode is {driver.start_mode}."


def _removed(verdict: Verdict) -> Iterator[str]:
    if verdict.packages.packages is None:
        yield "What servicing knows of the hotfix is not known."
    for view in verdict.packages.packages or ():
        # beside a root that is gone, a part that nobody asked about is not asked for
        speaks = view.root or view.asked or not verdict.packages.roots
        if speaks and standing_of(view.state) is not Standing.NOT_INSTALLED:
            yield f"Servicing says that {view.record.identity} is {view.state.value}."
    if verdict.status.outcome is Outcome.PENDING:
        yield f"The verdict is {verdict.status.value}: {verdict.summary}"
