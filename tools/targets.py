# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ansible-core series that we check on besides the one in .venv, and the interpreters they need."""
from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import interpreters


@dataclass(frozen=True)
class Target:
    """One ansible-core: the Pythons to run it with, best first, and the get-pip file its ansible-test looks for."""

    core: str
    pythons: tuple[str, ...]
    get_pip: str

    @property
    def variable(self) -> str:
        """The environment variable that names its interpreter."""
        return "SANITY_PYTHON_" + self.core.replace(".", "_")

    def find_python(self) -> interpreters.Interpreter | None:
        """Its interpreter, or None when this machine has none."""
        return interpreters.find(list(self.pythons), self.variable)

    def missing(self) -> str:
        """What to say when there is no interpreter."""
        pythons = " or ".join(self.pythons)
        return (
            f"missing interpreter: ansible-core {self.core} needs Python {pythons} with venv and ensurepip"
            f" (looked at ${self.variable}, PATH and the version managers' folders)"
        )


TARGETS = (
    Target("2.16", ("3.11", "3.12"), "get_pip_23_1_2.py"),
    Target("2.21", ("3.13", "3.12", "3.14"), "get_pip_25_2.py"),
)


def select(names: list[str]) -> list[Target]:
    """The targets of these names, all when there is none; ends the program with a sentence for an unknown name."""
    known = {target.core: target for target in TARGETS}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no such ansible-core here: {', '.join(unknown)}; known are {', '.join(known)}")
    return [target for core, target in known.items() if not names or core in names]


def virtual_environment(folder: Path, python: interpreters.Interpreter, requirements: list[str]) -> Path:
    """A virtual environment with these requirements (pip's words), made anew only when they changed or it is broken.

    Whoever comes meanwhile waits: the tests of two processes may want the same one at once.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _made(folder, python, requirements)


def _made(folder: Path, python: interpreters.Interpreter, requirements: list[str]) -> Path:
    stamp = folder / "ready"
    wanted = "\n".join([str(folder), python.text, *requirements, *_contents(requirements)])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and interpreters.probe(folder / "bin" / "python"):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python.path, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    done = subprocess.run([*pip, *requirements], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(f"pip could not install {' '.join(requirements)} for Python {python.text}")
    stamp.write_text(wanted, encoding="utf-8")
    return folder


def _contents(requirements: list[str]) -> list[str]:
    return [Path(word).read_text(encoding="utf-8") for word in requirements if word.endswith(".txt")]
