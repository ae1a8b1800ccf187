# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The streams of one command: stdin fed by Send, stdout and stderr fetched by Receive."""

from __future__ import annotations

import asyncio

_HIGH_WATER = 4 * 1024 * 1024
"""Octets of output that nobody has fetched before the command's writes wait."""


class CommandStreams:
    """What cmd/ sees as StdIO, and what the shell verbs see of it."""

    def __init__(self) -> None:
        self._input = bytearray()
        self._input_ended = False
        self._output: list[tuple[str, bytes]] = []
        self._size = 0
        self._changed = asyncio.Event()
        self._fetched = asyncio.Event()
        self._more_input = asyncio.Event()

    # what the command does

    async def read(self, size: int) -> bytes:
        while not self._input and not self._input_ended:
            self._more_input.clear()
            await self._more_input.wait()
        chunk = bytes(self._input[:size])
        del self._input[:size]
        return chunk

    async def read_line(self) -> bytes:
        searched = 0
        while (end := self._input.find(b"\n", searched)) < 0 and not self._input_ended:
            searched = len(self._input)
            self._more_input.clear()
            await self._more_input.wait()
        size = end + 1 if end >= 0 else len(self._input)
        line = bytes(self._input[:size])
        del self._input[:size]
        return line

    async def _write(self, name: str, data: bytes) -> None:
        if not data:
            return
        self._output.append((name, bytes(data)))
        self._size += len(data)
        self._changed.set()
        while self._size > _HIGH_WATER:
            self._fetched.clear()
            await self._fetched.wait()

    async def write_out(self, data: bytes) -> None:
        await self._write("stdout", data)

    async def write_err(self, data: bytes) -> None:
        await self._write("stderr", data)

    # what the shell verbs do

    def put(self, name: str, data: bytes) -> None:
        """Add output that the shell itself writes."""
        self._output.append((name, data))
        self._size += len(data)
        self._changed.set()

    def feed(self, data: bytes) -> None:
        self._input += data
        self._more_input.set()

    def end_input(self) -> None:
        self._input_ended = True
        self._more_input.set()

    def wake(self) -> None:
        """The command ended: a waiting Receive looks again."""
        self._changed.set()

    @property
    def pending(self) -> bool:
        return bool(self._output)

    async def wait(self) -> None:
        """Until there is output or the command has ended."""
        self._changed.clear()
        await self._changed.wait()

    def take(self, wanted: frozenset[str], limit: int) -> list[tuple[str, bytes]]:
        """Output of the wanted streams in the order it was written, at most ``limit`` octets; the rest stays."""
        taken: list[tuple[str, bytes]] = []
        kept: list[tuple[str, bytes]] = []
        for name, data in self._output:
            if name not in wanted:
                continue
            if limit <= 0 or kept:
                kept.append((name, data))
                continue
            part, rest = data[:limit], data[limit:]
            limit -= len(part)
            if taken and taken[-1][0] == name:
                taken[-1] = (name, taken[-1][1] + part)
            else:
                taken.append((name, part))
            if rest:
                kept.append((name, rest))
        self._output = kept
        self._size = sum(len(data) for _unused, data in kept)
        self._fetched.set()
        return taken
