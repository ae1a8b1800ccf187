# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that work on the controller: documentation, no connection, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.winlegacy.servicing.plugins.action import (
    fleet_report,
    rollout_batch,
    rollout_member,
    rollout_scope,
    rollout_settings,
)
from ansible_collections.winlegacy.servicing.plugins.modules import fleet_report as report_docs
from ansible_collections.winlegacy.servicing.plugins.modules import rollout_batch as batch_docs
from ansible_collections.winlegacy.servicing.plugins.modules import rollout_member as member_docs
from ansible_collections.winlegacy.servicing.plugins.modules import rollout_scope as scope_docs
from ansible_collections.winlegacy.servicing.plugins.modules import rollout_settings as settings_docs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import controller
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.reasons import ReasonCode, reason
from unit.plugins.action.test_package_info import NoConnection

DOCUMENTED: list[tuple[Any, Any]] = [
    (fleet_report, report_docs),
    (rollout_batch, batch_docs),
    (rollout_member, member_docs),
    (rollout_scope, scope_docs),
    (rollout_settings, settings_docs),
]


class HostVars(dict[str, dict[str, Any]]):
    """Of Ansible's hostvars what the actions use."""

    def raw_get(self, host: str) -> dict[str, Any]:
        return self[host]


@pytest.fixture(autouse=True)
def of_this_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    """What this run has checked, in a folder of the test."""
    folder = tmp_path / "local"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(folder))
    record = RunRecord()
    record.put({"rollout": CHECKED["rollout"]}, "settings", "remediate")
    return record


def run(module: Any, arguments: dict[str, Any], hosts: dict[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    loader = DataLoader()
    task = Task.load({"action": f"winlegacy.servicing.{module.ActionModule.NAME}"})
    task.args = arguments
    variables = {
        "hostvars": HostVars(hosts),
        "groups": {"all": list(hosts), "ungrouped": []},
        "ansible_play_hosts_all": list(hosts),
        "ansible_play_batch": list(hosts),
        "inventory_hostname": next(iter(hosts), ""),
        **more,
    }
    plugin = module.ActionModule(
        task=task,
        connection=NoConnection(),
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader, variables=variables),
        shared_loader_obj=None,
    )
    result: dict[str, Any] = plugin.run(task_vars=variables)
    return result


@pytest.mark.parametrize(("action", "docs"), DOCUMENTED, ids=lambda one: one.__name__.rpartition(".")[2])
def test_the_documentation_has_the_options_of_the_specification(action: Any, docs: Any) -> None:
    told = yaml.safe_load(docs.DOCUMENTATION)["options"]
    spec = action.ActionModule.SPEC
    assert set(told) == set(spec)
    for name, option in told.items():
        assert option.get("choices") == spec[name].get("choices"), name
        assert option.get("default") == spec[name].get("default"), name
        assert bool(option.get("required")) is bool(spec[name].get("required")), name


@pytest.mark.parametrize("name", ["srv:22", "prod 01", "a,b", "web[1:3]", "!x", "{{ 7 * 6 }}"])
def test_a_member_is_taken_by_its_very_name(name: str) -> None:
    result = run(rollout_member, {"host": name, "group": "g"}, {name: {}})
    assert result["add_host"] == {"host_name": name, "groups": ["g"], "host_vars": {}}


def test_a_member_that_the_inventory_has_not_is_refused() -> None:
    result = run(rollout_member, {"host": "b", "group": "g"}, {"a": {}})
    assert result["failed"]
    assert "'b' is no host of the inventory" in result["msg"]
    assert "add_host" not in result


PLAN = {"outlook": "do", "restart": "none", "leftovers": False, "steps": [], "reached": False}
NEEDS = {"hotfix_result": {"status": "needs_fix", "plan": {"present": PLAN}}}
CHECKED = {
    "packages": {},
    "rollout": {
        "role": "kb952876",
        "kb": "KB952876",
        "canary": None,
        "canary_size": 1,
        "canary_done": False,
        "batches": ["100%"],
        "max_fail_percentage": 0.0,
        "apart": [],
    },
}
SCOPE = {"playbook": "remediate", "state": "present", "settings": CHECKED}


def test_the_scope_follows_the_inventory_and_only_this_runs_assessment() -> None:
    hosts = {"b": NEEDS, "a": NEEDS, "old": {}, "c": NEEDS}
    result = run(rollout_scope, SCOPE, hosts, ansible_play_hosts_all=["c", "a", "b", "old"])
    assert result["canary"] == [["b"]]
    assert result["remainder"] == [["a", "c"]]
    assert result["unknown"] == ["old"]
    assert [(one["host"], one["group"]) for one in result["members"]] == [
        ("b", "kb952876_remediate_canary"),
        ("a", "kb952876_remediate_remainder"),
        ("c", "kb952876_remediate_remainder"),
    ]


def test_a_limit_narrows_the_scope() -> None:
    result = run(rollout_scope, SCOPE, {"a": NEEDS, "b": NEEDS}, ansible_play_hosts_all=["b"])
    assert (result["canary"], result["remainder"], result["everybody"]) == ([["b"]], [], ["b"])


def test_without_checked_settings_no_scope_is_made() -> None:
    result = run(rollout_scope, {**SCOPE, "settings": {}}, {"a": NEEDS})
    assert result["failed"]
    assert "not checked" in result["msg"]


def test_a_scope_of_settings_that_this_run_did_not_check_is_refused(of_this_run: RunRecord) -> None:
    other = {**CHECKED, "rollout": {**CHECKED["rollout"], "max_fail_percentage": 100.0}}
    result = run(rollout_scope, {**SCOPE, "settings": other}, {"a": NEEDS})
    assert "not checked in this run" in result["msg"]
    stage = {**SCOPE, "playbook": "stage", "state": "staged"}
    assert "not checked in this run" in run(rollout_scope, stage, {"a": NEEDS})["msg"]


def test_a_batch_of_a_scope_that_this_run_did_not_choose_is_refused() -> None:
    hosts = {"a": NEEDS, "b": NEEDS, "c": NEEDS}
    scope = {**_scope(hosts), "max_fail_percentage": 100.0}
    result = run(rollout_batch, {"step": "begin", "scope": scope}, hosts, groups=_groups(["a"], ["b", "c"]))
    assert "not chosen in this run" in result["msg"]


def test_a_group_of_the_run_that_is_there_already_is_refused() -> None:
    groups = {"all": ["a"], "kb952876_remediate_remainder": ["a"]}
    result = run(rollout_scope, SCOPE, {"a": NEEDS}, groups=groups)
    assert result["failed"]
    assert "kb952876_remediate_remainder" in result["msg"]


def _scope(hosts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return run(rollout_scope, SCOPE, hosts)


def _groups(canary: list[str], remainder: list[str]) -> dict[str, list[str]]:
    both = {"kb952876_remediate_canary": canary, "kb952876_remediate_remainder": remainder}
    return {"all": ["a", "b", "c"], **both}


@pytest.mark.parametrize(
    ("play", "batch", "groups", "wrong"),
    [
        (["a"], ["a"], _groups(["a"], ["b", "c"]), ""),
        (["b", "c"], ["b", "c"], _groups(["a"], ["b", "c"]), ""),
        (["a", "x"], ["a"], _groups(["a"], ["b", "c"]), "other hosts than the scope: ['x']"),
        (["b"], ["b"], _groups(["a"], ["b", "c"]), "other hosts than the scope"),
        (["a"], ["a"], _groups(["a"], ["b", "c", "x"]), "not what its scope says"),
        (["a"], ["a"], _groups(["a"], ["c", "b"]), "not what its scope says"),
        (["b", "c"], ["b"], _groups(["a"], ["b", "c"]), "no batch of this roll-out"),
    ],
)
def test_a_play_with_other_hosts_than_the_scope_does_not_begin(
    play: list[str], batch: list[str], groups: dict[str, list[str]], wrong: str
) -> None:
    hosts = {"a": NEEDS, "b": NEEDS, "c": NEEDS}
    arguments = {"step": "begin", "scope": _scope(hosts)}
    result = run(rollout_batch, arguments, hosts, groups=groups, ansible_play_hosts_all=play, ansible_play_batch=batch)
    assert bool(result.get("failed")) is bool(wrong)
    assert wrong in result.get("msg", "")
    assert result.get("go") is (None if wrong else True)


def test_a_report_is_put_in_place_whole_or_not_at_all(tmp_path: Path) -> None:
    hosts = {"a": {"hotfix_result": {"status": "fixed", "summary": "there"}}}
    arguments = {"hosts": ["a"], "folder": str(tmp_path / "new"), "formats": ["csv"]}
    assert run(fleet_report, arguments, hosts)["changed"]
    assert not run(fleet_report, arguments, hosts)["changed"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kb952876.csv"]
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x", encoding="utf-8")
    result = run(fleet_report, {**arguments, "folder": str(in_the_way)}, hosts)
    assert result["failed"]
    assert str(in_the_way) in result["msg"]
    assert "cannot be written" in result["msg"]


FIXED = {"hotfix_result": {"status": "fixed", "summary": "there"}}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is shown, each as one text."""
    shown: list[str] = []
    monkeypatch.setattr(controller.display, "display", lambda text, *rest, **more: shown.append(text))
    return shown


def test_the_table_is_shown_as_lines_of_its_own(terminal: list[str]) -> None:
    result = run(fleet_report, {"hosts": ["a"], "terminal": True}, {"a": FIXED})
    assert not result.get("failed"), result
    assert terminal == ["\n" + "\n".join(result["table"]) + "\n"]
    assert result["table"][0].startswith("KB952876 report (1 host, ")
    assert (result["changed"], result["files"]) == (False, [])
    assert "1 host: 1 fixed." in result["table"]
    assert run(fleet_report, {"hosts": ["a"]}, {"a": FIXED})["table"] == []
    assert len(terminal) == 1


def test_the_report_names_the_hotfix_of_the_results(tmp_path: Path) -> None:
    other = {"hotfix_result": {"kb": "KB942288", "status": "fixed", "summary": "there"}}
    arguments = {"hosts": ["a", "b"], "terminal": True, "folder": str(tmp_path), "formats": ["json"]}
    result = run(fleet_report, arguments, {"a": other, "b": {}})
    assert result["table"][0].startswith("KB942288 report (")
    assert result["files"] == [str(tmp_path / "kb942288.json")]
    both = {"a": other, "b": {"hotfix_result": {**other["hotfix_result"], "kb": "KB952876"}}}
    assert "several hotfixes (KB942288, KB952876)" in run(fleet_report, arguments, both)["msg"]


@pytest.mark.parametrize("callback", ["json", "ansible.posix.json", "ansible.posix.jsonl", "community.general.null"])
def test_output_for_programs_has_nothing_else_in_it(
    callback: str, terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback)
    assert run(fleet_report, {"hosts": ["a"], "terminal": True}, {"a": FIXED})["table"]
    assert terminal == []


def test_a_failure_of_the_roll_out_names_the_cure_of_a_filtered_token() -> None:
    cure = reason(ReasonCode.FILTERED_TOKEN).text
    told = {"summary": "Not known.", "next": {"code": "investigate", "text": f"Find out first: {cure} Ask again."}}
    assert "LocalAccountTokenFilterPolicy" in rollout_batch._failure(told)  # noqa: SLF001
    assert rollout_batch._failure({**told, "next": None}) == "Not known."  # noqa: SLF001


def test_the_table_of_a_roll_out_says_what_was_at_its_beginning() -> None:
    hosts = {"a": NEEDS, "b": NEEDS}
    run(rollout_scope, SCOPE, hosts)
    told = {"hosts": ["a", "b"], "terminal": True, "playbook": "remediate"}
    table = "\n".join(run(fleet_report, told, {**hosts, "a": FIXED})["table"])
    assert "needs_fix -> fixed" in table
    assert "Since the beginning of this run:\n  Newly fixed: 1 (a)" in table


def test_a_report_tells_how_long_the_run_took(of_this_run: RunRecord, tmp_path: Path) -> None:
    arguments = {"hosts": ["a"], "folder": str(tmp_path), "formats": ["json"]}
    run(fleet_report, arguments, {"a": FIXED})
    assert json.loads((tmp_path / "kb952876.json").read_text())["seconds"] is None
    of_this_run.begin()
    began = of_this_run.began
    of_this_run.begin()
    assert of_this_run.began == began, "only the first begin counts"
    run(fleet_report, arguments, {"a": FIXED})
    told = json.loads((tmp_path / "kb952876.json").read_text())
    assert 0 <= told["seconds"] < 60
    version = yaml.safe_load((Path(__file__).parents[4] / "galaxy.yml").read_text())["version"]
    assert told["collection"] == version


def test_a_report_on_a_stranger_is_refused(tmp_path: Path) -> None:
    result = run(fleet_report, {"hosts": ["x"], "folder": str(tmp_path)}, {"a": {}})
    assert "'x' is no host" in result["msg"]


@pytest.mark.parametrize("playbook", ["assess", None])
def test_an_unknown_hotfix_is_told_with_the_name_of_the_variable(playbook: str | None) -> None:
    arguments = {"role": "hotfix", "state": "assessed", **({"playbook": playbook} if playbook else {})}
    told = run(rollout_settings, arguments, {"a": {}}, hotfix_kb="KB111111")["msg"]
    assert "hotfix_kb: there is no definition of KB111111: the collection has KB942288, KB952876; " in told
    assert "; hotfix_definition_dir names a folder with others" in told


def test_a_question_at_the_end_keeps_its_mark() -> None:
    arguments = {"role": "hotfix", "playbook": "assess", "state": "assessed"}
    told = run(rollout_settings, arguments, {"a": {}}, hotfix_kb="KB942288", hotfix_rebot=True)["msg"]
    assert told.endswith("hotfix_rebot: did you mean hotfix_reboot?")
    told = run(rollout_settings, arguments, {"b": {}}, hotfix_kb="KB942288", hotfix_reboot="perhaps")["msg"]
    assert told.endswith(".")
    assert not told.endswith("..")


@pytest.mark.parametrize(("action", "_docs"), DOCUMENTED, ids=lambda one: one.__name__.rpartition(".")[2])
def test_async_is_refused(action: Any, _docs: Any) -> None:
    task = Task.load({"action": action.ActionModule.NAME})
    task.async_val = 5
    loader = DataLoader()
    plugin = action.ActionModule(task, NoConnection(), PlayContext(), loader, Templar(loader=loader), None)
    assert "cannot run async" in plugin.run(task_vars={})["msg"]
