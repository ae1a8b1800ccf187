# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to a hotfix of your own, command by command: a definition from packages and article, and an assessment."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pages
import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load_file
from integration.assess.commands import HERE, ROOT, of_host
from packages import other, proven, write_msu
from packages.articles import table
from unit.plugins.plugin_utils._package.definition.making import KB, text
from winhost.testing import running_fleet

TCPIP = {"path": "C:\\Windows\\System32\\drivers\\tcpip.sys", "size": 900_000}
FROBUI = table([("Frobui.dll", "6.0.6001.22167", 5, "x64")], "x64")
"""A row that the packages deny, and whose place nobody knows."""
HOSTS: list[dict[str, Any]] = [
    {"name": "old", "profile": "vista_sp1_x64", "overrides": {"files": [{**TCPIP, "version": "6.0.6001.18000"}]}},
    {"name": "r2", "profile": "srv2008r2"},
]


def commands() -> list[list[str]]:
    """The page's shell commands, words as a shell parts them."""
    return [shlex.split(block.replace("\\\n", " ")) for block in pages.shell("guide_own_hotfix")]


def run(folder: Path, words: list[str]) -> dict[str, Any]:
    """A command of the page as it stands; what each host answered, by its name."""
    if words[0] != "ansible":
        subprocess.run(words, cwd=folder, check=True)
        return {}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTEST_", "PYTHON"))}
    env = {
        **kept,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    program = [str(HERE / "python"), str(HERE / "ansible"), *words[1:]]
    done = subprocess.run(program, cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False)
    found = dict(re.findall(r"^(\S+) \| (?:SUCCESS|CHANGED) => (.*)$", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    return {host: json.loads(told) for host, told in found.items()}


def with_proof(words: list[str], packages: list[Path]) -> list[str]:
    """The same command for packages that are not Microsoft's."""
    told = proven.proof(*packages)
    more = f"ca_file={told['ca_file']}" if "ca_file" in told else f"checksum={','.join(told['checksum'])}"
    return [*words[:-1], f"{words[-1]} {more}"]


def test_the_page(tmp_path: Path) -> None:
    packages = [proven.signed(write_msu(tmp_path, one, **other.OPTIONS)) for one in ("x86", "x64")]
    told = text(restart="You may have to restart the computer.")
    told = told.replace("## Applies to", f"{FROBUI}\n## Applies to")
    (tmp_path / "KB960999.md").write_text(told, encoding="utf-8")
    prepare, both, alone, package, assess = commands()
    run(tmp_path, prepare)
    made = run(tmp_path, with_proof(both, packages))["localhost"]
    assert (made["changed"], made["kb"]) == (True, KB)
    assert {one["file"] for one in made["differences"]} == {"Engine45.dll", "Frobui.dll", "Winusb.sys"}
    assert "symptom.watch" in {one["field"] for one in made["not_told"]}
    assert not run(tmp_path, with_proof(both, packages))["localhost"]["changed"]

    assert "definition" not in run(tmp_path, alone)["localhost"], "it fills screens"
    paths = {str(file.path) for one in load_file(tmp_path / "article-only.json").targets for file in one.files}
    assert paths >= {"System32\\frobui.dll", "System32\\drivers\\Tcpip.sys"}
    assert load_file(tmp_path / "article-only.json").kb == KB

    judged = run(tmp_path, with_proof(package, packages))["localhost"]
    assert (judged["match"]["status"], judged["accepted"]) == ("matches", True)

    with running_fleet({"hosts": HOSTS}) as fleet:
        inventory = {one["name"]: of_host(fleet.host(str(one["name"]))) for one in HOSTS}
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": inventory}}))
        answers = run(tmp_path, assess)
    assert {host: (one["kb"], one["status"]) for host, one in answers.items()} == {
        "old": (KB, "needs_fix"), "r2": (KB, "not_applicable")}  # fmt: skip
