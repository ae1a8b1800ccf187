# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push over WinRM into a receiver script (Windows Script Host): lines of base64, acknowledged, resumable at the byte.

The receiver saves parts of a bounded size and acknowledges each; after any break its next start reports how many
bytes the parts hold.
Windows' envelope limit (150 KB on 1.1) bounds a Send; several Sends are under way before an answer is asked for,
since each Receive is a round trip of its own. The end of the file is a line of its own: nothing depends on whether
the End of a Send closes the command's input, which is not known for WinRM 1.1.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from ..._windows.command import LINE_BUDGET, CommandError, Step, program, quote, run_checked
from ..._windows.files import remove_folder, write_text
from ..._windows.staging_folder import Layout
from ..._windows.together import writing
from ..target import Target
from .common import LOST, Conversation, Payload, ProgressHook, RemoteShell, ScriptHostUnavailableError, TransferError

LINE_BYTES = 12288
"""File bytes in one full line (16384 characters of base64): Windows Script Host reads such lines quickly."""

PART_BYTES = 512 * 1024
MOST_PARTS = 400
"""File names of all parts must fit one command line when they are joined."""

WINDOW_PARTS = 4
"""Parts sent and not yet acknowledged before an answer is awaited: the receiver never waits for us meanwhile."""

_NOT_WRITTEN = 61
"""Exit code of a command line that could not write the receiver; neither the script nor its host gives it."""

END_LINE = b".\r\n"
ANSWER_DEADLINE = 60.0
MOST_BREAKS_WITHOUT_PROGRESS = 5


class ReceiverStoppedError(TransferError):
    """The receiver ended or refused in the middle: what it saved is there, another one can go on."""


class WrongCountError(TransferError):
    """The receiver counts other bytes than were sent: what it holds cannot be resumed."""


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
        lines: list[bytes] = []
        count = 0
        for size in line_sizes:
            data = source.read(size)
            if not data:
                break
            lines += (base64.b64encode(data), b"\r\n")
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
            raise ReceiverStoppedError(f"the receiver ended early with exit code {output.exit_code}: {said}")

    def _take(self, words: list[bytes]) -> None:
        if not words:
            return
        if len(words) != 2 or words[0] not in (b"ACK", b"PARTS", b"DONE") or not words[1].isdigit():
            raise ReceiverStoppedError(f"the receiver answered {b' '.join(words)[:120]!r}")
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
        first, line_end, self._pending = head.partition(b"\n")
        words = first.split()
        if seen.done and seen.exit_code == _NOT_WRITTEN:
            raise CommandError("writing the receiver", "echo", seen)
        if not line_end or len(words) != 2 or words[0] != b"READY" or not words[1].isdigit():
            said = (head + seen.stderr).decode("cp437", errors="replace").strip()[-300:]
            raise ScriptHostUnavailableError(
                f"no receiver came up (exit code {seen.exit_code}): {said or 'it said nothing'}"
            )
        self.acknowledged = int(words[1])
        self._progress(self.acknowledged, self._size)
        return self.acknowledged

    def transfer(self, source: BinaryIO, line_sizes: list[int], window_parts: int = WINDOW_PARTS) -> None:
        """Send the rest of the file from what was acknowledged, then the end, and wait for the receiver's DONE."""
        source.seek(self.acknowledged)
        sent = self.acknowledged
        window = window_parts * part_size(self._size) + sum(line_sizes)
        ended = False
        for data, count in chunks(source, line_sizes):
            sent += count
            ended = sent == self._size
            self._conversation.send(data + END_LINE if ended else data)
            while sent - self.acknowledged >= window:
                self.read(ANSWER_DEADLINE)
        if not ended:
            self._conversation.send(END_LINE)
        while not self.finished:
            self.read(ANSWER_DEADLINE)
        if not self.acknowledged == sent == self._size:
            raise WrongCountError(
                f"the receiver holds {self.acknowledged} bytes, {sent} were sent of a package of {self._size}; "
                "what it holds was removed, run again"
            )


def receiver_text() -> str:
    """The receiver script that is uploaded (JScript 5.7)."""
    return (Path(__file__).parents[2] / "_windows" / "scripts" / "receive.js").read_text(encoding="ascii")


def push(
    shell: RemoteShell,
    payload: Payload,
    layout: Layout,
    *,
    progress: ProgressHook,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    deadline: float,
) -> None:
    """Bring the payload to layout.payload + '.tmp', resuming what an earlier run left; the caller checks size and hash.

    deadline: seconds for the whole transfer.
    Raises TransferError (ScriptHostUnavailableError when the script host is off), CommandError.
    """
    ends = clock() + deadline
    parts = f"{layout.parts}\\{payload.sha1[:16]}"
    script = layout.path("receive.js")
    breaks, best, reached = 0, 0, 0
    broken: tuple[type[Exception], ...] = (*LOST, ReceiverStoppedError)

    def watch(done: int, total: int) -> None:
        nonlocal reached
        reached = max(reached, done)
        progress(done, total)
        if clock() > ends:
            raise TransferError(
                f"transfer_timeout: {deadline:.0f} s were over at byte {done} of {total}; run again to resume there"
            )

    with payload.open() as source:
        while True:
            try:
                if breaks:
                    shell.renew()
                # after a break one part at a time, so that each is safe on the host before the next break
                window = 1 if breaks else WINDOW_PARTS
                count = _send_once(shell, source, payload.size, (script, parts), watch, window_parts=window)
                break
            except broken as error:
                breaks, best = (1 if reached > best else breaks + 1), reached
                if breaks > MOST_BREAKS_WITHOUT_PROGRESS or clock() > ends:
                    text = f"the transfer broke again and again at byte {reached}, the last time: {error}"
                    raise TransferError(text) from error
                sleep(float(breaks - 1))
    _join(shell, count, layout, parts)


def _send_once(
    shell: RemoteShell,
    source: BinaryIO,
    size: int,
    names: tuple[str, str],
    progress: ProgressHook,
    *,
    window_parts: int,
) -> int:
    """names: of the receiver script and of the folder of parts. Returns how many parts there are."""
    script, parts = names
    folder = quote(parts)
    command = (
        f"(if not exist {folder} md {folder}) & "
        f"{program('cscript')} //nologo //E:JScript {quote(script)} {folder} {part_size(size)}"
    )
    written = writing(script, receiver_text())
    first = "" if written is None else f"{written.command(_NOT_WRITTEN)} & "
    if not first or len(first + command) > LINE_BUDGET:
        first = ""
        write_text(shell, script, receiver_text())
    conversation = shell.converse(first + command)
    receiver = Receiver(conversation, progress, size)
    try:
        there = receiver.wait_ready()
        if there > size:
            conversation.stop()
            remove_folder(shell, parts)
            raise ReceiverStoppedError(f"the host held {there} bytes of a payload of {size}: removed")
        receiver.transfer(source, lines_for(conversation.capacity - len(END_LINE)), window_parts)
    except WrongCountError:
        conversation.stop()
        remove_folder(shell, parts)
        raise
    finally:
        conversation.stop()
    return receiver.parts


def _join(shell: RemoteShell, count: int, layout: Layout, parts: str) -> None:
    names = "+".join(f"{number:08d}.part" for number in range(count))
    target = layout.payload + ".tmp"
    command = f"cd /d {quote(parts)} && copy /b /y {names} {quote(target)} >nul"
    run_checked(shell, Step("joining the parts of the payload", command, 600.0))


class ScriptWay:
    """See TransferWay: over WinRM, into a receiver that runs in Windows Script Host."""

    name: ClassVar[str] = "winrm"

    def carry(self, target: Target, payload: Payload, progress: ProgressHook, deadline: float) -> None:
        """See TransferWay."""
        push(target.shell, payload, target.layout, progress=progress, deadline=deadline)
