# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module of the role hotfix that works for a hotfix is told which: without it, it would work for KB952876."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLE = Path(__file__).parents[2] / "roles" / "hotfix" / "tasks"
OURS = "winlegacy.servicing."
FILES = sorted(ROLE.glob("*.yml"))


def _tasks(found: Any, defaults: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for task in found:
        here = {**defaults, **task.get("module_defaults", {})}
        yield task, here
        for part in ("block", "rescue", "always"):
            yield from _tasks(task.get(part, []), here)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DEFAULTS = next(one["module_defaults"] for one in _read(ROLE / "main.yml") if "module_defaults" in one)
"""Of the block from which all but sweep and report are included."""


def _takes_a_hotfix(module: str) -> bool:
    docs = importlib.import_module(f"ansible_collections.winlegacy.servicing.plugins.modules.{module}").DOCUMENTATION
    fragment = "winlegacy.servicing.definition" in docs
    return fragment or "kb" in yaml.safe_load(docs)["options"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_task_names_the_hotfix(path: Path) -> None:
    alone = path.stem in ("sweep", "report")
    for task, defaults in _tasks(_read(path), {} if alone else DEFAULTS):
        for name, options in task.items():
            if name.startswith(OURS) and _takes_a_hotfix(name.removeprefix(OURS)):
                assert "kb" in {**defaults.get(name, {}), **(options or {})}, task["name"]


def test_something_is_looked_at() -> None:
    assert {"hotfix", "hotfix_info", "reboot"} <= {name.removeprefix(OURS) for name in DEFAULTS}
    assert _takes_a_hotfix("reboot")
