# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine to run command lines on, without a shell or a network."""

from __future__ import annotations

import asyncio

from winhost.cmd import Session, run_command
from winhost.machine.machine import Machine
from winhost.profiles import loader


class Streams:
    """StdIO over memory."""

    def __init__(self, stdin: bytes = b"") -> None:
        self._stdin = stdin
        self._position = 0
        self.out = bytearray()
        self.err = bytearray()

    async def read(self, size: int) -> bytes:
        chunk = self._stdin[self._position : self._position + size]
        self._position += len(chunk)
        return chunk

    async def read_line(self) -> bytes:
        end = self._stdin.find(b"\n", self._position) + 1 or len(self._stdin)
        return await self.read(end - self._position)

    def write_out(self, data: bytes) -> None:
        self.out += data

    def write_err(self, data: bytes) -> None:
        self.err += data


class Host:
    """A machine with a session of its built-in administrator."""

    def __init__(
        self,
        profile: str = "vista_sp1_x86",
        *,
        user: str = "Administrator",
        logon: str = "network",
        time_scale: float = 1000.0,
        **doubt: str,
    ) -> None:
        self.machine = Machine("host", loader.profile(profile), doubt=doubt, time_scale=time_scale)
        account = self.machine.accounts.find(user)
        assert account is not None
        token = self.machine.system_token if logon == "system" else self.machine.accounts.token(account, logon)
        self.session = Session(token, current_directory="C:\\")
        self.code = 0
        self.out = ""
        self.err = ""
        self.raw = b""

    def run(self, line: str, stdin: bytes = b"", timeout: float = 20.0) -> str:
        """Run a line; the output with plain line ends."""
        return asyncio.run(self.run_async(line, stdin, timeout))

    async def run_async(self, line: str, stdin: bytes = b"", timeout: float = 20.0) -> str:
        io = Streams(stdin)
        self.code = await asyncio.wait_for(run_command(self.machine, self.session, line, io), timeout)
        codec = f"cp{self.session.code_page or self.machine.code_page}"
        self.raw = bytes(io.out)
        self.out = io.out.decode(codec, "replace").replace("\r\n", "\n")
        self.err = io.err.decode(codec, "replace").replace("\r\n", "\n")
        return self.out

    def file(self, path: str, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode("cp437", "replace")
        self.machine.files.write(path, data)

    def batch(self, text: str, arguments: str = "", *, name: str = "C:\\t.cmd", stdin: bytes = b"") -> str:
        """Write a batch file and run it."""
        self.file(name, "@echo off\n" + text)
        return self.run(f"{name} {arguments}".strip(), stdin)

    def read(self, path: str) -> bytes:
        return self.machine.files.read(path)

    @property
    def started(self) -> list[str]:
        return [process.command_line for process in self.machine.processes.started_log]
