# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How evidence becomes a status, for a host of a build and architecture that the hotfix is for: one table.

A row of RULES reads: while the running kernel, the one on disk, the package (its standing with servicing) and the
quiet of servicing are among these, the status is that, because of this. Each combination has exactly one row, so the
order means nothing. Why the rows are as they are:

- A pending removal wins over every kernel. A pending install too, unless the fix runs already: a later update brought
  it before. But a kernel below the fix on disk contradicts that.
- Packages that do not agree decide nothing, and nothing else decides over them.
- A pending install or removal that quiet servicing knows nothing of waits for no restart, unless the kernels differ.
- A kernel below the fix on disk under a fixed one: the next boot loses the fix; the other way round it brings the fix,
  whichever package it came with. Servicing that calls the package installed contradicts a kernel below the fix.
- A pending removal leaves the new file on disk and a pending install the old one. So while the package is unknown,
  only quiet servicing (CBS' RebootPending and PackagesPending both known to be unset) tells that neither waits.
- While the running kernel is unknown, only a pending removal could make a fixed kernel run over a disk below the fix.

Sources: KB952876 (restart rule, fixed kernels) and the branch rules of NT 6.0 servicing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .._model.facts import Question
from .._model.file_version import Branch, FileVersion
from .level import KernelFinding, KernelLevel
from .reasons import Reason, ReasonCode, reason
from .servicing import ServicingFinding, Standing, pending_without_indicator
from .status import Status

T = TypeVar("T")


@dataclass(frozen=True)
class Evidence:
    """All that the status of a candidate rests on. quiet: see servicing.is_quiet."""

    kb: str
    fixed: FileVersion
    running: KernelFinding
    disk: KernelFinding
    package: ServicingFinding
    quiet: bool | None


def running_reason(evidence: Evidence) -> Reason:
    """What is to be said of the running kernel: fixed, below, on the wrong branch, or why it is not known."""
    running = evidence.running
    if running.problem is not None or running.version is None:
        return running.problem or reason(ReasonCode.RUNNING_KERNEL_UNKNOWN, Question.RUNNING_KERNEL, why="")
    if running.level is KernelLevel.FIXED:
        code = ReasonCode.KERNEL_FIXED
    else:
        code = ReasonCode.KERNEL_GDR if running.version.branch is Branch.GDR else ReasonCode.KERNEL_BELOW_FIX
    return reason(code, Question.RUNNING_KERNEL, version=running.version, fixed=evidence.fixed)


def disk_reason(evidence: Evidence) -> Reason:
    """Why the kernel on disk is not known, or, where it is, that it is below the fix."""
    if evidence.disk.problem is not None:
        return evidence.disk.problem
    return reason(ReasonCode.DISK_KERNEL_BELOW_FIX, Question.DISK_KERNEL, disk=evidence.disk.version)


def _package_reason(evidence: Evidence) -> Reason:
    code = {
        Standing.INSTALL_PENDING: ReasonCode.PACKAGE_INSTALL_PENDING,
        Standing.UNINSTALL_PENDING: ReasonCode.PACKAGE_UNINSTALL_PENDING,
    }[evidence.package.standing]
    return reason(code, Question.PACKAGES, kb=evidence.kb)


def _package_unknown(evidence: Evidence) -> Reason:
    notes = (note for note in evidence.package.notes if note.code is ReasonCode.PACKAGES_UNKNOWN)
    return next(notes, reason(ReasonCode.PACKAGES_UNKNOWN, Question.PACKAGES, kb=evidence.kb, why=""))


def _package_conflict(evidence: Evidence) -> Reason:
    codes = (ReasonCode.PACKAGES_CONFLICT, ReasonCode.PACKAGE_ARCHITECTURE_DIFFERS)
    notes = (note for note in evidence.package.notes if note.code in codes)
    return next(notes, _package_unknown(evidence))


def _no_indicator(evidence: Evidence) -> Reason:
    return pending_without_indicator(evidence.kb, evidence.package)


def _kernels(code: ReasonCode) -> Callable[[Evidence], Reason]:
    def both(evidence: Evidence) -> Reason:
        versions = {"version": evidence.running.version, "disk": evidence.disk.version}
        return reason(code, Question.RUNNING_KERNEL, Question.DISK_KERNEL, **versions)

    return both


def _conflict(kernel: Question) -> Callable[[Evidence], Reason]:
    def package_against(evidence: Evidence) -> Reason:
        named = {
            Question.RUNNING_KERNEL: f"the running kernel {evidence.running.version}",
            Question.DISK_KERNEL: f"the kernel on disk ({evidence.disk.version})",
        }
        state = evidence.package.state.value.replace("_", " ")
        values = {"kb": evidence.kb, "state": state, "kernel": named[kernel]}
        return reason(ReasonCode.PACKAGE_KERNEL_CONFLICT, Question.PACKAGES, kernel, **values)

    return package_against


_BECAUSE: dict[str, Callable[[Evidence], Reason]] = {
    "running": running_reason,
    "disk": disk_reason,
    "package": _package_reason,
    "package_unknown": _package_unknown,
    "package_conflict": _package_conflict,
    "no_indicator": _no_indicator,
    "fixed_not_running": _kernels(ReasonCode.DISK_KERNEL_FIXED_NOT_RUNNING),
    "running_not_on_disk": _kernels(ReasonCode.RUNNING_FIXED_DISK_BELOW),
    "kernels_conflict": _kernels(ReasonCode.KERNEL_CONFLICT),
    "running_conflict": _conflict(Question.RUNNING_KERNEL),
    "disk_conflict": _conflict(Question.DISK_KERNEL),
}

RULES = """
running        disk           package                           quiet  status           because
any            any            conflict                          any    unknown          package_conflict
any            any            uninstall_pending                 no     removal_pending  package
fixed          fixed|unknown  uninstall_pending                 yes    removal_pending  no_indicator
fixed          below          uninstall_pending                 yes    removal_pending  running_not_on_disk
below          fixed          uninstall_pending                 yes    removal_pending  package
below          below|unknown  uninstall_pending                 yes    removal_pending  no_indicator
unknown        any            uninstall_pending                 yes    removal_pending  no_indicator
fixed          fixed          silent|installed|install_pending  any    fixed            running
fixed          fixed          unknown                           yes    fixed            running
fixed          fixed          unknown                           no     unknown          package_unknown
fixed          below          silent                            any    removal_pending  running_not_on_disk
fixed          below          installed                         any    unknown          disk_conflict
fixed          below          install_pending                   any    unknown          kernels_conflict
fixed          below          unknown                           any    unknown          package_unknown
fixed          unknown        installed|install_pending         any    fixed            running
fixed          unknown        silent|unknown                    yes    fixed            running
fixed          unknown        silent|unknown                    no     unknown          disk
below|unknown  any            install_pending                   no     install_pending  package
below          fixed          install_pending                   yes    install_pending  fixed_not_running
below          below|unknown  install_pending                   yes    install_pending  no_indicator
unknown        any            install_pending                   yes    install_pending  no_indicator
below          fixed          silent|installed|unknown          any    install_pending  fixed_not_running
below          below|unknown  installed                         any    unknown          running_conflict
below          below          silent                            any    needs_fix        running
below          below          unknown                           yes    needs_fix        running
below          below          unknown                           no     unknown          package_unknown
below          unknown        silent|unknown                    yes    needs_fix        running
below          unknown        silent|unknown                    no     unknown          disk
unknown        below          silent                            yes    needs_fix        disk
unknown        below          silent                            no     unknown          running
unknown        below          installed                         any    unknown          disk_conflict
unknown        below          unknown                           any    unknown          running
unknown        fixed|unknown  silent|installed|unknown          any    unknown          running
"""
"""The specification. Levels as in KernelLevel, packages as in Standing (silent: one that tells nothing of the kernel);
quiet: yes, known to be quiet; no, anything else. because: a name of _BECAUSE."""

_SILENT = (Standing.NOT_INSTALLED, Standing.KERNEL_DECIDES)


@dataclass(frozen=True)
class Rule:
    """One row of RULES."""

    running: frozenset[KernelLevel]
    disk: frozenset[KernelLevel]
    package: frozenset[Standing]
    quiet: frozenset[bool]
    status: Status
    because: Callable[[Evidence], Reason]

    @classmethod
    def parse(cls, line: str) -> Rule:
        """A line of the table. Raises ValueError or KeyError for a word that is none of its column."""
        running, disk, package, quiet, status, because = line.split()
        levels = {one.value: (one,) for one in KernelLevel} | {"any": tuple(KernelLevel)}
        standings = {one.value: (one,) for one in Standing} | {"any": tuple(Standing), "silent": _SILENT}
        answers = {"yes": (True,), "no": (False,), "any": (True, False)}
        return cls(
            _set(running, levels),
            _set(disk, levels),
            _set(package, standings),
            _set(quiet, answers),
            Status(status),
            _BECAUSE[because],
        )

    def holds(self, running: KernelLevel, disk: KernelLevel, package: Standing, quiet: bool) -> bool:
        """Whether the row is about this evidence."""
        return running in self.running and disk in self.disk and package in self.package and quiet in self.quiet


def _set(cell: str, meanings: Mapping[str, tuple[T, ...]]) -> frozenset[T]:
    return frozenset(meaning for word in cell.split("|") for meaning in meanings[word])


@functools.cache
def rules() -> tuple[Rule, ...]:
    """The table's rows."""
    return tuple(Rule.parse(line) for line in RULES.strip().splitlines()[1:])


def weigh(evidence: Evidence) -> tuple[Status, Reason]:
    """The status and the decisive reason."""
    seen = evidence.running.level, evidence.disk.level, evidence.package.standing, evidence.quiet is True
    rule = next(one for one in rules() if one.holds(*seen))
    return rule.status, rule.because(evidence)
