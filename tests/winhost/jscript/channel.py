# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames between the script process and the simulated machine: a JSON head and a block of bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_SIZES = struct.Struct("<II")
HEAD_SIZE = _SIZES.size


def pack(head: dict[str, Any], blob: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(head).encode()
    return _SIZES.pack(len(text), len(blob)) + text + blob


def sizes(start: bytes) -> tuple[int, int]:
    """Lengths of the JSON and of the bytes that follow."""
    first, second = _SIZES.unpack(start)
    return first, second


class ComError(Exception):
    """An error of a COM object, as a script sees it: number (a signed HRESULT) and description."""

    def __init__(self, number: int, description: str) -> None:
        super().__init__(description)
        self.number = number
        self.description = description


class Channel:
    """The script process's end: it asks and waits."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self._source = source
        self._target = target

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """The next frame; EOFError when the machine has gone."""
        start = self._exactly(HEAD_SIZE)
        text, blob = sizes(start)
        return json.loads(self._exactly(text)), self._exactly(blob) if blob else b""

    def _exactly(self, size: int) -> bytes:
        data = self._source.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def tell(self, operation: str, blob: bytes = b"", **values: Any) -> None:
        """Say something that needs no answer."""
        self._target.write(pack({"op": operation, **values}, blob))
        self._target.flush()

    def ask(self, operation: str, blob: bytes = b"", **values: Any) -> tuple[dict[str, Any], bytes]:
        """Ask and wait; raises ComError when the machine refuses."""
        self.tell(operation, blob, **values)
        head, data = self.receive()
        if "error" in head:
            raise ComError(head["error"], head.get("text", ""))
        return head, data
