# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How evidence becomes a status, for a host of a build and architecture that the hotfix is for.

Kernels are fixed, below or unknown; servicing says of the package that it is not installed, that the kernel decides
(superseded, partial, broken), installed, install pending, uninstall pending, or nothing (unknown). Servicing is quiet
when RebootPending and PackagesPending of CBS are both known to be unset.

- Uninstall pending: removal_pending, whatever the kernels.
- Install pending: install_pending, unless the running kernel is fixed. Then it is fixed, for a later update brought the
  fix before; but a kernel below the fix on disk contradicts that.
- Running fixed, disk fixed: fixed, whatever the package. While the package is unknown, only quiet servicing tells that
  no removal is pending: a pending one leaves the new file on disk.
- Running fixed, disk below: removal_pending, for the next boot loses the fix. An installed package contradicts that,
  and an unknown one may.
- Running fixed, disk unknown: fixed if the package is installed or servicing is quiet, else unknown.
- Running below, disk fixed: install_pending, for the next boot brings the fix, whichever package it came with.
- Running below, disk below: needs_fix. An installed package contradicts that. While the package is unknown, only
  quiet servicing tells that no install is pending: a pending one leaves the old file on disk.
- Running below, disk unknown: needs_fix if servicing is quiet; an installed package contradicts that.
- Running unknown, disk below: needs_fix if the package is not installed and servicing is quiet, for only a pending
  removal could make a fixed kernel run over it. An installed package contradicts that.
- Running unknown, and disk fixed or unknown: unknown.

Sources: KB952876 (restart rule, fixed kernels) and the branch rules of NT 6.0 servicing.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .facts import Question
from .kernel import KernelFinding, KernelLevel
from .quad import Branch, Quad
from .reasons import Reason, ReasonCode, reason
from .servicing import ServicingFinding, Standing


class Status(enum.Enum):
    """Where a host stands with a hotfix; the values are part of the results."""

    NOT_APPLICABLE = "not_applicable"
    NEEDS_FIX = "needs_fix"
    STAGED = "staged"
    INSTALL_PENDING = "install_pending"
    FIXED = "fixed"
    REMOVAL_PENDING = "removal_pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """All that the status of a candidate rests on. quiet: see servicing.is_quiet."""

    kb: str
    fixed: Quad
    running: KernelFinding
    disk: KernelFinding
    package: ServicingFinding
    quiet: bool | None


Weighed = tuple[Status, Reason]


def weigh(evidence: Evidence) -> Weighed:
    """The status and the decisive reason."""
    standing = evidence.package.standing
    if standing is Standing.UNINSTALL_PENDING:
        why = reason(ReasonCode.PACKAGE_UNINSTALL_PENDING, Question.PACKAGES, kb=evidence.kb)
        return Status.REMOVAL_PENDING, why
    if evidence.running.level is KernelLevel.FIXED:
        return _running_fixed(evidence, standing)
    if standing is Standing.INSTALL_PENDING:
        return Status.INSTALL_PENDING, reason(ReasonCode.PACKAGE_INSTALL_PENDING, Question.PACKAGES, kb=evidence.kb)
    if evidence.running.level is KernelLevel.BELOW:
        return _running_below(evidence, standing)
    return _running_unknown(evidence, standing)


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


def _running_fixed(evidence: Evidence, standing: Standing) -> Weighed:
    versions = {"version": evidence.running.version, "disk": evidence.disk.version}
    kernels = (Question.RUNNING_KERNEL, Question.DISK_KERNEL)
    if evidence.disk.level is KernelLevel.FIXED:
        if standing is Standing.UNKNOWN and evidence.quiet is not True:
            return Status.UNKNOWN, _package_unknown(evidence)
        return Status.FIXED, running_reason(evidence)
    if evidence.disk.level is KernelLevel.UNKNOWN:
        if standing in (Standing.INSTALLED, Standing.INSTALL_PENDING) or evidence.quiet is True:
            return Status.FIXED, running_reason(evidence)
        return Status.UNKNOWN, disk_reason(evidence)
    if standing is Standing.INSTALLED:
        return Status.UNKNOWN, _package_conflict(evidence, Question.DISK_KERNEL)
    if standing is Standing.INSTALL_PENDING:
        return Status.UNKNOWN, reason(ReasonCode.KERNEL_CONFLICT, *kernels, **versions)
    if standing is Standing.UNKNOWN:
        return Status.UNKNOWN, _package_unknown(evidence)
    return Status.REMOVAL_PENDING, reason(ReasonCode.RUNNING_FIXED_DISK_BELOW, *kernels, **versions)


def _running_below(evidence: Evidence, standing: Standing) -> Weighed:
    if evidence.disk.level is KernelLevel.FIXED:
        why = reason(
            ReasonCode.DISK_KERNEL_FIXED_NOT_RUNNING,
            Question.RUNNING_KERNEL,
            Question.DISK_KERNEL,
            version=evidence.running.version,
            disk=evidence.disk.version,
        )
        return Status.INSTALL_PENDING, why
    if standing is Standing.INSTALLED:
        return Status.UNKNOWN, _package_conflict(evidence, Question.RUNNING_KERNEL)
    if evidence.quiet is True:
        return Status.NEEDS_FIX, running_reason(evidence)
    if evidence.disk.level is KernelLevel.UNKNOWN:
        return Status.UNKNOWN, disk_reason(evidence)
    if standing is Standing.UNKNOWN:
        return Status.UNKNOWN, _package_unknown(evidence)
    return Status.NEEDS_FIX, running_reason(evidence)


def _running_unknown(evidence: Evidence, standing: Standing) -> Weighed:
    if evidence.disk.level is KernelLevel.BELOW:
        if standing is Standing.INSTALLED:
            return Status.UNKNOWN, _package_conflict(evidence, Question.DISK_KERNEL)
        if standing is not Standing.UNKNOWN and evidence.quiet is True:
            return Status.NEEDS_FIX, disk_reason(evidence)
    return Status.UNKNOWN, running_reason(evidence)


def _package_conflict(evidence: Evidence, kernel: Question) -> Reason:
    named = {
        Question.RUNNING_KERNEL: f"the running kernel {evidence.running.version}",
        Question.DISK_KERNEL: f"the kernel on disk ({evidence.disk.version})",
    }
    return reason(
        ReasonCode.PACKAGE_KERNEL_CONFLICT,
        Question.PACKAGES,
        kernel,
        kb=evidence.kb,
        state=evidence.package.state.value.replace("_", " "),
        kernel=named[kernel],
    )


def _package_unknown(evidence: Evidence) -> Reason:
    notes = (note for note in evidence.package.notes if note.code is ReasonCode.PACKAGES_UNKNOWN)
    return next(notes, reason(ReasonCode.PACKAGES_UNKNOWN, Question.PACKAGES, kb=evidence.kb, why=""))
