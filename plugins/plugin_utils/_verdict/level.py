# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file carries the fix: the kernel that runs, the one on disk that the next boot takes, any other file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from .._catalogue.definition import OsVersion, Target
from .._model.facts import Facts, KernelFile, Question
from .._model.file_version import Branch, FileVersion
from .placement import file_name
from .reasons import Reason, ReasonCode, reason

Fixed = Mapping[Branch, FileVersion | None]
"""The first fixed version of each branch that brings the file; None: that branch's is not known."""


class FileLevel(enum.Enum):
    """A file against the fix. BELOW: it has not the fix, by its number or its branch."""

    FIXED = "fixed"
    BELOW = "below"
    UNKNOWN = "unknown"


def level_of(version: FileVersion, fixed: Fixed, windows: OsVersion | None = None) -> FileLevel:
    """A file's level: on its own branch of the same build, at or above what that branch brings.

    Another build is UNKNOWN whatever its number, except for a file that does not count with Windows (windows: the
    host's; None for a kernel): there an earlier version, build included, is BELOW. A revision of no known branch is
    UNKNOWN. On the GDR branch no number carries the fix of a hotfix that lives on another one; whether an LDR file
    carries a fix that only GDR is known to have is UNKNOWN.
    """
    known = [one for one in fixed.values() if one is not None]
    if all(version.os_version != one.os_version for one in known):
        alien = windows is not None and not any(one.counts_with_windows for one in known)
        earlier = bool(known) and all(version.os_version < one.os_version for one in known)
        return FileLevel.BELOW if alien and earlier else FileLevel.UNKNOWN
    branch = Branch.SINGLE if Branch.SINGLE in fixed else version.branch
    if branch not in fixed:
        return FileLevel.BELOW if branch is Branch.GDR and Branch.LDR in fixed else FileLevel.UNKNOWN
    first = fixed[branch]
    if first is None or first.os_version != version.os_version:
        return FileLevel.UNKNOWN
    return FileLevel.FIXED if version >= first else FileLevel.BELOW


def compared_with(version: FileVersion | None, fixed: Fixed) -> FileVersion | None:
    """The first fixed version that a file of this branch is held against; the LDR one where its own has none."""
    branch = Branch.OTHER if version is None else version.branch
    order = (Branch.SINGLE, branch, Branch.LDR, Branch.GDR)
    return next((one for name in order if (one := fixed.get(name)) is not None), None)


@dataclass(frozen=True)
class KernelFinding:
    """One kernel's level. version is the one that was judged (None: none), problem says why the level is unknown.

    why: the same as a clause, after a blank and in brackets; may be empty.
    """

    level: FileLevel
    version: FileVersion | None = None
    problem: Reason | None = None
    why: str = ""


def running_kernel(facts: Facts, fixed: Fixed) -> KernelFinding:
    """The level of the kernel that runs, from BuildLabEx. Its build was settled before (placement.place)."""
    running = facts.running_kernel.value
    if running is None:
        why = _why(facts.running_kernel.detail)
        problem = reason(ReasonCode.RUNNING_KERNEL_UNKNOWN, Question.RUNNING_KERNEL, why=why)
        return KernelFinding(FileLevel.UNKNOWN, None, problem)
    # build and revision are BuildLabEx's own; major and minor are those of the build that the host was placed at
    one = next(first for first in fixed.values() if first is not None)
    version = FileVersion(one.major, one.minor, running.version.build, running.version.revision)
    return _judge(version, fixed, Question.RUNNING_KERNEL)


def disk_kernel(facts: Facts, targets: tuple[Target, ...], files: tuple[KernelFile, ...]) -> KernelFinding:
    """The level of the kernel on disk that the next boot takes.

    files: those of the disk's answer that are kernels by name. With PAE it is the definition's kernel for that,
    without it the other one; while PAE or the architecture is not known, all that it may be must be there and be on
    one level.
    """
    names = booted_names(facts, targets)
    chosen = [file for file in files if file_name(file) in names]
    missing = sorted(names - {file_name(file) for file in chosen})
    if missing:
        detail = f"{', '.join(missing)} not seen" if facts.disk_kernel.is_known else facts.disk_kernel.detail
        problem = reason(ReasonCode.DISK_KERNEL_UNKNOWN, Question.DISK_KERNEL, why=_why(detail))
        return KernelFinding(FileLevel.UNKNOWN, None, problem, _why(detail))
    found = [_judge(file.version, targets[0].fixed_kernels, Question.DISK_KERNEL) for file in chosen]
    if len({one.level for one in found}) == 1:
        return min(found, key=lambda one: one.version or FileVersion(0, 0, 0, 0))
    shown = ", ".join(f"{file_name(file)} {file.version}" for file in chosen)
    problem = reason(ReasonCode.DISK_KERNELS_DIFFER, Question.DISK_KERNEL, Question.OS, disk=shown)
    return KernelFinding(FileLevel.UNKNOWN, None, problem)


def booted_names(facts: Facts, targets: tuple[Target, ...]) -> frozenset[str]:
    """The file names that the running kernel may have: one where architecture and PAE tell it."""
    pae = facts.os.value.pae if facts.os.value is not None else None
    names: set[str] = set()
    for target in targets:
        names.update(one.key for one in target.kernels if pae is None or one.pae in (None, pae))
    return frozenset(names)


def is_checked(facts: Facts) -> bool:
    """Whether BuildLabEx tells a checked (debug) kernel: `6001.18000.x86chk.…`."""
    if facts.running_kernel.value is None:
        return False
    parts = facts.running_kernel.value.raw.split(".")
    return len(parts) > 2 and parts[2].casefold().endswith("chk")


def _judge(version: FileVersion, fixed: Fixed, question: Question) -> KernelFinding:
    level = level_of(version, fixed)
    if level is FileLevel.UNKNOWN:
        problem = reason(ReasonCode.KERNEL_BRANCH_UNKNOWN, question, version=version)
        return KernelFinding(level, version, problem, _why(f"{version} is on no branch that is known"))
    return KernelFinding(level, version)


def _why(detail: str) -> str:
    return f" ({detail})" if detail else ""
