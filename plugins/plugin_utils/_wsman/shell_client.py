# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command shell on the host: one command at a time, a deadline on every loop, closed whatever happens."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import errors, shell, uris
from .client import Client
from .envelope import build
from .faults import (
    Concurrency,
    InvalidEnumerationContext,
    OperationAborted,
    OperationTimeout,
    ShellNotFound,
    ShellOrCommandUnknown,
)

# Below stack 3.0 a user may have 15 operations, Terminate gives none back and only closing the shell does.
MAX_COMMANDS = 13
DEFAULT_DEADLINE = 120.0
MAX_OUTPUT = 4 * 1024 * 1024
"""Bytes of a command's output that are taken in; ours print a few lines."""
_LOST = (errors.Unreachable, errors.ConnectionLost, errors.ServiceBusy, errors.AuthenticationRefused)
# Message encryption and its MIME parts, CredSSP's one in every 16 KiB, come on top of the envelope.
_WRAPPING = 4096


@dataclass(frozen=True)
class ShellResult:
    """A finished command: bytes in the shell's code page, localised. exit_code None: the host did not say."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes


class Shell:
    """A cmd.exe shell. Use as a context manager, or call open() and close().

    max_commands: after so many commands the shell is closed and another opened before the next (visible as
    `rotations`): nothing a command sets in the shell itself (variables, current directory) may be relied on.
    Texts on stderr without a process, as WinRM 1.1 gives beyond MaxProcessesPerShell, come as any stderr.
    """

    def __init__(
        self,
        client: Client,
        *,
        codepage: int = 437,
        working_directory: str | None = None,
        environment: Mapping[str, str] | None = None,
        max_commands: int = MAX_COMMANDS,
    ) -> None:
        if max_commands < 1:
            raise errors.InvalidRequest(f"max_commands is {max_commands}, the least is 1")
        self._client = client
        self._create = shell.create(codepage=codepage, working_directory=working_directory, environment=environment)
        self._max_commands = max_commands
        self._commands = 0
        self._active: str | None = None
        self._spent = False
        self._undeleted: list[str] = []
        self.shell_id: str | None = None
        self.rotations = 0

    # --- life ---------------------------------------------------------------------------------------------------

    def open(self) -> Shell:
        """Open the shell (one message); an open one stays. Raises faults.ShellsNotAllowed, ShellQuotaExceeded, …"""
        if self.shell_id is None:
            self._delete_left()
            self.shell_id = shell.read_shell_id(self._client.exchange(self._create, idempotent=False))
            self._commands = 0
            self._active = None
            self._spent = False
        return self

    def close(self) -> None:
        """Close the shell, ending what runs in it. A shell or host that is gone already is no error.

        After an interruption (KeyboardInterrupt) in the middle of it the shell still counts as open: close it again.
        """
        if self.shell_id is None:
            self._delete_left()
            return
        try:
            self._delete(self.shell_id)
        except ShellNotFound:
            pass
        except _LOST:
            self._undeleted.append(self.shell_id)
        except Exception:
            self._undeleted.append(self.shell_id)
            self.forget()
            raise
        self.forget()

    def _delete(self, shell_id: str) -> None:
        """Ask once more where something else is answered than that it is gone: it may live on in the host's quota."""
        try:
            self._client.exchange(shell.delete(shell_id), idempotent=True)
        except _LOST:
            raise
        except errors.WSManError as error:
            if isinstance(error, ShellNotFound) and not isinstance(error, ShellOrCommandUnknown):
                raise
            self._client.exchange(shell.delete(shell_id), idempotent=True)

    def forget(self) -> None:
        """Take the shell for gone without asking the host, which does not answer; the next command opens another."""
        self.shell_id, self._active = None, None

    def _delete_left(self) -> None:
        """Shells whose Delete got no answer may live: ask once more, now that the host may be heard again."""
        left, self._undeleted = self._undeleted, []
        for shell_id in left:
            with contextlib.suppress(errors.WSManError):
                self._client.exchange(shell.delete(shell_id), idempotent=True)

    def __enter__(self) -> Shell:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        if exc is None:
            self.close()
            return
        with contextlib.suppress(errors.WSManError):  # what went wrong first is what the caller must see
            self.close()

    # --- a whole command ------------------------------------------------------------------------------------------

    def run(
        self,
        command: str,
        args: Sequence[str] = (),
        stdin: bytes | None = None,
        *,
        deadline: float = DEFAULT_DEADLINE,
        skip_cmd_shell: bool = False,
    ) -> ShellResult:
        """Run a command to its end. deadline: seconds; past it the command is ended and DeadlineExceeded raised."""
        until = self._client.clock() + deadline
        command_id = self.start(command, args, skip_cmd_shell=skip_cmd_shell, console_stdin=stdin is None)
        stdout, stderr, exit_code = bytearray(), bytearray(), None
        try:
            if stdin is not None:
                self.send(command_id, stdin, end=True)
            for output in self._outputs(command_id, until):
                stdout += output.stdout
                stderr += output.stderr
                self._bounded(len(stdout) + len(stderr))
                exit_code = output.exit_code
        except BaseException:
            with contextlib.suppress(errors.WSManError):
                self.signal(command_id)
            raise
        try:
            self.signal(command_id)
        except errors.WSManError:  # the result stands, whatever the farewell said; the next command opens another shell
            self._active, self._spent = None, True
        return ShellResult(exit_code, bytes(stdout), bytes(stderr))

    def _bounded(self, printed: int) -> None:
        if printed > MAX_OUTPUT:
            came = f"a command printed more than {MAX_OUTPUT} bytes"
            raise errors.TooMuch(came, asked="a command's output", endpoint=self._client.endpoint)

    def _outputs(self, command_id: str, until: float) -> Iterator[shell.Output]:
        while True:
            left = until - self._client.clock()
            if left <= 0:
                raise errors.DeadlineExceeded(
                    "the command did not end within its deadline", asked="a command", endpoint=self._client.endpoint
                )
            output = self.receive(command_id, timeout=left)
            if output is None:
                continue
            yield output
            if output.done:
                return

    # --- its parts ------------------------------------------------------------------------------------------------

    def start(
        self, command: str, args: Sequence[str] = (), *, skip_cmd_shell: bool = False, console_stdin: bool = False
    ) -> str:
        """Start a command and return its id; opens or renews the shell where needed. ShellBusy while one runs.

        console_stdin: only for commands that are sent no input.
        """
        if self._active is not None:
            raise errors.ShellBusy(
                "a command still runs in this shell", do="Signal it first.", endpoint=self._client.endpoint
            )
        shell_id = self.ready()
        self._commands += 1
        message = shell.command(
            shell_id, command, args, skip_cmd_shell=skip_cmd_shell, console_stdin=console_stdin
        )
        with self._noticing_loss():
            self._active = shell.read_command_id(self._client.exchange(message, idempotent=False))
        return self._active

    def send(self, command_id: str, data: bytes, *, end: bool = False) -> None:
        """Write to a command's stdin, in as many messages as the envelope size asks for (`chunk_size`)."""
        size = self.chunk_size(command_id)
        pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
        for number, piece in enumerate(pieces, start=1):
            message = shell.send(self._known(), command_id, piece, end=end and number == len(pieces))
            with self._noticing_loss(), _under_way():
                self._client.exchange(message, idempotent=False)

    def chunk_size(self, command_id: str) -> int:
        """How many bytes of stdin one message can carry: the envelope, base64 and encryption stay in its limit."""
        empty = build(shell.send(self._known(), command_id, b"", end=True), self._client.settings)
        room = self._client.settings.max_envelope_size - _WRAPPING - len(empty.data)
        if room < 4:
            raise errors.InvalidRequest(
                f"max_envelope_size {self._client.settings.max_envelope_size} has no room for input"
            )
        return room // 4 * 3

    def receive(self, command_id: str, *, timeout: float | None = None) -> shell.Output | None:
        """What a command has said since; None when it said nothing within timeout (seconds) or the host's own."""
        limit = self._client.settings.operation_timeout
        seconds = limit if timeout is None else min(timeout, limit)
        try:
            with self._noticing_loss(), _under_way():
                body = self._client.exchange(
                    shell.receive(self._known(), command_id), idempotent=False, operation_timeout=seconds
                )
        except OperationTimeout:
            return None
        return shell.read_output(body, command_id)

    def signal(self, command_id: str, code: str = uris.SIGNAL_TERMINATE) -> None:
        """Signal a command; terminate ends it and frees the shell for the next. One that is gone is no error."""
        if self.shell_id is None:
            return
        with contextlib.suppress(InvalidEnumerationContext, Concurrency), self._noticing_loss():
            self._client.exchange(shell.signal(self.shell_id, command_id, code), idempotent=False)
        if code == uris.SIGNAL_TERMINATE and self._active == command_id:
            self._active = None

    def _known(self) -> str:
        if self.shell_id is None:
            raise errors.ShellBusy("the shell is closed", do="Open it first.", endpoint=self._client.endpoint)
        return self.shell_id

    def ready(self) -> str:
        """The id of the shell in which the next command runs: this one, or another where it has had its commands."""
        if self.shell_id is not None and self._active is None and (self._spent or self._commands >= self._max_commands):
            self.close()
            self.rotations += 1
        self.open()
        return self._known()

    @contextlib.contextmanager
    def _noticing_loss(self) -> Iterator[None]:
        """A shell that is gone is forgotten; one that may live is closed first: the next command opens another."""
        try:
            yield
        except (ShellOrCommandUnknown, OperationAborted):
            self._active, self._spent = None, True
            raise
        except ShellNotFound:
            self.shell_id, self._active = None, None
            raise


@contextlib.contextmanager
def _under_way() -> Iterator[None]:
    """A host that cannot be reached while a command runs: what became of it is not known, as after any loss."""
    try:
        yield
    except errors.Unreachable as gone:
        raise errors.ConnectionLost(gone.reported, do=gone.do, asked=gone.asked, endpoint=gone.endpoint) from None
