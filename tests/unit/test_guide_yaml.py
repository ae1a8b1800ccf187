# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every YAML example of the guides and of the READMEs: a play, tasks, an inventory or settings, and right as such."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pages
import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.connection import psrp, winrm
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import NAMINGS, WIRE, problem
from unit.documented import option_problems
from winrm.protocol import Protocol

TEXTS = [*pages.GUIDES.glob("*.rst"), pages.ROOT / "README.md", *(pages.ROOT / "roles").glob("*/README.md")]
BLOCKS = [one for path in sorted(TEXTS) for one in pages.blocks(path) if one.language in ("yaml", "yaml+jinja")]
TASK = {"register", "when", "run_once", "delegate_to", "connection", "vars", "ignore_unreachable", "ignore_errors"}
TASK |= {
    "name",
    "tags",
    "loop",
    "until",
    "retries",
    "delay",
    "become",
    "no_log",
    "changed_when",
    "failed_when",
    "notify",
}
INVENTORY = {"hosts", "vars", "children"}


def _content(block: pages.Block) -> Any:
    return yaml.safe_load(block.text)


def _kind(content: Any) -> str:
    if isinstance(content, list) and all(isinstance(one, dict) for one in content):
        plays = [one for one in content if {"hosts", "ansible.builtin.import_playbook"} & set(one)]
        return "play" if len(plays) == len(content) else "tasks" if not plays else "neither"
    if isinstance(content, dict):
        groups = [one for one in content.values() if isinstance(one, dict) and set(one) <= INVENTORY and one]
        return "inventory" if len(groups) == len(content) else "settings"
    return "neither"


def _of(kind: str) -> list[pages.Block]:
    return [one for one in BLOCKS if _kind(_content(one)) == kind]


def setting_problems(name: str, value: Any) -> Iterator[str]:
    """What is wrong with a variable of ours; other names are the reader's."""
    templated = "{{" in str(value)
    for naming in NAMINGS.values():
        if name.startswith(naming.prefix):
            if name not in naming.by_name:
                yield f"{name} is no setting"
            elif not templated and (wrong := problem(naming, name, value)):
                yield wrong
    if name.startswith("winlegacy_"):
        setting = WIRE.get(name)
        if setting is None:
            yield f"{name} is no variable of ours"
        elif wrong := setting.check(value):
            yield f"{name}: {wrong}"


def _tasks(content: Any) -> Iterator[dict[str, Any]]:
    """All tasks of a play or a list, those of blocks too."""
    for one in content:
        for key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from _tasks(one.get(key) or [])
        if "hosts" not in one and "block" not in one:
            yield one


def test_each_example_is_something_that_is_checked() -> None:
    assert len(BLOCKS) > 20
    assert not [str(one) for one in BLOCKS if _kind(_content(one)) == "neither"]
    assert {_kind(_content(one)) for one in BLOCKS} == {"play", "tasks", "inventory", "settings"}


def test_plays_and_tasks_pass_ansibles_own_check(tmp_path: Path) -> None:
    """One run for all: a play for each example."""
    plays: list[Any] = []
    for block in (*_of("play"), *_of("tasks")):
        content = _content(block)
        more = content if _kind(content) == "play" else [{"hosts": "all", "gather_facts": False, "tasks": content}]
        plays += [one if "name" in one else {"name": str(block), **one} for one in more]
    (tmp_path / "guides.yml").write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    program = Path(sys.executable).with_name("ansible-playbook")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")},
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(pages.ROOT / "build" / "collections"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_HOST_PATTERN_MISMATCH": "ignore",
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [str(program), "--syntax-check", "-i", "localhost,", "guides.yml"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr + done.stdout


def test_options_of_our_modules_and_roles_are_theirs() -> None:
    wrong: list[str] = []
    asked = 0
    for block in (*_of("play"), *_of("tasks")):
        content = _content(block)
        for task in _tasks(content):
            for module in set(task) - TASK:
                if module.startswith("winlegacy.servicing."):
                    asked += 1
                    wrong += [f"{block}: {one}" for one in option_problems(module, task[module] or {})]
            given = task.get("vars", {})
            wrong += [f"{block}: {one}" for name in given for one in setting_problems(name, given[name])]
        for play in content:
            roles = [one for one in play.get("roles", []) if isinstance(one, dict)]
            for given in (play.get("vars", {}), *roles):
                asked += 1
                wrong += [f"{block}: {one}" for name in given for one in setting_problems(name, given[name])]
    assert asked > 10
    assert not wrong


def test_settings_are_known_and_can_be_used() -> None:
    found = [(block, name, value) for block in _of("settings") for name, value in _content(block).items()]
    assert len(found) > 10
    assert not [f"{block}: {one}" for block, name, value in found for one in setting_problems(name, value)]
    ours = ("kb952876_", "hotfix_", "winlegacy_")
    assert not [f"{block}: {name} is whose?" for block, name, _value in found if not name.startswith(ours)]


def _connection_names() -> set[str]:
    """Variables that the connection plugins read, and those that winrm hands on to pywinrm."""
    found = {f"ansible_winrm_{name}" for name in inspect.signature(Protocol.__init__).parameters}
    for plugin in (winrm, psrp):
        found |= set(re.findall(r"- name: (ansible_\w+)", plugin.DOCUMENTATION))
    return found | {"ansible_connection"}


@pytest.mark.parametrize("block", _of("inventory"), ids=str)
def test_an_inventory_is_read_whole_and_names_what_there_is(block: pages.Block, tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text(block.text, encoding="utf-8")
    inventory = InventoryManager(loader=DataLoader(), sources=[str(tmp_path / "hosts.yml")])
    entities = [*inventory.groups.values(), *inventory.hosts.values()]
    told = {name: value for one in entities for name, value in one.vars.items() if not name.startswith("inventory_")}
    assert told
    known = _connection_names()
    assert not [name for name in told if name.startswith("ansible_") and name not in known]
    assert not [one for name, value in told.items() for one in setting_problems(name, value)]
    secret = [value for name, value in told.items() if "password" in name]
    assert not [value for value in secret if "vault_" not in value]


def test_the_checks_see_what_is_wrong() -> None:
    wrong = {"kb952876_reboott": True, "kb952876_batches": "none", "hotfix_transfer": "ftp", "winlegacy_tls": True}
    assert not [name for name, value in wrong.items() if not list(setting_problems(name, value))]
    assert list(setting_problems("winlegacy_connect_timeout", "soon"))
    assert option_problems("winlegacy.servicing.hotfixes", {})
    assert option_problems("winlegacy.servicing.hotfix", {"stat": "present"})
    assert option_problems("winlegacy.servicing.hotfix_info", {"depth": "deep"})
    assert not option_problems("winlegacy.servicing.hotfix_info", {"depth": "{{ how }}"})
    assert _kind([{"hosts": "all"}, {"debug": None}]) == "neither"
