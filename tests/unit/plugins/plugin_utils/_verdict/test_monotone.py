# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knowing less, or hearing two things, never makes a verdict more certain nor another one; no facts are left out.

The exceptions are two, and stand in rules.py as proof by themselves: needs_fix on one kernel beside quiet servicing
that was read and holds no package, and servicing's own word that an install is pending.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Facts, Question
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState, RestartNeed, plan
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.servicing import Standing, is_quiet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.status import Status
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.table import SILENT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import Verdict, decide
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._verdict.test_properties import AGREEING, ANY, SETTINGS

DECIDING = [
    Question.IDENTITY, Question.OS, Question.ARCHITECTURE, Question.PROCESSOR, Question.RUNNING_KERNEL,
    Question.DISK_KERNEL, Question.PACKAGES,
]  # fmt: skip
UNREAD = st.sampled_from([one for one in Cause if one is not Cause.INCONSISTENT]).map(
    lambda cause: Answer[Any].unknown(cause, "no")
)
TORN: Answer[Any] = Answer.unknown(Cause.INCONSISTENT, "one and another")


def with_answer(facts: Facts, question: Question, answer: Answer[Any]) -> Facts:
    changes: dict[str, Any] = {question.value: answer}
    return replace(facts, **changes)


def proven_by_itself(after: Verdict, facts: Facts, question: Question) -> bool:
    """The two exceptions: what still stands when a kernel is not known."""
    if question not in (Question.RUNNING_KERNEL, Question.DISK_KERNEL):
        return False
    missing = after.status in (Status.NEEDS_FIX, Status.STAGED)
    if missing and after.packages.packages is not None and after.packages.standing in SILENT:
        return is_quiet(facts) is True
    return after.status is Status.INSTALL_PENDING and after.packages.standing is Standing.INSTALL_PENDING


@SETTINGS
@given(st.one_of(AGREEING, ANY), st.sampled_from(DECIDING), UNREAD)
def test_an_unread_answer_beside_the_others_changes_nothing(facts: Facts, question: Question, lost: Any) -> None:
    """Not asked, and asked in vain, are one."""
    before = decide(load(), with_answer(facts, question, Answer.not_asked()))
    assert decide(load(), with_answer(facts, question, lost)).status is before.status


@SETTINGS
@given(AGREEING, st.sampled_from(DECIDING), UNREAD)
def test_an_unread_answer_instead_of_one_never_makes_another_verdict(
    facts: Facts, question: Question, lost: Any
) -> None:
    before, after = decide(load(), facts), decide(load(), with_answer(facts, question, lost))
    if question is not Question.IDENTITY:  # the only answer of these hosts that tells the build
        assert after.status in (before.status, Status.UNKNOWN) or proven_by_itself(after, facts, question)
    if before.status is Status.UNKNOWN and question is not Question.RUNNING_KERNEL:
        assert after.status is Status.UNKNOWN or proven_by_itself(after, facts, question)
    if after.status is Status.FIXED:
        assert before.status is Status.FIXED


@SETTINGS
@given(ANY, st.sampled_from(DECIDING))
def test_an_answer_that_contradicts_itself_leaves_nothing_certain(facts: Facts, question: Question) -> None:
    """Whatever was known or not before: no exception."""
    before, after = decide(load(), facts), decide(load(), with_answer(facts, question, TORN))
    settled = after.status is Status.NOT_APPLICABLE and question in (
        Question.ARCHITECTURE, Question.PROCESSOR, Question.PACKAGES,
    )  # fmt: skip
    assert after.status is Status.UNKNOWN or (settled and before.status is Status.NOT_APPLICABLE)
    assert after.reboot_required_by_kb is None or settled
    for desired in (DesiredState.STAGED, DesiredState.PRESENT):
        made = plan(load(), facts, after, desired)
        assert made.steps == ()
        assert made.restart not in (RestartNeed.FIRST, RestartNeed.AFTER)


@SETTINGS
@given(AGREEING, st.sampled_from([Question.DISK_KERNEL, Question.PACKAGES, Question.RUNNING_KERNEL]), UNREAD, AGREEING)
def test_fixed_is_said_only_where_nothing_that_is_unread_could_deny_it(
    facts: Facts, question: Question, lost: Any, other: Facts
) -> None:
    """Null is not more certain than the value that it may stand for."""
    facts = replace(facts, identity=other.identity)
    if decide(load(), with_answer(facts, question, lost)).status is Status.FIXED:
        said = getattr(other, question.value)
        assert decide(load(), with_answer(facts, question, said)).status is Status.FIXED


@SETTINGS
@given(ANY, UNREAD)
def test_unread_packages_decide_nothing_and_start_nothing(facts: Facts, lost: Any) -> None:
    after = decide(load(), replace(facts, packages=lost))
    assert after.status in (Status.UNKNOWN, Status.NOT_APPLICABLE)
    for desired in DesiredState:
        assert not plan(load(), facts, after, desired).changes_windows


@pytest.mark.parametrize("question", DECIDING)
def test_every_deciding_question_has_an_answer_of_its_own(question: Question) -> None:
    assert getattr(Facts(), question.value) == Answer.not_asked()
