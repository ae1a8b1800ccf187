# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A remote shell that the tests script: a receiver in Python, a findstr, and a record of every command line."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Conversation,
    Payload,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell import Output
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult

LAYOUT = Layout("C:\\Windows", "KB952876")


class LostError(errors.ConnectionLost):
    """The wire's loss of a connection, as the transfers are told of it."""

    def __init__(self, came: str = "the connection is lost") -> None:
        super().__init__(came)


class SilentError(errors.DeadlineExceeded):
    """The wire's passed deadline."""

    def __init__(self, came: str = "no answer in time") -> None:
        super().__init__(came)


def payload(folder: Path, size: int) -> Payload:
    """A payload of bytes that differ."""
    data = bytes(index * 7 % 251 for index in range(size))
    path = folder / "kb.msu"
    path.write_bytes(data)
    return Payload(path, size, hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest())


@dataclass
class Talk:
    """A conversation with a program that is a Python function: it gets what was sent and says what it answers."""

    program: Callable[[bytes], bytes]
    capacity: int = 1000
    waiting: bytes = b""
    ended: bool = False
    exit_code: int | None = None
    sent: list[bytes] = field(default_factory=list)
    stopped: int = 0
    receives: int = 0

    def send(self, data: bytes, *, end: bool = False) -> None:
        assert len(data) <= self.capacity
        self.sent.append(data)
        self.waiting += self.program(data)
        if end:
            self.ended, self.exit_code = True, 0

    def receive(self, deadline: float) -> Output:
        self.receives += 1
        if not self.waiting and not self.ended:
            raise SilentError
        said, self.waiting = self.waiting, b""
        return Output(said, b"", self.ended, self.exit_code if self.ended else None)

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class FakeReceiver:
    """The receiver script in Python: parts of a size, an acknowledgement for each that is saved."""

    part: int
    saved: bytearray
    buffer: bytearray = field(default_factory=bytearray)
    parts: int = 0
    rest: bytes = b""
    talk: Talk | None = None

    def start(self) -> bytes:
        return b"READY %d\r\n" % len(self.saved)

    def __call__(self, data: bytes) -> bytes:
        out = b""
        *lines, self.rest = (self.rest + data).split(b"\r\n")
        for line in lines:
            if line == b".":
                out += self.save() + b"PARTS %d\r\nDONE %d\r\n" % (self.parts, len(self.saved))
                if self.talk is not None:
                    self.talk.ended, self.talk.exit_code = True, 0
                return out
            self.buffer += base64.b64decode(line, validate=True)
            if len(self.buffer) >= self.part:
                out += self.save() + b"ACK %d\r\n" % len(self.saved)
        return out

    def save(self) -> bytes:
        if self.buffer:
            self.saved += self.buffer
            self.buffer.clear()
            self.parts += 1
        return b""


@dataclass
class FakeShell:
    """Runs nothing: every command line is kept, and conversations come from a function."""

    make: Callable[[str], Conversation]
    commands: list[str] = field(default_factory=list)
    renewed: int = 0
    exit_codes: dict[str, int] = field(default_factory=dict)

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> ShellResult:
        self.commands.append(command)
        code = next((code for mark, code in self.exit_codes.items() if mark in command), 0)
        return ShellResult(code, b"", b"")

    def ready(self) -> str:
        return "uuid:1"

    def converse(self, command: str) -> Conversation:
        self.commands.append(command)
        return self.make(command)

    def renew(self) -> None:
        self.renewed += 1
