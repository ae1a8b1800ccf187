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
from pathlib import Path

from ..._windows.command import Step, quote, run_checked
from ..layout import Layout
from .common import Conversation, Payload, ProgressHook, RemoteShell, TransferError

TEXT_LINE = 57
"""File bytes a line (76 characters): what certutil itself writes; findstr reads lines of up to 8191 characters."""

PART_BYTES = 2 * 1024 * 1024
END_DEADLINE = 60.0
MOST_BREAKS = 5


def encode(data: bytes) -> bytes:
    """base64 in lines of 76 characters with CRLF."""
    lines = [base64.b64encode(data[at : at + TEXT_LINE]) for at in range(0, len(data), TEXT_LINE)]
    return b"".join(line + b"\r\n" for line in lines)


def _type_into(conversation: Conversation, text: bytes) -> None:
    step = conversation.capacity
    for at in range(0, len(text), step):
        conversation.send(text[at : at + step], end=at + step >= len(text))
    ends = time.monotonic() + END_DEADLINE
    while time.monotonic() < ends:
        output = conversation.receive(END_DEADLINE)
        if output.done:
            if output.exit_code != 0:
                raise TransferError(f"findstr ended with exit code {output.exit_code} instead of writing the text")
            return
    raise TransferError("findstr did not end with its input")


def _send_part(shell: RemoteShell, data: bytes, part: str, stuck: tuple[type[Exception], ...]) -> None:
    text = f"{part}.b64"
    conversation = shell.converse(f'findstr "^" > {quote(text)}')
    try:
        _type_into(conversation, encode(data))
    except stuck as error:
        raise TransferError(
            "Windows Script Host is off on the host, and its WinRM does not close a command's input at the end. "
            "Use transfer: smb, or put the package on the host and use transfer: path"
        ) from error
    finally:
        conversation.stop()
    temporary = quote(part + ".tmp")
    decode = f"certutil -f -decode {quote(text)} {temporary} >nul && move /y {temporary} {quote(part)} >nul"
    run_checked(shell, Step("decoding a part of the payload", f"{decode} && del /f /q {quote(text)}", 120.0))


def push(
    shell: RemoteShell,
    payload: Payload,
    layout: Layout,
    *,
    existing: Callable[[list[str]], dict[str, int]],
    progress: ProgressHook,
    lost: tuple[type[Exception], ...],
    stuck: tuple[type[Exception], ...],
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Bring the payload to layout.payload + '.tmp', part by part; parts of the right size from an earlier run are kept.

    existing: sizes by path of those files that are there. lost, stuck: the wire's errors for a broken connection and
    for a passed deadline. Raises TransferError, CommandError.
    """
    ends = clock() + deadline
    folder = f"{layout.parts}\\{payload.sha1[:16]}-text"
    run_checked(shell, Step("making the folder of the parts", f"if not exist {quote(folder)} md {quote(folder)}"))
    count = max(1, -(-payload.size // PART_BYTES))
    paths = [f"{folder}\\{number:08d}.part" for number in range(count)]
    there = existing(paths)
    breaks = 0
    for number, path in enumerate(paths):
        size = min(PART_BYTES, payload.size - number * PART_BYTES)
        while there.get(path) != size:
            if clock() > ends:
                raise TransferError(f"the payload was not there after {deadline:.0f} s ({number} of {count} parts)")
            try:
                _send_part(shell, _slice(payload.path, number * PART_BYTES, size), path, stuck)
                there = {**there, **existing([path])}
                if there.get(path) != size:
                    raise TransferError(f"part {number} has {there.get(path)} bytes on the host, not {size}")
            except lost as error:
                breaks += 1
                if breaks > MOST_BREAKS:
                    raise TransferError(f"the connection broke {breaks} times, the last time: {error}") from error
                shell.renew()
        progress(number * PART_BYTES + size, payload.size)
    names = "+".join(f"{number:08d}.part" for number in range(count))
    command = f"cd /d {quote(folder)} && copy /b /y {names} {quote(layout.payload + '.tmp')} >nul"
    run_checked(shell, Step("joining the parts of the payload", command, 600.0))


def _slice(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as source:
        source.seek(start)
        return source.read(size)
