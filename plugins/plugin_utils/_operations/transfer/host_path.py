# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's own copy: a file on the host, or on a share that the host can reach with explicit credentials.

A network logon cannot hop to a second server by itself, so a share needs credentials of its own. They go to a staged
script on its standard input: never on a command line, in a file, a log or a result.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from ..._windows.command import Step, program, quote, run_checked
from ..._windows.files import delete, write_text
from ..._windows.staging_folder import Layout
from ..target import Target
from .common import Payload, ProgressHook, RemoteShell, ScriptHostUnavailableError, TransferError


@dataclass(frozen=True)
class ShareCredentials:
    """Who the host shall be at the share. The password is kept out of every representation."""

    user: str
    password: str = field(repr=False)


def split_unc(path: str) -> tuple[str, str]:
    """A UNC path as (share, path below it). TransferError when it is not `\\\\server\\share\\…`."""
    parts = path.strip("\\").split("\\")
    if not path.startswith("\\\\") or len(parts) < 3 or not all(parts):
        raise TransferError(f"{path!r} is not a path below a share (\\\\server\\share\\folder\\file)")
    return "\\\\" + "\\".join(parts[:2]), "\\".join(parts[2:])


def copy_script() -> str:
    """The script that maps the share and copies (JScript 5.7)."""
    return (Path(__file__).parents[2] / "_windows" / "scripts" / "copy_from_share.js").read_text(encoding="ascii")


def fetch(
    shell: RemoteShell, path: str, layout: Layout, credentials: ShareCredentials | None, *, deadline: float = 7200.0
) -> None:
    """Copy `path` (as the host sees it) to layout.payload + '.tmp'; the caller checks size and hash.

    deadline: seconds. Raises CommandError, TransferError (the share refused; the step and the number say which).
    """
    if path.startswith("\\\\") and credentials is not None:
        _fetch_from_share(shell, path, layout, credentials, deadline)
        return
    command = f"copy /b /y {quote(path)} {quote(layout.payload + '.tmp')} >nul"
    hint = " (a network logon reaches no share without credentials of its own)" if path.startswith("\\\\") else ""
    run_checked(shell, Step(f"copying {path}{hint}", command, deadline))


@dataclass(frozen=True)
class HostPathWay:
    """See TransferWay: the host copies the package itself, from where it sees it."""

    name: ClassVar[str] = "path"
    path: str
    credentials: ShareCredentials | None = None

    def carry(self, target: Target, payload: Payload, progress: ProgressHook, deadline: float) -> None:  # noqa: ARG002
        """See TransferWay."""
        fetch(target.shell, self.path, target.layout, self.credentials, deadline=deadline)


def _fetch_from_share(
    shell: RemoteShell, path: str, layout: Layout, credentials: ShareCredentials, deadline: float
) -> None:
    share, below = split_unc(path)
    lines = _input(share, credentials)
    script, target = layout.path("copy_from_share.js"), layout.payload + ".tmp"
    write_text(shell, script, copy_script())
    command = f"{program('cscript')} //nologo //E:JScript {quote(script)} {quote(below)} {quote(target)}"
    said, exit_code = _talk(shell, command, lines, deadline)
    delete(shell, [script])
    words = said.split()
    if words[:1] == [b"COPIED"] and exit_code == 0:
        return
    if words[:1] == [b"FAILED"] and len(words) == 3:
        step, number = (word.decode("ascii", errors="replace") for word in words[1:])
        raise TransferError(f"copying from {share} failed at the step {step!r}: error {_meaning(number)}")
    raise ScriptHostUnavailableError(
        f"the copy script did not run (exit code {exit_code}): with Windows Script Host off, explicit "
        "credentials for a share cannot be used. Use transfer: smb, or put the package on the host"
    )


def _input(share: str, credentials: ShareCredentials) -> bytes:
    """The three lines that the script reads, in the shell's code page."""
    if any(mark in credentials.user + credentials.password for mark in "\r\n"):
        raise TransferError("source_user and source_password cannot hold a line break")
    try:
        return "\r\n".join((share, credentials.user, credentials.password, "")).encode("cp437")
    except UnicodeEncodeError:
        text = "the share, source_user or source_password holds a character that code page 437 cannot carry"
        raise TransferError(text) from None


def _talk(shell: RemoteShell, command: str, lines: bytes, deadline: float) -> tuple[bytes, int | None]:
    """Run the script, give it its lines, and return what it said and its exit code."""
    conversation = shell.converse(command)
    said, ends = b"", time.monotonic() + deadline
    try:
        conversation.send(lines)
        while True:
            output = conversation.receive(max(1.0, ends - time.monotonic()))
            said += output.stdout
            if output.done:
                return said, output.exit_code
    finally:
        conversation.stop()


_WORDS = {
    2: "there is no such file: check source_path",
    3: "there is no such folder: check source_path",
    5: "access is denied: give source_user the right to read the share and the folder",
    53: "the server was not found: the host must resolve its name and reach its port 445",
    32: "another program has the file open: try again when it is closed",
    64: "the server ended the connection: check its share, and try again",
    65: "access to the network is denied: give source_user the right to use the share",
    67: "the server has no share of that name: check source_path",
    86: "the password is wrong: check source_password",
    112: "the host's disk is full: make room on its system drive",
    1219: "the host is connected to that server as another user: name the server by its address",
    1326: "the user or the password is wrong: check source_user (with its domain) and source_password",
    1330: "the password has expired: set a new one",
    1331: "the account is disabled: have it enabled, or give another source_user",
    1909: "the account is locked out: have it unlocked, then check source_password",
}
"""The commonest codes of a share (winerror.h): what they mean, and what to do."""

_SCRIPT_WORDS = {
    0x0034: "the name of the file is bad: check source_path",
    0x0035: "the file was not found: check source_path, and that source_user may read it",
    0x003A: "the file is already there: another run may be copying it",
    0x003D: "the host's disk is full: make room on its system drive",
    0x0046: "permission denied: give source_user the right to read the file",
    0x004C: "the path was not found: check source_path, and that source_user may read it",
}
"""Run-time errors of Windows Script Host (facility 0x00A; "JScript run-time errors" of its documentation)."""


def _meaning(number: str) -> str:
    """A script's error number (a signed HRESULT) as people look it up: a Windows error code where it wraps one."""
    if not re.fullmatch(r"-?[0-9]{1,10}", number, re.ASCII):
        return number
    code = int(number) & 0xFFFFFFFF
    if code >> 16 == 0x800A:
        words = _SCRIPT_WORDS.get(code & 0xFFFF)
        return f"0x{code:08X}, {words or 'an error of the script host'}"
    if code >> 16 != 0x8007:
        return f"0x{code:08X}"
    words = _WORDS.get(code & 0xFFFF)
    return f"{code & 0xFFFF} (0x{code:08X})" + (f", {words}" if words else "")
