# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ways of transfer share: the payload, the remote commands in progress, and the errors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from ..._windows.command import Commander
from ..._wsman import errors, faults
from ..._wsman.shell import Output
from ..errors import OperationError

ProgressHook = Callable[[int, int], None]
"""Called with bytes that the target has acknowledged, and bytes in all."""


@dataclass(frozen=True)
class Payload:
    """The bytes that were judged: a private copy's path, size in bytes, SHA-1 and SHA-256 in lower-case hexadecimal."""

    path: Path
    size: int
    sha1: str
    sha256: str

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes to send, from the start; hashed once more before the first of them is handed out.

        Whatever is sent is read from this one descriptor. Raises TransferError when they are not the judged ones.
        """
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise TransferError(f"the private copy of {self.path.name} is gone: {error.strerror}; run again") from error
        with file:
            if hashlib.file_digest(file, "sha256").hexdigest() != self.sha256:
                raise TransferError(
                    f"{self.path} is not what was judged: somebody wrote to this private copy; nothing of it was sent"
                )
            file.seek(0)
            yield file


class Conversation(Protocol):
    """A command that runs on the host and is talked to."""

    @property
    def capacity(self) -> int:
        """Bytes of standard input that fit one Send within the host's envelope limit."""

    def send(self, data: bytes, *, end: bool = False) -> None:
        ...

    def receive(self, deadline: float) -> Output:
        """The next output, waiting up to deadline seconds for it. Raises DeadlineExceeded of the wire."""

    def stop(self) -> None:
        """End the command if it still runs; never raises for a command that is gone."""


class RemoteShell(Commander, Protocol):
    """The shell as a transfer needs it: run to the end, or talk to what runs."""

    def ready(self) -> str:
        """The id of the shell in which the next command runs."""

    def converse(self, command: str) -> Conversation:
        ...

    def renew(self) -> None:
        """After a lost connection: connect again, end the old shell, open a new one."""


LOST = (
    errors.ConnectionLost,
    errors.ServiceBusy,
    errors.Unreachable,
    errors.MalformedResponse,
    errors.WrongRelatesTo,
    faults.ShellNotFound,
)
"""After these the transfer goes on with a new connection and a new shell, from the byte that the host has."""


class TransferError(OperationError):
    """The payload did not get there: what was tried and what happened. What is there already stays for a resume."""


class WayUnavailableError(TransferError):
    """This way cannot be used here: what is missing. Another one may work."""


class ScriptHostUnavailableError(WayUnavailableError):
    """Windows Script Host is off or missing on the host: another way is needed."""
