# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a desired state: each requirement alone, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState, PlanOptions, plan
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.proof import unmet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._verdict.hosts import candidate, driver, identity, package, packages, running, staging

OLD, FIX, LATER = "6.0.6001.18000", "6.0.6001.22191", "6.0.6001.22636"
FIXED = replace(candidate(FIX, FIX, 0x70), driver=driver("Running", "Auto"))


def missing(facts: Facts, desired: str = "present", **options: bool) -> tuple[str, ...]:
    verdict = decide(load(), facts)
    made = plan(load(), facts, verdict, DesiredState(desired), PlanOptions(**options))
    return unmet(load(), facts, verdict, made)


def test_a_fixed_host_lacks_nothing() -> None:
    assert missing(FIXED) == ()


def test_a_superseded_package_with_a_later_ldr_kernel_lacks_nothing() -> None:
    assert missing(replace(candidate(LATER, LATER, 0x50), driver=driver("Running", "Auto"))) == ()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(FIXED, packages=packages()), ["lists no package"]),
        (replace(FIXED, packages=Answer.unknown(Cause.FAULT)), ["The verdict is unknown", "not known"]),
        (replace(FIXED, packages=packages(package(0x40))), ["is staged"]),
        (replace(FIXED, packages=packages(package(None))), ["The verdict is unknown", "is unknown"]),
        (replace(FIXED, driver=driver("Stop Pending")), ["tcpipreg hangs in Stop Pending"]),
        (replace(FIXED, driver=driver("Stopped", "Auto")), ["although its start mode is Auto"]),
        (replace(FIXED, driver=Answer.unknown(Cause.FAULT)), ["tcpipreg is not known"]),
        (replace(FIXED, driver=Answer.not_asked()), ["tcpipreg is not known"]),
        (replace(FIXED, running_kernel=Answer.unknown(Cause.FAULT)), ["The verdict is unknown", "cannot be compared"]),
        (replace(FIXED, running_kernel=running(OLD)), ["The verdict is install_pending", "not of the LDR branch"]),
        (
            replace(FIXED, running_kernel=running("6.0.6001.22190")),
            ["The verdict is install_pending", "22190 is below 6.0.6001.22191"],
        ),
        (
            replace(candidate(OLD, OLD), driver=driver("Running")),
            ["The verdict is needs_fix", "not of the LDR branch", "lists no package"],
        ),
    ],
)
def test_each_requirement_is_missed_by_itself(facts: Facts, said: list[str]) -> None:
    found = missing(facts)
    assert len(found) == len(said), found
    for sentence, words in zip(found, said, strict=True):
        assert words in sentence


def test_a_manual_driver_may_be_stopped_and_none_may_be_missing() -> None:
    assert missing(replace(FIXED, driver=driver("Stopped", "Manual"))) == ()
    assert missing(replace(FIXED, driver=Answer.unknown(Cause.EMPTY))) == ()


def test_absent_wants_no_package_that_is_installed_or_pending() -> None:
    assert missing(candidate(OLD, OLD), "absent") == ()
    assert missing(candidate(OLD, OLD, 0x40), "absent") == ()
    assert len(missing(FIXED, "absent")) == 1
    assert len(missing(replace(FIXED, packages=Answer.unknown(Cause.FAULT)), "absent")) == 1
    assert len(missing(candidate(FIX, OLD), "absent")) == 1, "the next boot finishes the removal"
    assert len(missing(candidate(FIX, FIX, 0x5), "absent")) == 2


def test_staged_wants_the_whole_payload_or_no_need_of_it() -> None:
    assert missing(candidate(), "staged") == ("KB952876 will be staged.",)
    assert len(missing(replace(candidate(), staging=staging(manifest=None)), "staged")) == 1
    assert missing(replace(candidate(), staging=staging()), "staged") == ()
    assert missing(FIXED, "staged") == ()
    assert missing(Facts(identity=identity(6002)), "staged") == ()
    assert len(missing(candidate(), "staged", only_if_symptomatic=True)) == 1


def test_a_host_that_said_nothing_proves_nothing() -> None:
    assert len(missing(Facts())) == 4
    assert len(missing(Facts(), "absent")) == 1
    assert len(missing(Facts(), "staged")) == 1
