# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing with an earlier report: judged before any host is asked, and never at the price of the report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.action import fleet_report, rollout_settings
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import controller
from unit.plugins.action import test_rollout as rollouts
from unit.plugins.action.test_rollout import FIXED, NEEDS, run

of_this_run = rollouts.of_this_run


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each warning of ours; before 2.19 Ansible's own of a plugin's path, which only a playbook gives it, come too."""
    said: list[str] = []

    def note(text: str, *_rest: Any, **_more: Any) -> None:
        if not text.startswith("errors were encountered during the plugin load"):
            said.append(text)

    monkeypatch.setattr(controller.display, "warning", note)
    return said


def test_reports_compare_with_an_earlier_one_that_they_replace(tmp_path: Path) -> None:
    broken = {"hotfix_result": {"status": "needs_fix", "summary": "missing"}}
    arguments = {"hosts": ["a"], "folder": str(tmp_path), "formats": ["json", "text"]}
    run(fleet_report, arguments, {"a": broken})
    result = run(fleet_report, {**arguments, "compare": str(tmp_path / "kb952876.json")}, {"a": FIXED})
    assert not result.get("failed"), result
    assert json.loads((tmp_path / "kb952876.json").read_text())["comparison"]["newly_fixed"] == ["a"]
    assert "needs_fix -> fixed" in (tmp_path / "kb952876.txt").read_text()
    run(fleet_report, {**arguments, "compare": str(tmp_path / "kb952876.json")}, {"a": FIXED})
    told = json.loads((tmp_path / "kb952876.json").read_text())
    assert told["comparison"]["newly_fixed"] == ["a"], "in this run the first report stays the earlier one"
    again = run(fleet_report, {**arguments, "query": "]["}, {"a": FIXED})
    assert again["msg"].startswith("the expression ']['")


def test_what_a_rollback_removed_is_not_broken(tmp_path: Path) -> None:
    run(fleet_report, {"hosts": ["a"], "folder": str(tmp_path), "formats": ["json"]}, {"a": FIXED})
    told = {"hosts": ["a"], "compare": str(tmp_path / "kb952876.json"), "terminal": True, "playbook": "rollback"}
    table = "\n".join(run(fleet_report, told, {"a": NEEDS})["table"])
    assert "Otherwise changed: 1 (a)" in table
    assert "broken" not in table


def judged(path: Path | str, **more: Any) -> dict[str, Any]:
    arguments = {"role": "kb952876", "playbook": "assess", "state": "assessed"}
    return run(rollout_settings, arguments, {"a": {}, "b": {}}, kb952876_report_compare=str(path), **more)


NO_REPORTS: dict[str, tuple[str | bytes | None, str]] = {
    "empty": ("", "this is no JSON report: Expecting value: line 1 column 1 (char 0)"),
    "page": ("<html>", "this is no JSON report: Expecting value"),
    "binary": (b"\xff\xfe\x00", "this is no JSON report: "),
    "other": ('{"schema": 1, "kb": "KB942288", "hosts": []}', "the earlier report is about KB942288, not KB952876"),
    "strange": ('{"hosts": {}}', "this is no JSON report of this collection (schema 1, with hosts)"),
    "nameless": ('{"schema": 1, "kb": "KB952876", "hosts": [{}]}', "host 0 of the earlier report has no name"),
    "folder": (None, "is no regular file"),
}


def made(path: Path, content: str | bytes | None) -> Path:
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("kind", NO_REPORTS)
def test_what_is_no_report_is_told_before_any_host_is_asked(kind: str, tmp_path: Path) -> None:
    content, reason = NO_REPORTS[kind]
    path = made(tmp_path / "earlier.json", content)
    told = judged(path)
    assert told["failed"]
    said = told["msg"].split("no host was asked. ")[1]
    assert said.startswith(f"kb952876_report_compare: {path}")
    assert reason in said


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert f"kb952876_report_compare: {tmp_path / 'pipe'} is no regular file" in judged(tmp_path / "pipe")["msg"]


def test_what_rests_on_a_result_of_the_run_is_left_to_the_report() -> None:
    assert not judged("{{ kb952876_result.path }}").get("failed")


def test_the_first_run_with_a_lasting_setting_has_no_earlier_report_yet(tmp_path: Path, warned: list[str]) -> None:
    path = tmp_path / "kb952876.json"
    assert not judged(path).get("failed")
    assert warned == [f"There is no earlier report yet to compare with: {path}"]
    arguments = {"hosts": ["a"], "folder": str(tmp_path), "formats": ["json"], "compare": str(path)}
    for _batch in range(2):
        assert not run(fleet_report, arguments, {"a": NEEDS}).get("failed")
        told = json.loads(path.read_text())
        assert told["comparison"] is None, "its own report is not the earlier one"
    assert set(warned) == {warned[0]}, "the same words, which Ansible shows once"


@pytest.mark.parametrize("kind", NO_REPORTS)
def test_a_file_that_is_no_report_does_not_cost_the_report(kind: str, tmp_path: Path, warned: list[str]) -> None:
    content, reason = NO_REPORTS[kind]
    path = made(tmp_path / "earlier", content)
    arguments = {"hosts": ["a"], "folder": str(tmp_path / "r"), "formats": ["json"], "terminal": True}
    more = {"inventory_file": str(tmp_path / "groups.yml"), "compare": str(path)}
    told = run(fleet_report, {**arguments, **more}, {"a": FIXED})
    assert not told.get("failed"), told
    assert told["files"] == [str(tmp_path / "r" / "kb952876.json"), str(tmp_path / "groups.yml")]
    assert "1 host: 1 fixed." in told["table"]
    (said,) = warned
    assert said.startswith(f"compare: {path}")
    assert reason in said
    assert said.endswith(". The report goes without that comparison.")


def test_the_check_reads_what_the_report_compares_with(tmp_path: Path) -> None:
    arguments = {"hosts": ["a"], "folder": str(tmp_path), "formats": ["json"]}
    run(fleet_report, arguments, {"a": NEEDS})
    path = tmp_path / "kb952876.json"
    assert not judged(path).get("failed")
    path.write_text("{")
    run(fleet_report, {**arguments, "compare": str(path)}, {"a": FIXED})
    assert json.loads(path.read_text())["comparison"]["newly_fixed"] == ["a"]
