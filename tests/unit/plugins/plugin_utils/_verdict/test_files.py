# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hotfixes that change other files than the kernel: each file by itself, all together, and the table of rules."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
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
    Outlook,
    PlanOptions,
    RestartNeed,
    plan,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.proof import unmet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.servicing import Standing
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._catalogue.made import file, made
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
    assert paths_of(MIXED.targets) == (TOOL, "winsxs\\amd64_component-three.dll_ldr\\three.dll")
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
    (DRIVERS, "one", LDR): "F? F? F FI R F?",
    (PROGRAMS, "two", LDR): "F F F FI R F?",
    (PROGRAMS, "two", OLD): "N N ! I R N?",
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
    evidence = list(itertools.product(FilesLevel, Standing, (True, False), (True, False), (True, False)))
    assert len(evidence) == 5 * 7 * 2 * 2 * 2
    for one in evidence:
        assert sum(rule.holds(*one) for rule in files_rules()) == 1, one


def test_a_word_that_is_none_of_its_column_is_refused() -> None:
    whole = "any any any any any unknown files"
    assert FilesRule.parse(whole).status.value == "unknown"
    for position in range(7):
        words = whole.split()
        words[position] = "nonsense"
        with pytest.raises((KeyError, ValueError), match="nonsense"):
            FilesRule.parse(" ".join(words))


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


def test_the_kernel_that_is_compared_is_that_of_the_running_branch() -> None:
    for version, fixed in (("6.0.6001.18000", "6.0.6001.18145"), ("6.0.6001.22191", "6.0.6001.22269")):
        verdict = decide(BOTH, replace(candidate(version, version), files=disk(one=OLD)))
        assert str(verdict.fixed_kernel) == fixed
        assert {one.code.value for one in verdict.reasons} >= {"kernel_below_fix"}


# --- the restart --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("restart", "need", "after"),
    [("required", "after", "install_pending"), ("possible", "unknown", "install_pending"), ("no", "none", "fixed")],
)
def test_the_plan_follows_the_definitions_restart(restart: str, need: str, after: str) -> None:
    definition = made(NUMBER, [file(TOOL, ldr=LDR)], restart=restart)
    facts = host(disk(two=OLD))
    found = plan(definition, facts, decide(definition, facts), DesiredState.PRESENT)
    assert found.restart is RestartNeed(need)
    assert (found.status_after.value, found.changed) == (after, True)
    assert found.reboot_required is {"required": True, "possible": None, "no": False}[restart]


@pytest.mark.parametrize(
    ("version", "state", "reboot", "required"),
    [
        (LDR, 0x70, QUIET, False), (LDR, 0x70, PENDING, False), (LDR, 0, QUIET, False), (LDR, 0, PENDING, None),
        (LDR, 0, {}, None), (OLD, 0, QUIET, False), (OLD, 0x60, PENDING, True), (OLD, 0x60, QUIET, None),
        (LDR, 0x60, QUIET, False), (LDR, 5, PENDING, True),
    ],
)
def test_whether_a_hotfix_of_drivers_waits_for_a_restart(
    version: str, state: int, reboot: Any, required: bool | None
) -> None:
    assert decide(DRIVERS, host(disk(one=version), state, reboot=reboot)).reboot_required_by_kb is required


def test_the_proof_names_each_file_that_lacks_the_fix() -> None:
    definition = made(NUMBER, [file(TOOL, ldr=LDR), file(DATA, ldr=LDR)])
    facts = host(disk(two=OLD, three=LDR), 0x70)
    verdict = decide(definition, facts)
    said = unmet(definition, facts, verdict, plan(definition, facts, verdict, DesiredState.PRESENT))
    assert any(TOOL in one and LDR in one for one in said)
    assert not any(DATA in one for one in said)
    done = host(disk(two=LDR, three=LDR), 0x70)
    verdict = decide(definition, done)
    assert unmet(definition, done, verdict, plan(definition, done, verdict, DesiredState.PRESENT)) == ()


def test_without_a_symptom_there_is_nothing_to_wait_for_and_only_if_symptomatic_skips() -> None:
    facts = host(disk(two=OLD))
    verdict = decide(PROGRAMS, facts)
    assert recommend(PROGRAMS, facts, verdict).as_dict() == {
        "code": "install_hotfix", "text": f"Install KB{NUMBER}: the fix is missing."
    }
    found = plan(PROGRAMS, facts, verdict, DesiredState.PRESENT, PlanOptions(only_if_symptomatic=True))
    assert (found.outlook, found.changed) == (Outlook.SKIP, False)
    assert f"the definition of KB{NUMBER} names nothing that could be looked at" in found.text
