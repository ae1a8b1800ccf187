# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a task leaves on the controller."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .variables import BadInput


def typed(source: str) -> str:
    """A file, or a source of inventory, as one would type it: below the working folder without that folder."""
    if "," in source:
        return source
    path, here = Path(source).expanduser(), Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else source


def local(text: str) -> Path:
    """A path as a user wrote it: a relative one begins where Ansible was started."""
    return Path(text).expanduser().resolve()


def write(path: Path, text: str) -> bool:
    """Put a file in place whole, or not at all; whether it was another one before. Raises BadInput."""
    content = text.encode("utf-8")
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from None
    return True
