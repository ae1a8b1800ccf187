# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One private copy of a package file: what is hashed, verified, unpacked and sent are its bytes and no others.

The file that the operator names may be replaced or written to at any moment. It is opened once and read once, into a
file that only the controller's own user can reach; everything else reads that one.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .checksums import Checksums, Hasher
from .errors import PackageError
from .limits import Budget, Limits

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Mark:
    """By what a file is recognized without reading it: device, inode, size in bytes, times of change in ns."""

    device: int
    inode: int
    size: int
    written: int
    changed: int

    @property
    def name(self) -> str:
        """A file name that no other mark has."""
        return f"{self.device:x}-{self.inode:x}-{self.size:x}-{self.written:x}-{self.changed:x}"


@dataclass(frozen=True)
class PrivateCopy:
    """path: the copy, under the file's own name. mark: of the file that it was made from."""

    path: Path
    mark: Mark
    checksums: Checksums


def mark_of(path: Path, limits: Limits) -> Mark:
    """Raises PackageError for what is no regular file or too large, OSError for what is not there."""
    return _mark(path.stat(), path, limits)


def take(path: Path, folder: Path, budget: Budget) -> PrivateCopy:
    """Copy a file into a folder of our own and hash what is written. The copy is readable for its owner alone.

    Raises PackageError when it is no regular file, too large, changed meanwhile, or there is no room for the copy;
    OSError when it cannot be read.
    """
    own = folder / "file"  # whatever the file is called, it is not in the way of what else is put into the folder
    own.mkdir(mode=0o700)
    target = own / path.name
    hasher = Hasher()
    with open(path, "rb", opener=_without_waiting) as source:  # noqa: PTH123 - Path.open takes no opener
        before = _mark(os.fstat(source.fileno()), path, budget.limits)
        with open(target, "xb", opener=_for_us_alone) as copy:  # noqa: PTH123 - as above
            size = _pour(source, copy, hasher, path.name, budget)
        after = _mark(os.fstat(source.fileno()), path, budget.limits)
    if after != before or size != before.size:
        raise PackageError(f"{path.name} was changed while it was read: try again when nobody writes to it")
    return PrivateCopy(target, before, hasher.result())


def _pour(source: BinaryIO, copy: BinaryIO, hasher: Hasher, what: str, budget: Budget) -> int:
    size = 0
    while piece := source.read(_CHUNK):
        budget.check_time(what)
        size += len(piece)
        if size > budget.limits.package_size:
            raise PackageError(f"{what} grows while it is read: try again when nobody writes to it")
        hasher.update(piece)
        try:
            copy.write(piece)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            where = Path(copy.name).parent
            raise PackageError(f"{what} cannot be copied to {where}: {error.strerror}; make room there") from error
    return size


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is opened too, instead of waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _mark(status: os.stat_result, path: Path, limits: Limits) -> Mark:
    if not stat.S_ISREG(status.st_mode):
        raise PackageError(f"{path} cannot be read: it is no regular file")
    if status.st_size > limits.package_size:
        raise PackageError(f"{path.name} has {status.st_size} bytes; at most {limits.package_size} are accepted")
    return Mark(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
