# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has learnt of package files, in a private folder: judgements by SHA-256, and the copies that are sent.

Ansible forks a worker for each host and each task, and what a worker remembers is gone with it. A run of a thousand
hosts reads a package once all the same: its workers share this folder, which goes with the run.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from .checksums import Checksums
from .codec import DecodeError, dumps, loads
from .private_copy import Mark, PrivateCopy

T = TypeVar("T")
_ENTRY_MAX = 64 * 1024 * 1024
_POLL = 0.05
_DIGEST = 64


class KeepError(OSError):
    """The folder is not one that only this user can read and write."""


class Keep:
    """A private folder. Nothing in it is needed: an entry that is missing, damaged or another user's is made anew.

    It holds one copy of each package that is to be sent, under its SHA-256, and one more while a file is being read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def private(cls, folder: Path) -> Keep:
        """The keep in that folder, which is made where it is missing. Raises KeepError, OSError."""
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        for one in (folder.parent, folder):
            status = one.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
                raise KeepError(f"{one} is no folder that only its own user can reach")
        return cls(folder)

    @contextlib.contextmanager
    def turn(self, name: str, seconds: float) -> Iterator[None]:
        """Of several workers that want the same file one reads and the others wait, so long and no longer.

        The lock goes with the process that holds it. Where it cannot be had each reads for itself, which is only slow.
        """
        descriptor = os.open(self.folder / f"{name}.lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        try:
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(_POLL)
                except OSError:
                    break
            yield
        finally:
            os.close(descriptor)

    # --- entries --------------------------------------------------------------------------------------------------

    def recall(self, kind: type[T], *key: object) -> T | None:
        """What was remembered of this dataclass under just this key; None when there is nothing that can be used."""
        try:
            with open(self._entry(kind, key), "rb", opener=_without_following) as file:  # noqa: PTH123 - see there
                if not _is_ours(os.fstat(file.fileno())):
                    return None
                data = file.read(_ENTRY_MAX)
        except OSError:
            return None
        digest, text = data[:_DIGEST], data[_DIGEST + 1 :]
        if digest.decode("ascii", "replace") != hashlib.sha256(text).hexdigest():
            return None
        try:
            return loads(kind, text.decode("ascii"))
        except (DecodeError, UnicodeDecodeError):
            return None

    def remember(self, value: object, *key: object) -> None:
        """Keep a dataclass under a key. A full disk is no error: then the next worker finds out for itself."""
        text = dumps(value).encode("ascii")
        if len(text) + _DIGEST >= _ENTRY_MAX:
            return
        with contextlib.suppress(OSError):
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix="entry-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(hashlib.sha256(text).hexdigest().encode("ascii") + b"\n" + text)
                Path(name).replace(self._entry(type(value), key))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _entry(self, kind: type, key: tuple[object, ...]) -> Path:
        told = "\n".join([kind.__name__, code_stamp(), *map(str, key)])
        return self.folder / f"{hashlib.sha256(told.encode('utf-8', 'surrogateescape')).hexdigest()}.json"

    def checksums(self, mark: Mark) -> Checksums | None:
        """Of a file that this run has read already and that has not been touched since."""
        return self.recall(Checksums, mark.name)

    # --- copies ---------------------------------------------------------------------------------------------------

    def copy_of(self, checksums: Checksums, name: str) -> Path:
        """Where the copy of a package lies once it was adopted."""
        return self.folder / checksums.sha256 / name

    def has_copy(self, checksums: Checksums, name: str, size: int) -> bool:
        """Whether it is there. Its bytes are hashed again when they are sent."""
        try:
            status = self.copy_of(checksums, name).lstat()
        except OSError:
            return False
        return _is_ours(status) and status.st_size == size

    def adopt(self, copy: PrivateCopy) -> None:
        """Keep a copy for sending. It is whole from the first moment; whoever reads an older one goes on with that."""
        target = self.copy_of(copy.checksums, copy.path.name)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        copy.path.replace(target)


def _without_following(path: str, flags: int) -> int:
    """Open what is at just this name; Path.open takes no opener."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _is_ours(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


@functools.cache
def code_stamp() -> str:
    """Which reader this is, with the roots that it trusts.

    A judgement is only as good as the code that made it, and a run may outlive an upgrade.
    """
    here = Path(__file__).parent
    parts = []
    for folder in (here, here.parent / "_model", here.parent / "_catalogue"):
        for path in sorted(folder.rglob("*")):
            status = path.stat()
            if stat.S_ISREG(status.st_mode) and path.suffix != ".pyc":
                parts.append(f"{path.name}:{status.st_size}:{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def file_stamp(path: Path) -> str:
    """Which program or file this is, without reading it."""
    status = path.stat()
    return f"{path}:{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"
