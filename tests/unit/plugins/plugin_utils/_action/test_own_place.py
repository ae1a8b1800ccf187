# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What says where the one task for all hosts runs itself is taken out, level by level, and nothing else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.own_place import (
    forget_own_place,
    is_own_place,
)

PLACE = {"ansible_connection": "local", "ansible_port": None, "ansible_user": "me", "mine": 1}


def _level(told: Any, parent: Any = None) -> SimpleNamespace:
    return SimpleNamespace(vars=told, _parent=parent)


def _play(**keywords: Any) -> Any:
    return Play().load({"name": "p", "hosts": "all", **keywords}, loader=DataLoader())


def test_each_level_that_says_local_loses_its_connection_and_no_other_one_does() -> None:
    hosts_own = {"ansible_user": "theirs", "ansible_connection": "winrm", "other": 2}
    block = _level({**PLACE, "ansible_connection": "ansible.builtin.local"}, _level(dict(hosts_own)))
    task, play = _level(dict(PLACE), block), _play(vars=dict(PLACE))
    forget_own_place(task, play, DataLoader())
    assert task.vars == block.vars == {"mine": 1}
    assert play.vars == {"mine": 1}
    assert block._parent.vars == hosts_own


@pytest.mark.parametrize("kind", ["{{ 'local' }}", "winrm", None, 7])
def test_what_is_not_plainly_local_stays(kind: object) -> None:
    task = _level({**PLACE, "ansible_connection": kind})
    forget_own_place(task, _play(vars={"ansible_user": "all"}), DataLoader())
    assert task.vars == {**PLACE, "ansible_connection": kind}


def test_a_file_of_nothing_else_is_left_out(tmp_path: Path) -> None:
    texts = {
        "place.yml": "ansible_connection: local\nansible_port:\n",
        "mixed.yml": "ansible_connection: local\nmine: 1\n",
        "hosts.yml": "ansible_user: theirs\n",
        "list.yml": "[1]\n",
        "broken.yml": "{",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    loader = DataLoader()
    loader.set_basedir(str(tmp_path))
    files = [*texts, "absent.yml", "{{ inventory_hostname }}.yml", ["place.yml", "hosts.yml"]]
    play = _play(vars_files=list(files))
    play.get_search_path = lambda: [str(tmp_path)]
    forget_own_place(_level({}), play, loader)
    assert play.vars_files == files[1:]


@pytest.mark.parametrize(
    "transport, own", [("local", True), ("ansible.builtin.local", True), ("winrm", False), ("", False)]
)
def test_only_the_controller_is_the_tasks_own_place(transport: str, own: bool) -> None:
    assert is_own_place(SimpleNamespace(transport=transport)) is own
