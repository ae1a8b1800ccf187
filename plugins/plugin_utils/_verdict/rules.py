# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How evidence becomes a status, for a host of a build and architecture that the hotfix is for: tables as text.

RULES is about a kernel that the hotfix changes, files_rules.py about all other files; weigh() joins both. A row of
RULES reads: while the running kernel, the one on disk, the package (its standing with servicing) and the quiet of
servicing are among these, the status is that, because of this. Each combination has exactly one row, so the order
means nothing. Why the rows are as they are:

- A pending removal wins over every kernel. A pending install too, unless the fix runs already: a later update brought
  it before. But a kernel below the fix on disk contradicts that.
- Packages that do not agree, or of which one, or the list itself, cannot be read, decide nothing, and nothing else
  decides over them: such a package may be pending, whatever the kernels are and however quiet servicing is (some stay
  pending without an indicator), and beside it an installer would be started.
- An answer about a kernel that contradicts itself decides nothing either (before the table: weigh).
- Fixed takes both kernels: a disk that cannot be read may hold one below the fix, which contradicts a package that is
  installed or waits for its install, and loses the fix at the next boot beside one that is not. The running kernel is
  no proof of it. Needs_fix takes one of them: the fix is not there where one kernel is known to lack it, and nothing of
  it waits where servicing was read, holds no package of it and is quiet. That is proof by itself.
- A pending install or removal that quiet servicing knows nothing of waits for no restart, unless the kernels differ.
- A kernel below the fix on disk under a fixed one: the next boot loses the fix; the other way round it brings the fix,
  whichever package it came with. Servicing that calls the package installed contradicts a kernel below the fix.
- A pending removal leaves the new file on disk and a pending install the old one. So while one kernel is unknown, only
  quiet servicing (CBS' RebootPending and PackagesPending both known to be unset) tells that neither waits. Servicing's
  own word that the package is pending is proof without the kernels.
- While the running kernel is unknown, only a pending removal could make a fixed kernel run over a disk below the fix.

Sources: the articles (restart, first fixed versions) and the branch rules of NT 6.0 servicing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from .._model.facts import Question
from .._model.file_version import Branch
from .because import Evidence, no_indicator, package_conflict, package_reason, package_unknown
from .files_rules import weigh_files
from .level import FileLevel
from .reasons import Reason, ReasonCode, reason
from .servicing import Standing
from .status import Status
from .table import STANDINGS, YES_NO, cells


def running_reason(evidence: Evidence) -> Reason:
    """What is to be said of the running kernel: fixed, below, on the wrong branch, or why it is not known."""
    running = evidence.running
    if running.problem is not None or running.version is None:
        return running.problem or reason(ReasonCode.RUNNING_KERNEL_UNKNOWN, Question.RUNNING_KERNEL, why="")
    if running.level is FileLevel.FIXED:
        code = ReasonCode.KERNEL_FIXED
    else:
        no_number = running.version.branch is Branch.GDR and Branch.GDR not in evidence.fixed
        code = ReasonCode.KERNEL_GDR if no_number else ReasonCode.KERNEL_BELOW_FIX
    branch = running.version.branch.value.upper()
    values = {"version": running.version, "fixed": evidence.fixed_kernel, "branch": branch}
    return reason(code, Question.RUNNING_KERNEL, **values)


def disk_reason(evidence: Evidence) -> Reason:
    """Why the kernel on disk is not known, or, where it is, that it is below the fix."""
    if evidence.disk.problem is not None:
        return evidence.disk.problem
    return reason(ReasonCode.DISK_KERNEL_BELOW_FIX, Question.DISK_KERNEL, disk=evidence.disk.version)


def _disk_unread(evidence: Evidence) -> Reason:
    values = {"version": evidence.running.version, "why": evidence.disk.why}
    return reason(ReasonCode.RUNNING_FIXED_DISK_UNKNOWN, Question.RUNNING_KERNEL, Question.DISK_KERNEL, **values)


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
    "disk_unread": _disk_unread,
    "package": package_reason,
    "package_unknown": package_unknown,
    "package_conflict": package_conflict,
    "no_indicator": no_indicator,
    "fixed_not_running": _kernels(ReasonCode.DISK_KERNEL_FIXED_NOT_RUNNING),
    "running_not_on_disk": _kernels(ReasonCode.RUNNING_FIXED_DISK_BELOW),
    "kernels_conflict": _kernels(ReasonCode.KERNEL_CONFLICT),
    "running_conflict": _conflict(Question.RUNNING_KERNEL),
    "disk_conflict": _conflict(Question.DISK_KERNEL),
}

RULES = """
running        disk           package                           quiet  status           because
any            any            conflict                          any    unknown          package_conflict
fixed|below    any            unknown                           any    unknown          package_unknown
unknown        any            unknown                           any    unknown          running
any            any            uninstall_pending                 no     removal_pending  package
fixed          fixed|unknown  uninstall_pending                 yes    removal_pending  no_indicator
fixed          below          uninstall_pending                 yes    removal_pending  running_not_on_disk
below          fixed          uninstall_pending                 yes    removal_pending  package
below          below|unknown  uninstall_pending                 yes    removal_pending  no_indicator
unknown        any            uninstall_pending                 yes    removal_pending  no_indicator
fixed          fixed          silent|installed|install_pending  any    fixed            running
fixed          below          silent                            any    removal_pending  running_not_on_disk
fixed          below          installed                         any    unknown          disk_conflict
fixed          below          install_pending                   any    unknown          kernels_conflict
fixed          unknown        silent|installed|install_pending  any    unknown          disk_unread
below|unknown  any            install_pending                   no     install_pending  package
below          fixed          install_pending                   yes    install_pending  fixed_not_running
below          below|unknown  install_pending                   yes    install_pending  no_indicator
unknown        any            install_pending                   yes    install_pending  no_indicator
below          fixed          silent|installed                  any    install_pending  fixed_not_running
below          below|unknown  installed                         any    unknown          running_conflict
below          below          silent                            any    needs_fix        running
below          unknown        silent                            yes    needs_fix        running
below          unknown        silent                            no     unknown          disk
unknown        below          silent                            yes    needs_fix        disk
unknown        below          silent                            no     unknown          running
unknown        below          installed                         any    unknown          disk_conflict
unknown        fixed|unknown  silent|installed                  any    unknown          running
"""
"""The specification. Levels as in FileLevel, packages as in Standing (silent: one that tells nothing of the kernel);
quiet: yes, known to be quiet; no, anything else. because: a name of _BECAUSE."""


@dataclass(frozen=True)
class Rule:
    """One row of RULES."""

    running: frozenset[FileLevel]
    disk: frozenset[FileLevel]
    package: frozenset[Standing]
    quiet: frozenset[bool]
    status: Status
    because: Callable[[Evidence], Reason]

    @classmethod
    def parse(cls, line: str) -> Rule:
        """A line of the table. Raises ValueError or KeyError for a word that is none of its column."""
        running, disk, package, quiet, status, because = line.split()
        levels = {one.value: (one,) for one in FileLevel} | {"any": tuple(FileLevel)}
        return cls(
            cells(running, levels),
            cells(disk, levels),
            cells(package, STANDINGS),
            cells(quiet, YES_NO),
            Status(status),
            _BECAUSE[because],
        )

    def holds(self, running: FileLevel, disk: FileLevel, package: Standing, quiet: bool) -> bool:
        """Whether the row is about this evidence."""
        return running in self.running and disk in self.disk and package in self.package and quiet in self.quiet


@functools.cache
def rules() -> tuple[Rule, ...]:
    """The table's rows."""
    return tuple(Rule.parse(line) for line in RULES.strip().splitlines()[1:])


_ORDER = (
    Status.REMOVAL_PENDING,
    Status.NEEDS_FIX,
    Status.UNKNOWN,
    Status.INSTALL_PENDING,
    Status.FIXED,
)
"""Of a kernel and other files that tell different things the first one decides: the fix is there where both have it,
and missing where one lacks it. A status that does not stand here decides over those that do."""


def weigh(evidence: Evidence) -> tuple[Status, Reason]:
    """The status and the decisive reason. A kernel whose answer contradicts itself leaves everything open."""
    found = []
    if evidence.contradiction is not None:
        return Status.UNKNOWN, evidence.contradiction
    if evidence.fixed:
        found.append(_weigh_kernels(evidence))
    if evidence.files.views:
        found.append(weigh_files(evidence))
    return min(found, key=lambda one: _ORDER.index(one[0]) if one[0] in _ORDER else -1)


def _weigh_kernels(evidence: Evidence) -> tuple[Status, Reason]:
    rule = _rule(evidence.running.level, evidence.disk.level, evidence.package.standing, evidence.quiet is True)
    return rule.status, rule.because(evidence)


@functools.cache
def _rule(running: FileLevel, disk: FileLevel, package: Standing, quiet: bool) -> Rule:
    return next(one for one in rules() if one.holds(running, disk, package, quiet))
