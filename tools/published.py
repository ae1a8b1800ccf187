# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the artifact and looks at it as Ansible Galaxy does: bare, beside nothing else.

It has no tests and no simulated host in it and stays small; galaxy-importer takes it, with ansible-lint's warnings as
errors; ansible-lint's production profile finds nothing in what it unpacks to.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import worktree

OUT = worktree.ROOT / "build" / "published"
BIN = Path(sys.executable).parent
MOST_BYTES = 1_000_000
_TESTS = {"tests", "tests/config.yml"}
"""All that is published of tests/: ansible-test reads it."""
_SETTINGS = f"""[galaxy-importer]
RUN_ANSIBLE_TEST=False
RUN_ANSIBLE_LINT=True
RUN_ANSIBLE_DOC=True
RUN_FLAKE8=False
CHECK_REQUIRED_TAGS=True
CHECK_CHANGELOG={(worktree.ROOT / "CHANGELOG.rst").exists()}
"""


def _run(command: list[str], cwd: Path, **more: str) -> tuple[int, str]:
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "HOME": str(OUT / "home"), **more}
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _artifact() -> Path:
    tree = OUT / "tree"
    tree.mkdir(parents=True)
    worktree.copy(tree)
    code, said = _run([str(BIN / "ansible-galaxy"), "collection", "build", "--output-path", str(OUT)], tree)
    if code:
        raise SystemExit(f"published: the artifact cannot be built\n{said}")
    return next(OUT.glob("*.tar.gz"))


def main() -> int:
    """Build and look; 1 when anything is wrong with it."""
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "home").mkdir(parents=True)
    artifact, problems = _artifact(), list[str]()
    size = artifact.stat().st_size
    if size >= MOST_BYTES:
        problems.append(f"{artifact.name} has {size} bytes: at most {MOST_BYTES}")
    bare = OUT / "bare" / "ansible_collections" / "winlegacy" / "servicing"
    bare.mkdir(parents=True)
    with tarfile.open(artifact) as opened:
        names = opened.getnames()
        opened.extractall(bare, filter="data")
    tests = [name for name in names if name.split("/")[0] == "tests" and name not in _TESTS]
    problems += [f"{name} is no matter of users" for name in tests]

    settings = OUT / "galaxy-importer.cfg"
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [sys.executable, "-m", "galaxy_importer.main", str(artifact)]
    code, said = _run(command, OUT, GALAXY_IMPORTER_CONFIG=str(settings))
    if code or "Importer processing completed successfully" not in said:
        problems.append(f"galaxy-importer refuses it:\n{said[-4000:]}")
    problems += [f"galaxy-importer: {line}" for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]

    command = [str(BIN / "ansible-lint"), "--profile", "production", "--strict", "--offline", "--nocolor"]
    code, said = _run(command, bare, ANSIBLE_COLLECTIONS_PATH=str(OUT / "bare"))
    if code:
        problems.append(f"ansible-lint on the artifact:\n{said[-4000:]}")
    for problem in problems:
        print(problem)
    print(f"published: {'FAILED' if problems else 'passed'}: {artifact.name}, {size} bytes, {len(names)} files")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
