# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a kernel carries the fix: the one that runs, and the one on disk that the next boot takes."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._catalogue.definition import Target
from .._model.facts import Facts, KernelFile, Question
from .._model.file_version import Branch, FileVersion
from .placement import file_name
from .reasons import Reason, ReasonCode, reason


class KernelLevel(enum.Enum):
    """A kernel against the fix. BELOW: it has not the fix, by its number or its branch."""

    FIXED = "fixed"
    BELOW = "below"
    UNKNOWN = "unknown"


def level_of(version: FileVersion, fixed: FileVersion) -> KernelLevel:
    """A kernel's level: fixed on the LDR branch of the same build at or above the fix; never on the GDR branch.

    Another build is UNKNOWN whatever its number (6.0.6002.22191 is not 6.0.6001.22191), and so is a revision of no
    known branch.
    """
    if version.os_version != fixed.os_version or version.branch is Branch.OTHER:
        return KernelLevel.UNKNOWN
    if version.branch is Branch.LDR and version >= fixed:
        return KernelLevel.FIXED
    return KernelLevel.BELOW


@dataclass(frozen=True)
class KernelFinding:
    """One kernel's level. version is the one that was judged (None: none), problem says why the level is unknown."""

    level: KernelLevel
    version: FileVersion | None = None
    problem: Reason | None = None


def running_kernel(facts: Facts, fixed: FileVersion) -> KernelFinding:
    """The level of the kernel that runs, from BuildLabEx. Its build was settled before (host.place)."""
    running = facts.running_kernel.value
    if running is None:
        why = _why(facts.running_kernel.detail)
        problem = reason(ReasonCode.RUNNING_KERNEL_UNKNOWN, Question.RUNNING_KERNEL, why=why)
        return KernelFinding(KernelLevel.UNKNOWN, None, problem)
    # build and revision are BuildLabEx's own; major and minor are those of the build that the host was placed at
    version = FileVersion(fixed.major, fixed.minor, running.version.build, running.version.revision)
    return _judge(version, fixed, Question.RUNNING_KERNEL)


def disk_kernel(facts: Facts, targets: tuple[Target, ...], files: tuple[KernelFile, ...]) -> KernelFinding:
    """The level of the kernel on disk that the next boot takes.

    files: those of the disk's answer that are kernels by name. On x86 with PAE it is ntkrnlpa.exe, without it
    ntoskrnl.exe; while PAE or the architecture is not known, all that it may be must be there and be on one level.
    """
    names = booted_names(facts, targets)
    chosen = [file for file in files if file_name(file) in names]
    missing = sorted(names - {file_name(file) for file in chosen})
    if missing:
        detail = f"{', '.join(missing)} not seen" if facts.disk_kernel.is_known else facts.disk_kernel.detail
        problem = reason(ReasonCode.DISK_KERNEL_UNKNOWN, Question.DISK_KERNEL, why=_why(detail))
        return KernelFinding(KernelLevel.UNKNOWN, None, problem)
    fixed = targets[0].fixed_kernel
    found = [_judge(file.version, fixed, Question.DISK_KERNEL) for file in chosen]
    if len({one.level for one in found}) == 1:
        return min(found, key=lambda one: one.version or fixed)
    shown = ", ".join(f"{file_name(file)} {file.version}" for file in chosen)
    problem = reason(ReasonCode.DISK_KERNELS_DIFFER, Question.DISK_KERNEL, Question.OS, disk=shown)
    return KernelFinding(KernelLevel.UNKNOWN, None, problem)


def booted_names(facts: Facts, targets: tuple[Target, ...]) -> frozenset[str]:
    """The file names that the running kernel may have: one where architecture and PAE tell it."""
    pae = facts.os.value.pae if facts.os.value is not None else None
    names: set[str] = set()
    for target in targets:
        if target.pae_kernel_file is None or pae is None:
            names.update(target.kernel_files)
        elif pae:
            names.add(target.pae_kernel_file)
        else:
            names.update(name for name in target.kernel_files if name != target.pae_kernel_file)
    return frozenset(names)


def is_checked(facts: Facts) -> bool:
    """Whether BuildLabEx tells a checked (debug) kernel: `6001.18000.x86chk.…`."""
    if facts.running_kernel.value is None:
        return False
    parts = facts.running_kernel.value.raw.split(".")
    return len(parts) > 2 and parts[2].casefold().endswith("chk")


def _judge(version: FileVersion, fixed: FileVersion, question: Question) -> KernelFinding:
    level = level_of(version, fixed)
    problem = None
    if level is KernelLevel.UNKNOWN:
        problem = reason(ReasonCode.KERNEL_BRANCH_UNKNOWN, question, version=version)
    return KernelFinding(level, version, problem)


def _why(detail: str) -> str:
    return f" ({detail})" if detail else ""
