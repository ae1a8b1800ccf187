# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of the text-based command shell (MS-WSMV 3.1.4.5.2, 3.1.4.11 to 3.1.4.15) and what they answer."""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import errors, uris
from .envelope import Message, escape
from .response import expect
from .xmlread import child, local, text_of


@dataclass(frozen=True)
class Output:
    """One ReceiveResponse. exit_code is None while the command runs, and where the host gives none at its end."""

    stdout: bytes
    stderr: bytes
    done: bool
    exit_code: int | None


def _message(action: str, body: str, asked: str, shell_id: str, options: Mapping[str, str] | None = None) -> Message:
    selectors = {"ShellId": shell_id} if shell_id else {}
    expects = f"{action.rpartition('/')[2]}Response"
    return Message(action, uris.CMD_SHELL, body, asked, expects, selectors, dict(options or {}))


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


KEEPALIVE = "WSMAN_CMDSHELL_OPTION_KEEPALIVE"
IDLE_SECONDS = 180
"""After so long without a message the host closes a shell: one that its client lost does not stay for ever."""


def create(
    *, codepage: int = 437, working_directory: str | None = None, environment: Mapping[str, str] | None = None
) -> Message:
    """Open a shell. codepage 437 is the one that works before Windows 7; no profile is loaded."""
    variables = "".join(
        f'<rsp:Variable Name="{escape(name)}">{escape(value)}</rsp:Variable>'
        for name, value in (environment or {}).items()
    )
    body = (
        "<rsp:Shell>"
        + (f"<rsp:Environment>{variables}</rsp:Environment>" if variables else "")
        + (f"<rsp:WorkingDirectory>{escape(working_directory)}</rsp:WorkingDirectory>" if working_directory else "")
        + f"<rsp:IdleTimeOut>PT{IDLE_SECONDS}.000S</rsp:IdleTimeOut>"
        + "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
    )
    options = {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": str(int(codepage))}
    return _message(uris.ACTION_CREATE, body, "opening a command shell", "", options)


def command(
    shell_id: str,
    line: str,
    arguments: Sequence[str] = (),
    *,
    skip_cmd_shell: bool = False,
    console_stdin: bool = False,
) -> Message:
    """Start a command; the host joins line and arguments with spaces and, unless skipped, runs them under cmd.exe.

    console_stdin: stdin is a console rather than a pipe: for commands that are sent no input.
    """
    inner = "".join(f"<rsp:Arguments>{escape(argument)}</rsp:Arguments>" for argument in arguments)
    body = f"<rsp:CommandLine><rsp:Command>{escape(line)}</rsp:Command>{inner}</rsp:CommandLine>"
    options = {"WINRS_CONSOLEMODE_STDIN": _truth(console_stdin), "WINRS_SKIP_CMD_SHELL": _truth(skip_cmd_shell)}
    return _message(uris.ACTION_COMMAND, body, "starting a command", shell_id, options)


def send(shell_id: str, command_id: str, data: bytes, *, end: bool = False) -> Message:
    """Bytes for a command's stdin; end marks the last."""
    last = ' End="true"' if end else ""
    encoded = base64.b64encode(data).decode()
    stream = f'<rsp:Stream Name="stdin" CommandId="{escape(command_id)}"{last}>{encoded}</rsp:Stream>'
    return _message(uris.ACTION_SEND, f"<rsp:Send>{stream}</rsp:Send>", "sending a command's input", shell_id)


def receive(shell_id: str, command_id: str) -> Message:
    """Ask for output; a host with nothing to say answers with an OperationTimeout fault: ask again.

    KEEPALIVE: without it WinRM 1.1 ignores the shell's idle time-out, so that a shell which its client lost stays open
    for ever and counts against the quota of two (MS-WSMV 3.2.4.1.20, notes <23> and <119>). Later versions ignore it.
    """
    stream = f'<rsp:DesiredStream CommandId="{escape(command_id)}">stdout stderr</rsp:DesiredStream>'
    body = f"<rsp:Receive>{stream}</rsp:Receive>"
    return _message(uris.ACTION_RECEIVE, body, "reading a command's output", shell_id, {KEEPALIVE: "TRUE"})


def signal(shell_id: str, command_id: str, code: str) -> Message:
    """Send a signal to a command: uris.SIGNAL_TERMINATE also frees what the host keeps of a finished one."""
    body = f'<rsp:Signal CommandId="{escape(command_id)}"><rsp:Code>{escape(code)}</rsp:Code></rsp:Signal>'
    return _message(uris.ACTION_SIGNAL, body, "signalling a command", shell_id)


def delete(shell_id: str) -> Message:
    """Close a shell."""
    return _message(uris.ACTION_DELETE, "", "closing a command shell", shell_id)


def read_shell_id(body: ET.Element) -> str:
    """The id of a created shell, kept as sent: WinRM 1.1 has a "uuid:" prefix that must come back."""
    created = child(body, "ResourceCreated")
    if created is not None:
        for element in created.iter():
            if local(element) == "Selector" and element.get("Name", "").casefold() == "shellid" and text_of(element):
                return text_of(element)
    shell_id = text_of(child(child(body, "Shell"), "ShellId"))
    if not shell_id:
        raise errors.UnexpectedResponse("the answer names no shell")
    return shell_id


def read_command_id(body: ET.Element) -> str:
    """The id of a started command."""
    command_id = text_of(child(expect(body, "CommandResponse"), "CommandId"))
    if not command_id:
        raise errors.UnexpectedResponse("the answer names no command")
    return command_id


def _decoded(stream: ET.Element) -> bytes:
    try:
        return base64.b64decode("".join((stream.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise errors.MalformedResponse(f"a command's output is not base64: {exc}") from None


def _exit_code(state: ET.Element) -> int | None:
    text = text_of(child(state, "ExitCode"))
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text, re.ASCII):
        raise errors.MalformedResponse(f"a command's exit code is {text[:40]!r}, not a number")
    return int(text)


def read_output(body: ET.Element, command_id: str) -> Output:
    """A command's output and state. Streams of another command are left out; a state without a command is ours."""
    answer = expect(body, "ReceiveResponse")
    streams = {"stdout": b"", "stderr": b""}
    done, exit_code = False, None
    for element in answer:
        owner = element.get("CommandId", command_id)
        if owner.casefold() != command_id.casefold():
            continue
        name = element.get("Name", "")
        if local(element) == "Stream" and name in streams:
            streams[name] += _decoded(element)
        elif local(element) == "CommandState" and element.get("State", "").rpartition("/")[2].casefold() == "done":
            done, exit_code = True, _exit_code(element)
    return Output(streams["stdout"], streams["stderr"], done, exit_code)
