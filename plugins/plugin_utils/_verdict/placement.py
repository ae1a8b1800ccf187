# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Windows a host is: its build and architecture from all answers that tell them, or the two that disagree."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from .._catalogue.definition import Definition, OsVersion, Target
from .._model.answer import Cause
from .._model.facts import Architecture, Facts, KernelFile, Question
from .reasons import Reason, ReasonCode, reason

_NAMES = {
    Question.IDENTITY: "The WS-Man identity",
    Question.OS: "Win32_OperatingSystem",
    Question.ARCHITECTURE: "the registry",
    Question.PROCESSOR: "Win32_Processor",
    Question.RUNNING_KERNEL: "BuildLabEx",
    Question.DISK_KERNEL: "the kernel on disk",
}
EVERY_KERNEL = "ntoskrnl.exe"
"""The kernel that every Windows has, whatever the hotfix changes."""

_RUNS_ON = {
    Architecture.X86: frozenset({Architecture.X86, Architecture.X64}),
    Architecture.X64: frozenset({Architecture.X64}),
    Architecture.IA64: frozenset({Architecture.IA64}),
}
"""The processors that a Windows of each architecture runs on: 32-bit Windows on an x64 processor is usual."""


@dataclass(frozen=True)
class Placement:
    """Where a host stands. problem: why it cannot be placed. targets: those of the definition that it may be.

    os_version is None when unknown or contradicted; architecture is None when not one is certain.
    """

    os_version: OsVersion | None
    architecture: Architecture | None
    targets: tuple[Target, ...]
    problem: Reason | None = None


def place(definition: Definition, facts: Facts) -> Placement:
    """Settle build and architecture. A build outside the definition's targets is settled by its version alone.

    An answer that contradicts itself is more than a missing one: no other answer settles what it left open.
    """
    version, problem = _os_version(definition, facts)
    candidates, arch_problem = _architectures(facts)
    architecture = next(iter(candidates)) if len(candidates) == 1 and arch_problem is None else None
    if problem is not None or version is None:
        return Placement(None, architecture, (), problem)
    unfilled = _unfilled(definition, version, candidates if arch_problem is None else frozenset(Architecture))
    if version not in definition.os_versions:
        # a kernel that may be of a build that the hotfix is for stands against the version
        kernel = contradictory(facts, Question.RUNNING_KERNEL, Question.DISK_KERNEL)
        found = version if kernel is None else None
        return Placement(found, architecture, (), kernel or unfilled)
    if arch_problem is not None:
        return Placement(version, None, (), arch_problem)
    targets = tuple(target for target in definition.targets_of(version) if target.architecture in candidates)
    if not targets:
        impossible = reason(
            ReasonCode.ARCHITECTURE_NOT_RELEASED,
            Question.ARCHITECTURE,
            kb=definition.kb,
            version=dotted(version),
            architecture=" or ".join(sorted(one.value for one in candidates)),
        )
        return Placement(version, architecture, (), unfilled or impossible)
    return Placement(version, architecture, targets)


def _unfilled(definition: Definition, version: OsVersion, architectures: Set[Architecture]) -> Reason | None:
    """Why the definition cannot tell whether the hotfix is for this Windows; None where it can.

    The most exact of its entries is told. A service pack that carries the fix settles it whatever they say.
    """
    if definition.included_in(version) is not None:
        return None
    found = [one for one in definition.unfilled if one.covers(version, architectures)]
    if not found:
        return None
    best = min(found, key=lambda one: (one.os_version is None, one.architecture is None))
    return reason(
        ReasonCode.DEFINITION_INCOMPLETE,
        Question.OS,
        kb=definition.kb,
        version=dotted(version),
        architecture=f" on {best.architecture.value}" if best.architecture else "",
        why=best.text,
    )


def contradictory(facts: Facts, *questions: Question) -> Reason | None:
    """The reason that names the first of these answers that contradicts itself, with both of its values."""
    for one in questions:
        answer = getattr(facts, one.value)
        if answer.cause is Cause.INCONSISTENT:
            name = _NAMES[one]
            detail = answer.detail.rstrip(".") or "it is told in two ways"
            return reason(ReasonCode.ANSWER_CONTRADICTORY, one, name=name[0].upper() + name[1:], detail=detail)
    return None


def kernel_files(definition: Definition, facts: Facts) -> tuple[KernelFile, ...]:
    """The files of the disk's answer that are kernel images by name; empty when there is no answer."""
    names = definition.kernel_names or {EVERY_KERNEL}
    return tuple(file for file in facts.disk_kernel.value or () if file_name(file) in names)


def file_name(file: KernelFile) -> str:
    """The file's name without its folder, lower case."""
    return file.path.replace("/", "\\").rsplit("\\", 1)[-1].casefold()


def dotted(version: OsVersion) -> str:
    return ".".join(str(part) for part in version)


def _os_version(definition: Definition, facts: Facts) -> tuple[OsVersion | None, Reason | None]:
    """The version that identity or OS give, or the reason why there is none.

    Answers that disagree are a problem only if one of them names a build that the hotfix is for: where none does, the
    hotfix is not applicable whichever is right (an enablement package makes OS and kernel of Windows 10 disagree).
    """
    problem = contradictory(facts, Question.IDENTITY, Question.OS)
    if problem is not None:
        return None, problem
    said: list[tuple[Question, OsVersion]] = []
    if facts.identity.value is not None and facts.identity.value.os_version is not None:
        said.append((Question.IDENTITY, facts.identity.value.os_version))
    if facts.os.value is not None:
        said.append((Question.OS, facts.os.value.version))
    if not said:
        return None, _no_version(facts)
    first_question, first = said[0]
    if facts.running_kernel.value is not None:
        # BuildLabEx has no major and minor of its own: only its build can disagree
        said.append((Question.RUNNING_KERNEL, (*first[:2], facts.running_kernel.value.version.build)))
    said += [(Question.DISK_KERNEL, file.version.os_version) for file in kernel_files(definition, facts)]
    if any(_is_named(definition, version) for _unused, version in said):
        for question, version in said[1:]:
            if version != first:
                return None, _conflict(
                    ReasonCode.BUILD_CONFLICT, (first_question, dotted(first)), (question, dotted(version))
                )
    return first, None


def _is_named(definition: Definition, version: OsVersion) -> bool:
    """Whether the hotfix is, or may be, for some Windows of this build."""
    return version in definition.os_versions or _unfilled(definition, version, frozenset(Architecture)) is not None


def _no_version(facts: Facts) -> Reason:
    """Why no version is known. Every Windows names Microsoft Corporation in Identify; other services name themselves.

    The status stays unknown: a vendor's name is no evidence of what a host needs.
    """
    vendor = "" if facts.identity.value is None else facts.identity.value.vendor
    if vendor and "microsoft corporation" not in vendor.casefold():
        return reason(ReasonCode.SERVICE_NOT_WINDOWS, Question.IDENTITY, Question.OS, vendor=vendor[:80])
    return reason(ReasonCode.OS_UNKNOWN, Question.IDENTITY, Question.OS)


def _architectures(facts: Facts) -> tuple[frozenset[Architecture], Reason | None]:
    """The architectures that this Windows may be, or the two answers that disagree."""
    problem = contradictory(facts, Question.ARCHITECTURE, Question.PROCESSOR)
    if problem is not None:
        return frozenset(), problem
    said: list[tuple[Question, Architecture]] = []
    if facts.architecture.value is not None:
        said.append((Question.ARCHITECTURE, facts.architecture.value))
    if facts.running_kernel.value is not None:
        said.append((Question.RUNNING_KERNEL, facts.running_kernel.value.architecture))
    if len(said) == 2 and said[0][1] is not said[1][1]:
        return frozenset(), _architecture_conflict(said[0], said[1])
    processor = facts.processor.value
    if not said:
        possible = (one for one in Architecture if processor is None or processor in _RUNS_ON[one])
        return frozenset(possible), None
    if processor is not None and processor not in _RUNS_ON[said[0][1]]:
        return frozenset(), _architecture_conflict(said[0], (Question.PROCESSOR, processor))
    return frozenset({said[0][1]}), None


def _architecture_conflict(one: tuple[Question, Architecture], other: tuple[Question, Architecture]) -> Reason:
    return _conflict(ReasonCode.ARCHITECTURE_CONFLICT, (one[0], one[1].value), (other[0], other[1].value))


def _conflict(code: ReasonCode, one: tuple[Question, str], other: tuple[Question, str]) -> Reason:
    name = _NAMES[one[0]]
    return reason(
        code,
        one[0],
        other[0],
        one=name[0].upper() + name[1:],
        one_value=one[1],
        other=_NAMES[other[0]],
        other_value=other[1],
    )
