# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fleet_part and fleet_merge: from what tasks registered to set_stats, and from files, events and variables back."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.action import fleet_merge, fleet_part, fleet_report
from ansible_collections.winlegacy.servicing.plugins.modules import fleet_merge as merge_docs
from ansible_collections.winlegacy.servicing.plugins.modules import fleet_part as part_docs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import part_sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import part_read
from unit.plugins.action.test_rollout import of_this_run, run

__all__ = ["of_this_run"]

FIXED: dict[str, Any] = {"kb": "KB952876", "status": "fixed", "summary": "It is there.", "plan": {"present": {}}}
STAGED = {**FIXED, "status": "staged"}
HOSTS: dict[str, dict[str, Any]] = {"a": {"hotfix_result": FIXED}, "b": {"hotfix_result": STAGED}}

SECOND = re.compile(r'timestamp="[^"]*"')
"""When a report was written: the two are not of one second."""


def stats(name: str, hosts: dict[str, dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    known = HOSTS if hosts is None else hosts
    told = run(fleet_part, {"hosts": list(known), "name": name, **more}, known)
    assert not told.get("failed"), told
    found: dict[str, Any] = told["stats"]
    return found


def merge(hosts: str, *paths: Path, **variables: Any) -> dict[str, Any]:
    arguments = {"hosts": list(hosts), "parts": [str(path) for path in paths]}
    return run(fleet_merge, arguments, {host: {} for host in hosts} or {"x": {}}, **variables)


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def event(content: Any, name: str = "playbook_on_stats") -> dict[str, Any]:
    return {"event": name, "uuid": "x", "event_data": {"ok": {"a": 1}, "artifact_data": content}}


@pytest.mark.parametrize(("action", "docs"), [(fleet_merge, merge_docs), (fleet_part, part_docs)])
def test_the_documentation_has_the_options_of_the_specification(action: Any, docs: Any) -> None:
    told = yaml.safe_load(docs.DOCUMENTATION)["options"]
    assert {name: (one.get("default"), bool(one.get("required"))) for name, one in told.items()} == {
        name: (one.get("default"), bool(one.get("required"))) for name, one in action.ActionModule.SPEC.items()
    }


def test_the_result_is_what_the_documentation_says() -> None:
    made = run(fleet_part, {"hosts": ["a", "b"], "name": "17"}, HOSTS)
    assert set(made) - {"changed"} == set(yaml.safe_load(part_docs.RETURN))
    assert set(merge("ab", **made["stats"])) - {"changed"} == set(yaml.safe_load(merge_docs.RETURN))
    (sample,) = yaml.safe_load(part_docs.RETURN)["stats"]["contains"].values()
    assert set(made["stats"]["winlegacy_part_17"]) == set(sample["sample"])


def test_a_part_has_what_the_run_was_for() -> None:
    hosts = {**HOSTS, "later": {}}
    made = run(fleet_part, {"hosts": list(hosts), "name": "slice1of2"}, hosts)
    assert made["stats"]["winlegacy_part_slice1of2"]["hosts"] == 3
    assert made["msg"].startswith("The part slice1of2 has 2 of 3 hosts in ")
    assert merge("ab", **made["stats"])["complete"]
    assert list(merge(["a", "b", "later"], **made["stats"])["missing"]) == ["later"]  # type: ignore[arg-type]


def test_an_assessment_of_another_hotfix_is_none() -> None:
    (made,) = stats("17", kb="KB942288").values()
    merged = run(fleet_merge, {"hosts": ["a"], "kb": "942288"}, {"a": {}}, winlegacy_part_17=made)
    assert list(merged["missing"]) == ["a"]
    assert merged["kb"] == "KB942288"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"name": "a-b"}, "letters, digits or underscores"),
        ({"name": "slice3of2"}, "at most the number of slices"),
        ({"hosts": ["x"]}, "'x' is no host of the inventory"),
        ({"kb": "that one"}, "a hotfix such as KB952876"),
    ],
)
def test_what_makes_no_part_is_told(arguments: dict[str, Any], reason: str) -> None:
    result = run(fleet_part, {"hosts": ["a"], "name": "17", **arguments}, HOSTS)
    assert result["failed"]
    assert reason in result["msg"]


def test_a_report_on_what_was_merged_is_a_report_on_the_run(tmp_path: Path) -> None:
    one, two = stats("slice1of2", {"a": HOSTS["a"]}), stats("slice2of2", {"b": HOSTS["b"]})
    merged = merge("ab", **one, **two)
    assert merged["complete"]
    assert merged["outcomes"] == {"ok": 2, "unreachable": 0, "failed": 0}
    assert merged["verdicts"] == {"fixed": 1, "staged": 1}
    for name, hosts in (("run", HOSTS), ("merged", {host: {"hotfix_result": merged} for host in "ab"})):
        groups = str(tmp_path / f"{name}.yml")
        arguments = {"hosts": ["a", "b"], "folder": str(tmp_path / name), "inventory_file": groups}
        assert not run(fleet_report, {**arguments, "formats": ["csv", "junit"]}, hosts).get("failed")
    for name in ("kb952876.csv", "kb952876.junit.xml"):
        merged_one, of_run = ((tmp_path / folder / name).read_text() for folder in ("merged", "run"))
        assert SECOND.sub("", merged_one) == SECOND.sub("", of_run)
    assert (tmp_path / "merged.yml").read_text() == (tmp_path / "run.yml").read_text()


def test_hosts_without_one_verdict_are_those_that_a_play_fails_for() -> None:
    old = {"a": {"hotfix_result": {**FIXED, "status": "needs_fix"}}}
    merged = merge("abc", **stats("one"), **stats("two", old))
    assert not merged["complete"]
    groups = [(one["host"], one["group"]) for one in merged["members"]]
    assert groups == [
        ("a", "kb952876_assess_done"),
        ("a", "kb952876_unknown"),
        ("b", "kb952876_staged"),
        ("c", "kb952876_assess_silent"),
        ("a", "kb952876_assess_silent"),
    ]
    assert merged["msg"][0].startswith("1 host is missing: c.")
    assert merged["msg"][-1].endswith(": not complete.")


def test_what_hosts_said_is_no_template() -> None:
    evil = {"a": {"hotfix_result": {**FIXED, "summary": "{{ lookup('pipe', 'id') }}"}}}
    merged = merge("a", **stats("17", evil))
    assert merged["hosts"]["a"]["summary"] == "{{ lookup('pipe', 'id') }}"
    refused = merge("a", winlegacy_part_18="{{ lookup('pipe', 'id') }}", **stats("17"))
    (told,) = refused["refused"]
    assert told["source"] == "variable winlegacy_part_18"
    assert "no JSON document" in told["reason"]


def test_parts_come_as_files_of_every_kind(tmp_path: Path) -> None:
    one, two, three = (stats(f"slice{at}of3", {host: HOSTS["a"]}) for at, host in enumerate("abc", 1))
    paths = [
        write(tmp_path / "part.json", one["winlegacy_part_slice1of3"]),
        write(tmp_path / "job.json", {"id": 17, "artifacts": two}),
        write(tmp_path / "event.json", event(three)),
    ]
    merged = merge("abc", *paths)
    assert merged["complete"]
    assert [(one["name"], one["asked"], one["answered"]) for one in merged["parts"]] == [
        ("slice1of3", 1, 1),
        ("slice2of3", 1, 1),
        ("slice3of3", 1, 1),
    ]
    write(tmp_path / "else.json", {"a": 1})
    assert merge("abc", tmp_path)["parts"] == sorted(merged["parts"], key=lambda one: str(one["source"]))


@pytest.mark.parametrize("place", ["", "job_events", "..", "../.."])
def test_a_folder_of_a_runner_is_named_at_any_level(place: str, tmp_path: Path) -> None:
    run_folder = tmp_path / "private" / "artifacts" / "slice1of1"
    write(run_folder / "job_events" / "1-a.json", {"event": "playbook_on_start", "event_data": {}})
    write(run_folder / "job_events" / "9-z.json", event(stats("slice1of1")))
    merged = merge("ab", (run_folder / place).resolve())
    assert merged["complete"], merged
    assert len(merged["parts"]) == 1


def test_a_run_that_was_killed_is_named(tmp_path: Path) -> None:
    artifacts = tmp_path / "artifacts"
    write(artifacts / "slice1of2" / "job_events" / "1-a.json", event(stats("slice1of2", {"a": HOSTS["a"]})))
    forged = {"event": "runner_on_ok", "stdout": "playbook_on_stats", "event_data": {"res": {}}}
    write(artifacts / "slice2of2" / "job_events" / "1-a.json", forged)
    merged = merge("ab", artifacts)
    assert merged["lost"] == ["slice2of2"]
    assert merged["missing"] == {"b": "No part has this host. slice2of2 is lost."}
    assert any(one.startswith("The run slice2of2 was cut off:") for one in merged["msg"])
    write(artifacts / "slice2of2" / "job_events" / "2-b.json", event({}))
    merged = merge("ab", artifacts)
    assert not any("was cut off" in one for one in merged["msg"])
    assert "gave no part to set_stats" in merged["refused"][0]["reason"]


def test_what_cannot_be_used_is_named_and_the_others_count(tmp_path: Path) -> None:
    (good,) = stats("slice1of2", {"a": HOSTS["a"]}).values()
    (bad,) = stats("slice2of2", {"b": HOSTS["b"]}).values()
    write(tmp_path / "1.json", good)
    write(tmp_path / "2.json", json.dumps(bad)[:-30])
    for paths in ([tmp_path], [tmp_path / "1.json", tmp_path / "2.json"]):
        merged = merge("ab", *paths)
        assert merged["lost"] == ["slice2of2"]
        (refused,) = merged["refused"]
        assert refused["source"] == str(tmp_path / "2.json")
        assert "cut off" in refused["reason"]
        said = f"Not used: {tmp_path / '2.json'}: the document: it is no JSON"
        assert any(one.startswith(said) for one in merged["msg"])
    write(tmp_path / "2.json", {**bad, "made": "soon"})
    told = merge("ab", tmp_path / "2.json")
    assert told["msg"].startswith("there is no part that can be used. Not used:")
    assert "2.json: made: it is" in told["msg"]


def test_what_is_no_source_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no file and no folder" in merge("a", tmp_path / "none.json")["msg"]
    os.mkfifo(tmp_path / "pipe.json")
    assert "there is no file and no folder" in merge("a", tmp_path / "pipe.json")["msg"]
    assert "there is no part, and no run" in merge("a", tmp_path)["msg"]
    told = merge("a", write(tmp_path / "report.json", {"schema": 1}))["msg"]
    assert "report.json: the document: it has no part" in told
    assert merge("a")["msg"] == "there is no part that can be used."
    monkeypatch.setattr(part_sources, "MOST_FILES", 0)
    assert "more than 0 files" in merge("a", tmp_path)["msg"]
    monkeypatch.setattr(part_sources, "MOST_PARTS", 1)
    assert "more than 1 of them" in merge("a", **stats("1"), **stats("2"))["msg"]


def test_a_large_file_is_read_no_further_than_a_part_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(10 * part_read.LARGEST)
    for module in (part_sources, part_read):
        monkeypatch.setattr(module, "LARGEST", 1000)
    assert len(part_sources._content(tmp_path / "large.json")) == 1001  # noqa: SLF001
    assert "larger than 0 MiB" in merge("a", tmp_path / "large.json")["msg"]
