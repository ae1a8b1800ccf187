# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The symptom and the recommendation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Driver, Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.symptom import is_symptomatic, judge_symptom
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._verdict.hosts import candidate, driver, identity, operating_system, staging


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (driver("Running"), "not_observed"),
        (driver("RUNNING", "Auto"), "not_observed"),
        (driver("Stopped", "Manual"), "not_observed"),
        (driver("Stopped", "Disabled"), "not_observed"),
        (driver("Stop Pending"), "suspected"),
        (driver("Stop Pending", repeated_after=30.0), "confirmed"),
        (driver("Running", repeated_after=30.0), "not_observed"),
        (driver("Start Pending"), "unknown"),
        (driver("Wird beendet"), "unknown"),
        (Answer[Driver].unknown(Cause.CLASS_MISSING), "unknown"),
        (Answer[Driver].unknown(Cause.ACCESS_DENIED), "unknown"),
        (Answer[Driver].unknown(Cause.EMPTY), "not_present"),
        (Answer[Driver].not_asked(), None),
    ],
)
def test_what_the_driver_tells(answer: Answer[Driver], status: str | None) -> None:
    found = judge_symptom(load(), Facts(driver=answer))
    assert (None if found is None else found.value) == status
    assert is_symptomatic(load(), Facts(driver=answer)) == (status in ("suspected", "confirmed"))


@pytest.mark.parametrize(
    ("facts", "code", "text"),
    [
        (Facts(), "investigate", "Find out first"),
        (Facts(identity=identity(6002)), "nothing", "not for this Windows"),
        (candidate(), "install_only_if_symptomatic", "was not observed"),
        (replace(candidate(), driver=Answer.not_asked()), "install_only_if_symptomatic", "is not known"),
        (replace(candidate(), driver=driver("Stop Pending")), "install_hotfix", "a second look"),
        (replace(candidate(), driver=driver("Stop Pending", repeated_after=30)), "install_hotfix", "seen to hang"),
        (replace(candidate(), driver=driver("Stop Pending"), staging=staging()), "install_hotfix", "staged package"),
        (candidate(state=0x60), "reboot", "next boot"),
        (candidate("6.0.6001.22191", "6.0.6001.22191", 5), "reboot", "removal"),
        (candidate("6.0.6001.22191", "6.0.6001.22191", 0x70), "prefer_service_pack", "2011-07-12"),
        (
            replace(
                candidate("6.0.6000.20846", "6.0.6000.20846", 0x70), identity=identity(6000), os=operating_system(6000)
            ),
            "prefer_service_pack",
            "Nothing for KB952876. Plan Service Pack 2.",
        ),
    ],
)
def test_recommendations(facts: Facts, code: str, text: str) -> None:
    found = recommend(load(), facts, decide(load(), facts))
    assert found.as_dict()["code"] == code
    assert text in found.text


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"disk_kernel": Cause.PROPERTY_MISSING, "packages": Cause.ACCESS_DENIED}, True),
        ({"os": Cause.PROPERTY_MISSING, "disk_kernel": Cause.PROPERTY_MISSING, "packages": Cause.ACCESS_DENIED}, True),
        ({"disk_kernel": Cause.ACCESS_DENIED, "packages": Cause.ACCESS_DENIED}, False),
        ({"disk_kernel": Cause.VALUE_MISSING, "packages": Cause.FAULT}, False),
    ],
)
def test_a_filtered_token_is_named_by_the_properties_that_are_missing(facts: dict[str, Cause], named: bool) -> None:
    """By data, and only where it left the verdict unknown."""
    unknown: dict[str, Any] = {name: Answer[Any].unknown(cause) for name, cause in facts.items()}
    seen = replace(candidate(), reboot={}, **unknown)
    verdict = decide(load(), seen)
    assert verdict.status.value == "unknown"
    assert ("filtered_token" in [one.code.value for one in verdict.reasons[1:]]) is named
    text = recommend(load(), seen, verdict).text
    assert ("LocalAccountTokenFilterPolicy" in text and "domain account" in text) is named


def test_a_verdict_that_stands_names_no_filtered_token() -> None:
    seen = replace(candidate(), disk_kernel=Answer.unknown(Cause.PROPERTY_MISSING))
    verdict = decide(load(), seen)
    assert verdict.status.value == "needs_fix"
    assert "filtered_token" not in [one.code.value for one in verdict.reasons]


def test_service_pack_2_is_named_as_the_better_remedy() -> None:
    for facts in (candidate(), replace(candidate(), driver=driver("Stop Pending"))):
        assert "Service Pack 2" in recommend(load(), facts, decide(load(), facts)).text
