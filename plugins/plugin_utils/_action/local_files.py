# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a task leaves on the controller."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .variables import BadInput

_BLOCK = 256 * 1024


def typed(source: str) -> str:
    """A file, or a source of inventory, as one would type it: below the working folder without that folder."""
    if "," in source:
        return source
    path, here = Path(source).expanduser(), Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else source


def local(text: str) -> Path:
    """A path as a user wrote it: a relative one begins where Ansible was started."""
    return Path(text).expanduser().resolve()


def write(path: Path, pieces: Iterable[str]) -> bool:
    """Put a file in place whole, or not at all; whether it was another one before. Raises BadInput.

    pieces: of its text; each is written, or found to be there already, before the next is asked for.
    """
    content = (piece.encode("utf-8") for piece in pieces)
    try:
        if not path.is_file():
            with _replacing(path) as file:
                file.writelines(content)
            return True
        with path.open("rb") as before:
            same, other = _same(before, content)
            if other is None:
                return False
            with _replacing(path) as file:
                before.seek(0)
                _copy(before, file, same)
                file.write(other)
                file.writelines(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from None
    return True


def _same(before: BinaryIO, content: Iterator[bytes]) -> tuple[int, bytes | None]:
    """Bytes at the beginning of a file that are as they are to be, and the first piece that is not; None: all are."""
    same = 0
    for piece in content:
        if before.read(len(piece)) != piece:
            return same, piece
        same += len(piece)
    return same, b"" if before.read(1) else None


def _copy(source: BinaryIO, to: BinaryIO, size: int) -> None:
    while size:
        block = source.read(min(size, _BLOCK))
        if not block:
            raise OSError("the file was changed while it was compared")
        to.write(block)
        size -= len(block)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of what is there when all is written, and is gone where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
