# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module ends within its deadline and 5 seconds, in Ansible's own hands, whatever the host does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile import servers
from integration.assess.commands import Ran, ansible
from integration.hotfix.driver import packages

DEADLINES = {"hotfix_info": 3, "wql_info": 3, "reboot": 10, "hotfix": 60}
QUICK = ("hotfix_info", "wql_info", "reboot")
FROM_THE_START = ("endless_continue", "header_drip", "body_drip", "silent")
LATER = ("header_drip after Identify", "silent after Identify")
NOW = "{{ lookup('pipe', 'date +%s.%N') }}"


def _tasks(folder: Path) -> list[dict[str, Any]]:
    modules: dict[str, dict[str, Any]] = {
        "hotfix_info": {"details": True},
        "wql_info": {"query": "SELECT Version FROM Win32_OperatingSystem"},
        "reboot": {"only_if_required": True},
    }
    tasks: list[dict[str, Any]] = []
    for name, options in modules.items():
        task = {f"winlegacy.servicing.{name}": {**options, "deadline": DEADLINES[name]}}
        tasks += [
            {"name": f"before {name}", "ansible.builtin.set_fact": {"began": NOW}},
            {"name": name, **task, "ignore_errors": True, "ignore_unreachable": True},
            {"name": f"after {name}", "ansible.builtin.set_fact": {"ended": NOW, "from": "{{ began }}"}},
        ]
    return tasks


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """One play over a host for each behaviour."""
    folder = tmp_path_factory.mktemp("deadlines")
    with contextlib.ExitStack() as stack:
        inventory = {
            name.replace(" ", "_"): {
                "ansible_connection": "winrm",
                "ansible_host": "127.0.0.1",
                "ansible_port": stack.enter_context(servers.serving(servers.BEHAVIOURS[name])),
                "ansible_winrm_scheme": "http",
                "ansible_winrm_transport": "basic",
                "ansible_user": "u",
                "ansible_password": "p",
            }
            for name in (*FROM_THE_START, *LATER)
        }
        play = [{"hosts": "all", "gather_facts": False, "tasks": _tasks(folder)}]
        environment = {"ANSIBLE_FORKS": "8"}
        yield ansible(folder, inventory, playbook=play, environment=environment)


@pytest.mark.parametrize("module", QUICK)
@pytest.mark.parametrize("behaviour", [*FROM_THE_START, *LATER])
def test_within_the_deadline(run: Ran, behaviour: str, module: str) -> None:
    host = behaviour.replace(" ", "_")
    facts = run.tasks[host, f"after {module}"]["ansible_facts"]
    seconds = float(facts["ended"]) - float(facts["from"])
    print(f"{module} against {behaviour}: {seconds:.1f} s with a deadline of {DEADLINES[module]} s")
    assert seconds <= DEADLINES[module] + 5, "Ansible's own three tasks included"


@pytest.mark.parametrize("behaviour", FROM_THE_START)
def test_a_host_that_never_answered_is_unreachable(run: Ran, behaviour: str) -> None:
    for module in ("hotfix_info", "wql_info"):
        result = run.tasks[behaviour, module]
        assert result["unreachable"] is True, result
        assert "went silent" in result["msg"]


@pytest.mark.parametrize("behaviour", LATER)
def test_what_was_learnt_is_in_the_result(run: Ran, behaviour: str) -> None:
    result = run.tasks[behaviour.replace(" ", "_"), "hotfix_info"]
    assert result["status"] == "unknown"
    assert result["details"]["winrm"]["vendor"] == "Microsoft Corporation"
    assert (result["ended"]["by"], result["ended"]["during"]) == ("deadline", "os")
    assert "the deadline of 3 s is over" in result["ended"]["detail"]


def test_hotfix_has_a_deadline_of_its_own(tmp_path: Path) -> None:
    """60 s is the least; a wrong one is named, and the sum of the steps' limits is the default."""
    (tmp_path / "packages").mkdir()
    package = packages(tmp_path / "packages") / "x64.msu"
    task = {"winlegacy.servicing.hotfix": {"state": "staged", "path": str(package), "deadline": 5}}
    play = [{"hosts": "all", "gather_facts": False, "tasks": [{"name": "stage", **task, "ignore_errors": True}]}]
    host = {"ansible_connection": "winrm", "ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_user": "u"}
    run = ansible(tmp_path, {"h": host}, playbook=play)
    assert "deadline is 5: between 60 and" in run.tasks["h", "stage"]["msg"]
