# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sweep over a fleet in which some answer garbage and some have credentials that nobody can read."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from hostile import servers
from integration.assess.commands import ansible, of_host
from winhost.testing import running_fleet

SWEEP = "winlegacy.servicing.fleet_hotfix_info"
GARBAGE = ("many_headers", "gzip_bomb", "chunk_size_line", "long_text", "tls_alert", "ssh_banner")
PRETENDERS = ("html", "unauthorized")
GOOD = 30
VAULTED = "$ANSIBLE_VAULT;1.1;AES256\n" + "\n".join(["36" * 40] * 5) + "\n"


def test_garbage_and_locked_credentials_cost_their_own_hosts_alone(tmp_path: Path) -> None:
    faulty = [
        {"name": kind, "profile": "vista_sp1_x64", "faults": [{"kind": kind, "times": 0}]} for kind in PRETENDERS
    ]
    with contextlib.ExitStack() as stack:
        healthy = [{"name": f"good{number:02}", "profile": "vista_sp1_x64"} for number in range(GOOD)]
        fleet = stack.enter_context(running_fleet({"hosts": [*healthy, *faulty]}, lifetime=300))
        inventory: dict[str, dict[str, Any]] = {name: of_host(host) for name, host in fleet.hosts.items()}
        good = inventory["good00"]
        for kind in GARBAGE:
            port = stack.enter_context(servers.serving(servers.FIRST[kind]))
            inventory[kind] = {**good, "ansible_host": "127.0.0.1", "ansible_port": port}
        (tmp_path / "group_vars").mkdir()
        (tmp_path / "group_vars" / "all.yml").write_text(f"locked_word: !vault |\n{_indented(VAULTED)}", "utf-8")
        inventory["locked"] = {**good, "ansible_password": "{{ locked_word }}"}
        tasks = [{"name": "sweep", SWEEP: {"deadline": 20, "processes": 2}, "run_once": True}]
        ran = ansible(tmp_path, inventory, playbook=[{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    (told,) = [result for (_host, name), result in ran.tasks.items() if name == "sweep"]
    hosts = told["hosts"]
    assert list(hosts) == sorted(inventory)
    good_ones = [hosts[name] for name in inventory if name.startswith("good")]
    assert {one.get("status", str(one)) for one in good_ones} == {"needs_fix"}
    for name in (*GARBAGE, *PRETENDERS, "locked"):
        assert hosts[name]["outcome"] in ("unreachable", "failed"), hosts[name]
        assert "status" not in hosts[name], "nothing was learnt of it"
        assert len(hosts[name]["msg"]) > 20, hosts[name]
    assert "ecrypt" in hosts["locked"]["msg"] or "vault" in hosts["locked"]["msg"].lower(), hosts["locked"]
    assert told["verdicts"] == {"needs_fix": GOOD}
    assert told["seconds"] < 60, "no garbage is waited for longer than its own deadline"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
