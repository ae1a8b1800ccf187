# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's end of a script process: it starts the process, answers what the script asks for, and ends it."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winhost.cmd.scriptfiles import FileRequests
from winhost.cmd.scriptshell import ShellRequests
from winhost.cmd.streams import CHUNK, Stream
from winhost.jscript.channel import HEAD_SIZE, pack, sizes
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.program import Run

_TESTS = Path(__file__).parents[2]
_MOST_AT_ONCE = 24
_gates: dict[int, asyncio.Semaphore] = {}
_READ_ALL = 32 << 20
_NUMBERS = {
    2: -2146828235,
    3: -2146828212,
    5: -2146828218,
    32: -2146828218,
    112: -2146828227,
    183: -2146828230,
    80: -2146828230,
    123: -2146828236,
}


def com_number(code: int) -> int:
    """The script runtime's error number for a Win32 code."""
    return _NUMBERS.get(code, -2147024896 + (code & 0xFFFF))


class Input:
    """A stream that scripts read by lines and by characters, and look ahead in."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ahead = b""

    async def line(self) -> bytes:
        if self._ahead.endswith(b"\n"):
            line, self._ahead = self._ahead, b""
            return line
        ahead, self._ahead = self._ahead, b""
        return ahead + await self._stream.read_line()

    async def read(self, count: int) -> bytes:
        out = bytearray()
        while len(out) < count:
            if self._ahead:
                take = count - len(out)
                chunk, self._ahead = self._ahead[:take], self._ahead[take:]
            else:
                chunk = await self._stream.read(min(count - len(out), CHUNK))
            if not chunk:
                break
            out += chunk
        return bytes(out)

    async def peek(self) -> bytes:
        """The next byte without taking it; b"" at the end. Waits for input, as AtEndOfStream does."""
        if not self._ahead:
            self._ahead = await self._stream.read(1)
        return self._ahead[:1]


class ScriptHost:
    """One run of a script."""

    def __init__(self, run: Run, path: str, arguments: list[str], *, batch: bool, error_code: int) -> None:
        self.run_ = run
        self.inputs = {"stdin": Input(run.stdin)}
        self.timeout_changed: Callable[[int], None] = lambda _seconds: None
        ansi = f"cp{run.machine.profile.ansi_code_page}"
        self._facts = {
            "codec": run.cmd.codec,
            "ansi": ansi,
            "script": path,
            "arguments": arguments,
            "batch": batch,
            "error_code": error_code,
            "version": "5.7" if run.machine.profile.build < 7600 else "5.8",
        }
        self._requests: dict[
            str, Callable[[dict[str, Any], bytes], Awaitable[tuple[dict[str, Any], bytes] | None]]
        ] = {}
        for group in (self, FileRequests(run), ShellRequests(run, self.inputs)):
            for name in dir(group):
                if name.startswith("do_"):
                    self._requests[name[3:]] = getattr(group, name)

    async def run(self, source: str, seconds: int) -> int:
        """Run the script in a process of its own; its exit code. Cancelling ends the process."""
        gate = _gates.setdefault(id(asyncio.get_running_loop()), asyncio.Semaphore(_MOST_AT_ONCE))
        async with gate:
            environment = {
                "PYTHONPATH": os.pathsep.join([str(_TESTS), *sys.path[1:]]),
                "TZ": "UTC",
                "PATH": os.environ.get("PATH", ""),
            }
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "winhost.jscript.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                limit=4 << 20,
            )
            serving = asyncio.ensure_future(self._serve(process, source))
            watch = asyncio.ensure_future(self._watch(seconds))
            try:
                await asyncio.wait((serving, watch), return_when=asyncio.FIRST_COMPLETED)
                if serving.done():
                    return serving.result()
                await self.run_.err("Script execution time was exceeded.")
                return 1
            finally:
                serving.cancel()
                watch.cancel()
                with suppress(ProcessLookupError):
                    process.kill()
                await asyncio.shield(process.wait())

    async def _watch(self, seconds: int) -> None:
        """Return when the script's time is over; WScript.Timeout can change it."""
        changed = asyncio.Event()
        limit = seconds

        def change(value: int) -> None:
            nonlocal limit
            limit = value
            changed.set()

        self.timeout_changed = change
        started = self.run_.machine.clock.monotonic()
        while True:
            left = started + limit - self.run_.machine.clock.monotonic() if limit else 1e9
            if limit and left <= 0:
                return
            changed.clear()
            sleep = asyncio.ensure_future(self.run_.machine.clock.sleep(left))
            wait = asyncio.ensure_future(changed.wait())
            try:
                await asyncio.wait((sleep, wait), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleep.cancel()
                wait.cancel()

    async def _serve(self, process: asyncio.subprocess.Process, source: str) -> int:
        import json

        reader, writer = process.stdout, process.stdin
        assert reader is not None
        assert writer is not None
        writer.write(pack(self._facts, source.encode("utf-8", "surrogatepass")))
        await writer.drain()
        while True:
            try:
                text, blob = sizes(await reader.readexactly(HEAD_SIZE))
                head: dict[str, Any] = json.loads(await reader.readexactly(text))
                data = await reader.readexactly(blob) if blob else b""
            except asyncio.IncompleteReadError:
                await self.run_.err("CScript Error: the script engine ended.")
                return 1
            if head["op"] == "quit":
                return int(head["code"])
            answer = await self._answer(head, data)
            if answer is not None:
                writer.write(pack(*answer))
                await writer.drain()

    async def _answer(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes] | None:
        try:
            return await self._requests[head["op"]](head, data)
        except Win32Error as error:
            if head["op"] == "write":
                return None
            return {"error": com_number(error.code), "text": self.run_.system_text(error.code)}, b""

    # -- streams, time, memory -------------------------------------------------------------------------------------

    async def do_readline(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        line = await self.inputs[head["source"]].line()
        if not line:
            return {"end": True}, b""
        stripped = line[:-1] if line.endswith(b"\n") else line
        return {}, stripped.removesuffix(b"\r")

    async def do_read(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        chunk = await self.inputs[head["source"]].read(int(head["count"]))
        return {"end": not chunk}, chunk

    async def do_readall(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        out = bytearray()
        while chunk := await self.inputs[head["source"]].read(CHUNK):
            out += chunk
            self.run_.allocate(len(chunk) * 2)
            if len(out) > _READ_ALL:
                raise Win32Error(8, "stdin")
        return {}, bytes(out)

    async def do_ateof(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        return {"end": not await self.inputs[head["source"]].peek()}, b""

    async def do_ateol(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        return {"end": await self.inputs[head["source"]].peek() in (b"", b"\r", b"\n")}, b""

    async def do_write(self, head: dict[str, Any], data: bytes) -> None:
        await self.run_.cmd.handles[1 if head["target"] == "stdout" else 2].write(data)

    async def do_timeout(self, head: dict[str, Any], data: bytes) -> None:
        self.timeout_changed(int(head["seconds"]))

    async def do_sleep(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        await self.run_.machine.clock.sleep(float(head["seconds"]))
        return {}, b""

    async def do_now(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        return {"now": int(self.run_.machine.clock.now().timestamp() * 1000)}, b""

    async def do_random(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        return {"value": random.randrange(1 << 20)}, b""

    async def do_memory(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        self.run_.allocate(int(head["size"]))
        return {}, b""
