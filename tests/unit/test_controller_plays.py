# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done once for all hosts evaluates nothing of the first host's own: its login may be one that is locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
CONTROLLER = PLAYBOOKS / "parts" / "vars" / "controller.yml"
BATCH = "{{ __hotfix_group if __hotfix_group in groups else 'all:!all' }}"
"""Hosts of a batch gave a verdict in the same run: Ansible could evaluate what is theirs."""

PLAYS = [
    (file, play)
    for file in sorted((*PLAYBOOKS.glob("*.yml"), *PLAYBOOKS.glob("parts/*.yml")))
    for play in yaml.safe_load(file.read_text(encoding="utf-8"))
    if "hosts" in play
]


def tasks_of(file: Path, tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All of a play, those of blocks and of included files too; each role's are one task, that which includes it."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_of(file, task.get(part) or [])
        if included := task.get("ansible.builtin.include_tasks"):
            other = (file.parent / included).resolve()
            yield from tasks_of(other, yaml.safe_load(other.read_text(encoding="utf-8")))


def on_the_controller(file: Path, play: dict[str, Any]) -> bool:
    """Whether the play has the variables by which nothing of a host is evaluated."""
    named = play.get("vars_files") or []
    return any(CONTROLLER in (file.parent / name, file.parent / "vars" / name) for name in named)


@pytest.mark.parametrize(("file", "play"), PLAYS, ids=[f"{file.stem}: {play['name']}" for file, play in PLAYS])
def test_once_for_all_hosts_is_on_the_controller_alone(file: Path, play: dict[str, Any]) -> None:
    tasks = [*tasks_of(file, play["tasks"])]
    if any(one.get("run_once") for one in tasks) and play["hosts"] != BATCH:
        assert on_the_controller(file, play), "its first host's login ends the play for all"
    if on_the_controller(file, play):
        asks = [one for one in tasks if not one.get("run_once") and any("winlegacy" in key for key in one)]
        assert asks == [], "such a task needs the host's own connection"


def test_there_are_plays_of_each_kind() -> None:
    kinds = [on_the_controller(file, play) for file, play in PLAYS]
    assert kinds.count(True) >= 7
    assert kinds.count(False) >= 3
