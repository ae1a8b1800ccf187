# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shell gives its commands: a session (token, environment, quotas), and the streams of one command."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

_JOBS = itertools.count(1)


class StdIO(Protocol):
    """The three streams of a command, as the shell room gives them. Writes may return an awaitable (back-pressure)."""

    async def read(self, size: int) -> bytes:
        """At most so many bytes of stdin; b"" at its end."""

    async def read_line(self) -> bytes:
        """One line with its line end; b"" at the end of stdin."""

    def write_out(self, data: bytes) -> Awaitable[None] | None:
        ...

    def write_err(self, data: bytes) -> Awaitable[None] | None:
        ...


class Environment:
    """Environment variables: names without regard to case, kept as they were first written."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values: dict[str, tuple[str, str]] = {}
        for name, value in (values or {}).items():
            self[name] = value

    def __setitem__(self, name: str, value: str) -> None:
        known = self._values.get(name.upper())
        self._values[name.upper()] = (known[0] if known else name, value)

    def __getitem__(self, name: str) -> str:
        return self._values[name.upper()][1]

    def __contains__(self, name: str) -> bool:
        return name.upper() in self._values

    def __iter__(self) -> Iterator[str]:
        return (name for name, _unused in self._values.values())

    def get(self, name: str, default: str | None = None) -> str | None:
        found = self._values.get(name.upper())
        return found[1] if found else default

    def pop(self, name: str) -> None:
        self._values.pop(name.upper(), None)

    def items(self) -> list[tuple[str, str]]:
        """Name and value, sorted by name as `set` shows them."""
        return [self._values[key] for key in sorted(self._values)]

    def copy(self) -> Environment:
        other = Environment()
        other._values = dict(self._values)
        return other


@dataclass
class Session:
    """One shell (or one run of a scheduled task). Quotas count the shell's own processes; None is no limit.

    `connections` holds what `net use` or MapNetworkDrive connected: UNC root in lower case -> user name; `drives` the
    letters. A network logon has no credentials to go on with, so any other UNC path is refused with 5.
    """

    token: Token
    environment: dict[str, str] = field(default_factory=dict)
    current_directory: str = ""
    code_page: int = 0
    memory_limit_mb: int | None = None
    process_limit: int | None = None
    job: str = ""
    connections: dict[str, str] = field(default_factory=dict)
    drives: dict[str, str] = field(default_factory=dict)
    children: set[asyncio.Task[int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.job:
            self.job = f"job-{next(_JOBS)}"

    @property
    def elevated(self) -> bool:
        return self.token.elevated

    def kill_children(self) -> None:
        """End what `start` left running: the shell is deleted, or the machine goes down."""
        for task in list(self.children):
            task.cancel()


def default_environment(machine: Machine, token: Token) -> Environment:
    """The variables that a logon on this machine starts with (those of cmd.exe itself, under the machine's own)."""
    architecture = {"x64": "AMD64", "amd64": "AMD64", "ia64": "IA64"}.get(machine.profile.architecture.lower(), "x86")
    system32 = f"{machine.profile.windows_directory}\\system32"
    values = Environment(
        {
            "ComSpec": system32 + "\\cmd.exe",
            "NUMBER_OF_PROCESSORS": "2",
            "OS": "Windows_NT",
            "Path": f"{system32};{machine.profile.windows_directory};{system32}\\Wbem",
            "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
            "PROCESSOR_ARCHITECTURE": architecture,
            "PROMPT": "$P$G",
            "windir": machine.profile.windows_directory,
        }
    )
    for name, value in machine.environment(token).items():
        values[name] = value
    if values["PROCESSOR_ARCHITECTURE"].upper() != architecture.upper():
        values["PROCESSOR_ARCHITECTURE"] = architecture
    return values
