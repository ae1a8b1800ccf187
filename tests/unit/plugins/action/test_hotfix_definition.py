# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hotfix_definition as a task: arguments, the shape of the result, check mode, and that no host is ever asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.winlegacy.servicing.plugins.action import hotfix_definition
from ansible_collections.winlegacy.servicing.plugins.module_utils._authoring_specs import HOTFIX_DEFINITION
from ansible_collections.winlegacy.servicing.plugins.modules import hotfix_definition as docs
from packages import other, write_msu
from packages.articles import article, table

from .test_package_info import NoConnection, assert_shape, returned

ARTICLE = article("KB960999", [table([("Tcpip.sys", "6.0.6001.22167", 5, "x86")], "x86")])


def run(arguments: dict[str, Any], basedir: Path, *, run_async: int = 0, check: bool = False) -> dict[str, Any]:
    loader = DataLoader()
    loader.set_basedir(str(basedir))
    task = Task.load({"action": "winlegacy.servicing.hotfix_definition"})
    task.args, task.async_val, task.check_mode = arguments, run_async, check
    plugin = hotfix_definition.ActionModule(
        task=task,
        connection=NoConnection(),
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader, variables={}),
        shared_loader_obj=None,
    )
    result: dict[str, Any] = plugin.run(task_vars={})
    return result


def test_the_documentation_has_the_options_of_the_specification() -> None:
    options = yaml.safe_load(docs.DOCUMENTATION)["options"]
    assert {name: {key: entry[key] for key in entry if key != "description"} for name, entry in options.items()} == (
        HOTFIX_DEFINITION
    )
    for task in yaml.safe_load(docs.EXAMPLES):
        for name, arguments in task.items():
            if name.startswith("winlegacy."):
                assert set(arguments) <= set(options)


@pytest.mark.parametrize("check", [False, True])
def test_the_result_has_the_documented_shape(tmp_path: Path, check: bool) -> None:
    """Relative paths are found beside the playbook; the article has one file that the package has otherwise."""
    write_msu(tmp_path, "x86", name="a.msu", **other.OPTIONS)
    (tmp_path / "article.md").write_text(ARTICLE)
    wanted = {"packages": ["a.msu"], "article": "article.md", "dest": "made.json", "signature": "ignore"}
    result = run({**wanted, "details": True}, tmp_path, check=check)
    assert not result.get("failed"), result
    assert result.pop("changed") is True
    assert json.loads(json.dumps(result)) == result
    assert_shape(result, returned(yaml.safe_load(docs.RETURN)))
    assert set(result) == set(yaml.safe_load(docs.RETURN))
    assert result["kb"] == "KB960999"
    assert result["differences"]
    assert result["not_told"]
    assert (tmp_path / "made.json").exists() is not check
    again = run(wanted, tmp_path, check=check)
    assert set(again) - {"changed"} == set(result) - {"definition"}
    assert again["changed"] is check


def test_a_refusal_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text("# A policy\n\nNo table.")
    result = run({"article": "article.md", "dest": "."}, tmp_path)
    assert result["failed"]
    assert result["msg"].startswith("article.md: file tables: it has none")
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.parametrize(
    ("dest", "said"),
    [
        ("", "dest: it is empty: name the file to write, or a folder for it"),
        ("kb960999/", "kb960999 does not exist: make the folder first"),
        ("kb960999/.", "kb960999 does not exist: make the folder first"),
        ("article.md/", "article.md is no folder"),
    ],
)
def test_a_dest_that_can_be_no_file_is_refused(tmp_path: Path, dest: str, said: str) -> None:
    (tmp_path / "article.md").write_text(ARTICLE)
    result = run({"article": "article.md", "dest": dest}, tmp_path)
    assert result.get("failed"), result
    assert result["msg"].endswith(said)
    assert [one.name for one in tmp_path.iterdir()] == ["article.md"]


def test_async_is_refused(tmp_path: Path) -> None:
    result = run({"dest": "a.json"}, tmp_path, run_async=5)
    assert result["failed"] is True
    assert "cannot run async: remove async" in result["msg"]
