# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What files mean for the restart, the plan and the proof."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import (
    DesiredState,
    Outlook,
    PlanOptions,
    RestartNeed,
    plan,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.proof import unmet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._catalogue.made import file, made
from unit.plugins.plugin_utils._verdict.hosts import PENDING, QUIET
from unit.plugins.plugin_utils._verdict.test_files import DATA, DRIVERS, LDR, NUMBER, OLD, PROGRAMS, TOOL, disk, host


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
