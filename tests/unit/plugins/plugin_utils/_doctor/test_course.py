# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way and its stops: what is not taken says why, once, and what that makes of the whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.course import NEEDS, Course, Diagnosis
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import (
    Check,
    Finding,
    Severity,
    Trouble,
    notice,
    ok,
    problem,
    sentence,
    unknown,
)

WELL = [ok(check, "well.") for check in Check]


def test_every_check_has_its_place_and_needs_only_earlier_ones() -> None:
    order = list(Check)
    assert set(NEEDS) <= set(order)
    for check, needs in NEEDS.items():
        assert all(order.index(need) < order.index(check) for need in needs), check


def test_the_documentation_names_every_check_in_its_order() -> None:
    module = Path(__file__).resolve().parents[5] / "plugins" / "modules" / "doctor.py"
    told = module.read_text(encoding="utf-8").partition("What was looked at. One of")[2].partition("returned:")[0]
    assert re.findall(r"V\((\w+)\)", told) == [*Check]


def test_everything_on_the_host_needs_the_login() -> None:
    order = list(Check)
    for check in order[order.index(Check.LOGIN) + 1 :]:
        course = Course([problem(Check.LOGIN, "refused.", "change it.")])
        for one in order[order.index(Check.LOGIN) + 1 :]:
            course.opens(one)
        last = next(one for one in course.findings if one.check is check)
        assert (last.severity, last.text) == (Severity.NOT_ASKED, "Not asked: login has a problem.")


def test_a_stop_names_its_first_cause_and_not_the_step_before() -> None:
    course = Course([problem(Check.CONNECTION, "ssh.", "set it.")])
    for check in Check:
        course.opens(check)
    said = {one.check: one.text for one in course.findings if one.severity is Severity.NOT_ASKED}
    assert set(said.values()) == {"Not asked: connection has a problem."}
    assert {Check.ADDRESS, Check.PORTS, Check.LOGIN, Check.SERVICING} <= set(said)
    assert not {Check.PACKAGES, Check.VARIABLES} & set(said)


@pytest.mark.parametrize("check", [Check.CONNECTION, Check.ADDRESS, Check.RESOLUTION, Check.PORTS, Check.TLS])
def test_no_login_is_tried_past_a_problem_whose_next_step_nobody_came_to(check: Check) -> None:
    assert not Course([problem(check, "shut.", "open it.")]).opens(Check.LOGIN)


@pytest.mark.parametrize("make", [notice, unknown])
def test_only_a_problem_stops(make: object) -> None:
    assert callable(make)
    assert Course([make(Check.LOGIN, "odd.", "look.")]).opens(Check.WMI)


def test_what_is_passed_over_does_not_stop_what_comes_after() -> None:
    course = Course()
    course.skip([Check.AUTHENTICATION], "a proxy stands between", blocks=False)
    assert course.opens(Check.LOGIN)
    course.skip([Check.LOGIN], "the deadline is over")
    assert not course.opens(Check.WMI)
    assert course.findings[-1].text == "Not asked: the deadline is over."


def test_a_check_that_has_its_finding_is_not_told_to_be_left_out() -> None:
    course = Course([notice(Check.TLS, "weak."), problem(Check.PORTS, "shut.", "open it.")])
    assert not course.opens(Check.TLS)
    assert [one.severity for one in course.findings if one.check is Check.TLS] == [Severity.NOTICE]


@pytest.mark.parametrize(
    ("findings", "healthy", "summary"),
    [
        (WELL, True, "No problem found: a Vista."),
        ([*WELL, notice(Check.CLOCK, "late.")], True, "No problem found: a Vista."),
        ([*WELL, unknown(Check.SHELLS, "silence.")], None, "No problem found: a Vista; without an answer: shells."),
        (
            [problem(Check.SERVICING, "later.", ""), problem(Check.PORTS, "Port 1 is shut.", "")],
            False,
            "Port 1 is shut (1 more).",
        ),
        (
            [Finding(Check.TLS, Severity.NOT_ASKED, "Not asked."), unknown(Check.TLS, "x.")],
            None,
            "No problem found: a Vista; without an answer: tls.",
        ),
    ],
)
def test_the_whole(findings: list[Finding], healthy: bool | None, summary: str) -> None:
    diagnosis = Diagnosis.of(findings, "a Vista")
    assert (diagnosis.healthy, diagnosis.summary) == (healthy, summary)


def test_a_result_shows_what_wants_attention_and_the_rest_on_demand() -> None:
    diagnosis = Diagnosis.of(
        [notice(Check.CLOCK, "late.", "set it."), *WELL[:3], problem(Check.PORTS, "shut.", "open.")]
    )
    short, whole = diagnosis.as_dict(details=False), diagnosis.as_dict(details=True)
    assert [one["id"] for one in short["findings"]] == ["ports", "clock"]  # type: ignore[attr-defined]
    assert short["checks"] == "3 ok, 1 notice, 1 problem"
    assert "details" not in short
    assert whole["details"] == {"checks": [one.as_dict() for one in diagnosis.findings]}
    assert set(diagnosis.findings[0].as_dict()) == {"id", "severity", "text", "cure"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("ansible_winrm_x: did you mean it?", "ansible_winrm_x: did you mean it?"),
        ("the host went silent", "The host went silent."),
        ("HTTP 401", "HTTP 401."),
        ("C: is full.", "C: is full."),
        ("5 refused", "5 refused."),
        (" did you mean it? ", "Did you mean it?"),
    ],
)
def test_sentences(text: str, shown: str) -> None:
    assert sentence(text) == shown


def test_an_error_keeps_its_words_and_its_cure() -> None:
    found = Trouble("no connection: refused", "Check address and port.").of(Check.LOGIN)
    assert found == problem(Check.LOGIN, "No connection: refused.", "Check address and port.")
