# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push over WinRM into a receiver script (Windows Script Host): lines of base64, acknowledged, resumable at the byte.

The receiver saves parts of a bounded size; after any break its next start reports how many bytes the parts hold.
Windows' envelope limit (150 KB on 1.1) bounds a Send; several Sends are under way before an answer is asked for,
since each Receive is a round trip of its own.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from ..._windows.command import Step, quote, run_checked
from ..._windows.files import write_text
from ..layout import Layout
from .common import Conversation, Payload, ProgressHook, RemoteShell, ScriptHostUnavailableError, TransferError

LINE_BYTES = 12288
"""File bytes in one full line (16384 characters of base64): Windows Script Host reads such lines quickly."""

PART_BYTES = 1024 * 1024
MOST_PARTS = 400
"""File names of all parts must fit one command line when they are joined."""

WINDOW_SENDS = 8
ANSWER_DEADLINE = 60.0
MOST_BREAKS_WITHOUT_PROGRESS = 5


def part_size(size: int) -> int:
    """Bytes a part, so that a file of this size has at most MOST_PARTS parts."""
    return max(PART_BYTES, -(-size // MOST_PARTS))


def lines_for(capacity: int) -> list[int]:
    """How many file bytes each line of one Send carries, so that the lines and their CRLF fill the capacity."""
    sizes, left = [], capacity
    while left >= 4 + 2:
        room = (left - 2) // 4 * 3
        take = min(LINE_BYTES, room)
        sizes.append(take)
        left -= take // 3 * 4 + 2
    return sizes


def chunks(source: BinaryIO, line_sizes: list[int]) -> Iterator[tuple[bytes, int]]:
    """The rest of a file as (standard input for one Send, file bytes in it)."""
    while True:
        lines, count = [], 0
        for size in line_sizes:
            data = source.read(size)
            if not data:
                break
            lines.append(base64.b64encode(data) + b"\r\n")
            count += len(data)
        if not lines:
            return
        yield b"".join(lines), count


class Receiver:
    """One run of the receiver script: sends, and reads the acknowledgements."""

    def __init__(self, conversation: Conversation, progress: ProgressHook, size: int) -> None:
        self._conversation = conversation
        self._progress = progress
        self._size = size
        self._pending = b""
        self.acknowledged = 0
        self.parts = 0
        self.finished = False

    def read(self, deadline: float) -> None:
        """Read at least one word of the receiver. TransferError when it ended before it said DONE."""
        output = self._conversation.receive(deadline)
        self._pending += output.stdout
        *whole, self._pending = self._pending.split(b"\n")
        for line in whole:
            self._take(line.split())
        if output.done and not self.finished:
            words = (output.stderr + self._pending).decode("cp437", errors="replace").strip()[-300:]
            said = words or "it said nothing"
            raise TransferError(f"the receiver ended early with exit code {output.exit_code}: {said}")

    def _take(self, words: list[bytes]) -> None:
        if not words:
            return
        if len(words) != 2 or words[0] not in (b"ACK", b"PARTS", b"DONE") or not words[1].isdigit():
            raise TransferError(f"the receiver answered {b' '.join(words)[:120]!r}")
        if words[0] == b"PARTS":
            self.parts = int(words[1])
            return
        self.acknowledged = int(words[1])
        self.finished = words[0] == b"DONE"
        self._progress(self.acknowledged, self._size)

    def wait_ready(self) -> int:
        """Bytes that the host has already. ScriptHostUnavailableError when no receiver came up."""
        seen = self._conversation.receive(ANSWER_DEADLINE)
        head = seen.stdout
        while b"\n" not in head and not seen.done:
            seen = self._conversation.receive(ANSWER_DEADLINE)
            head += seen.stdout
        first, _unused, self._pending = head.partition(b"\n")
        words = first.split()
        if len(words) != 2 or words[0] != b"READY" or not words[1].isdigit():
            said = (head + seen.stderr).decode("cp437", errors="replace").strip()[-300:]
            raise ScriptHostUnavailableError(
                f"no receiver came up (exit code {seen.exit_code}): {said or 'it said nothing'}"
            )
        self.acknowledged = int(words[1])
        self._progress(self.acknowledged, self._size)
        return self.acknowledged

    def transfer(self, source: BinaryIO, line_sizes: list[int]) -> None:
        """Send the rest of the file from what was acknowledged, then the end, and wait for the receiver's DONE."""
        source.seek(self.acknowledged)
        sent, under_way = self.acknowledged, 0
        for data, count in chunks(source, line_sizes):
            self._conversation.send(data)
            sent, under_way = sent + count, under_way + 1
            if under_way >= WINDOW_SENDS:
                while sent - self.acknowledged > count * (WINDOW_SENDS // 2):
                    self.read(ANSWER_DEADLINE)
                under_way = -(-(sent - self.acknowledged) // count)
        self._conversation.send(b".\r\n", end=True)
        while not self.finished:
            self.read(ANSWER_DEADLINE)
        if self.acknowledged != sent:
            raise TransferError(f"the receiver holds {self.acknowledged} bytes, {sent} were sent")


def receiver_text() -> str:
    """The receiver script that is uploaded (JScript 5.7)."""
    return (Path(__file__).parents[2] / "_windows" / "scripts" / "receive.js").read_text(encoding="ascii")


def push(
    shell: RemoteShell,
    payload: Payload,
    layout: Layout,
    *,
    progress: ProgressHook,
    lost: tuple[type[Exception], ...],
    clock: Callable[[], float] = time.monotonic,
    deadline: float,
) -> None:
    """Bring the payload to layout.payload + '.tmp', resuming what an earlier run left; the caller checks size and hash.

    lost: the wire's errors that mean a lost connection. deadline: seconds for the whole transfer.
    Raises TransferError (ScriptHostUnavailableError when the script host is off), CommandError.
    """
    ends = clock() + deadline
    parts = f"{layout.parts}\\{payload.sha1[:16]}"
    script = layout.path("receive.js")
    breaks, best, reached = 0, 0, 0

    def watch(done: int, total: int) -> None:
        nonlocal reached
        reached = max(reached, done)
        progress(done, total)

    while True:
        try:
            run_checked(shell, Step("making the folder of the parts", f"if not exist {quote(parts)} md {quote(parts)}"))
            write_text(shell, script, receiver_text())
            count = _send_once(shell, payload, script, parts, watch)
            break
        except lost as error:
            breaks, best = (0 if reached > best else breaks + 1), reached
            if breaks > MOST_BREAKS_WITHOUT_PROGRESS or clock() > ends:
                text = f"the connection broke again and again at byte {reached}, the last time: {error}"
                raise TransferError(text) from error
            shell.renew()
    _join(shell, count, layout, parts)


def _send_once(shell: RemoteShell, payload: Payload, script: str, parts: str, progress: ProgressHook) -> int:
    command = f"cscript //nologo //E:JScript {quote(script)} {quote(parts)} {part_size(payload.size)}"
    conversation = shell.converse(command)
    receiver = Receiver(conversation, progress, payload.size)
    try:
        if receiver.wait_ready() > payload.size:
            raise TransferError(f"the host holds more bytes of the payload ({receiver.acknowledged}) than it has")
        with payload.path.open("rb") as source:
            receiver.transfer(source, lines_for(conversation.capacity))
    finally:
        conversation.stop()
    return receiver.parts


def _join(shell: RemoteShell, count: int, layout: Layout, parts: str) -> None:
    names = "+".join(f"{number:08d}.part" for number in range(count))
    target = layout.payload + ".tmp"
    command = f"cd /d {quote(parts)} && copy /b /y {names} {quote(target)} >nul"
    run_checked(shell, Step("joining the parts of the payload", command, 600.0))
