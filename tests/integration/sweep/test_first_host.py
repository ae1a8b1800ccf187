# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose connection Ansible cannot set up costs its own answer, wherever it stands; the first of a play too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.plugins.loader import connection_loader, shell_loader
from integration.assess.commands import ROOT, Ran, ansible, of_host
from winhost.testing import RunningFleet, running_fleet

SWEEP = "winlegacy.servicing.fleet_hotfix_info"
LOCKED = "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n" + "\n".join(["  " + "36" * 40] * 5) + "\n"
FIRST = {
    "ansible_connection": "no_such_kind",
    "ansible_port": "many",
    "ansible_user": "{{ nobody_knows }}",
    "ansible_host": "{{ lookup('file', '/no/such/file') }}",
    "ansible_become": True,
    "ansible_become_method": "no_such_method",
    "ansible_shell_type": "no_such_shell",
    "ansible_remote_tmp": "{{ nobody_knows }}",
    "ansible_timeout": "long",
}
"""Wrong in every way, so that a value of it that is looked at ends the task."""

OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "b-kind": ({"ansible_connection": "no_such_kind"}, "no_such_kind"),
    "b-library": ({"ansible_connection": "lacks_library"}, "lacks_library"),
    "b-locked": ({}, "ecrypt"),
    "b-method": ({"ansible_become": True, "ansible_become_method": "no_such_method"}, "no_such_method"),
    "b-port": ({"ansible_port": "many"}, "many"),
    "b-undefined": ({"ansible_password": "{{ nobody_knows }}"}, "nobody_knows"),
}
"""Each wrong in one way, and a word of what is said."""


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": [{"name": "good", "profile": "vista_sp1_x64"}]}, lifetime=400) as running:
        yield running


def _run(folder: Path, fleet: RunningFleet, playbook: list[dict[str, Any]], *arguments: str) -> Ran:
    good = of_host(fleet.host("good"))
    (folder / "host_vars").mkdir()
    (folder / "host_vars" / "a-first.yml").write_text(f"ansible_password: {LOCKED}", encoding="utf-8")
    (folder / "host_vars" / "b-locked.yml").write_text(f"ansible_password: {LOCKED}", encoding="utf-8")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "lacks_library.py").write_text("import no_such_library\n", encoding="utf-8")
    without = {key: value for key, value in good.items() if key != "ansible_password"}
    others = {name: {**(without if name == "b-locked" else good), **wrong} for name, (wrong, _word) in OTHERS.items()}
    inventory = {"a-first": FIRST, **others, "good": good}
    environment = {"ANSIBLE_CONNECTION_PLUGINS": str(folder / "plugins")}
    return ansible(folder, inventory, *arguments, playbook=playbook, environment=environment)


def _check(told: dict[str, Any], ran: Ran) -> None:
    hosts = told.get("hosts")
    assert hosts, ran.out[-3000:]
    assert hosts["good"]["status"] == "needs_fix", hosts["good"]
    assert {one["outcome"] for name, one in hosts.items() if name != "good"} == {"failed"}, hosts
    for name, (_wrong, word) in OTHERS.items():
        assert word in hosts[name]["msg"], hosts[name]
        assert "\n" not in hosts[name]["msg"]
    assert hosts["a-first"]["msg"].startswith("its connection cannot be set up: ")


def test_assess_says_it_of_each_of_them_alone(fleet: RunningFleet, tmp_path: Path) -> None:
    ran = _run(tmp_path, fleet, [{"import_playbook": "winlegacy.servicing.assess"}])
    told = next(result for (_host, name), result in ran.tasks.items() if name.endswith("Assess the hosts"))
    _check(told, ran)
    assert ran.code == 2
    for name in ("a-first", *OTHERS):
        failed = ran.tasks[name, "Fail for a host that gave no verdict"]["msg"]
        assert failed == told["hosts"][name]["msg"], "the same words in its own failure"
    assert "false_condition" in ran.tasks["good", "Fail for a host that gave no verdict"], "it only keeps the run going"


def test_a_task_of_ones_own_that_runs_on_the_controller(fleet: RunningFleet, tmp_path: Path) -> None:
    place = {"ansible_connection": "local"}
    tasks = [
        {"name": "delegated", SWEEP: {}, "run_once": True, "delegate_to": "localhost"},
        {"name": "said twice", SWEEP: {}, "run_once": True, "delegate_to": "localhost", "vars": place},
    ]
    ran = _run(tmp_path, fleet, [{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    for name in ("delegated", "said twice"):
        _check(ran.tasks["a-first", name], ran)


def test_variables_for_the_controller_name_all_that_ansible_evaluates() -> None:
    """Of this ansible-core: what a play reads of a host before a local connection is there."""
    file = ROOT / "playbooks" / "parts" / "vars" / "controller.yml"
    named = set(yaml.safe_load(file.read_text(encoding="utf-8")))
    connection_loader.get("local", class_only=True)
    shell_loader.get("sh", class_only=True)
    read = {name for names in constants.MAGIC_VARIABLE_MAPPING.values() for name in names}
    read |= set(constants.config.get_plugin_vars("connection", "local"))
    read |= set(constants.config.get_plugin_vars("shell", "sh"))
    assert read <= named, sorted(read - named)
    assert all(name.startswith("ansible_") for name in named)
