# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole table of evidence: every kernel that runs, every kernel on disk, every state of the package."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import RebootIndicator
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.level import FileLevel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState, RestartNeed, plan
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.reasons import ReasonCode
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.rules import Rule, rules
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.servicing import Standing
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._verdict.hosts import PENDING, QUIET, candidate, package, packages

LEVELS = {"fixed": "6.0.6001.22636", "below": "6.0.6001.18427", "unknown": None}
STATES = {
    "not_installed": (0, 0x10, 0x20, 0x30, 0x40, 4),
    "kernel_decides": (0x50, 0x65, -2, 0xFFFFFFFE),
    "installed": (0x70, 0x80, 7, 8),
    "install_pending": (0x60, 6),
    "uninstall_pending": (0x5,),
    "unknown": (0x33, None, "unreadable"),
}
COLUMNS = ("not_installed", "kernel_decides", "installed", "install_pending", "uninstall_pending", "unknown")
# F fixed, N needs_fix, I install_pending, R removal_pending, ? unknown, ! unknown by conflict;
# two signs: where servicing is quiet, and where it is not (or not known to be)
TABLE = {
    ("fixed", "fixed"): "F F F F R ?",
    ("fixed", "below"): "R R ! ! R ?",
    ("fixed", "unknown"): "? ? ? ? R ?",
    ("below", "fixed"): "I I I I R ?",
    ("below", "below"): "N N ! I R ?",
    ("below", "unknown"): "N? N? ! I R ?",
    ("unknown", "fixed"): "? ? ? I R ?",
    ("unknown", "below"): "N? N? ! I R ?",
    ("unknown", "unknown"): "? ? ? I R ?",
}
SIGNS = {"F": "fixed", "N": "needs_fix", "I": "install_pending", "R": "removal_pending", "?": "unknown", "!": "unknown"}
CELLS = [
    (running, disk, column, code, cell)
    for (running, disk), row in TABLE.items()
    for column, cell in zip(COLUMNS, row.split(), strict=True)
    for code in STATES[column]
]


@pytest.mark.parametrize(("running", "disk", "column", "code", "cell"), CELLS)
def test_every_cell(running: str, disk: str, column: str, code: int | str | None, cell: str) -> None:
    whole = candidate(
        LEVELS[running] or "6.0.6001.18000", LEVELS[disk] or "6.0.6001.18000", code if isinstance(code, int) else None
    )
    if LEVELS[running] is None:
        whole = replace(whole, running_kernel=Answer.unknown(Cause.VALUE_MISSING))
    if LEVELS[disk] is None:
        whole = replace(whole, disk_kernel=Answer.unknown(Cause.EMPTY))
    if code == "unreadable":
        whole = replace(whole, packages=Answer.unknown(Cause.ACCESS_DENIED))
    for reboot, sign in ((QUIET, cell[0]), (PENDING, cell[-1]), ({}, cell[-1])):
        verdict = decide(load(), replace(whole, reboot=reboot))
        assert verdict.status.value == SIGNS[sign]
        assert bool(verdict.conflict) == (sign == "!")
        assert verdict.applicable is True


@pytest.mark.parametrize(
    ("running", "disk", "code", "required"),
    [
        ("6.0.6001.18000", "6.0.6001.18000", 0, False),
        ("6.0.6001.18000", "6.0.6001.18000", 0x60, True),
        ("6.0.6001.22636", "6.0.6001.22636", 0x60, True),
        ("6.0.6001.22191", "6.0.6001.22191", 0x5, True),
        ("6.0.6001.18000", "6.0.6001.22191", 0x70, True),
        ("6.0.6001.22191", "6.0.6001.18000", 0, True),
        ("6.0.6001.22191", "6.0.6001.22636", 0x70, False),
        ("6.0.6001.18000", "6.0.6001.18427", 0, False),
    ],
)
def test_restart_for_this_hotfix(running: str, disk: str, code: int, required: bool) -> None:
    verdict = decide(load(), candidate(running, disk, code))
    assert verdict.reboot_required_by_kb is required
    assert verdict.restart.pending is (code in (0x60, 0x5)), "the host's own indicators are a separate answer"


def test_a_pending_install_that_servicing_knows_nothing_of_restarts_nothing() -> None:
    """Else it would be restarted at every run, for ever."""
    facts = replace(candidate(state=0x60), reboot=QUIET)
    verdict = decide(load(), facts)
    assert (verdict.status.value, verdict.reasons[0].code.value) == ("install_pending", "pending_without_indicator")
    assert verdict.reboot_required_by_kb is None
    assert plan(load(), facts, verdict, DesiredState.PRESENT).restart is RestartNeed.UNKNOWN
    assert recommend(load(), facts, verdict).code.value == "investigate"
    waits = decide(load(), replace(facts, reboot=PENDING))
    assert (waits.reboot_required_by_kb, waits.has(ReasonCode.PENDING_WITHOUT_INDICATOR)) == (True, False)
    unread = decide(load(), replace(facts, reboot={}))
    assert (unread.status.value, unread.reboot_required_by_kb) == ("install_pending", None)
    assert plan(load(), facts, unread, DesiredState.PRESENT).restart is RestartNeed.UNKNOWN
    assert "not known" in recommend(load(), facts, unread).text


@pytest.mark.parametrize(
    ("kernel", "state", "status", "required"),
    [
        ("6.0.6001.22191", 0x60, "fixed", False),
        ("6.0.6001.22191", 0x5, "removal_pending", None),
        ("6.0.6001.18000", 0x5, "removal_pending", None),
        ("6.0.6001.18000", 0x60, "install_pending", None),
    ],
)
def test_what_stays_pending_without_an_indicator_is_told_and_restarts_nothing(
    kernel: str, state: int, status: str, required: bool | None
) -> None:
    facts = replace(candidate(kernel, kernel, state), reboot=QUIET)
    verdict = decide(load(), facts)
    assert (verdict.status.value, verdict.reboot_required_by_kb) == (status, required)
    told = next(one for one in verdict.reasons if one.code is ReasonCode.PENDING_WITHOUT_INDICATOR)
    assert ("removal" if state == 0x5 else "install") in told.text
    for desired in DesiredState:
        assert plan(load(), facts, verdict, desired).restart not in (RestartNeed.FIRST, RestartNeed.AFTER)
    assert recommend(load(), facts, verdict).code.value != "reboot"
    waits = decide(load(), replace(facts, reboot=PENDING))
    assert (waits.reboot_required_by_kb, waits.has(ReasonCode.PENDING_WITHOUT_INDICATOR)) == (True, False)


def test_packages_that_do_not_agree_are_named_and_decide_nothing() -> None:
    for kernel in ("6.0.6001.18000", "6.0.6001.22191"):
        facts = replace(candidate(kernel, kernel), packages=packages(package(0x5), package(0x60)))
        verdict = decide(load(), facts)
        assert (verdict.status.value, verdict.reboot_required_by_kb) == ("unknown", None)
        assert "uninstall pending" in verdict.summary
        assert "install pending" in verdict.summary
        assert verdict.conflict
        assert plan(load(), facts, verdict, DesiredState.ABSENT).blocked


def test_restart_is_not_known_without_a_kernel_or_a_package() -> None:
    whole = candidate()
    unknown_kernel = replace(whole, disk_kernel=Answer.unknown(Cause.EMPTY))
    assert decide(load(), unknown_kernel).reboot_required_by_kb is None
    unknown_package = replace(whole, packages=Answer.unknown(Cause.FAULT), reboot={})
    assert decide(load(), unknown_package).reboot_required_by_kb is None
    quiet = decide(load(), replace(unknown_package, reboot=QUIET))
    assert quiet.reboot_required_by_kb is None, "some packages stay pending without an indicator"


def test_a_removal_that_cannot_be_read_is_not_called_fixed() -> None:
    unreadable = replace(candidate("6.0.6001.22191", "6.0.6001.22191", None), reboot=PENDING)
    verdict = decide(load(), unreadable)
    assert (verdict.status.value, verdict.reasons[0].code.value) == ("unknown", "packages_unknown")
    assert verdict.reboot_required_by_kb is None
    assert decide(load(), replace(unreadable, reboot=QUIET)).status.value == "unknown"


@pytest.mark.parametrize("kernel", ["6.0.6001.18000", "6.0.6001.22191"])
@pytest.mark.parametrize("listed", [True, False])
def test_a_package_that_cannot_be_read_starts_nothing_and_both_facts_are_named(kernel: str, listed: bool) -> None:
    """It may wait for its install or removal: an installer beside it is what must never start."""
    denied = "this account may not read it (code 5)"
    unread = replace(package(None), detail=denied, cause=Cause.ACCESS_DENIED)
    answer = packages(unread) if listed else Answer[Any].unknown(Cause.ACCESS_DENIED, denied)
    facts = replace(candidate(kernel, kernel), packages=answer)
    verdict = decide(load(), facts)
    assert (verdict.status.value, verdict.reboot_required_by_kb) == ("unknown", None)
    assert denied in verdict.summary
    assert f"the running kernel {kernel}" in verdict.summary
    assert (unread.identity in verdict.summary) is listed
    for desired in DesiredState:
        made = plan(load(), facts, verdict, desired)
        assert made.blocked
        assert made.steps == ()
        assert made.restart not in (RestartNeed.FIRST, RestartNeed.AFTER)


@pytest.mark.parametrize("state", [0, 0x70, 0x60])
def test_a_disk_that_cannot_be_read_is_no_more_certain_than_one_that_contradicts(state: int) -> None:
    facts = candidate("6.0.6001.22191", "6.0.6001.22191", state)
    unread = decide(load(), replace(facts, disk_kernel=Answer.unknown(Cause.VALUE_MISSING, "Version is null")))
    assert (unread.status.value, unread.reasons[0].code.value) == ("unknown", "running_fixed_disk_unknown")
    assert "22191" in unread.summary
    assert "Version is null" in unread.summary


@pytest.mark.parametrize("question", ["identity", "os", "running_kernel", "disk_kernel"])
@pytest.mark.parametrize("state", [0, 0x70, 0x60, 0x5])
def test_an_answer_that_contradicts_itself_is_told_and_settles_nothing(question: str, state: int) -> None:
    torn: Answer[Any] = Answer.unknown(Cause.INCONSISTENT, "Version is '6.0.6001.18000' and '6.0.6001.22191'")
    changes: dict[str, Any] = {question: torn}
    verdict = decide(load(), replace(candidate(state=state), **changes))
    assert (verdict.status.value, verdict.reasons[0].code.value) == ("unknown", "answer_contradictory")
    assert verdict.reboot_required_by_kb is None
    assert torn.detail in verdict.summary
    assert [one.value for one in verdict.conflict] == [question]


def test_servicing_at_work_is_not_quiet() -> None:
    no_disk = replace(candidate(), disk_kernel=Answer.unknown(Cause.EMPTY))
    assert decide(load(), no_disk).status.value == "needs_fix"
    at_work = {**QUIET, RebootIndicator.CBS_REBOOT_IN_PROGRESS: Answer.known(True)}
    assert decide(load(), replace(no_disk, reboot=at_work)).status.value == "unknown"
    half = {RebootIndicator.CBS_REBOOT_PENDING: Answer.known(False)}
    assert decide(load(), replace(no_disk, reboot=half)).status.value == "unknown"


def test_the_table_has_exactly_one_row_for_each_evidence() -> None:
    evidence = list(itertools.product(FileLevel, FileLevel, Standing, (True, False)))
    assert len(evidence) == 3 * 3 * 7 * 2
    for one in evidence:
        assert sum(rule.holds(*one) for rule in rules()) == 1, one


def test_a_word_that_is_none_of_its_column_is_refused() -> None:
    whole = "any any any any unknown running"
    assert Rule.parse(whole).status.value == "unknown"
    for position in range(6):
        words = whole.split()
        words[position] = "nonsense"
        with pytest.raises((KeyError, ValueError), match="nonsense"):
            Rule.parse(" ".join(words))
