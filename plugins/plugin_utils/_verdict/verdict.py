# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict: a pure function of a definition and of what a host said of itself.

rules.py and files_rules.py have the rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._catalogue.definition import Definition, OsVersion
from .._model.builds import RENUMBERED
from .._model.cbs import PackageState
from .._model.facts import Architecture, Facts, KernelFile, Question
from .._model.file_version import FileVersion
from .because import Evidence
from .files import FilesFinding, FilesLevel, files_reason, judge_files
from .filtered import filtered_token
from .level import FileLevel, KernelFinding, booted_names, compared_with, disk_kernel, is_checked, running_kernel
from .placement import Placement, contradictory, dotted, file_name, kernel_files, place
from .reasons import Reason, ReasonCode, reason
from .release import unproven
from .restart import RestartFinding, pending_indicators, restart_finding
from .rules import running_reason, weigh
from .servicing import PENDING, ServicingFinding, is_quiet, pending_without_indicator, servicing
from .status import Outcome, Status

__all__ = ["Status", "Verdict", "decide", "ruled_out"]

_CONFLICTS = frozenset(
    {
        ReasonCode.ANSWER_CONTRADICTORY,
        ReasonCode.BUILD_CONFLICT,
        ReasonCode.ARCHITECTURE_CONFLICT,
        ReasonCode.PACKAGE_KERNEL_CONFLICT,
        ReasonCode.PACKAGE_FILES_CONFLICT,
        ReasonCode.COMPONENT_MISSING,
        ReasonCode.KERNEL_CONFLICT,
        ReasonCode.PACKAGES_CONFLICT,
        ReasonCode.DISK_KERNELS_DIFFER,
        ReasonCode.PACKAGE_ARCHITECTURE_DIFFERS,
    }
)
_NOT_JUDGED = KernelFinding(FileLevel.UNKNOWN)
_NO_FILES = FilesFinding(FilesLevel.UNKNOWN)


@dataclass(frozen=True)
class Verdict:
    """What follows from the facts.

    applicable: whether the hotfix is for this build and architecture; None when that is not known.
    reasons: the decisive one first; never empty. summary: one sentence for a person.
    fixed_kernel: the first kernel of this build, on the branch that runs, with the fix; None where there is none or the
    build is not known. running, disk: the kernels against the fix; None where the hotfix changes no kernel.
    files: the other changed files; without views where they were not judged or there are none.
    kernel_names: the file names that the kernel which the host boots may have (one where architecture and PAE tell it).
    packages: what servicing says of the hotfix.
    restart: Windows' own pending reasons, and whether this hotfix requires one. edition_listed: None without a SKU.
    """

    kb: str
    status: Status
    applicable: bool | None
    reasons: tuple[Reason, ...]
    summary: str
    os_version: OsVersion | None
    architecture: Architecture | None
    fixed_kernel: FileVersion | None
    running: FileLevel | None
    disk: FileLevel | None
    files: FilesFinding
    kernel_names: frozenset[str]
    packages: ServicingFinding
    restart: RestartFinding
    edition_listed: bool | None

    @property
    def package_state(self) -> PackageState:
        return self.packages.state

    @property
    def reboot_required_by_kb(self) -> bool | None:
        return self.restart.required_by_kb

    @property
    def conflict(self) -> tuple[Question, ...]:
        """The questions whose answers disagree, when that is what made the status unknown; else empty."""
        first = self.reasons[0]
        return first.questions if self.status is Status.UNKNOWN and first.code in _CONFLICTS else ()

    @property
    def waits_for_nothing_known(self) -> str | None:
        """Why no restart is to complete what is pending, one sentence; None where one is, or nothing is pending."""
        if self.restart.required_by_kb is not None or self.status.outcome is not Outcome.PENDING:
            return None
        if self.reasons[0].code is ReasonCode.PENDING_WITHOUT_INDICATOR:
            return self.reasons[0].text
        unknown = "Whether it waits for a restart is not known: servicing's indicators do not tell."
        return f"{self.reasons[0].text} {unknown}"

    def has(self, code: ReasonCode) -> bool:
        return any(one.code is code for one in self.reasons)

    def runs(self, file: KernelFile) -> bool | None:
        """Whether this file is the kernel that the host boots; None where PAE or the architecture leave it open."""
        if not self.kernel_names:
            return None
        if file_name(file) not in self.kernel_names:
            return False
        return True if len(self.kernel_names) == 1 else None


def decide(definition: Definition, facts: Facts) -> Verdict:
    """The verdict on one host. Never raises: what is missing or contradicts itself makes it unknown."""
    placement = place(definition, facts)
    found = servicing(definition.kb, facts, placement.architecture)
    if _is_candidate(placement):
        return _of_candidate(definition, facts, placement, found)
    pending, indicators = pending_indicators(facts)
    status, applicable, required, why = _of_other(definition, facts, placement)
    restart = RestartFinding(pending, indicators, required)
    return _verdict(
        definition, facts, placement, found, status=status, applicable=applicable, reasons=(why,), restart=restart
    )


def ruled_out(definition: Definition, facts: Facts) -> bool:
    """Whether the verdict says that the hotfix is not for this host, whatever else the host would say."""
    placement = place(definition, facts)
    return not _is_candidate(placement) and _of_other(definition, facts, placement)[1] is False


def _is_candidate(placement: Placement) -> bool:
    """Whether all targets that the host may be are judged by the same."""
    return len({target.judged_by for target in placement.targets}) == 1


def _of_other(
    definition: Definition, facts: Facts, placement: Placement
) -> tuple[Status, bool | None, bool | None, Reason]:
    """Status, applicability, need of a restart and reason for a host that is no candidate or cannot be placed."""
    version = placement.os_version
    if placement.problem is not None:
        return Status.UNKNOWN, None, None, placement.problem
    if version is None:
        return Status.UNKNOWN, None, None, reason(ReasonCode.OS_UNKNOWN, Question.IDENTITY, Question.OS)
    if placement.targets:
        return Status.UNKNOWN, True, None, reason(ReasonCode.ARCHITECTURE_UNKNOWN, Question.ARCHITECTURE)
    said = facts.identity.value
    question = Question.IDENTITY if said is not None and said.os_version is not None else Question.OS
    included = definition.included_in(version)
    values = {"kb": definition.kb, "version": dotted(version)}
    other = RENUMBERED.get(version)
    if included is None and other is not None and other in definition.os_versions:
        listed = dotted(other)
        why = reason(ReasonCode.BUILD_RENUMBERED, question, listed=listed, **values)
        return Status.UNKNOWN, None, None, why
    if included is not None:
        pack = included.service_pack
        why = reason(ReasonCode.SERVICE_PACK_2_INCLUDES_FIX, question, service_pack=pack, **values)
    else:
        listed = " and ".join(dotted(one) for one in sorted(definition.os_versions))
        why = reason(ReasonCode.BUILD_NOT_LISTED, question, listed=listed, **values)
    return Status.NOT_APPLICABLE, False, False, why


def _of_candidate(definition: Definition, facts: Facts, placement: Placement, found: ServicingFinding) -> Verdict:
    target = placement.targets[0]
    fixed = target.fixed_kernels
    images = kernel_files(definition, facts)
    disk = disk_kernel(facts, placement.targets, images) if fixed else _NOT_JUDGED
    differ = disk.problem is not None and disk.problem.code is ReasonCode.DISK_KERNELS_DIFFER
    evidence = Evidence(
        kb=definition.kb,
        fixed=fixed,
        running=running_kernel(facts, fixed) if fixed else _NOT_JUDGED,
        disk=disk,
        files=judge_files(facts, target),
        package=found,
        quiet=is_quiet(facts),
        contradiction=contradictory(facts, Question.RUNNING_KERNEL, Question.DISK_KERNEL)
        or (disk.problem if differ else None),
        unproven=unproven(definition, found, placement.architecture),
    )
    status, decisive = weigh(evidence)
    reasons = [decisive]
    staging = facts.staging.value
    if status is Status.NEEDS_FIX and staging is not None and staging.present:
        status = Status.STAGED
        reasons.insert(0, reason(ReasonCode.STAGED_PAYLOAD, Question.STAGING, folder=staging.folder))
    reasons += _notes(definition, facts, status, evidence)
    restart = restart_finding(facts, evidence)
    return _verdict(
        definition,
        facts,
        placement,
        found,
        status=status,
        applicable=True,
        reasons=tuple(reasons),
        restart=restart,
        evidence=evidence,
    )


def _notes(definition: Definition, facts: Facts, status: Status, evidence: Evidence) -> list[Reason]:
    """What else is to be told of a candidate, in a fixed order."""
    notes = [running_reason(evidence)] if evidence.fixed else []
    if evidence.disk.problem is not None:
        notes.append(evidence.disk.problem)
    if evidence.files.views:
        notes.append(files_reason(evidence.files))
        notes += [evidence.unproven] if evidence.unproven is not None else []
    notes += evidence.package.notes
    if status is Status.FIXED and evidence.package.standing in PENDING and evidence.quiet is True:
        notes.append(pending_without_indicator(evidence.kb, evidence.package))
    running, disk = evidence.running.version, evidence.disk.version
    if running is not None and disk is not None and running != disk and evidence.running.level is evidence.disk.level:
        kernels = (Question.RUNNING_KERNEL, Question.DISK_KERNEL)
        notes.append(reason(ReasonCode.KERNEL_UPDATE_PENDING, *kernels, version=running, disk=disk))
    if (
        evidence.package.state is PackageState.UNINSTALL_PENDING
        and evidence.running.level is FileLevel.FIXED
        and evidence.disk.level is FileLevel.FIXED
        and disk is not None
        and evidence.fixed_kernel is not None
        and disk > evidence.fixed_kernel
    ):
        notes.append(reason(ReasonCode.LATER_KERNEL_KEEPS_FIX, Question.DISK_KERNEL, version=disk, kb=evidence.kb))
    if evidence.fixed and is_checked(facts):
        notes.append(reason(ReasonCode.CHECKED_KERNEL, Question.RUNNING_KERNEL))
    if _edition_listed(definition, facts) is False and facts.os.value is not None:
        notes.append(reason(ReasonCode.EDITION_NOT_LISTED, Question.OS, sku=facts.os.value.sku))
    if status is Status.NEEDS_FIX and facts.staging.is_unknown:
        why = f" ({facts.staging.detail})" if facts.staging.detail else ""
        notes.append(reason(ReasonCode.STAGING_UNKNOWN, Question.STAGING, why=why))
    return notes


def _edition_listed(definition: Definition, facts: Facts) -> bool | None:
    """Whether the article lists the host's edition; None without a SKU (0 is PRODUCT_UNDEFINED) or without a list."""
    sku = facts.os.value.sku if facts.os.value is not None else None
    return sku in definition.listed_skus if sku and definition.listed_skus else None


def _verdict(
    definition: Definition,
    facts: Facts,
    placement: Placement,
    found: ServicingFinding,
    *,
    status: Status,
    applicable: bool | None,
    reasons: tuple[Reason, ...],
    restart: RestartFinding,
    evidence: Evidence | None = None,
) -> Verdict:
    told: dict[ReasonCode, Reason] = {}
    withheld = filtered_token(facts) if status is Status.UNKNOWN else None
    for one in (*reasons, *([withheld] if withheld else [])):
        told.setdefault(one.code, one)
    runs = None if evidence is None else evidence.running.version
    fixed = {compared_with(runs, target.fixed_kernels) for target in placement.targets}
    kernel = bool(definition.kernel_names)
    unknown = FileLevel.UNKNOWN if kernel else None
    return Verdict(
        kb=definition.kb,
        status=status,
        applicable=applicable,
        reasons=tuple(told.values()),
        summary=f"{status.said_of(definition.kb)}: {_lowered(reasons[0].text)}",
        os_version=placement.os_version,
        architecture=placement.architecture,
        fixed_kernel=next(iter(fixed)) if len(fixed) == 1 else None,
        running=evidence.running.level if evidence is not None and kernel else unknown,
        disk=evidence.disk.level if evidence is not None and kernel else unknown,
        files=_NO_FILES if evidence is None else evidence.files,
        kernel_names=booted_names(facts, placement.targets),
        packages=found,
        restart=restart,
        edition_listed=_edition_listed(definition, facts),
    )


def _lowered(sentence: str) -> str:
    """The sentence as it goes on after a colon: its first word without a capital unless it is a name."""
    first = sentence.split(" ", 1)[0]
    return sentence[0].lower() + sentence[1:] if first.isalpha() and first.istitle() else sentence
