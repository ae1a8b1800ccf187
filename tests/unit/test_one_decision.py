# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host needs is decided in the domain alone: a status more touches nothing else, and nothing else knows one."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "plugins/plugin_utils/_verdict"
WORDS = {"needs_fix", "install_pending", "removal_pending", "not_applicable", "stop pending"}
WORDS_OF_CBS = "_model"  # where packages, too, are install_pending
"""Statuses whose names mean nothing else, and the driver's state that is the symptom."""


def constants(path: Path) -> list[str]:
    """All text constants of a Python file but its documentation; of a YAML file each word between quotes or alone."""
    if path.suffix == ".py":
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return re.findall(r"[\w.]+(?: pending)?", path.read_text(encoding="utf-8"), re.IGNORECASE)


def outside_the_domain() -> list[Path]:
    """What decides nothing: the code beside the domain, the role's and the playbooks' tasks and variables."""
    code = [path for path in (ROOT / "plugins").rglob("*.py") if path.parent.name not in (DOMAIN.name, WORDS_OF_CBS)]
    parts = ("tasks", "vars", "handlers", "defaults")
    role = [path for part in parts for path in (ROOT / "roles").rglob(f"{part}/*.yml")]
    return [*code, *role, *(ROOT / "playbooks").rglob("*.yml")]


def test_nothing_outside_the_domain_knows_a_status_or_the_symptom() -> None:
    paths = outside_the_domain()
    assert len(paths) > 100
    assert {path.name for path in paths} >= {"remediate.yml", "present.yml", "rows.py"}
    found = {
        (str(path.relative_to(ROOT)), text)
        for path in paths
        for text in constants(path)
        if text.strip().casefold() in WORDS
    }
    assert not found


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", 'x = y in ("fixed", "needs_fix")'), ("a.yml", "when: s == 'needs_fix'")]
)
def test_a_status_would_be_found(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert "needs_fix" in constants(path)


def _replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has changed: give this test another place"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the collection whose domain has a status more, and a rule that gives it; nothing else is touched."""
    copy = tmp_path / "ansible_collections/winlegacy/servicing"
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("plugins", "roles", "playbooks"):
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    domain = copy / DOMAIN.relative_to(ROOT)
    member, meaning = '    STAGED = "staged"\n', "    Status.STAGED: _Meaning("
    _replaced(domain / "status.py", member, f'    ON_HOLD = "on_hold"\n{member}')
    line = '    Status.ON_HOLD: _Meaning(Outcome.MISSING, "On hold", "{kb} is on hold"),\n'
    _replaced(domain / "status.py", meaning, line + meaning)
    rule = re.compile(r"^below +unknown +silent +yes +needs_fix", re.MULTILINE)
    text = (domain / "rules.py").read_text(encoding="utf-8")
    text, times = rule.subn("below unknown silent yes on_hold", text)
    assert times == 1
    (domain / "rules.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_new_status_is_in_results_reports_groups_and_role_without_another_change(changed: Path) -> None:
    command = [sys.executable, str(ROOT / "tests/unit/new_status.py"), str(changed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert Path(said["domain"]).is_relative_to(changed), "the copy is what was asked"
    assert (said["status"], said["summary"][:19]) == ("on_hold", "KB952876 is on hold")
    assert said["plan"] == {"staged": "blocked", "present": "blocked", "absent": "met"}, "no plan knows it: not done"
    assert said["recommendation"] == "investigate"
    assert said["unmet"]["present"][0].startswith("The verdict is on_hold")
    assert said["row"] == "on_hold"
    assert list(said["counts"])[:2] == ["needs_fix", "on_hold"]
    assert said["counts"]["on_hold"] == 1
    assert said["groups"]["kb952876_on_hold"] == {"hosts": {"host": None}}
    assert "<failure" in said["junit"]
    assert "On hold" in said["html"]
    assert said["work"] == ["staged", "present"], "the role fails there, and says why"
