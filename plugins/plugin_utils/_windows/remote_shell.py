# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's cmd shell as the writing operations use it: opened on first use, repaired after a break, closed."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable

from .._wsman import errors, faults
from .._wsman.client import Client
from .._wsman.shell import IDLE_SECONDS, Output, delete
from .._wsman.shell_client import Shell, ShellResult
from .._wsman.shell_list import ListedShell, list_shells, list_with_commands
from . import registry
from .boot_signs import VOLATILE_KEY, uproot
from .command import program
from .errors import HostError
from .staging_folder import PRODUCT

CODE_PAGE = 437
"""65001 is unusable before Windows 7; 437 carries ASCII everywhere."""

MOST_COMMANDS = 6
"""Commands of one shell. Only its closing gives their operations back, and below stack 3.0 a user has 15: so the shell
that an interrupted run left behind and this run's own fit together, with room for questions (MS-WSMV note <118>)."""

_NO_SHELL = (faults.ResourceNotFound, faults.MethodNotFound, faults.UnsupportedFeature, faults.ShellsNotAllowed)
BREAKS = (errors.ConnectionLost, errors.ServiceBusy, errors.MalformedResponse, errors.WrongRelatesTo)
"""The connection broke in the middle, or its answer is damaged: whether the last message acted upon is not known."""


_DOUBTFUL = (*BREAKS, errors.ShellBusy, faults.ShellNotFound, faults.OperationAborted, faults.OperationQuotaExceeded)
"""After these it is not known whether a command was begun."""

QUOTA_WAIT = IDLE_SECONDS + 30.0
"""Seconds after which the shells of runs that died have idled out."""

_QUOTA_PAUSE = 15.0
_UNUSED_WAIT = 60.0
LOST = 54941
"""Exit code of a command line whose lock was taken over; no program of Windows gives it."""

_ASKED, _BEGUN = "asked", "begun"
_NO_MARK = 43
"""Exit code where the mark of a command could not be written: the command was not begun."""


def _is_at_rest(one: ListedShell) -> bool:
    return one.unused or (f"\\{PRODUCT}\\" in one.command and f"exit {LOST})" not in one.command)


class ShellQuotaError(HostError):
    """The host gives this user no further shell, and those in use did not idle out: whose they are, as far as told."""


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
    """One cmd shell at a time. Use as a context manager: it is closed on success, failure and interruption alike.

    say, sleep: for the wait where dead runs have used up the user's shells.
    """

    def __init__(
        self,
        client: Client,
        *,
        say: Callable[[str], None] = lambda _line: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._say = say
        self._sleep = sleep
        self._shell = Shell(client, codepage=CODE_PAGE, max_commands=MOST_COMMANDS)
        self._worked = False

    def ready(self) -> str:
        """The id of the shell in which the next command runs; opened, or changed for a fresh one, where needed."""
        self.open()
        return self._shell.ready()

    @property
    def shell_id(self) -> str:
        """The id of the open shell, or an empty text."""
        return self._shell.shell_id or ""

    def __enter__(self) -> RemoteShell:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def open(self) -> None:
        """Open the shell. ShellUnsupportedError where the host has none (before anything was written).

        Where the user's shells are used up, by runs that died perhaps, it is tried again until those have idled out;
        then ShellQuotaError says whose they are.
        """
        waited, resting = 0.0, dict[ListedShell, float]()
        while True:
            try:
                self._shell.open()
            except _NO_SHELL as error:
                if self._worked:
                    raise
                raise ShellUnsupportedError(error) from error
            except faults.ShellQuotaExceeded as error:
                if waited >= QUOTA_WAIT:
                    raise ShellQuotaError(self._quota_text(waited)) from error
                left = f"{QUOTA_WAIT - waited:.0f} s"
                self._say(f"the host has no shell left for this user: waiting up to {left} for idle ones to close")
                self._end_long_resting(resting, waited)
                self._sleep(_QUOTA_PAUSE)
                waited += _QUOTA_PAUSE
            else:
                self._worked = True
                return

    def _end_long_resting(self, since: dict[ListedShell, float], waited: float) -> None:
        """Delete shells in which nothing is known to go on and that are the same a minute after they were first seen.

        A run left it that died right after it opened it, or at its first command. since: when each was first seen.
        Whoever should live nevertheless finds its shell gone, opens another and repeats its question.
        """
        for one in self.at_rest():
            if waited - since.setdefault(one, waited) >= _UNUSED_WAIT:
                self.end(one.shell_id)

    def at_rest(self) -> frozenset[ListedShell]:
        """Other shells of ours in which nothing is known to go on, where WinRM 1.1 lists them: unused, or unlocked.

        It never closes one that was not read from, as of a run that died right after it sent a command.
        """
        try:
            listed = list_with_commands(self._client)
        except errors.WSManError:
            return frozenset()
        return frozenset(one for one in listed if one.shell_id != self.shell_id and _is_at_rest(one))

    def end_resting(self, before: frozenset[ListedShell]) -> None:
        """Delete those that are still as they were. One whose run lives opens another and repeats its question."""
        for one in before & self.at_rest() if before else ():
            self.end(one.shell_id)

    def end(self, shell_id: str) -> None:
        """Delete a shell of a dead run, so that what runs in it ends and its quota is free; it may be gone."""
        with contextlib.suppress(errors.WSManError):
            self._client.exchange(delete(shell_id), idempotent=True)

    def _quota_text(self, waited: float) -> str:
        text = f"the host gives this user no further remote shell (MaxShellsPerUser), also after {waited:.0f} s"
        try:
            shells = list_shells(self._client)
        except errors.WSManError:
            return f"{text}. It does not list them: end them on the host, or restart its WinRM service"
        owners = [f"{one.owner or 'this user'}{f' from {one.client}' if one.client else ''}" for one in shells]
        whose = f"{len(shells)} in use ({', '.join(dict.fromkeys(owners)) or 'none listed'})"
        return f"{text}: {whose}. End them on the host, or restart its WinRM service"

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
        """Run a command line to its end. A break is repaired once, by sending it again, where that does no harm.

        One that may not be repeated leaves a mark on the host when it begins, and is sent again only where that proves
        that it did not begin.
        """
        self.open()
        if not repeatable:
            return self._run_once(command, deadline)
        try:
            return self._shell.run(command, deadline=deadline)
        except (faults.OperationQuotaExceeded, faults.ShellNotFound):
            self.close()
            self.open()
        except (*BREAKS, errors.ShellBusy, faults.OperationAborted):
            self.renew()
        return self._shell.run(command, deadline=deadline)

    def _run_once(self, command: str, deadline: float) -> ShellResult:
        """The mark is a value in the volatile registry: written as asked here, as begun by the command line itself.

        Still asked after a break: it did not begin, and the host did not boot since. Anything else is no proof.
        """
        name = f"winlegacy.servicing once {uuid.uuid4().hex}"
        try:
            if not registry.set_string(self._client, VOLATILE_KEY, name, _ASKED).is_known:
                return self._shell.run(command, deadline=deadline)
            add = f'{program("reg")} add "HKLM\\{VOLATILE_KEY}" /v "{name}" /d {_BEGUN} /f >nul 2>nul'
            marked = f"({add} || exit {_NO_MARK}) & {command}"
            result = self._run_marked(marked, name, deadline)
            return self._shell.run(command, deadline=deadline) if result.exit_code == _NO_MARK else result
        finally:
            with contextlib.suppress(errors.WSManError):
                uproot(self._client, name)

    def _run_marked(self, marked: str, name: str, deadline: float) -> ShellResult:
        try:
            return self._shell.run(marked, deadline=deadline)
        except _DOUBTFUL as broken:
            try:
                self.renew()
                begun = registry.get_string(self._client, VOLATILE_KEY, name)
            except errors.WSManError:
                raise broken from None
            if begun.value != _ASKED:
                raise
        return self._shell.run(marked, deadline=deadline)

    def converse(self, command: str) -> Talk:
        """Start a command and talk to it."""
        self.open()
        return Talk(self._shell, self._client, command)
