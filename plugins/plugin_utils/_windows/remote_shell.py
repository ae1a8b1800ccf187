# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's cmd shell as the writing operations use it: opened on first use, repaired after a break, closed."""

from __future__ import annotations

import contextlib

from .._wsman import errors, faults
from .._wsman.client import Client
from .._wsman.shell import Output
from .._wsman.shell_client import Shell, ShellResult
from .errors import HostError

CODE_PAGE = 437
"""65001 is unusable before Windows 7; 437 carries ASCII everywhere."""

MOST_COMMANDS = 6
"""Commands of one shell. Only its closing gives their operations back, and below stack 3.0 a user has 15: so the shell
that an interrupted run left behind and this run's own fit together, with room for questions (MS-WSMV note <118>)."""

_NO_SHELL = (faults.ResourceNotFound, faults.MethodNotFound, faults.UnsupportedFeature, faults.ShellsNotAllowed)
BREAKS = (errors.ConnectionLost, errors.ServiceBusy, errors.MalformedResponse, errors.WrongRelatesTo)
"""The connection broke in the middle, or its answer is damaged: whether the last message acted upon is not known."""


class ShellUnsupportedError(HostError):
    """The host offers no remote cmd shell: nothing was written. The text has the manual steps."""

    def __init__(self, cause: object) -> None:
        super().__init__(
            f"shell_unsupported: the host's WinRM offers no remote cmd shell ({cause}). Nothing was written. By hand, "
            "as an administrator on the host: expand -f:* PACKAGE.msu FOLDER, then set configsetroot=FOLDER, then "
            "start /w pkgmgr /n:FOLDER\\PACKAGE.xml /quiet /norestart, then restart, then run hotfix_info"
        )


class Talk:
    """A command that runs and is talked to (the transfer's Conversation)."""

    def __init__(self, shell: Shell, client: Client, command: str) -> None:
        self._shell = shell
        self._client = client
        self._command_id = shell.start(command)

    @property
    def capacity(self) -> int:
        """Bytes of standard input that fit one Send."""
        return self._shell.chunk_size(self._command_id)

    def send(self, data: bytes, *, end: bool = False) -> None:
        """Write to standard input; end: this was all."""
        self._shell.send(self._command_id, data, end=end)

    def receive(self, deadline: float) -> Output:
        """The next output. DeadlineExceeded when there is none within deadline seconds."""
        until = self._client.clock() + deadline
        while (left := until - self._client.clock()) > 0:
            output = self._shell.receive(self._command_id, timeout=left)
            if output is not None and (output.stdout or output.stderr or output.done):
                return output
        raise errors.DeadlineExceeded("the command said nothing within its deadline", asked="a command's output")

    def stop(self) -> None:
        """End the command if it still runs. A lost host is no error here: the next step sees it."""
        with contextlib.suppress(errors.WSManError):
            self._shell.signal(self._command_id)


class RemoteShell:
    """One cmd shell at a time. Use as a context manager: it is closed on success, failure and interruption alike."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shell = Shell(client, codepage=CODE_PAGE, max_commands=MOST_COMMANDS)
        self._worked = False

    @property
    def shell_id(self) -> str:
        """The id of the open shell, or an empty text."""
        return self._shell.shell_id or ""

    def __enter__(self) -> RemoteShell:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def open(self) -> None:
        """Open the shell. ShellUnsupportedError where the host has none (before anything was written)."""
        try:
            self._shell.open()
        except _NO_SHELL as error:
            if self._worked:
                raise
            raise ShellUnsupportedError(error) from error
        self._worked = True

    def close(self) -> None:
        """Close the shell; never raises for a host that is gone."""
        try:
            self._shell.close()
        except errors.WSManError:
            self._shell.forget()

    def renew(self) -> None:
        """After a break: connect again and close the old shell, so that what ran in it ends and its quota is free."""
        self._client.channel.reconnect()
        self.close()
        self.open()

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> ShellResult:
        """Run a command line to its end. A break is repaired once when the command may be repeated."""
        self.open()
        try:
            return self._shell.run(command, deadline=deadline)
        except (faults.OperationQuotaExceeded, faults.ShellNotFound):
            self.close()
            self.open()  # the host has not acted upon the command
        except (*BREAKS, errors.ShellBusy):
            if not repeatable:
                raise
            self.renew()
        return self._shell.run(command, deadline=deadline)

    def converse(self, command: str) -> Talk:
        """Start a command and talk to it."""
        self.open()
        return Talk(self._shell, self._client, command)
