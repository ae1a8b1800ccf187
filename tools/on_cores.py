# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the scenarios that start Ansible on each ansible-core that we promise, in environments of their own.

The other scenarios drive the operations in their own process and know no ansible-core; make test runs all of them.

Usage: on_cores.py [CORE ...] [-- ARGUMENT ...], where CORE is 2.16 or 2.21 (both when none is named) and the arguments
after -- go to pytest. An interpreter that is not found is a failure, never a skip.
"""
from __future__ import annotations

import os
import subprocess
import sys

import targets
import worktree

SCENARIOS = (
    "tests/integration/role",
    "tests/integration/slices",
    "tests/integration/sweep",
    "tests/integration/hotfix/test_ansible.py",
    "tests/integration/assess/test_bad_input.py",
    "tests/integration/assess/test_transports.py",
)
"""Those of tests/integration/reports and assess/test_ansible.py run on both cores by themselves."""


def check(target: targets.Target, extra: list[str]) -> str | None:
    """Run the scenarios on one core; None when they passed, else what failed."""
    python = target.find_python()
    if python is None:
        return target.missing()
    folder = worktree.ROOT / "build" / f"core-{target.core}-py{python.text}"
    requirements = [f"ansible-core=={target.core}.*", "-r", "requirements-test.txt"]
    venv = targets.virtual_environment(folder, python, requirements)
    print(f"== scenarios: ansible-core {target.core} on Python {python.text}", flush=True)
    path = os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "ANSIBLE_HOME": str(worktree.ROOT / "build" / f"ansible-{target.core}")}
    pytest = [str(venv / "bin" / "python"), "-m", "pytest", "-p", "no:cacheprovider"]
    command = [*pytest, *(extra or ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", *SCENARIOS])]
    code = subprocess.run(command, cwd=worktree.ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    return f"pytest ended with exit code {code}" if code else None


def main(arguments: list[str]) -> int:
    """Check the named cores, all of them whatever fails, and print the result in one line for each."""
    os.chdir(worktree.ROOT)
    split = arguments.index("--") if "--" in arguments else len(arguments)
    named, extra = arguments[:split], arguments[split + 1:]
    results = {target.core: check(target, extra) for target in targets.select(named)}
    for core, failure in results.items():
        print(f"scenarios on {core}: {'FAILED: ' + failure if failure else 'passed'}")
    return 1 if any(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
