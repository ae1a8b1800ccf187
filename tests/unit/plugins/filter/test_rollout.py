# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a playbook begins with: none is an error that says what to name; and who has work for which state."""

from __future__ import annotations

from typing import Any

import pytest
from ansible import context
from ansible.errors import AnsibleFilterError
from ansible.utils.context_objects import CLIArgs
from ansible_collections.winlegacy.servicing.plugins.filter.rollout import rollout_hosts, rollout_work


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"inventory": ("/etc/ansible/hosts",)}, "name an inventory with -i hosts.yml (given: /etc/ansible/hosts)"),
        ({}, "there is no host to ask: name an inventory with -i hosts.yml (given: none)"),
        ({"subset": "x"}, "kb952876_hosts (all) and --limit leave no host of the inventory"),
    ],
)
def test_no_host_at_all(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], says: str) -> None:
    monkeypatch.setattr(context, "CLIARGS", CLIArgs(given))
    with pytest.raises(AnsibleFilterError) as raised:
        rollout_hosts("all", [], [])
    assert says in str(raised.value)


def test_hosts_that_a_limit_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({}))
    assert rollout_hosts("web", ["a", "b"], ["b"]) == "web"
    with pytest.raises(AnsibleFilterError, match="and --limit leave no host"):
        rollout_hosts("web", ["a"], ["b"], "doctor_hosts")


@pytest.mark.parametrize(
    ("required", "work"), [(True, True), (False, False), (None, False), ("yes", False)], ids=str
)
def test_a_restart_is_work_where_it_is_known_to_be_needed(required: object, work: bool) -> None:
    plan = {"outlook": "do", "restart": "first", "leftovers": True}
    result = {"restart": {"required": required}, "plan": {"present": plan, "absent": plan}}
    assert rollout_work(result, "restarted") is work
    assert rollout_work(result, "restarted", reboot=True, cleanup=True) is work
    assert not rollout_work({}, "restarted")
    assert not rollout_work(None, "restarted")
