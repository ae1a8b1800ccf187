# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interrupted sweep leaves: where it can be written, in nobody else's file, and gone when it is complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import unfinished
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.unfinished import Unfinished

HOSTS = ("one", "two")
FOUND = {"one": {"kb": "KB952876", "status": "needs_fix", "summary": "It lacks the fix."}}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ansible's home and its folder of the run."""
    (tmp_path / "local").mkdir(mode=0o700)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "local"))
    monkeypatch.setattr(constants.config, "get_config_value", lambda _name: str(tmp_path / "home"))
    return tmp_path / "home" / "winlegacy.servicing"


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    unfinished._tell()
    told = capsys.readouterr()
    assert not told.out, "programs read that"
    return " ".join(told.err.split())


def test_the_main_process_says_what_the_worker_has_noted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = Unfinished("", "KB952876", HOSTS)
    sweep.begin()
    assert _said(capsys) == ""
    sentence = sweep.keep(FOUND, "1 of 2 hosts were done: 1 needs_fix")
    (file,) = home.iterdir()
    assert sentence.startswith("Interrupted: 1 of 2 hosts were done: 1 needs_fix. What was learnt is in ")
    assert str(file) in sentence
    assert _said(capsys).replace(" ", "") == sentence.replace(" ", "")
    rows = {row["host"]: row["status"] for row in json.loads(file.read_text("utf-8"))["hosts"]}
    assert rows == {"one": "needs_fix", "two": "unknown"}
    sweep.begin()
    assert _said(capsys) == "", "the next sweep of the run has not been interrupted"


def test_nothing_learnt_leaves_no_file(home: Path) -> None:
    sentence = Unfinished("", "KB952876", HOSTS).keep({}, "0 of 2 hosts were done")
    assert sentence == "Interrupted: 0 of 2 hosts were done"
    assert not home.exists()


def test_a_complete_sweep_removes_what_an_earlier_one_left_of_the_same_hosts(home: Path, tmp_path: Path) -> None:
    named = tmp_path / "reports" / "kb952876.interrupted.json"
    others = Unfinished("", "KB952876", ("three",))
    others.keep({"three": FOUND["one"]}, "")
    Unfinished("", "KB952876", HOSTS).keep(FOUND, "")
    Unfinished(str(named), "KB952876", HOSTS).keep(FOUND, "")
    assert named.exists()
    assert len(list(home.iterdir())) == 2
    Unfinished(str(named), "KB952876", tuple(reversed(HOSTS))).forget()
    assert not named.exists()
    (left,) = home.iterdir()
    assert "three" in left.read_text("utf-8")


def test_a_sweep_of_other_hosts_leaves_the_file_alone(home: Path, tmp_path: Path) -> None:
    """The rest is asked with --limit: that must not lose the first part, whether or not it is interrupted again."""
    named = tmp_path / "kb952876.interrupted.json"
    Unfinished(str(named), "KB952876", HOSTS).keep(FOUND, "")
    before = named.read_bytes()
    rest = Unfinished(str(named), "KB952876", HOSTS[1:])
    rest.forget()
    assert named.read_bytes() == before
    sentence = rest.keep({HOSTS[1]: FOUND["one"]}, "1 of 1")
    (file,) = home.iterdir()
    assert f"What was learnt is in {file}" in sentence
    assert named.read_bytes() == before
    Unfinished(str(named), "KB952876", (*HOSTS, "three")).forget()
    assert not named.exists()


@pytest.mark.parametrize("text", ["mine", "[]", '{"title": "KB952876 report"}', '{"title": 1}'])
def test_a_file_that_is_no_such_report_stays(text: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text(text, encoding="utf-8")
    Unfinished(str(file), "KB952876", HOSTS).forget()
    assert file.read_text("utf-8") == text


def test_where_the_named_file_cannot_be_written_nothing_is_lost(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    sentence = Unfinished(str(tmp_path / "file" / "report.json"), "KB952876", HOSTS).keep(FOUND, "1 of 2")
    (file,) = home.iterdir()
    assert "cannot be written" in sentence
    assert f"What was learnt is in {file}" in sentence


def test_a_folder_that_others_can_reach_is_not_used(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o755)
    sentence = Unfinished("", "KB952876", HOSTS).keep(FOUND, "1 of 2")
    assert "What was learnt is lost" in sentence
    assert str(home) in sentence
    assert not list(home.iterdir())


def test_a_link_is_not_followed(home: Path, tmp_path: Path) -> None:
    precious: Any = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    sweep = Unfinished("", "KB952876", HOSTS)
    home.mkdir(parents=True, mode=0o700)
    sweep._private.symlink_to(precious)
    assert "lost" in sweep.keep(FOUND, "1 of 2")
    assert precious.read_text("utf-8") == "mine"


def test_few_files_are_kept(home: Path) -> None:
    for number in range(25):
        Unfinished("", "KB952876", (f"host{number}",)).keep({f"host{number}": FOUND["one"]}, "")
    assert len(list(home.iterdir())) == 20
