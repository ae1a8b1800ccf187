# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kb952876_result after a playbook: of hosts that were only swept, and of those that no one reached, too."""

from __future__ import annotations

from pathlib import Path

from integration.assess.commands import ansible, of_host
from winhost.testing import running_fleet

PROFILES = {"fixed": "srv2008_fixed", "work": "vista_sp1_x64", "not_for_it": "win2019"}
TOLD = "{{ dict(ansible_play_hosts_all | zip(ansible_play_hosts_all | map('extract', hostvars, 'kb952876_result'))) }}"
KEPT = "{{ kb952876_result.status }}"


def test_every_host_has_its_own_after_a_playbook(tmp_path: Path) -> None:
    fleet = {"hosts": [{"name": name, "profile": profile} for name, profile in PROFILES.items()]}
    with running_fleet(fleet) as running:
        inventory = {name: of_host(host) for name, host in running.hosts.items()}
        inventory["dead"] = {**inventory["work"], "ansible_port": 9}
        later = [
            {"name": "told", "ansible.builtin.debug": {"msg": TOLD}, "run_once": True},
            {"name": "kept", "ansible.builtin.set_fact": {"kept": KEPT}},
        ]
        book = [
            {"import_playbook": "winlegacy.servicing.assess", "vars": {"kb952876_hosts": "all:!dead"}},
            # Where a host of assess has no verdict, Ansible ends the run with that play; a roll-out goes on.
            {"import_playbook": "winlegacy.servicing.rollback", "vars": {"kb952876_hosts": "dead:not_for_it"}},
            {"hosts": "all", "gather_facts": False, "tasks": later},
        ]
        ran = ansible(tmp_path, inventory, playbook=book)
    (told,) = [result["msg"] for (_host, name), result in ran.tasks.items() if name == "told"] or [ran.out[-3000:]]
    assert set(told) == set(inventory), told
    statuses = {name: one.get("status") for name, one in told.items()}
    assert statuses == {"fixed": "fixed", "work": "needs_fix", "not_for_it": "not_applicable", "dead": None}
    assert told["dead"]["unreachable"]
    assert told["dead"]["msg"]
    assert told["work"]["details"]["kernel"], "whole, as hotfix_info tells it with its details"
    assert "packed" not in told["work"]
    for name in PROFILES:
        assert ran.tasks[name, "kept"]["ansible_facts"]["kept"] == statuses[name]
