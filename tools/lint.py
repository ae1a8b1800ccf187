# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every linter, all of them whatever fails, and says at the end which failed."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tree_rules
import worktree

BIN = Path(sys.executable).parent


def _run(name: str, command: list[str], cwd: Path = worktree.ROOT, env: dict[str, str] | None = None) -> bool:
    print(f"== {name}", flush=True)
    environment = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]), **(env or {})}
    return subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _ansible_lint() -> bool:
    # ansible-lint takes the collection's name from its folder, so it gets a copy in the right one.
    with tempfile.TemporaryDirectory(prefix="winlegacy-lint-") as folder:
        tree = Path(folder) / "ansible_collections" / "winlegacy" / "servicing"
        tree.mkdir(parents=True)
        worktree.copy(tree)
        command = _python("ansiblelint", "--profile", "production", "--strict", "--offline", "--nocolor")
        return _run("ansible-lint --profile production", command, tree, {"ANSIBLE_COLLECTIONS_PATH": folder})


def _tree_rules() -> bool:
    print("== rules of the tree", flush=True)
    problems = tree_rules.problems()
    for problem in problems:
        print(problem)
    return not problems


def main() -> int:
    """Run the linters; 1 when any of them failed."""
    results = {
        "ruff": _run("ruff check", _python("ruff", "check", "--quiet", "--output-format", "concise", ".")),
        "mypy": _run("mypy --strict", _python("mypy", "--no-error-summary")),
        "ansible-lint": _ansible_lint(),
        "changelog": _run("antsibull-changelog lint", _python("antsibull_changelog", "lint")),
        "tree": _tree_rules(),
    }
    failed = [name for name, passed in results.items() if not passed]
    print(f"lint: FAILED: {', '.join(failed)}" if failed else f"lint: passed: {', '.join(results)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
