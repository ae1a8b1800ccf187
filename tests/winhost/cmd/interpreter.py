# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cmd.exe process: it executes the tree that the parser made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from winhost.cmd import batch, conditions, launch, loops, pathing
from winhost.cmd.control import AbortBatch, Chain, LeaveBatch, LeaveCmd
from winhost.cmd.expand import expand_delayed, expand_for, expand_percent
from winhost.cmd.messages import code_page_codec, system_text, text
from winhost.cmd.nodes import Block, For, If, Node, Redirect, Sequence, Simple
from winhost.cmd.parser import ParseError, parse_line
from winhost.cmd.streams import BROKEN_PIPE, Bytes, FileOut, NulRead, Pipe, PipeReader, Stream
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.session import Environment, Session
    from winhost.machine.machine import Machine

MAX_LINE = 8191
_YIELD_EVERY = 32


class Cmd:
    """The state of one cmd.exe: environment, current directory, handles, batch files under way."""

    def __init__(
        self, machine: Machine, session: Session, environment: Environment, directory: str, handles: dict[int, Stream]
    ) -> None:
        self.machine = machine
        self.session = session
        self.environment = environment
        self.directory = directory
        self.handles = handles
        self.code_page = session.code_page or machine.code_page
        self.errorlevel = 0
        self.echo = True
        self.delayed = False
        self.variables: dict[str, str] = {}
        self.frames: list[batch.Frame] = []
        self.saved: list[tuple[Environment, str, bool]] = []
        self.pushed: list[str] = []
        self.drive_directories: dict[str, str] = {}
        self.pid = 0
        self.command_line = ""
        self._steps = 0

    # -- output ----------------------------------------------------------------------------------------------------

    @property
    def codec(self) -> str:
        return code_page_codec(self.code_page)

    async def out(self, line: str, end: str = "\r\n") -> None:
        await self.handles[1].write((line + end).encode(self.codec, "replace"))

    async def err(self, line: str, end: str = "\r\n") -> None:
        await self.handles[2].write((line + end).encode(self.codec, "replace"))

    def text(self, key: str, *values: object) -> str:
        return text(self.machine.language, key, *values)

    def system_text(self, code: int) -> str:
        return system_text(self.machine.language, code)

    def child(self, handles: dict[int, Stream] | None = None) -> Cmd:
        """Another cmd.exe with a copy of this one's environment (a side of a pipe, `for /f`, `cmd /c`)."""
        other = Cmd(self.machine, self.session, self.environment.copy(), self.directory, dict(handles or self.handles))
        other.code_page = self.code_page
        other.variables = dict(self.variables)
        other.frames = list(self.frames)
        other.delayed = self.delayed
        other.drive_directories = dict(self.drive_directories)
        return other

    # -- expansion -------------------------------------------------------------------------------------------------

    def lookup(self, name: str) -> str | None:
        """A variable's value: the environment first, then those that cmd.exe makes up."""
        value = self.environment.get(name)
        return value if value is not None else batch.dynamic_variable(self, name)

    def modify(self, letters: str, value: str, search: str | None) -> str:
        return pathing.modify(self, letters, value, search)

    def percent(self, line: str) -> str:
        frame = self.frames[-1] if self.frames else None
        if frame is None:
            return expand_percent(line, self.lookup, None, self.modify)
        return expand_percent(line, self.lookup, frame.arguments, self.modify, tail=frame.tail, zero=frame.path)

    def late(self, value: str) -> str:
        """The two expansions that happen when a command is executed."""
        value = expand_for(value, self.variables, self.modify)
        return expand_delayed(value, self.lookup) if self.delayed else value

    # -- execution -------------------------------------------------------------------------------------------------

    async def run_line(self, line: str) -> int:
        """Execute a line as `cmd /c` has it; gives the exit code of cmd.exe."""
        if len(line) > MAX_LINE:
            await self.err(self.text("line_too_long"))
            return 1
        try:
            return await self._parse_and_run(line)
        except LeaveCmd as leave:
            return leave.code
        except (LeaveBatch, AbortBatch, Chain) as leave:
            return self.errorlevel if leave.code is None else leave.code

    async def _parse_and_run(self, line: str) -> int:
        expanded = self.percent(line)
        if len(expanded) > MAX_LINE:
            await self.err(self.text("input_too_long"))
            return 1
        try:
            parsed = parse_line(expanded)
        except ParseError as error:
            await self.complain(error)
            return 1
        return await self.run(parsed.node)

    async def complain(self, error: ParseError) -> None:
        self.errorlevel = 255
        await self.err(self.text("unexpected", error.token) if error.token else self.text("syntax"))

    async def breathe(self) -> None:
        """Let the event loop in, so that an endless loop can be cancelled."""
        self._steps += 1
        if self._steps % _YIELD_EVERY == 0:
            await asyncio.sleep(0)

    async def run(self, node: Node) -> int:
        """Execute a tree; gives its return code (which && and || look at, and which is not always the errorlevel)."""
        await self.breathe()
        if isinstance(node, Simple):
            return await self._simple(node)
        if isinstance(node, Sequence):
            return await self._sequence(node)
        if isinstance(node, Block):
            undo = await self._redirect(node.redirects)
            if undo is None:
                return 1
            try:
                return await self.run(node.body)
            finally:
                await self._restore(undo)
        if isinstance(node, If):
            if await conditions.holds(self, node):
                return await self.run(node.then)
            return await self.run(node.otherwise) if node.otherwise else 0
        if isinstance(node, For):
            return await loops.run_for(self, node)
        return 0

    async def _sequence(self, node: Sequence) -> int:
        chain: list[tuple[str, Node]] = []
        first: Node = node
        while isinstance(first, Sequence) and first.operator != "|":
            chain.append((first.operator, first.right))
            first = first.left
        code = await (self._pipe(first) if isinstance(first, Sequence) else self.run(first))
        for operator, right in reversed(chain):
            if operator == "||" and code != 0 and self.errorlevel == 0:
                self.errorlevel = code
            if operator == "&" or (operator == "&&" and code == 0) or (operator == "||" and code != 0):
                code = await self.run(right)
        return code

    async def _pipe(self, node: Sequence) -> int:
        pipe = Pipe()
        left = self.child({**self.handles, 1: pipe})
        right = self.child({**self.handles, 0: PipeReader(pipe)})

        async def feed() -> None:
            try:
                await left.run_side(node.left)
            except Win32Error as error:
                if error.code != BROKEN_PIPE:
                    raise
            finally:
                await pipe.close()

        launch.start_cmd(self, left, "")
        launch.start_cmd(self, right, "")
        feeder = asyncio.ensure_future(feed())
        try:
            code = await right.run_side(node.right)
            await pipe.abandon()
            await feeder
        finally:
            feeder.cancel()
            self.machine.processes.end(left.pid, 0)
            self.machine.processes.end(right.pid, 0)
        self.errorlevel = code
        return code

    async def run_side(self, node: Node) -> int:
        """Run one side of a pipe: a cmd.exe of its own, where `exit` and `goto` end only this side."""
        self.frames = []
        try:
            return await self.run(node)
        except (LeaveCmd, LeaveBatch, AbortBatch, Chain) as leave:
            return leave.code or 0

    async def _simple(self, node: Simple) -> int:
        line = self.late(node.text)
        undo = await self._redirect(node.redirects)
        if undo is None:
            return 1
        try:
            return await launch.run_command_text(self, line)
        except Win32Error as error:
            if error.code == BROKEN_PIPE:
                raise  # nobody reads: this side of the pipe ends
            await self.err(self.system_text(error.code))
            self.errorlevel = 1
            return 1
        finally:
            await self._restore(undo)

    # -- redirection -----------------------------------------------------------------------------------------------

    async def _redirect(self, redirects: tuple[Redirect, ...]) -> tuple[dict[int, Stream], list[Stream]] | None:
        """Open the targets from left to right; None (and a message) when one cannot be opened."""
        before = dict(self.handles)
        opened: list[Stream] = []
        try:
            for redirect in redirects:
                if redirect.operator in (">&", "<&"):
                    self.handles[redirect.handle] = self.handles.get(int(redirect.target), NulRead())
                    continue
                stream = self._open(redirect, self.late(redirect.target))
                opened.append(stream)
                self.handles[redirect.handle] = stream
        except Win32Error as error:
            await self._restore((before, opened))
            await self.err(self.system_text(error.code))
            return None
        return before, opened

    def _open(self, redirect: Redirect, target: str) -> Stream:
        name = target.strip().strip('"')
        if pathing.is_nul(name):
            return Stream()
        if name.lower() in ("con", "con:"):
            return self.handles[0 if redirect.operator == "<" else 1]
        path = pathing.full(self, name)
        if redirect.operator == "<":
            return Bytes(self.machine.files.read(path, self.session.token))
        return FileOut(self.machine, path, self.session.token, append=redirect.operator == ">>")

    async def _restore(self, undo: tuple[dict[int, Stream], list[Stream]]) -> None:
        before, opened = undo
        self.handles = before
        for stream in opened:
            try:
                await stream.close()
            except Win32Error as error:
                self.errorlevel = 1
                await self.err(self.system_text(error.code))
