# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Byte streams between commands, files and the shell."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.session import StdIO
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

BROKEN_PIPE = 109
CHUNK = 65536
_FLUSH_AT = 1 << 20


class Stream:
    """A handle. The default one is the device NUL: nothing to read, everything swallowed."""

    async def read(self, size: int = CHUNK) -> bytes:
        return b""

    async def read_line(self) -> bytes:
        return b""

    async def write(self, data: bytes) -> None:
        return None

    async def close(self) -> None:
        return None

    async def read_all(self, limit: int) -> bytes:
        """All that is left, up to a limit in bytes (8, not enough memory, beyond it)."""
        out = bytearray()
        while chunk := await self.read(CHUNK):
            out += chunk
            if len(out) > limit:
                raise Win32Error(8, "stdin")
        return bytes(out)


class ShellIn(Stream):
    """The shell's stdin."""

    def __init__(self, io: StdIO) -> None:
        self._io = io

    async def read(self, size: int = CHUNK) -> bytes:
        return await self._io.read(size)

    async def read_line(self) -> bytes:
        return await self._io.read_line()


class ShellOut(Stream):
    """The shell's stdout or stderr."""

    def __init__(self, io: StdIO, *, error: bool = False) -> None:
        self._write = io.write_err if error else io.write_out

    async def write(self, data: bytes) -> None:
        result = self._write(data)
        if inspect.isawaitable(result):
            await result


class Bytes(Stream):
    """A file opened for reading, or any bytes at hand."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    async def read(self, size: int = CHUNK) -> bytes:
        chunk = self._data[self._position : self._position + size]
        self._position += len(chunk)
        return chunk

    async def read_line(self) -> bytes:
        end = self._data.find(b"\n", self._position) + 1 or len(self._data)
        line = self._data[self._position : end]
        self._position = end
        return line


class Collector(Stream):
    """Keeps what is written, up to a limit: the output of a command in `for /f`."""

    def __init__(self, limit: int = 16 << 20) -> None:
        self.data = bytearray()
        self._limit = limit

    async def write(self, data: bytes) -> None:
        self.data += data
        if len(self.data) > self._limit:
            raise Win32Error(8, "too much output")


class FileOut(Stream):
    """A file opened by `>` or `>>`; what is written reaches it in large pieces, and at the latest on close."""

    def __init__(self, machine: Machine, path: str, token: Token, *, append: bool) -> None:
        self._files = machine.files
        self._path = path
        self._token = token
        self._pending = bytearray()
        if append and self._files.get(path) is not None:
            self._files.append(path, b"", token)
        else:
            self._files.write(path, b"", token)
        if machine.doubt["redirected_file"] == "refused":
            self._files.hold_for_writing(path, self)

    async def write(self, data: bytes) -> None:
        self._pending += data
        if len(self._pending) >= _FLUSH_AT:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            self._files.append(self._path, data, self._token, holder=self)

    async def close(self) -> None:
        try:
            self._flush()
        finally:
            self._files.let_go(self)


class Pipe(Stream):
    """An anonymous pipe of bounded size."""

    def __init__(self, capacity: int = 1 << 16) -> None:
        self._buffer = bytearray()
        self._capacity = capacity
        self._changed = asyncio.Condition()
        self._writing = True
        self._reading = True

    async def write(self, data: bytes) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._buffer) < self._capacity or not self._reading)
            if not self._reading:
                raise Win32Error(BROKEN_PIPE, "pipe")
            self._buffer += data
            self._changed.notify_all()

    async def read(self, size: int = CHUNK) -> bytes:
        async with self._changed:
            await self._changed.wait_for(lambda: self._buffer or not self._writing)
            return self._take(min(size, len(self._buffer)))

    async def read_line(self) -> bytes:
        async with self._changed:
            searched = 0
            while (end := self._buffer.find(b"\n", searched)) < 0 and self._writing:
                searched = len(self._buffer)
                # A line may be longer than the pipe: let the writer go on.
                self._capacity = max(self._capacity, len(self._buffer) + CHUNK)
                self._changed.notify_all()
                await self._changed.wait()
            return self._take(end + 1 if end >= 0 else len(self._buffer))

    def _take(self, size: int) -> bytes:
        chunk = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._changed.notify_all()
        return chunk

    async def close(self) -> None:
        """The writing end is closed."""
        async with self._changed:
            self._writing = False
            self._changed.notify_all()

    async def abandon(self) -> None:
        """The reading end is closed."""
        async with self._changed:
            self._reading = False
            self._buffer.clear()
            self._changed.notify_all()


class PipeReader(Stream):
    """The reading end of a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    async def read(self, size: int = CHUNK) -> bytes:
        return await self._pipe.read(size)

    async def read_line(self) -> bytes:
        return await self._pipe.read_line()

    async def close(self) -> None:
        await self._pipe.abandon()


class NulRead(Stream):
    """A handle that is closed for writing (5 when written to)."""
