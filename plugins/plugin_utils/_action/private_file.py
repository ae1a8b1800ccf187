# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file for its owner's eyes that a task leaves on the controller: mode 600, whole or not at all, no link followed."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .variables import BadInput


def refuse(path: Path, *, overwrite: bool) -> None:
    """Raises BadInput where put() would: a folder that is missing, something there already."""
    if not path.parent.is_dir():
        raise BadInput(f"{path} cannot be written: there is no folder {path.parent}. Make it first.")
    try:
        there = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from None
    if not stat.S_ISREG(there.st_mode):
        raise BadInput(f"{path} is no plain file (a link, a folder or a device): name another one.")
    if not overwrite:
        raise BadInput(f"{path} is there already: name another file, or allow to overwrite it.")


def put(path: Path, pieces: Iterable[str], *, overwrite: bool = False) -> None:
    """Write the file. Without overwrite one that came meanwhile is not touched either. Raises BadInput.

    pieces: of its text, which is never in memory as a whole.
    """
    refuse(path, overwrite=overwrite)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            _into_place(Path(name), path, overwrite=overwrite)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except FileExistsError:
        raise BadInput(f"{path} is there already: name another file, or allow to overwrite it.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from None


def _into_place(made: Path, path: Path, *, overwrite: bool) -> None:
    """A rename replaces a link and not what it leads to; a hard link is made only where nothing is."""
    if overwrite:
        made.replace(path)
        return
    try:
        path.hardlink_to(made)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: take the name first, then rename over our own
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        made.replace(path)
