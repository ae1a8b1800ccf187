# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/own-hotfix.md, command by command: a definition from packages and article, and an assessment with it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load_file
from integration.assess.commands import HERE, ROOT, of_host
from packages import other, proven, write_msu
from unit.plugins.plugin_utils._package.definition.making import KB, text
from winhost.testing import running_fleet

PAGE = ROOT / "docs" / "own-hotfix.md"
TCPIP = {"path": "C:\\Windows\\System32\\drivers\\tcpip.sys", "size": 900_000}
HOSTS = [
    {"name": "old", "profile": "vista_sp1_x64", "overrides": {"files": [{**TCPIP, "version": "6.0.6001.18000"}]}},
    {"name": "r2", "profile": "srv2008r2"},
]


def commands() -> list[list[str]]:
    """The page's shell commands, words as a shell parts them."""
    blocks = re.findall("^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(block.replace("\\\n", " ")) for block in blocks]


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
    (tmp_path / "KB960999.md").write_text(text(restart="You may have to restart the computer."), encoding="utf-8")
    prepare, both, alone, package, assess = commands()
    run(tmp_path, prepare)
    made = run(tmp_path, with_proof(both, packages))["localhost"]
    assert (made["changed"], made["kb"]) == (True, KB)
    assert {one["file"] for one in made["differences"]} == {"Engine45.dll", "Winusb.sys"}
    assert "symptom.watch" in {one["field"] for one in made["not_told"]}
    assert not run(tmp_path, with_proof(both, packages))["localhost"]["changed"]

    paths = {
        file["path"] for one in run(tmp_path, alone)["localhost"]["definition"]["targets"] for file in one["files"]
    }
    assert "System32\\drivers\\winusb.sys" in paths
    assert load_file(tmp_path / "article-only.json").kb == KB

    judged = run(tmp_path, with_proof(package, packages))["localhost"]
    assert (judged["match"]["status"], judged["accepted"]) == ("matches", True)

    with running_fleet({"hosts": HOSTS}) as fleet:
        inventory = {one["name"]: of_host(fleet.host(str(one["name"]))) for one in HOSTS}
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": inventory}}))
        told = run(tmp_path, assess)
    assert {host: (one["kb"], one["status"]) for host, one in told.items()} == {
        "old": (KB, "needs_fix"), "r2": (KB, "not_applicable")}  # fmt: skip
