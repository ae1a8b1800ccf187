# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and copies the files of the work tree as a commit would hold them: tracked ones, and new ones not ignored."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".ansible"}
_NEVER = {".git", "build", "collections", *_CACHES}


def files() -> list[Path]:
    """Paths relative to the root; where the folder is no git checkout, all files but the ones tools leave behind."""
    git = ["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}"]
    command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        done = None
    if done is not None and done.returncode == 0:
        names = sorted({name for name in done.stdout.decode().split("\0") if name})
        paths = [Path(name) for name in names]
    else:
        paths = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        paths = [path for path in paths if not any(part in _NEVER or part.startswith(".venv") for part in path.parts)]
    return [path for path in paths if (ROOT / path).is_file()]


def copy(target: Path) -> int:
    """Copies the files into an empty folder and returns how many they are."""
    listed = files()
    for path in listed:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path)
    return len(listed)
