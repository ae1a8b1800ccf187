# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hotfixes that change other files than the kernel: each file by itself, all together, and the table of rules."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import DiskFile, Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.files import (
    FilesLevel,
    judge_files,
    paths_of,
    store_paths,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.files_rules import FilesRule, files_rules
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import (
    DesiredState,
    plan,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.servicing import Standing
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._catalogue.made import data, file, made
from unit.plugins.plugin_utils._verdict.hosts import PENDING, QUIET, candidate, package, packages

NUMBER = 123456
DRIVER, TOOL, DATA = "System32\\drivers\\one.sys", "System32\\two.dll", "System32\\three.dll"
DRIVERS = made(NUMBER, [file(DRIVER, role="driver", gdr="6.0.6001.18145", ldr="6.0.6001.22269")])
PROGRAMS = made(NUMBER, [file(TOOL, ldr="6.0.6001.22269")])
SILENT = made(NUMBER, [file(TOOL, ldr=None)])
MIXED = made(NUMBER, [file(TOOL, ldr="6.0.6001.22269"), file(DATA, ldr=None)])
LDR, OLD = "6.0.6001.22269", "6.0.6001.18000"


def disk(**versions: str | None) -> Answer[tuple[DiskFile, ...]]:
    """one="6.0.6001.18000", two=None: it is not there. The files are told by their stems."""
    paths = {"one": DRIVER, "two": TOOL, "three": DATA}
    return Answer.known(
        tuple(
            DiskFile(paths[stem], text is not None, None if text is None else FileVersion.parse(text), 1)
            for stem, text in versions.items()
        )
    )


def stores(definition: Definition, found: bool) -> tuple[DiskFile, ...]:
    return tuple(DiskFile(path, found) for _folder, path in store_paths(definition.targets[0]))


def host(files: Answer[tuple[DiskFile, ...]], state: int | None = 0, **more: Any) -> Facts:
    records = [] if state == 0 else [package(state, name=f"Package_for_KB{NUMBER}")]
    return replace(candidate(state=state), files=files, packages=packages(*records), **more)


# --- each file, and all together ----------------------------------------------------------------------------------


def level(definition: Definition, files: Answer[tuple[DiskFile, ...]]) -> str:
    return judge_files(host(files), definition.targets[0]).level.value


@pytest.mark.parametrize(
    ("version", "expected"),
    [(LDR, "fixed"), ("6.0.6001.18145", "fixed"), (OLD, "below"), ("6.0.6001.22268", "below"),
     ("6.0.6002.22269", "unknown"), (None, "unknown")],
)
def test_a_driver_with_two_thresholds(version: str | None, expected: str) -> None:
    assert level(DRIVERS, disk(one=version)) == expected


def test_a_file_of_the_other_branch_never_proves_the_fix() -> None:
    assert level(PROGRAMS, disk(two="6.0.6001.20479")) == "below"


@pytest.mark.parametrize(
    ("definition", "files", "expected"),
    [
        (SILENT, disk(), "unread"),
        (MIXED, disk(two=LDR), "partly"),
        (MIXED, disk(two=OLD), "below"),
        (MIXED, disk(two=None), "unknown"),
        (MIXED, disk(), "unknown"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, ldr=LDR)]), disk(two=LDR, three=LDR), "fixed"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, ldr=LDR)]), disk(two=LDR, three=OLD), "below"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, ldr=LDR)]), disk(two=LDR, three=None), "partly"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file("%ProgramFiles%\\x\\four.dll", ldr=LDR)]), disk(two=LDR), "partly"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file(None, name="four.dll", ldr=LDR)]), disk(two=LDR), "partly"),
        (made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, changed=False, gdr=OLD)]), disk(two=LDR), "fixed"),
    ],
)
def test_all_files_together(definition: Definition, files: Answer[tuple[DiskFile, ...]], expected: str) -> None:
    assert level(definition, files) == expected


def test_what_is_asked_for() -> None:
    unread = made(NUMBER, [file(f"System32\\f{n}.dll", ldr=None) for n in range(9)])
    assert paths_of(MIXED.targets) == (TOOL, "winsxs\\amd64_component-three.dll_ldr_none_0123\\three.dll")
    assert len(paths_of(unread.targets)) == 3, "some of its components are evidence enough"
    assert paths_of(made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, changed=False, gdr=OLD)]).targets) == (TOOL,)


# --- the table ----------------------------------------------------------------------------------------------------

COLUMNS = {
    "not_installed": (0, 0x40),
    "files_decide": (0x50, 0x65, -2),
    "installed": (0x70, 0x80, 7),
    "install_pending": (0x60, 6),
    "uninstall_pending": (0x5,),
    "unknown": (0x33, None),
}
# as in test_rules.py: F fixed, N needs_fix, I install_pending, R removal_pending, ? unknown, ! unknown by conflict;
# two signs: where servicing is quiet, and where it is not (or not known to be)
TABLE = {
    (DRIVERS, "one", LDR): "F? F? F FI R ?",
    (PROGRAMS, "two", LDR): "F F F FI R ?",
    (PROGRAMS, "two", OLD): "N N ! I R ?",
    (PROGRAMS, "two", "6.0.6002.22269"): "? ? ? I R ?",
    (MIXED, "two", LDR): "? ? F I R ?",
    (SILENT, "two", OLD): "N ? F I R ?",
}
SIGNS = {"F": "fixed", "N": "needs_fix", "I": "install_pending", "R": "removal_pending", "?": "unknown", "!": "unknown"}
CELLS = [
    (definition, files, column, code, cell)
    for (definition, stem, version), row in TABLE.items()
    for files in [disk(**{stem: version})]
    for column, cell in zip(COLUMNS, row.split(), strict=True)
    for code in COLUMNS[column]
]


@pytest.mark.parametrize(("definition", "files", "column", "code", "cell"), CELLS)
def test_every_cell(
    definition: Definition, files: Answer[tuple[DiskFile, ...]], column: str, code: int | None, cell: str
) -> None:
    for reboot, sign in ((QUIET, cell[0]), (PENDING, cell[-1]), ({}, cell[-1])):
        facts = host(files, code, reboot=reboot)
        verdict = decide(definition, facts)
        assert verdict.status.value == SIGNS[sign], column
        assert bool(verdict.conflict) == (sign == "!")
        assert (verdict.applicable, verdict.running, verdict.fixed_kernel) == (True, None, None)
        assert recommend(definition, facts, verdict).text
        for desired in DesiredState:
            assert plan(definition, facts, verdict, desired).text


def test_the_table_has_exactly_one_row_for_each_evidence() -> None:
    told = list(itertools.product((True, False), repeat=5))
    evidence = list(itertools.product(FilesLevel, Standing, told))
    assert len(evidence) == 5 * 7 * 2**5
    for level_of_all, standing, one in evidence:
        found = [rule for rule in files_rules() if rule.holds(level_of_all, standing, *one)]
        assert len(found) == 1, (level_of_all, standing, one)


def test_a_word_that_is_none_of_its_column_is_refused() -> None:
    whole = "any any any any any any any unknown files"
    assert FilesRule.parse(whole).status.value == "unknown"
    for position in range(9):
        words = whole.split()
        words[position] = "nonsense"
        with pytest.raises((KeyError, ValueError), match="nonsense"):
            FilesRule.parse(" ".join(words))


@pytest.mark.parametrize(("version", "verb"), [(LDR, "have"), (OLD, "lack")])
def test_files_beside_a_package_that_cannot_be_read_decide_nothing_and_are_named(version: str, verb: str) -> None:
    facts = host(disk(two=version), None, reboot=QUIET)
    verdict = decide(PROGRAMS, facts)
    assert (verdict.status.value, verdict.reasons[0].code.value) == ("unknown", "packages_unknown")
    assert f"files on disk that {verb} the fix (two.dll {version})" in verdict.summary
    assert plan(PROGRAMS, facts, verdict, DesiredState.PRESENT).steps == ()


# --- files of which no version is known ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "state", "status", "code"),
    [
        (True, 0x70, "fixed", "package_installed"),
        (False, 0x70, "unknown", "component_missing"),
        (True, 0, "needs_fix", "package_not_installed"),
        (False, 0, "needs_fix", "package_not_installed"),
        (True, 0x60, "install_pending", "package_install_pending"),
    ],
)
def test_servicing_decides_and_the_component_store_may_contradict(
    found: bool, state: int, status: str, code: str
) -> None:
    facts = host(Answer.known(stores(SILENT, found)), state)
    verdict = decide(SILENT, facts)
    assert (verdict.status.value, verdict.reasons[0].code.value) == (status, code)
    if code == "component_missing":
        assert "amd64_component-two.dll_ldr" in verdict.summary
        assert verdict.conflict


def test_files_that_have_the_fix_are_believed_whatever_the_store_lacks() -> None:
    facts = host(Answer.known((*(disk(two=LDR).value or ()), *stores(MIXED, False))), 0x70)
    assert decide(MIXED, facts).reasons[0].code.value == "component_missing", "one of its files tells nothing"
    assert decide(PROGRAMS, facts).status.value == "fixed"


def test_a_host_that_does_not_tell_its_files_costs_that_answer() -> None:
    facts = host(Answer.unknown(Cause.ACCESS_DENIED, "no right"), 0)
    verdict = decide(DRIVERS, facts)
    assert (verdict.status.value, verdict.reasons[0].code.value) == ("unknown", "files_unknown")
    assert "no right" in verdict.summary


def test_components_of_a_language_and_of_parts_that_a_host_lacks_prove_nothing() -> None:
    """A host has the resources of its own languages alone, and no components of parts of Windows that it lacks."""
    spoken = data(NUMBER, [file(TOOL, ldr=None), file("System32\\zh-TW\\two.dll.mui", ldr=None)])
    branch = spoken["targets"][0]["files"][1]["branches"][0]
    branch["store_folder"] = branch["store_folder"].replace("none", "zh-tw")
    (folder, path), = store_paths(build(spoken, "x.json").targets[0])
    assert "zh-tw" not in folder + path
    several = made(NUMBER, [file(TOOL, ldr=None), file(DATA, ldr=None)])
    seen: Answer[tuple[DiskFile, ...]] = Answer.known((stores(several, True)[0], stores(several, False)[1]))
    assert decide(several, host(seen, 0x70)).status.value == "fixed"
    assert decide(several, host(Answer.known(stores(several, False)), 0x70)).status.value == "unknown"


# --- kernels and other files in one hotfix ------------------------------------------------------------------------

KERNEL = file("System32\\ntoskrnl.exe", role="kernel", gdr="6.0.6001.18145", ldr="6.0.6001.22269")
BOTH = made(NUMBER, [KERNEL, file(DRIVER, role="driver", gdr="6.0.6001.18145", ldr=LDR)])


@pytest.mark.parametrize(
    ("kernel", "driver", "status"),
    [
        (LDR, LDR, "fixed"),
        ("6.0.6001.18145", LDR, "fixed"),
        (LDR, OLD, "needs_fix"),
        (OLD, LDR, "needs_fix"),
        (OLD, OLD, "needs_fix"),
        (LDR, "6.0.6002.22269", "unknown"),
        (OLD, "6.0.6002.22269", "needs_fix"),
    ],
)
def test_every_changed_file_must_pass(kernel: str, driver: str, status: str) -> None:
    facts = replace(candidate(kernel, kernel), files=disk(one=driver))
    verdict = decide(BOTH, facts)
    assert verdict.status.value == status


def kernels(version: str) -> dict[str, Any]:
    """The kernel that runs and the one on disk."""
    found = candidate(version, version)
    return {"running_kernel": found.running_kernel, "disk_kernel": found.disk_kernel}


KERNEL_AND_UNREAD = made(NUMBER, [KERNEL, file(DATA, ldr=None)])
SAID = {
    0: f"servicing knows no installed package of KB{NUMBER}",
    0x40: f"servicing knows no installed package of KB{NUMBER}",
    0x50: f"servicing says that KB{NUMBER} is superseded",
    0x65: f"servicing says that KB{NUMBER} is partially installed",
    -2: f"servicing says that KB{NUMBER} is broken",
}


@pytest.mark.parametrize("state", SAID)
@pytest.mark.parametrize("reboot", [QUIET, PENDING])
def test_a_fixed_file_beside_an_unread_one_proves_neither_kernel_or_not(state: int, reboot: Any) -> None:
    """Another update may have brought the fixed one. Both facts are named."""
    facts = replace(host(disk(two=LDR), state, reboot=reboot), **kernels(LDR))
    for definition in (KERNEL_AND_UNREAD, MIXED):
        verdict = decide(definition, facts)
        assert (verdict.status.value, verdict.reasons[0].code.value) == ("unknown", "files_unread")
        assert verdict.summary == (
            f"Whether KB{NUMBER} is needed is not known: no version tells whether these files on disk have the fix: "
            f"three.dll, and {SAID[state]}."
        )
    assert decide(KERNEL_AND_UNREAD, replace(facts, **kernels(OLD))).status.value == "needs_fix"


def test_a_kernel_that_is_not_known_beside_an_unread_file_is_unknown() -> None:
    facts = replace(host(disk()), running_kernel=Answer.unknown(Cause.FAULT), disk_kernel=Answer.unknown(Cause.FAULT))
    assert decide(KERNEL_AND_UNREAD, facts).status.value == "unknown"


def test_servicing_decides_over_an_unread_file_beside_a_fixed_kernel() -> None:
    facts = replace(host(Answer.known(stores(KERNEL_AND_UNREAD, True)), 0x70), **kernels(LDR))
    assert decide(KERNEL_AND_UNREAD, facts).status.value == "fixed"
    facts = replace(host(Answer.known(stores(KERNEL_AND_UNREAD, False)), 0x70), **kernels(LDR))
    assert decide(KERNEL_AND_UNREAD, facts).reasons[0].code.value == "component_missing"


@pytest.mark.parametrize("state", [0x50, 0x65, -2])
def test_a_package_that_decides_nothing_is_named_beside_the_unread_files(state: int) -> None:
    verdict = decide(SILENT, host(disk(), state))
    assert verdict.status.value == "unknown"
    assert verdict.summary.endswith(f"have the fix: two.dll, and {SAID[state]}.")


def test_the_kernel_that_is_compared_is_that_of_the_running_branch() -> None:
    for version, fixed in (("6.0.6001.18000", "6.0.6001.18145"), ("6.0.6001.22191", "6.0.6001.22269")):
        verdict = decide(BOTH, replace(candidate(version, version), files=disk(one=OLD)))
        assert str(verdict.fixed_kernel) == fixed
        assert {one.code.value for one in verdict.reasons} >= {"kernel_below_fix"}


def test_files_that_are_not_on_the_disk_are_not_called_unread() -> None:
    """Nothing is said of a version of theirs; both kinds are named, each as what it is."""
    both = made(NUMBER, [file(TOOL, ldr=LDR), file(DRIVER, ldr=LDR)])
    partly = decide(both, host(disk(two=LDR, one=None)))
    assert partly.reasons[0].code.value == "files_absent"
    assert "changed files are not on the disk: one.sys, and servicing knows no" in partly.summary
    nothing = decide(PROGRAMS, host(disk(two=None)))
    assert (nothing.status.value, nothing.reasons[0].code.value) == ("unknown", "files_absent")
    three = made(NUMBER, [file(TOOL, ldr=LDR), file(DRIVER, ldr=LDR), file(DATA, ldr=None)])
    mixed = decide(three, host(disk(two=LDR, one=None)))
    assert "have the fix: three.dll; not on the disk: one.sys, and servicing" in mixed.summary
