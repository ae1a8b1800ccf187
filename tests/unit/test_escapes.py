# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look for escape characters at the end of all tests (tests/conftest.py) finds them, and ends the run as failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PRINTED = "def test_it(): print('before \\x1b[2J after')\n"
WRITTEN = "def test_it(tmp_path): (tmp_path / 'report.csv').write_text('a;\\x1b[31m\\n')\n"
RAN = (
    "import subprocess, sys\n"
    "def test_it():\n"
    "    subprocess.run([sys.executable, '-c', 'print(chr(27))', 'ansible'], capture_output=True, check=True)\n"
)
CLEAN = "def test_it(tmp_path): print('[31m'); (tmp_path / 'report.csv').write_text('a;b')\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below this run's own temporary folder, whose reports are looked at too."""
    with tempfile.TemporaryDirectory(prefix="escapes-") as made:
        yield Path(made)


def run(folder: Path, test: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A test run of its own, with the suite's own look at its end."""
    (folder / "test_one.py").write_text(test, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", "--rootdir", "."]
    return subprocess.run(
        [*command, "-c", os.devnull, "--basetemp", str(folder / "temp"), *options, "test_one.py"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def assert_found(done: subprocess.CompletedProcess[str], tests: int) -> None:
    assert f"{tests} passed" in done.stdout, done.stdout + done.stderr
    assert re.search("escape characters: [1-9]", done.stdout)
    assert done.returncode == 1


@pytest.mark.parametrize("test", [PRINTED, WRITTEN, RAN], ids=["printed", "written", "ran"])
def test_an_escape_anywhere_fails_the_run(folder: Path, test: str) -> None:
    assert_found(run(folder, test), 1)


def test_what_a_worker_of_xdist_saw_fails_the_run_too(folder: Path) -> None:
    assert_found(run(folder, WRITTEN, "-n", "1"), 1)


def test_without_any_it_passes(folder: Path) -> None:
    done = run(folder, CLEAN)
    assert "escape characters: 0 in" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
