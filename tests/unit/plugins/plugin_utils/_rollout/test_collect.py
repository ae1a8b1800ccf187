# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results and failures from a play's variables."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results, packed, unpacked

LOST = {"unreachable": True, "msg": "no connection"}
NEVER_REACHED = (
    "Not reached yet: no task of this run has assessed this host. In a play of your own, register the assessment as"
    " hotfix_result, which reports are made of."
)
FAILURE = {"task": "Install the hotfix", "msg": "no space"}
HOSTVARS: dict[str, dict[str, Any]] = {
    "fixed": {"hotfix_result": {"status": "fixed", "summary": "It is there."}, "hotfix_failure": {}},
    "failed": {"hotfix_result": {"status": "needs_fix", "summary": "Missing."}, "hotfix_failure": FAILURE},
    "lost": {"hotfix_result": LOST},
    "lost-later": {"hotfix_result": {"status": "needs_fix"}, "hotfix_change": LOST},
    "no-answer": {"hotfix_result": {"failed": True, "msg": "HTTP 404"}},
    "untouched": {"ansible_host": "x"},
}


def test_each_host_ends_as_it_ended() -> None:
    found = {row["host"]: (row["status"], row["summary"]) for row in rows(host_results(HOSTVARS, HOSTVARS))}
    assert found == {
        "fixed": ("fixed", "It is there."),
        "failed": ("failed", "Install the hotfix: no space"),
        "lost": ("unreachable", "no connection"),
        "lost-later": ("unreachable", "no connection"),
        "no-answer": ("failed", "HTTP 404"),
        "untouched": ("unknown", NEVER_REACHED),
    }


def test_only_the_hosts_that_are_asked_for() -> None:
    assert set(host_results(HOSTVARS, ["fixed"])) == {"fixed"}


SWEEP = {"hosts": {"a": {"status": "fixed", "summary": "There."}, "b": {"unreachable": True, "msg": "off"}}}


def test_a_sweep_is_every_hosts_last_assessment() -> None:
    variables = {name: {"hotfix_result": SWEEP} for name in ("a", "b", "c")}
    found = {row["host"]: (row["status"], row["summary"]) for row in rows(host_results(variables, variables))}
    assert found == {
        "a": ("fixed", "There."),
        "b": ("unreachable", "off"),
        "c": ("unknown", NEVER_REACHED),
    }


def test_a_sweep_takes_the_place_of_what_an_earlier_playbook_of_the_run_knew() -> None:
    """The role assesses a host before anything else: what it left is older than a sweep that stands there."""
    stale = {"hotfix_result": SWEEP, "hotfix_failure": FAILURE, "hotfix_change": LOST}
    assert host_results({"a": stale}, ["a"])["a"] == SWEEP["hosts"]["a"]
    newer = {**stale, "hotfix_result": {"status": "needs_fix"}}
    assert host_results({"a": newer}, ["a"])["a"]["failed"] is True


def test_a_packed_result_is_read_whole() -> None:
    long = {"plan": {"present": {}}, "unmet": {}, "details": {"messages": 9}}
    whole = {"status": "needs_fix", "summary": "Missing.", **long}
    short = packed(whole)
    assert set(short) == {"status", "summary", "packed"}
    assert unpacked(short) == whole
    assert unpacked(whole) == whole
    assert host_results({"a": {"hotfix_result": {"hosts": {"a": short}}}}, ["a"]) == {"a": whole}


def test_a_report_is_of_its_own_hotfix() -> None:
    """A later role's result is not taken for that of the hotfix before, nor the earlier one's failure for its own."""
    first = {"hotfix_failure": {**FAILURE, "kb": "KB952876"}}
    variables: dict[str, dict[str, Any]] = {
        "both": {"hotfix_result": {"kb": "KB942288", "status": "needs_fix"}, **first},
        "first": {"hotfix_result": {"kb": "KB952876", "status": "needs_fix"}, **first},
    }

    def statuses(kb: str | None) -> dict[str, str]:
        return {row["host"]: row["status"] for row in rows(host_results(variables, variables, kb))}

    assert statuses(None) == {"both": "needs_fix", "first": "failed"}
    assert statuses("KB942288") == {"both": "needs_fix", "first": "unknown"}
    assert statuses("KB952876") == {"both": "unknown", "first": "failed"}
    assert host_results({"a": {"hotfix_result": SWEEP}}, ["a"], "KB952876")["a"] == SWEEP["hosts"]["a"]
