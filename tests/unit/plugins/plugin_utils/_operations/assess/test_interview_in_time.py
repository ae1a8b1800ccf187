# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The assessment and time: a second look, deadlines, silence; and hosts that say little or say it damaged."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from unit.plugins.plugin_utils._operations.assess.asking import FAULT, result
from unit.plugins.plugin_utils._windows.scripted import (
    ScriptedClient,
    driver_row,
    identity,
    os_row,
)


class Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        self.now += 0.5
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("states", "interval", "status", "looks"),
    [
        (["Running"], 30.0, "not_observed", 1),
        (["Stop Pending"], 0.0, "suspected", 1),
        (["Stop Pending", "Stop Pending"], 30.0, "confirmed", 2),
        (["Stop Pending", "Running"], 30.0, "not_observed", 2),
        (["Stop Pending", None], 30.0, "suspected", 2),
    ],
)
def test_a_second_look(
    client: ScriptedClient, states: list[str | None], interval: float, status: str, looks: int
) -> None:
    seen = iter(states)

    def rows(_unused: str) -> list[Any]:
        state = next(seen)
        if state is None:
            raise FAULT
        return [driver_row(state)]

    client.rows["Win32_SystemDriver"] = rows
    time = Time()
    options = AssessOptions(symptom_interval=interval)
    found: dict[str, Any] = assess(client, load(), options, clock=time.clock, sleep=time.sleep).as_dict()
    assert found["details"]["symptom"]["status"] == status
    assert sum("Win32_SystemDriver" in one for one in client.asked) == looks
    assert len(time.slept) == looks - 1
    assert all(20.0 < seconds <= 30.0 for seconds in time.slept)


def test_a_second_look_that_the_deadline_leaves_no_time_for_is_not_waited_for(client: ScriptedClient) -> None:
    client.rows["Win32_SystemDriver"] = [driver_row("Stop Pending")]
    time = Time()
    options = AssessOptions(symptom_interval=25.0, deadline=20.0)
    found: dict[str, Any] = assess(client, load(), options, clock=time.clock, sleep=time.sleep).as_dict()
    assert time.slept == []
    assert found["details"]["symptom"]["status"] == "suspected"
    assert (found["ended"]["by"], found["ended"]["during"]) == ("deadline", "the second look at the driver")


def test_the_deadlines_end_keeps_what_was_learnt(client: ScriptedClient) -> None:
    client.rows["CIM_DataFile"] = errors.ConversationOver("the deadline of 10 s is over: silence")
    found = result(client)
    assert found["windows"]["version"] == "6.0.6001"
    assert found["status"] == "unknown"
    assert (found["ended"]["by"], found["ended"]["during"]) == ("deadline", "disk_kernel")
    assert "running_kernel" in found["details"]["not_asked"]


def test_a_host_that_said_nothing_at_all_has_no_assessment(client: ScriptedClient) -> None:
    client.identity = errors.Silent("nothing")
    with pytest.raises(errors.Silent) as caught:
        result(client)
    assert caught.value.learnt == {}


def test_one_silent_question_costs_its_own_answer_only(client: ScriptedClient) -> None:
    client.rows["Win32_SystemDriver"] = errors.Unanswered("silence")
    found = result(client)
    assert found["status"] == "needs_fix"
    assert found["ended"] is None
    assert [(one["question"], one["cause"]) for one in found["unknown"]] == [("driver", "timeout")]


@pytest.mark.parametrize("vendor", ["Open Management Infrastructure", "Openwsman Project", "Dell Inc.", "Intel(r) AMT"])
def test_a_service_that_is_no_windows_is_named(client: ScriptedClient, vendor: str) -> None:
    client.identity = replace(identity("1.9.1", None, None), vendor=vendor)
    client.rows["Win32_OperatingSystem"] = faults.ClassNotFound("no such class")
    found = result(client)
    assert found["status"] == "unknown", "a name is no evidence"
    assert found["details"]["reasons"][0]["code"] == "service_not_windows"
    assert vendor in found["summary"]


def test_a_windows_that_says_little_is_not_called_another_system(client: ScriptedClient) -> None:
    client.identity = replace(identity("OS: 0.0.0 SP: 0.0 Stack: 1.1", None, None), vendor="Microsoft Corporation")
    client.rows["Win32_OperatingSystem"] = FAULT
    assert result(client)["details"]["reasons"][0]["code"] == "os_unknown"


def test_a_damaged_property_is_named_and_kept_raw(client: ScriptedClient) -> None:
    client.rows["Win32_OperatingSystem"] = [os_row(Caption="Windows\x01\x1b[2J")]
    (entry,) = result(client)["details"]["evidence"]["os"]
    assert entry["damaged"] == ["Caption"]
    raw = json.loads(base64.b64decode(entry["raw"]))
    assert raw["rows"][0]["Caption"] == "Windows\x01\x1b[2J"
