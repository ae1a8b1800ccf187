# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push over WinRM where Windows Script Host is off: base64 text through findstr, decoded by certutil, joined by copy.

findstr ends when its standard input closes. Whether the End of a Send closes it on WinRM 1.1 is not known: a host where
it does not is told from one where it does by a deadline, and refused with what to do.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import ClassVar

from ..._windows.command import Step, program, quote, run_checked
from ..._windows.staging_folder import Layout
from ..._wsman import errors, faults
from ..target import Target
from .common import LOST, Conversation, Payload, ProgressHook, RemoteShell, TransferError

TEXT_LINE = 570
"""File bytes a line (760 characters): few line ends, and far from the 8191 characters that findstr takes in a line."""

PART_BYTES = 1_990_000
"""What 24 Sends of a 150 KB envelope hold: a part costs three commands, and a break at most one part."""

END_DEADLINE = 60.0
_FINDSTR, _CERTUTIL = program("findstr"), program("certutil")
MOST_BREAKS = 5

_STUCK = (errors.DeadlineExceeded, faults.WSManFault)
"""A passed deadline, or a refused end of the input: the host does not close what a command reads."""


def encode(data: bytes) -> bytes:
    """base64 in lines of 760 characters with CRLF."""
    lines = [base64.b64encode(data[at : at + TEXT_LINE]) for at in range(0, len(data), TEXT_LINE)]
    return b"".join(line + b"\r\n" for line in lines)


def _type_into(conversation: Conversation, text: bytes) -> None:
    step = conversation.capacity
    last = max(0, (len(text) - 1) // step * step)
    for at in range(0, last, step):
        conversation.send(text[at : at + step])
    try:
        conversation.send(text[last:], end=True)
        _await_end(conversation)
    except LOST:
        raise
    except _STUCK as error:
        raise TransferError(
            "Windows Script Host is off on the host, and its WinRM does not close a command's input at the end. "
            "Use transfer: smb, or put the package on the host and use transfer: path"
        ) from error


def _await_end(conversation: Conversation) -> None:
    ends = time.monotonic() + END_DEADLINE
    while time.monotonic() < ends:
        output = conversation.receive(END_DEADLINE)
        if output.done:
            if output.exit_code != 0:
                raise TransferError(f"findstr ended with exit code {output.exit_code} instead of writing the text")
            return
    raise TransferError("findstr did not end with its input")


def _send_part(shell: RemoteShell, data: bytes, part: str) -> None:
    text, target, temporary = quote(f"{part}.b64"), quote(part), quote(f"{part}.tmp")
    conversation = shell.converse(f'(if exist {target} del /f /q {target}) & {_FINDSTR} "^" > {text}')
    try:
        _type_into(conversation, encode(data))
    finally:
        conversation.stop()
    decode = f"{_CERTUTIL} -f -decode {text} {temporary} >nul && move /y {temporary} {target} >nul && del /f /q {text}"
    # A repeated command finds the part there already, and its text gone.
    run_checked(shell, Step("decoding a part of the payload", f"if not exist {target} ({decode})", 120.0))


def push(
    shell: RemoteShell,
    payload: Payload,
    layout: Layout,
    *,
    existing: Callable[[list[str]], dict[str, int]],
    progress: ProgressHook,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Bring the payload to layout.payload + '.tmp', part by part; parts of the right size from an earlier run are kept.

    existing: sizes by path of those files that are there. Raises TransferError, CommandError.
    """
    ends = clock() + deadline
    folder = f"{layout.parts}\\{payload.sha1[:16]}-text"
    run_checked(shell, Step("making the folder of the parts", f"if not exist {quote(folder)} md {quote(folder)}"))
    count = max(1, -(-payload.size // PART_BYTES))
    paths = [f"{folder}\\{number:08d}.part" for number in range(count)]
    there = existing(paths)
    with payload.open() as source:
        for number, path in enumerate(paths):
            breaks, renewed = 0, True
            size = min(PART_BYTES, payload.size - number * PART_BYTES)
            while there.get(path) != size:
                if clock() > ends:
                    raise TransferError(f"the payload was not there after {deadline:.0f} s ({number} of {count} parts)")
                try:
                    if not renewed:
                        shell.renew()
                        renewed = True
                    source.seek(number * PART_BYTES)
                    _send_part(shell, source.read(size), path)
                    there = {**there, **existing([path])}
                    if there.get(path) != size:
                        raise TransferError(f"part {number} has {there.get(path)} bytes on the host, not {size}")
                except LOST as error:
                    breaks, renewed = breaks + 1, False
                    if breaks > MOST_BREAKS:
                        text = f"the transfer broke again and again in part {number} of {count}, the last time: {error}"
                        raise TransferError(text) from error
                    sleep(float(breaks - 1))
            progress(number * PART_BYTES + size, payload.size)
    names = "+".join(f"{number:08d}.part" for number in range(count))
    command = f"cd /d {quote(folder)} && copy /b /y {names} {quote(layout.payload + '.tmp')} >nul"
    run_checked(shell, Step("joining the parts of the payload", command, 600.0))


class CertutilWay:
    """See TransferWay: over WinRM as text that certutil decodes, for hosts without Windows Script Host."""

    name: ClassVar[str] = "winrm_certutil"

    def carry(self, target: Target, payload: Payload, progress: ProgressHook, deadline: float) -> None:
        """See TransferWay."""
        push(
            target.shell,
            payload,
            target.layout,
            existing=lambda paths: dict(target.sizes(paths)),
            progress=progress,
            deadline=deadline,
        )
