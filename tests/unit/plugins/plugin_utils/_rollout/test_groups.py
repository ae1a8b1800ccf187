# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of verdicts: every host in the right ones, every group there."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import STATUSES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import groups, inventory, members
from unit.plugins.plugin_utils._report.samples import fleet


def test_each_host_is_in_the_group_of_its_verdict() -> None:
    assert groups(rows(fleet()), "kb952876") == {
        "kb952876_needs_fix": ["gdr", "needs", "old-ldr", "rtm"],
        "kb952876_staged": [],
        "kb952876_install_pending": ["booting"],
        "kb952876_removal_pending": [],
        "kb952876_fixed": ["fixed", "server"],
        "kb952876_not_applicable": ["modern"],
        "kb952876_unknown": ["silent"],
        "kb952876_failed": ["absent", "web"],
        "kb952876_unreachable": ["dead"],
        "kb952876_reboot_required": ["booting"],
        "kb952876_reboot_pending": ["booting"],
        "kb952876_symptomatic": ["old-ldr"],
    }


def test_a_restart_that_is_not_known_to_be_required_is_not() -> None:
    results = {"a": {"status": "unknown", "reboot": {"required_by_kb": None, "pending": None}}}
    found = groups(rows(results), "kb")
    assert found["kb_reboot_required"] == found["kb_reboot_pending"] == []


def test_the_inventory_has_hosts_by_name_only_and_every_group() -> None:
    found = inventory(rows({"one": {"status": "fixed"}}), "kb")
    assert found["kb_fixed"] == {"hosts": {"one": None}}
    assert found["kb_needs_fix"] == {}
    assert {f"kb_{status}" for status in STATUSES} < set(found)


@pytest.mark.parametrize("prefix", ["", "9kb", "kb-1", "kb 1", "k\u00f6", "kb\n"])
def test_a_prefix_that_no_group_may_have_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin a group name"):
        groups([], prefix)


def test_members_are_the_hosts_with_work_and_those_without_a_verdict() -> None:
    results = {
        "needs": {"status": "needs_fix"},
        "done": {"status": "fixed"},
        "other": {"status": "not_applicable"},
        "doubt": {"status": "unknown"},
        "off": {"unreachable": True, "msg": "no connection"},
        "lost": {"unreachable": True, "status": "unknown"},
    }
    first = {"host": "needs", "group": "kb952876_assess_done"}
    assert members(results, "kb952876", verdicts=False) == [first]
    assert members({}, "kb952876") == []
    assert [(one["host"], one["group"]) for one in members(results, "kb952876")] == [
        ("needs", "kb952876_assess_done"),
        ("needs", "kb952876_needs_fix"),
        ("doubt", "kb952876_unknown"),
        ("off", "kb952876_assess_silent"),
        ("lost", "kb952876_unknown"),
    ]


def test_the_first_with_a_verdict_stands_for_all() -> None:
    """Beside hosts that fail it keeps their play from ending the run."""
    results = {"lost": {"failed": True}, "asked": {"status": "fixed"}}
    assert members(results, "kb952876", verdicts=False) == [{"host": "asked", "group": "kb952876_assess_done"}]
    assert members({"lost": {}}, "kb952876")[0] == {"host": "lost", "group": "kb952876_assess_done"}
