# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds Python interpreters: in a variable, on PATH, and in the usual version managers' folders."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROBE = (
    "import sys, venv, ensurepip, ssl; print(sys.version_info[0], sys.version_info[1]);"
    "print(getattr(sys, '_base_executable', None) or sys.executable)"
)
# Where pyenv, asdf, mise, uv, rye, Homebrew, deadsnakes-like builds and hand-made installations keep interpreters.
_HOMES = (
    ("PYENV_ROOT", "~/.pyenv", "versions/*/bin"),
    ("ASDF_DATA_DIR", "~/.asdf", "installs/python/*/bin"),
    ("MISE_DATA_DIR", "~/.local/share/mise", "installs/python/*/bin"),
    ("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python", "*/bin"),
    ("RYE_HOME", "~/.rye", "py/*/bin"),
)
_FOLDERS = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
_PATTERNS = ("opt/python*/bin", "opt/python/*/bin", "opt/*/bin", "usr/local/python*/bin", "usr/local/opt/python*/bin")


@dataclass(frozen=True)
class Interpreter:
    """One usable interpreter: it starts, and it can make a virtual environment with pip."""

    path: Path
    version: tuple[int, int]

    @property
    def text(self) -> str:
        """The version as ansible-test writes it, such as 3.12."""
        return f"{self.version[0]}.{self.version[1]}"


def probe(path: Path) -> Interpreter | None:
    """What this file is, or None when it is no working Python with venv and ensurepip."""
    try:
        done = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != 2:
        return None
    major, minor = lines[0].split()
    return Interpreter(Path(lines[1]), (int(major), int(minor)))


def _folders() -> Iterator[Path]:
    for name in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if name:
            yield Path(name)
    for variable, default, pattern in _HOMES:
        places = {os.environ.get(variable) or default, default}
        for place in sorted(places):
            yield from _below(Path(place).expanduser(), pattern)
    yield from (Path(name) for name in _FOLDERS)
    for pattern in _PATTERNS:
        yield from _below(Path("/"), pattern)


def _below(place: Path, pattern: str) -> list[Path]:
    try:
        return sorted(place.glob(pattern), reverse=True)
    except PermissionError:  # a variable that names another user's folder
        return []


def find(versions: list[str], variable: str) -> Interpreter | None:
    """The first interpreter of one of these versions, in that order; the variable, when set, decides alone."""
    named = os.environ.get(variable)
    if named:
        found = probe(Path(named).expanduser())
        return found if found and found.text in versions else None
    folders = list(dict.fromkeys(_folders()))
    for version in versions:
        for folder in folders:
            path = folder / f"python{version}"
            if os.access(path, os.X_OK):
                found = probe(path)
                if found and found.text == version:
                    return found
    return None
