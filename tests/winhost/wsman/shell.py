# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One remote shell and its commands: what lives between Create and Delete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from winhost.wsman.streams import CommandStreams

log = logging.getLogger(__name__)

CTRL_C_EXIT = 0xC000013A
RunCommand = Callable[[Any, str, CommandStreams, bool], Awaitable[int]]
"""(session, command line, streams, skip cmd.exe) -> exit code."""


@dataclass(eq=False)
class Command:
    """One command of a shell."""

    id: str
    line: str
    started: float
    streams: CommandStreams = field(default_factory=CommandStreams)
    task: asyncio.Task[None] | None = None
    exit_code: int | None = None
    done_reported: bool = False
    receiving: bool = False
    ended_streams: bool = False

    @property
    def done(self) -> bool:
        return self.exit_code is not None

    def start(self, run: RunCommand, session: Any, *, skip_cmd: bool) -> None:
        self.task = asyncio.get_running_loop().create_task(self._run(run, session, skip_cmd))
        self.task.add_done_callback(self._ended)

    async def _run(self, run: RunCommand, session: Any, skip_cmd: bool) -> None:
        try:
            code = await run(session, self.line, self.streams, skip_cmd)
        except Exception:
            log.exception("the command could not be run")
            code = 1
        self.exit_code = code

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self.exit_code is None:  # cancelled, maybe before its first step
            self.exit_code = CTRL_C_EXIT
        self.streams.wake()

    def kill(self) -> None:
        if self.task is not None and not self.task.done():
            self.task.cancel()
        self.streams.end_input()


@dataclass(eq=False)
class Shell:
    """A cmd shell. Times come from the network's clock, in seconds."""

    id: str
    user: str
    session: Any
    created: float
    client_ip: str
    code_page: int
    idle_seconds: float
    lifetime_seconds: float | None
    input_streams: tuple[str, ...]
    output_streams: tuple[str, ...]
    last_used: float = 0.0
    idle_counts: bool = True
    operations: int = 1
    commands: dict[str, Command] = field(default_factory=dict)
    last_line: str = ""
    sending: bool = False

    @property
    def running(self) -> list[Command]:
        return [command for command in self.commands.values() if not command.done]

    def close(self) -> None:
        """End every command; what `start` left behind goes too."""
        for command in self.commands.values():
            command.kill()
        kill_children = getattr(self.session, "kill_children", None)
        if kill_children is not None:
            kill_children()
