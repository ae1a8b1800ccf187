# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script's WScript.Shell and WScript.Network ask of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winhost.cmd import launch
from winhost.cmd.background import detach
from winhost.cmd.programs.shares import ShareError, connect, disconnect
from winhost.cmd.streams import Bytes, Collector, Stream
from winhost.machine import errors
from winhost.machine.errors import Win32Error
from winhost.machine.registry import LONG_NAMES, RegType

if TYPE_CHECKING:
    from winhost.cmd.program import Run
    from winhost.cmd.scripthost import Input

Answer = tuple[dict[str, Any], bytes]
_DONE: Answer = ({}, b"")
_KINDS = {
    "REG_SZ": RegType.SZ,
    "REG_EXPAND_SZ": RegType.EXPAND_SZ,
    "REG_DWORD": RegType.DWORD,
    "REG_BINARY": RegType.BINARY,
}


class ShellRequests:
    """One method `do_<operation>` for each request."""

    def __init__(self, run: Run, inputs: dict[str, Input]) -> None:
        self._run = run
        self._inputs = inputs

    async def do_environment(self, head: dict[str, Any], data: bytes) -> Answer:
        return {"value": self._run.cmd.environment.get(str(head["name"]))}, b""

    async def do_setenvironment(self, head: dict[str, Any], data: bytes) -> Answer:
        if head["value"]:
            self._run.cmd.environment[str(head["name"])] = str(head["value"])
        else:
            self._run.cmd.environment.pop(str(head["name"]))
        return _DONE

    async def do_expand(self, head: dict[str, Any], data: bytes) -> Answer:
        return {"text": self._run.expand(str(head["text"]))}, b""

    async def do_directory(self, head: dict[str, Any], data: bytes) -> Answer:
        if "path" in head:
            path = self._run.full(str(head["path"]))
            if not self._run.machine.files.is_dir(path):
                raise Win32Error(errors.FILE_NOT_FOUND, path)
            self._run.cmd.directory = path
        return {"path": self._run.cmd.directory}, b""

    def _found(self, command: str) -> tuple[str, str, str]:
        command = self._run.expand(command)
        name, arguments = launch.split_command(command, frozenset())
        found = launch.find(self._run.cmd, name)
        if found is None:
            raise Win32Error(errors.FILE_NOT_FOUND, name)
        return found, name, arguments

    async def _start(self, command: str, handles: dict[int, Stream]) -> int:
        found, name, arguments = self._found(command)
        child = self._run.cmd.child(handles)
        child.frames = []
        if found.lower().endswith((".bat", ".cmd")):
            launch.start_cmd(self._run.cmd, child, command)
            try:
                return await child.run_line(f'"{found}"{arguments}')
            finally:
                child.machine.processes.end(child.pid, child.errorlevel)
        return await launch.run_program(child, found, name, arguments, wait=True)

    async def do_run(self, head: dict[str, Any], data: bytes) -> Answer:
        self._found(str(head["command"]))
        work = self._start(str(head["command"]), {0: Stream(), 1: Stream(), 2: Stream()})
        if head["wait"]:
            return {"code": await work}, b""
        detach(self._run.session, self._run.machine, work)
        return {"code": 0}, b""

    async def do_exec(self, head: dict[str, Any], data: bytes) -> Answer:
        from winhost.cmd.scripthost import Input

        out, err = Collector(), Collector()
        code = await self._start(str(head["command"]), {0: Stream(), 1: out, 2: err})
        number = len(self._inputs)
        self._inputs[f"out{number}"] = Input(Bytes(bytes(out.data)))
        self._inputs[f"err{number}"] = Input(Bytes(bytes(err.data)))
        return {"code": code, "pid": self._run.cmd.pid, "stdout": f"out{number}", "stderr": f"err{number}"}, b""

    def _key(self, name: str) -> tuple[str, str, str]:
        hive, _unused, rest = name.partition("\\")
        path, _unused, value = rest.rpartition("\\")
        return LONG_NAMES.get(hive.upper(), hive.upper()), path, value

    async def do_regread(self, head: dict[str, Any], data: bytes) -> Answer:
        hive, path, value = self._key(str(head["name"]))
        found = self._run.machine.registry.value(hive, path, value)
        if found is None:
            raise Win32Error(errors.FILE_NOT_FOUND, str(head["name"]))
        if isinstance(found, int) and found > 0x7FFFFFFF:
            found -= 0x100000000
        return {"value": list(found) if isinstance(found, bytes) else found}, b""

    async def do_regwrite(self, head: dict[str, Any], data: bytes) -> Answer:
        hive, path, value = self._key(str(head["name"]))
        if hive == "HKLM" and not self._run.session.token.administrator:
            raise Win32Error(errors.ACCESS_DENIED, path)
        kind = _KINDS.get(str(head["kind"]).upper())
        if kind is None:
            raise Win32Error(errors.INVALID_PARAMETER, str(head["kind"]))
        content = int(head["value"]) if kind in (RegType.DWORD, RegType.BINARY) else str(head["value"])
        if kind is RegType.BINARY and isinstance(content, int):
            self._run.machine.registry.set(hive, path, value, (content & 0xFFFFFFFF).to_bytes(4, "little"), kind)
        else:
            self._run.machine.registry.set(hive, path, value, content, kind)
        return _DONE

    async def do_regdelete(self, head: dict[str, Any], data: bytes) -> Answer:
        hive, path, value = self._key(str(head["name"]))
        if hive == "HKLM" and not self._run.session.token.administrator:
            raise Win32Error(errors.ACCESS_DENIED, path)
        key = self._run.machine.registry.key(hive, path)
        if value and (key is None or not key.remove(value)):
            raise Win32Error(errors.FILE_NOT_FOUND, path)
        if not value and self._run.machine.registry.delete(hive, path):
            raise Win32Error(errors.FILE_NOT_FOUND, path)
        return _DONE

    async def do_logevent(self, head: dict[str, Any], data: bytes) -> Answer:
        self._run.machine.events.write("WSH", 1, log="Application", message=str(head["message"]))
        return _DONE

    async def do_map(self, head: dict[str, Any], data: bytes) -> Answer:
        letter = str(head["letter"]).upper()
        try:
            connect(
                self._run.machine,
                self._run.session,
                str(head["target"]),
                letter=letter,
                user=str(head["user"]),
                password=str(head["password"]),
            )
        except ShareError as error:
            raise Win32Error(error.code, str(head["target"])) from error
        return _DONE

    async def do_unmap(self, head: dict[str, Any], data: bytes) -> Answer:
        try:
            disconnect(self._run.session, str(head["name"]))
        except ShareError as error:
            raise Win32Error(error.code, str(head["name"])) from error
        return _DONE
