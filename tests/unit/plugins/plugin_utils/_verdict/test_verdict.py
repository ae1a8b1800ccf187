# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of hosts as they are met: which Windows it is, conflicts, PAE, packages, staging, editions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import (
    Facts,
    KernelFile,
    PackageRecord,
    Question,
    RebootIndicator,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.reasons import _SENTENCES, ReasonCode
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import Status, Verdict, decide
from unit.plugins.plugin_utils._verdict.hosts import (
    IA64,
    QUIET,
    X64,
    X86,
    candidate,
    disk,
    identity,
    operating_system,
    package,
    packages,
    running,
    staging,
)

OLD, FIX, LATER = "6.0.6001.18000", "6.0.6001.22191", "6.0.6001.22636"


def verdict(facts: Facts, **changes: Any) -> Verdict:
    return decide(load(), replace(facts, **changes))


def codes(found: Verdict) -> list[str]:
    return [one.code.value for one in found.reasons]


def test_every_reason_code_has_a_sentence() -> None:
    assert set(_SENTENCES) == set(ReasonCode)
    assert all(sentence.endswith(".") for sentence in _SENTENCES.values())


def test_nothing_asked() -> None:
    found = verdict(Facts())
    assert (found.status, found.applicable, codes(found)) == (Status.UNKNOWN, None, ["os_unknown"])


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (6002, "service_pack_2_includes_fix"),
        (6003, "service_pack_2_includes_fix"),
        (7601, "build_not_listed"),
        (5000, "build_not_listed"),
    ],
)
def test_identify_alone_rules_out(build: int, code: str) -> None:
    found = verdict(Facts(identity=identity(build)))
    assert (found.status, found.applicable, codes(found)) == (Status.NOT_APPLICABLE, False, [code])
    assert found.reboot_required_by_kb is False


def test_a_newer_windows_of_the_same_build_number_is_another_windows() -> None:
    said = identity(6001).value
    assert said is not None
    found = verdict(Facts(identity=Answer.known(replace(said, os_version=(10, 0, 6001)))))
    assert codes(found) == ["build_not_listed"]


def test_a_service_that_hides_its_os_leaves_it_to_wmi() -> None:
    assert codes(verdict(Facts(identity=identity(None)))) == ["os_unknown"]
    assert verdict(Facts(identity=identity(None), os=operating_system(6002))).status is Status.NOT_APPLICABLE
    assert verdict(candidate(LATER, LATER), identity=identity(None)).status is Status.FIXED


@pytest.mark.parametrize(
    ("changes", "pair"),
    [
        ({"os": operating_system(6002)}, (Question.IDENTITY, Question.OS)),
        ({"identity": identity(6002)}, (Question.IDENTITY, Question.OS)),
        ({"identity": identity(6000)}, (Question.IDENTITY, Question.OS)),
        ({"running_kernel": running("6.0.6002.22191")}, (Question.IDENTITY, Question.RUNNING_KERNEL)),
        ({"disk_kernel": disk(ntoskrnl="6.0.6002.22191")}, (Question.IDENTITY, Question.DISK_KERNEL)),
        ({"disk_kernel": disk(ntoskrnl="6.1.6001.22191")}, (Question.IDENTITY, Question.DISK_KERNEL)),
        ({"disk_kernel": disk(ntoskrnl=OLD, ntkrnlpa="6.0.6002.18005")}, (Question.IDENTITY, Question.DISK_KERNEL)),
        ({"architecture": Answer.known(X86)}, (Question.ARCHITECTURE, Question.RUNNING_KERNEL)),
        ({"processor": Answer.known(X86)}, (Question.ARCHITECTURE, Question.PROCESSOR)),
        ({"processor": Answer.known(IA64)}, (Question.ARCHITECTURE, Question.PROCESSOR)),
        ({"packages": packages(package(0x70))}, (Question.PACKAGES, Question.RUNNING_KERNEL)),
    ],
)
def test_two_facts_that_disagree_are_named(changes: dict[str, Any], pair: tuple[Question, Question]) -> None:
    found = verdict(candidate(), **changes)
    assert found.status is Status.UNKNOWN
    assert found.conflict == pair


def test_the_sentence_of_a_conflict_names_both_values() -> None:
    found = verdict(candidate(), disk_kernel=disk(ntoskrnl="6.0.6002.22191"))
    assert found.reasons[0].text == "The WS-Man identity says 6.0.6001, but the kernel on disk says 6.0.6002."


def test_builds_that_disagree_where_none_is_a_target_still_rule_out() -> None:
    whole = candidate()
    found = verdict(
        whole, identity=identity(6002), os=operating_system(6003), running_kernel=running("6.0.6003.20489"),
        disk_kernel=disk(ntoskrnl="6.0.6003.20489"),
    )
    assert found.status is Status.NOT_APPLICABLE


def test_32_bit_windows_on_a_64_bit_processor_is_usual() -> None:
    whole = replace(candidate(), architecture=Answer.known(X86), running_kernel=running(OLD, X86))
    found = verdict(whole, processor=Answer.known(X64), disk_kernel=disk(ntoskrnl=OLD, ntkrnlpa=OLD))
    assert (found.status, found.architecture) == (Status.NEEDS_FIX, X86)


def test_there_is_no_ia64_vista() -> None:
    found = verdict(Facts(identity=identity(6000), architecture=Answer.known(IA64)))
    assert (found.status, codes(found)) == (Status.UNKNOWN, ["architecture_not_released"])
    assert found.applicable is None


def test_ia64_2008() -> None:
    whole = replace(candidate(), architecture=Answer.known(IA64), running_kernel=running(OLD, IA64))
    assert verdict(whole).status is Status.NEEDS_FIX


def test_without_an_architecture_the_kernel_still_decides_but_the_file_must_be_certain() -> None:
    whole = replace(candidate(), architecture=Answer.unknown(Cause.FAULT), running_kernel=Answer.not_asked())
    assert verdict(whole).status is Status.UNKNOWN, "on x86 ntkrnlpa.exe may run, and it was not seen"
    both = verdict(whole, disk_kernel=disk(ntoskrnl=OLD, ntkrnlpa=OLD))
    assert (both.status, both.architecture) == (Status.NEEDS_FIX, None)
    only_64_bit = verdict(whole, architecture=Answer.known(X64))
    assert only_64_bit.status is Status.NEEDS_FIX


@pytest.mark.parametrize(
    ("pae", "ntoskrnl", "ntkrnlpa", "status"),
    [
        (True, OLD, LATER, Status.FIXED),
        (False, LATER, OLD, Status.FIXED),
        (True, LATER, OLD, Status.REMOVAL_PENDING),
        (False, OLD, LATER, Status.REMOVAL_PENDING),
        (None, LATER, LATER, Status.FIXED),
        (None, OLD, OLD, Status.REMOVAL_PENDING),
    ],
)
def test_on_x86_the_kernel_that_runs_decides(pae: bool | None, ntoskrnl: str, ntkrnlpa: str, status: Status) -> None:
    facts = replace(
        candidate(),
        os=operating_system(6001, pae=pae),
        architecture=Answer.known(X86),
        running_kernel=running(LATER, X86),
        disk_kernel=disk(ntoskrnl=ntoskrnl, ntkrnlpa=ntkrnlpa),
    )
    assert verdict(facts).status is status


def test_which_file_runs() -> None:
    files = disk(ntoskrnl=OLD, ntkrnlpa=OLD)
    whole = replace(
        candidate(), architecture=Answer.known(X86), running_kernel=running(OLD, X86), disk_kernel=files
    )
    assert files.value is not None
    expected = {True: [False, True], False: [True, False], None: [None, None]}
    for pae, runs in expected.items():
        found = verdict(whole, os=operating_system(6001, pae=pae))
        assert [found.runs(file) for file in files.value] == runs
    sixty_four = candidate()
    assert [verdict(sixty_four).runs(file) for file in files.value] == [True, False]
    assert [verdict(Facts()).runs(file) for file in files.value] == [None, None]


def test_on_x86_without_pae_known_differing_kernels_are_no_answer() -> None:
    facts = replace(
        candidate(), architecture=Answer.known(X86), running_kernel=running(OLD, X86), reboot={},
        disk_kernel=disk(ntoskrnl=OLD, ntkrnlpa=FIX),
    )
    found = verdict(facts)
    assert (found.status, codes(found)[0]) == (Status.UNKNOWN, "disk_kernels_differ")
    missing = verdict(facts, disk_kernel=disk(ntoskrnl=OLD))
    assert (missing.status, codes(missing)[0]) == (Status.UNKNOWN, "disk_kernel_unknown")
    assert "ntkrnlpa.exe not seen" in missing.reasons[0].text


def test_files_that_are_no_kernels_do_not_count() -> None:
    kernels = disk(ntoskrnl=OLD).value
    assert kernels is not None
    other = KernelFile("C:\\Windows\\System32\\tcpip.sys", FileVersion.parse("6.0.6002.18005"), "", 1)
    assert verdict(candidate(), disk_kernel=Answer.known((*kernels, other))).status is Status.NEEDS_FIX


def test_a_revision_of_no_branch_is_not_judged() -> None:
    found = verdict(candidate("6.0.6001.30000", "6.0.6001.30000"))
    assert (found.status, codes(found)[0]) == (Status.UNKNOWN, "kernel_branch_unknown")


def test_a_checked_kernel_is_told() -> None:
    found = verdict(candidate(), running_kernel=running(OLD, kind="chk"))
    assert found.status is Status.NEEDS_FIX
    assert "checked_kernel" in codes(found)
    assert "checked_kernel" not in codes(verdict(candidate()))


def test_staged_is_our_own_folder_and_not_servicings() -> None:
    assert verdict(candidate(), staging=staging()).status is Status.STAGED
    assert codes(verdict(candidate(), staging=staging()))[:2] == ["staged_payload", "kernel_gdr"]
    for part in (staging(None), staging(payload=None), staging(0), staging(payload=0)):
        assert verdict(candidate(), staging=part).status is Status.NEEDS_FIX
    at_cbs = verdict(candidate(state=0x40))
    assert (at_cbs.status, at_cbs.package_state.value) == (Status.NEEDS_FIX, "staged")
    assert "cbs_staged" in codes(at_cbs)
    assert verdict(candidate(LATER, LATER), staging=staging()).status is Status.FIXED
    unknown = verdict(candidate(), staging=Answer.unknown(Cause.FAULT, "no"))
    assert (unknown.status, "staging_unknown" in codes(unknown)) == (Status.NEEDS_FIX, True)


@pytest.mark.parametrize("sku", [9, 11, 17, 18, 42, 999])
def test_an_edition_that_is_not_listed_keeps_the_verdict(sku: int) -> None:
    for facts in (candidate(), candidate(LATER, LATER)):
        listed, other = verdict(facts), verdict(facts, os=operating_system(6001, sku=sku))
        assert other.status is listed.status
        assert (listed.edition_listed, other.edition_listed) == (True, False)
        assert ("edition_not_listed" in codes(listed), "edition_not_listed" in codes(other)) == (False, True)
    assert verdict(candidate(), os=operating_system(6001, sku=None)).edition_listed is None
    assert verdict(candidate(), os=operating_system(6001, sku=0)).edition_listed is None


PART, OTHER_PART = "Package_1_for_KB952876", "Package_2_for_KB952876"


def newer(state: int) -> PackageRecord:
    """The root of a later release of the same hotfix."""
    one = package(state)
    return replace(one, identity=one.identity.replace("6.0.1.0", "6.0.1.1"))


def unreadable(name: str) -> PackageRecord:
    """A package whose state was asked for in vain; package(None) was not asked about."""
    return replace(package(None, name=name), cause=Cause.ACCESS_DENIED)


@pytest.mark.parametrize(
    ("records", "state", "status"),
    [
        ((package(0x60), package(0x70, name=PART)), "install_pending", Status.INSTALL_PENDING),
        ((package(0x0), package(0x60, name=PART)), "absent", Status.NEEDS_FIX),
        ((package(0x40, name=PART), package(0x60, name=OTHER_PART)), "install_pending", Status.INSTALL_PENDING),
        ((package(0x5, name=PART), package(0x60, name=PART)), "unknown", Status.UNKNOWN),
        ((package(0x70, name=PART), unreadable(PART)), "unknown", Status.UNKNOWN),
        ((package(0x60, name=PART), unreadable(PART)), "unknown", Status.UNKNOWN),
        ((package(0x60, name=PART), package(None, name=PART)), "install_pending", Status.INSTALL_PENDING),
        ((package(0x5), package(0x60)), "unknown", Status.UNKNOWN),
        ((package(0x70), package(None)), "unknown", Status.UNKNOWN),
        ((package(0x60), package(None)), "unknown", Status.UNKNOWN),
        ((package(0x40), newer(0x60)), "install_pending", Status.INSTALL_PENDING),
        ((package(0x50), newer(0x70)), "installed", Status.UNKNOWN),
        ((package(0x40), package(0x60)), "unknown", Status.UNKNOWN),
        ((package(0x40), package(0x70)), "unknown", Status.UNKNOWN),
        ((package(0x40), package(0x40)), "staged", Status.NEEDS_FIX),
        ((package(0x60, X86),), "unknown", Status.UNKNOWN),
        ((package(0x0, X86),), "absent", Status.NEEDS_FIX),
        ((package(0x70, name="Package_for_KB9528761"),), "absent", Status.NEEDS_FIX),
    ],
)
def test_which_package_speaks(records: tuple[Any, ...], state: str, status: Status) -> None:
    found = verdict(candidate(), packages=packages(*records))
    assert (found.package_state.value, found.status) == (state, status)


def test_what_is_told_of_packages() -> None:
    parts_only = verdict(candidate(), packages=packages(package(0x0, name=PART)))
    assert "root_package_not_found" in codes(parts_only)
    foreign = verdict(candidate(), packages=packages(package(0x70, X86)))
    assert "package_architecture_differs" in codes(foreign)
    assert verdict(candidate()).packages.packages == ()
    assert verdict(candidate(), packages=Answer.unknown(Cause.FAULT)).packages.packages is None


def test_a_later_kernel_may_keep_the_fix_when_the_package_goes() -> None:
    later, own = verdict(candidate(LATER, LATER, 0x5)), verdict(candidate(FIX, FIX, 0x5))
    assert later.status is own.status is Status.REMOVAL_PENDING
    assert ("later_kernel_keeps_fix" in codes(later), "later_kernel_keeps_fix" in codes(own)) == (True, False)
    assert verdict(candidate(LATER, LATER, 0)).status is Status.FIXED, "after the restart"


def test_restart_indicators() -> None:
    def pending(**answers: Answer[bool]) -> tuple[bool | None, list[str]]:
        reboot = {RebootIndicator(name): answer for name, answer in answers.items()}
        restart = verdict(candidate(), reboot=reboot).restart
        return restart.pending, [one.value for one in restart.reasons]

    yes, no, unknown = Answer.known(True), Answer.known(False), Answer[bool].unknown(Cause.FAULT)
    assert pending() == (None, [])
    assert pending(sccm=Answer.not_asked()) == (None, [])
    assert pending(sccm=Answer.not_asked(), windows_update=no) == (False, [])
    assert pending(sccm=unknown, windows_update=no) == (None, [])
    assert pending(sccm=unknown, windows_update=yes) == (True, ["windows_update"])
    assert pending(file_rename=yes, cbs_reboot_pending=yes) == (True, ["cbs_reboot_pending", "file_rename"])
    only_file_rename = verdict(candidate(), reboot={**QUIET, RebootIndicator.FILE_RENAME: yes}).restart
    assert (only_file_rename.pending, only_file_rename.required_by_kb) == (True, False)


def test_summary_is_one_sentence() -> None:
    assert verdict(candidate()).summary == (
        "KB952876 is missing: the running kernel 6.0.6001.18000 is on the GDR branch, where no number carries the fix."
    )
