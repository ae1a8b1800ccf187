# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assess, stage and install on a simulated fleet with every ansible-core and every Python that we promise.

Each pair has an environment as a user makes it, from requirements.txt alone. There every file of plugins/ is compiled
and imported, and the three playbooks run by their full names; what the hosts are afterwards is read from the reports.
Usage: smoke.py [CORE-PYTHON ...], such as 2.18-3.13; all pairs when none is named. SMOKE_PYTHON_3_12 and the like name
interpreters. One that is not found is a failure, but for those of WHERE_FOUND, which are told as not tested.
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import interpreters
import targets
import worktree
import yaml

sys.path[:0] = [str(worktree.ROOT / "tests")]

from packages import write_msu  # noqa: E402
from packages.proven import proof, signed  # noqa: E402
from winhost.testing import RunningFleet, running_fleet  # noqa: E402

FOLDER = worktree.ROOT / "build" / "smoke"
WHERE_FOUND = ("3.14",)
"""Pythons that few systems have yet."""

AT_ONCE = 2
PROFILES = {"needs": "vista_sp1_x64", "older": "vista_rtm_x86", "fixed": "srv2008_fixed", "modern": "win2019"}
"""Hosts of each pair, by name."""

_LEFT_ALONE = {"fixed": "fixed", "modern": "not_applicable"}
STEPS: tuple[tuple[str, Mapping[str, str]], ...] = (
    # The playbook, and what each host is after it.
    ("assess", {"needs": "needs_fix", "older": "needs_fix", **_LEFT_ALONE}),
    ("stage", {"needs": "staged", "older": "staged", **_LEFT_ALONE}),
    ("remediate", {"needs": "fixed", "older": "fixed", **_LEFT_ALONE}),
)
_POWER = {"shutdown_seconds": 0.5, "boot_seconds": 1.5, "services_seconds": 0.5, "servicing_seconds": 0.5}
_QUICK = {"kb952876_reboot": True, "kb952876_reboot_delay": 0, "kb952876_reboot_settle": 1}
_IMPORTED = """
import importlib, pathlib, sys
root, count = pathlib.Path(sys.argv[1]), 0
for path in sorted(root.joinpath("plugins").rglob("*.py")):
    compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    parts = path.relative_to(root).with_suffix("").parts
    importlib.import_module(".".join(("ansible_collections", "winlegacy", "servicing", *parts)))
    count += 1
print(count, "files compiled and imported")
"""


@dataclass(frozen=True)
class Pair:
    """One ansible-core on one Python."""

    core: str
    python: str

    @property
    def name(self) -> str:
        """As the command line names it."""
        return f"{self.core}-{self.python}"


PAIRS = tuple(
    Pair(*one)
    for one in (
        # Each core at least once, and each Python with the oldest and the newest core that supports it.
        ("2.16", "3.11"),
        ("2.16", "3.12"),
        ("2.17", "3.12"),
        ("2.18", "3.13"),
        ("2.19", "3.11"),
        ("2.20", "3.13"),
        ("2.21", "3.12"),
        ("2.21", "3.13"),
        ("2.20", "3.14"),
        ("2.21", "3.14"),
    )
)


def select(names: Sequence[str]) -> list[Pair]:
    """The pairs of these names, all when there is none; ends the program with a sentence for an unknown name."""
    known = {pair.name: pair for pair in PAIRS}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no such pair here: {', '.join(unknown)}; known are {', '.join(known)}")
    return [pair for name, pair in known.items() if not names or name in names]


class Failed(Exception):
    """What failed of a pair, for its line."""


class Untested(Exception):
    """Why a pair could not be tested, which is no failure."""


def _run(command: list[str], folder: Path, log: Path, seconds: float = 240) -> str:
    """Run a program of a pair's environment, without anything of the caller's Ansible. Raises Failed."""
    dropped = ("ANSIBLE_", "PYTHON", "VIRTUAL_ENV")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    collections = str(worktree.ROOT / "build" / "collections")
    environment = {
        **kept,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": collections,
    }
    with log.open("w", encoding="utf-8") as sink:
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Failed(f"no end after {seconds:.0f} s, see {log}") from None
    text = log.read_text(encoding="utf-8")
    if done.returncode:
        raise Failed(f"exit code {done.returncode}, see {log}:\n{text[-2500:]}")
    return text


def _inventory(pair: Pair, fleet: RunningFleet) -> dict[str, Any]:
    hosts = {
        name: {
            "ansible_connection": "winrm",
            "ansible_host": host.address,
            "ansible_port": host.port,
            "ansible_winrm_scheme": host.scheme,
            "ansible_winrm_transport": "ntlm",
            "ansible_user": "Administrator",
            "ansible_password": "P@ssw0rd-sim",
        }
        for name in PROFILES
        for host in (fleet.host(f"{pair.name}-{name}"),)
    }
    return {"all": {"hosts": hosts}}


def check(pair: Pair, fleet: RunningFleet, variables: Mapping[str, Any]) -> str:
    """Check one pair; what was done, in a few words. Raises Failed, and Untested."""
    python = interpreters.find([pair.python], f"SMOKE_PYTHON_{pair.python.replace('.', '_')}")
    if python is None and pair.python in WHERE_FOUND:
        raise Untested(f"no interpreter of Python {pair.python} here")
    if python is None:
        raise Failed(f"missing interpreter: Python {pair.python} with venv and ensurepip")
    begun = time.monotonic()
    requirements = [f"ansible-core=={pair.core}.*", "-r", "requirements.txt"]
    try:
        venv = targets.virtual_environment(worktree.ROOT / "build" / f"smoke-{pair.name}", python, requirements)
    except SystemExit as error:
        raise Failed(str(error)) from None
    made = time.monotonic() - begun
    folder = FOLDER / pair.name
    folder.mkdir(parents=True)
    (folder / "hosts.yml").write_text(yaml.safe_dump(_inventory(pair, fleet)), encoding="utf-8")
    program = [str(venv / "bin" / "python")]
    root = worktree.ROOT / "build" / "collections" / "ansible_collections" / "winlegacy" / "servicing"
    imported = _run([*program, "-c", _IMPORTED, str(root)], folder, folder / "imports.log").splitlines()[-1]
    for playbook, wanted in STEPS:
        reports = folder / playbook
        chosen = {**variables, "kb952876_report_dir": str(reports), "kb952876_report_formats": ["json"]}
        chosen = chosen if playbook != "assess" else {"kb952876_report_dir": str(reports)}
        command = [*program, str(venv / "bin" / "ansible-playbook"), "-i", "hosts.yml", "-e", json.dumps(chosen)]
        _run([*command, f"winlegacy.servicing.{playbook}"], folder, folder / f"{playbook}.log")
        told = json.loads((reports / "kb952876.json").read_text(encoding="utf-8"))
        found = {one["host"]: one["status"] for one in told["hosts"]}
        if found != dict(wanted):
            raise Failed(f"{playbook}: the hosts are {found}, and {dict(wanted)} was expected")
    return f"{imported}; environment {made:.0f} s, all {time.monotonic() - begun:.0f} s"


def _line(pair: Pair, fleet: RunningFleet, variables: Mapping[str, Any]) -> str:
    """Check one pair and print its line; how it ended."""
    try:
        said, ended = check(pair, fleet, variables), "passed"
    except Failed as error:
        said, ended = str(error), "FAILED"
    except Untested as error:
        said, ended = str(error), "not tested"
    print(f"smoke: ansible-core {pair.core} on Python {pair.python}: {ended}: {said}", flush=True)
    return ended


def main(arguments: list[str]) -> int:
    """Check the pairs, two at a time, all of them whatever fails, and print a line for each."""
    os.chdir(worktree.ROOT)
    pairs = select(arguments)
    shutil.rmtree(FOLDER, ignore_errors=True)
    folder = FOLDER / "packages"
    folder.mkdir(parents=True)
    proven = proof(*(signed(write_msu(folder, architecture)) for architecture in ("x86", "x64")))
    of_packages = {f"kb952876_{name}": value for name, value in proven.items()}
    variables = {**_QUICK, "kb952876_package_dir": str(folder), **of_packages}
    overrides = {"power": _POWER, "servicing": {"install_seconds": 1}}
    hosts = [
        {"name": f"{pair.name}-{name}", "profile": profile, "overrides": overrides}
        for pair in pairs
        for name, profile in PROFILES.items()
    ]
    with running_fleet({"hosts": hosts}, lifetime=1800) as fleet, ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(lambda pair: _line(pair, fleet, variables), pairs))
    print("smoke: " + ", ".join(f"{ended.count(one)} {one}" for one in dict.fromkeys(ended)))
    return 1 if "FAILED" in ended or "passed" not in ended else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
