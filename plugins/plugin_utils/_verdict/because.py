# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the status of a candidate rests on, and what is said of its package whatever the hotfix changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._model.facts import Question
from .._model.file_version import Branch, FileVersion
from .files import FilesFinding, FilesLevel, FileState
from .level import FileLevel, KernelFinding, compared_with
from .reasons import Reason, ReasonCode, reason
from .servicing import ServicingFinding, Standing, packages_unknown, pending_without_indicator


@dataclass(frozen=True)
class Evidence:
    """quiet: see servicing.is_quiet. fixed: the first fixed kernel of each branch; empty where the hotfix has none.

    files: of the files that are no kernels; without views where it changes none. contradiction: the answer about the
    running kernel or the disk that contradicts itself; None where neither does. unproven: see release.unproven.
    """

    kb: str
    fixed: Mapping[Branch, FileVersion]
    running: KernelFinding
    disk: KernelFinding
    files: FilesFinding
    package: ServicingFinding
    quiet: bool | None
    contradiction: Reason | None = None
    unproven: Reason | None = None

    @property
    def fixed_kernel(self) -> FileVersion | None:
        """The kernel from which the running one's branch has the fix; the LDR branch's where it has none of its own."""
        return compared_with(self.running.version, self.fixed)


def package_reason(evidence: Evidence) -> Reason:
    """That its install or removal is pending."""
    code = {
        Standing.INSTALL_PENDING: ReasonCode.PACKAGE_INSTALL_PENDING,
        Standing.UNINSTALL_PENDING: ReasonCode.PACKAGE_UNINSTALL_PENDING,
    }[evidence.package.standing]
    return reason(code, Question.PACKAGES, kb=evidence.kb)


def package_told(evidence: Evidence) -> str:
    """What servicing says of a package that tells nothing of the files, a clause."""
    if evidence.package.standing is Standing.FILES_DECIDE:
        return f"servicing says that {evidence.kb} is {evidence.package.state.value.replace('_', ' ')}"
    return f"servicing knows no installed package of {evidence.kb}"


_FILES_TELL = (
    (FilesLevel.FIXED, "have", FileState.FIXED),
    (FilesLevel.BELOW, "lack", FileState.BELOW),
)


def package_unknown(evidence: Evidence) -> Reason:
    """Why it is not known, beside what is: a kernel or files that cannot decide without it."""
    known = ""
    for what, kernel in (("running kernel", evidence.running), ("kernel on disk", evidence.disk)):
        if kernel.level is not FileLevel.UNKNOWN:
            has = "has" if kernel.level is FileLevel.FIXED else "lacks"
            known = f"the {what} {kernel.version}, which {has} the fix, cannot tell it"
            break
    else:
        for level, verb, state in _FILES_TELL:
            if evidence.files.level is level:
                known = f"files on disk that {verb} the fix ({evidence.files.named(state)}) cannot tell it"
    return packages_unknown(evidence.kb, evidence.package.unread, known)


def package_conflict(evidence: Evidence) -> Reason:
    """Which packages do not agree."""
    codes = (ReasonCode.PACKAGES_CONFLICT, ReasonCode.PACKAGE_ARCHITECTURE_DIFFERS)
    notes = (note for note in evidence.package.notes if note.code in codes)
    return next(notes, package_unknown(evidence))


def package_unproven(evidence: Evidence) -> Reason:
    """That servicing's word is of another release, or not of all parts."""
    return evidence.unproven or package_unknown(evidence)


def no_indicator(evidence: Evidence) -> Reason:
    """That it is pending and servicing quiet."""
    return pending_without_indicator(evidence.kb, evidence.package)
