# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results become rows: none is lost, none is believed to be more than it is."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import (
    COLUMNS,
    NO_RESULT,
    RowError,
    row,
    rows,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import STATUSES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import visible
from hypothesis import given
from unit.plugins.plugin_utils._report.hostile import fleets
from unit.plugins.plugin_utils._report.samples import fleet, result


def _statuses(results: Any) -> dict[str, str]:
    return {one["host"]: one["status"] for one in rows(results)}


def test_every_host_is_a_row_with_its_verdict() -> None:
    assert _statuses(fleet()) == {
        "needs": "needs_fix",
        "gdr": "needs_fix",
        "old-ldr": "needs_fix",
        "rtm": "needs_fix",
        "fixed": "fixed",
        "server": "fixed",
        "booting": "install_pending",
        "silent": "unknown",
        "modern": "not_applicable",
        "dead": "unreachable",
        "web": "failed",
        "absent": "failed",
    }


def test_a_row_tells_the_assessment_flat() -> None:
    one = row("vista", result("booting"))
    assert list(one) == [*COLUMNS, "result"]
    assert (one["os"], one["version"], one["architecture"]) == ("Windows Vista SP1", "6.0.6001", "x64")
    assert (one["kernel_running"], one["kernel_branch"]) == ("6.0.6001.18000", "gdr")
    assert (one["kernel_on_disk"], one["kernel_fixed"]) == ("6.0.6001.22191", "6.0.6001.22191")
    assert (one["package"], one["reboot_required"], one["reboot_pending"]) == ("installed", True, True)
    assert one["reboot_reasons"] == ["cbs_reboot_pending"]
    assert one["reasons"][0] == result("booting")["details"]["reasons"][0]["code"]
    assert one["result"]["details"]["evidence"] == result("booting")["details"]["evidence"]


def test_what_is_not_known_is_null_and_not_no() -> None:
    one = row("silent", result("silent"))
    assert one["kernel_running"] is None
    assert one["reboot_required"] is None


@pytest.mark.parametrize(
    ("given_result", "status", "summary"),
    [
        (None, "failed", NO_RESULT),
        ({}, "failed", NO_RESULT),
        ({"unreachable": True, "msg": "gone"}, "unreachable", "gone"),
        ({"failed": True, "msg": "no"}, "failed", "no"),
        ({"failed": True, "msg": "late", "status": "fixed", "summary": "fixed"}, "failed", "late"),
        ({"unreachable": True, "msg": "lost", "status": "fixed", "summary": "fixed"}, "unreachable", "lost"),
        ({"skipped": True, "skip_reason": "Why not"}, "unknown", "The assessment was skipped. Why not"),
        ({"censored": "hidden", "changed": False}, "unknown", "hidden"),
        ({"status": "splendid", "summary": "?"}, "unknown", "?"),
    ],
)
def test_hosts_without_a_verdict(given_result: Any, status: str, summary: str) -> None:
    one = row("host", given_result)
    assert (one["status"], one["summary"]) == (status, summary)


def test_of_hotfix_the_last_assessment_counts() -> None:
    before, after = result("needs"), result("booting")
    installed = {"status": "install_pending", "changed": True, "before": before, "after": after}
    assert row("host", installed)["kernel_on_disk"] == "6.0.6001.22191"
    nothing_done = {"status": "staged", "changed": False, "before": before, "after": None}
    assert row("host", nothing_done)["status"] == "needs_fix"
    broken = row("host", {"failed": True, "msg": "The installer failed.", "before": before, "after": None})
    assert (broken["status"], broken["summary"]) == ("failed", "The installer failed.")
    assert broken["kernel_running"] == "6.0.6001.18000"


def test_results_without_details_are_rows_too() -> None:
    short = row("host", brief(result("booting")))
    long = row("host", result("booting"))
    for name in ("status", "summary", "os", "kernel_running", "reboot_required", "reboot_pending", "reboot_reasons"):
        assert short[name] == long[name], name
    assert short["reboot_reasons"] == ["cbs_reboot_pending"]
    change = {"status": "install_pending", "reboot_required": True, "reboot_reasons": "file_rename, netlogon"}
    assert row("host", change)["reboot_required"] is True
    assert row("host", change)["reboot_reasons"] == ["file_rename", "netlogon"]


def test_ansibles_own_keys_are_no_evidence() -> None:
    failed = {"failed": True, "msg": "no", "exception": "Traceback", "invocation": {"a": 1}, "_ansible_no_log": False}
    assert row("host", failed)["result"] == {"failed": True, "msg": "no"}


def test_hosts_are_sorted_with_their_numbers_as_numbers() -> None:
    names = ["b10", "B9", "a", "b09x2", "b9x1", "1", "02"]
    assert [one["host"] for one in rows(dict.fromkeys(names))] == ["1", "02", "a", "B9", "b9x1", "b09x2", "b10"]


def test_a_list_with_hosts_will_do() -> None:
    assert _statuses([{"host": "one", **result("needs")}]) == {"one": "needs_fix"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([{"status": "fixed"}], "item 0"),
        ([{"host": ["x"]}], "item 0"),
        ("text", "not str"),
        (None, "not NoneType"),
        ({"vista": "text"}, "the result of vista is str"),
    ],
)
def test_what_is_no_results_is_refused_in_a_sentence(wrong: Any, said: str) -> None:
    with pytest.raises(RowError, match=said):
        rows(wrong)


def test_a_value_inside_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(RowError, match="nested deeper"):
        rows({"host": endless})


@given(fleets)
def test_whatever_a_host_sends_it_is_one_row(results: dict[str, Any]) -> None:
    found = rows(results)
    assert len(found) == len(plain(results))
    for one in found:
        assert one["status"] in STATUSES
        assert list(one) == [*COLUMNS, "result"]
        for column in COLUMNS:
            assert isinstance(one[column], (str, bool, int, list, type(None)))
        assert type(one["reboot_required"]) in (bool, type(None))
        str(one).encode("utf-8")


@given(fleets)
def test_no_host_that_failed_is_called_fixed(results: dict[str, Any]) -> None:
    plainly: dict[str, list[Any]] = {}
    for host, told in plain(results).items():
        plainly.setdefault(str(visible(host)), []).append(told or {})
    for one in rows(results):
        if one["status"] == "fixed":
            assert any(not each.get("failed") and not each.get("unreachable") for each in plainly[one["host"]])
