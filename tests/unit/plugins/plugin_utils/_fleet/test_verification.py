# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof after a restart: each requirement alone, and what is not known."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._fleet.verification import shortcomings

FIXED: dict[str, Any] = {
    "status": "fixed",
    "summary": "The fix is there.",
    "kernel": {"fixed_version": "6.0.6001.22191", "running": {"version": "6.0.6001.22191", "branch": "ldr"}},
    "packages": [
        {"identity": "Package_for_KB952876~x", "state": "installed", "root": True},
        {"identity": "Package_1_for_kb952876~x", "state": None, "root": False},
    ],
    "symptom": {"status": "not_observed", "driver": {"state": "Running", "start_mode": "Auto", "started": True}},
}


def _changed(*path: object, value: object) -> dict[str, Any]:
    result: Any = copy.deepcopy(FIXED)
    place = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return dict(result)


def test_a_fixed_host_has_none() -> None:
    assert shortcomings(FIXED) == []


def test_a_superseded_package_with_a_later_ldr_kernel_has_none() -> None:
    result = _changed("packages", 0, "state", value="superseded")
    result["kernel"]["running"]["version"] = "6.0.6001.22636"
    assert shortcomings(result) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("status",), "install_pending", "The verdict is install_pending"),
        (("kernel", "running"), None, "cannot be compared"),
        (("kernel", "fixed_version"), None, "cannot be compared"),
        (("kernel", "running", "branch"), "gdr", "not of the LDR branch"),
        (("kernel", "running", "version"), "6.0.6001.22190", "is below"),
        (("kernel", "running", "version"), "6.0.6002.22191", "is below"),
        (("packages",), None, "not known"),
        (("packages",), [], "lists no package"),
        (("packages", 0, "state"), "staged", "is staged"),
        (("packages", 0, "state"), None, "is None"),
        (("symptom", "driver", "state"), "Stop Pending", "hangs in Stop Pending"),
        (("symptom", "driver", "state"), "Stopped", "although its start mode is Auto"),
        (("symptom", "driver"), None, "Tcpipreg is not known"),
        (("symptom",), None, "Tcpipreg is not known"),
    ],
)
def test_each_requirement_is_missed_by_itself(path: tuple[object, ...], value: object, said: str) -> None:
    found = shortcomings(_changed(*path, value=value))
    assert len(found) == 1
    assert said in found[0]


def test_a_manual_driver_may_be_stopped_and_none_may_be_missing() -> None:
    manual = {"state": "Stopped", "start_mode": "Manual", "started": False}
    assert shortcomings(_changed("symptom", "driver", value=manual)) == []
    assert shortcomings(_changed("symptom", value={"status": "not_present", "driver": None})) == []


def test_absent_wants_no_package_that_is_installed_or_pending() -> None:
    assert shortcomings(_changed("packages", value=[]), "absent") == []
    assert shortcomings(_changed("packages", 0, "state", value="staged"), "absent") == []
    assert len(shortcomings(FIXED, "absent")) == 1
    assert len(shortcomings(_changed("packages", value=None), "absent")) == 1
    pending = _changed("packages", value=[])
    assert len(shortcomings({**pending, "status": "removal_pending"}, "absent")) == 1


def test_a_failed_result_proves_nothing() -> None:
    assert len(shortcomings({"failed": True, "msg": "no answer"})) == 4
    assert len(shortcomings({"failed": True, "msg": "no answer"}, "absent")) == 1


def test_another_state_is_refused() -> None:
    with pytest.raises(ValueError, match="present or absent"):
        shortcomings(FIXED, "staged")
