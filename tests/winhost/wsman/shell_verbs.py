# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command, Send, Receive and Signal (MS-WSMV 3.1.4.11 to 3.1.4.14)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.faults import Fault
from winhost.wsman.reply import Reply, attribute, new_uuid
from winhost.wsman.request import Request, text_of, truth
from winhost.wsman.shell import Command, RunCommand, Shell

if TYPE_CHECKING:
    from winhost.wsman.shells import Shells

_COMMAND_LINE_LIMIT = 32767
_TOO_LONG = 0x800700CE
_ROOM = 2200
_SETTLE_SECONDS = 0.01
_PREFIXES = ("x", "rsp", "p")
_PLUGIN = ("Shell cmd plugin", "%systemroot%\\system32\\winrscmd.dll")


class ShellVerbs:
    """The verbs that act inside one shell."""

    def __init__(
        self, shells: Shells, run: RunCommand, monotonic: Callable[[], float], doubt: Mapping[str, str]
    ) -> None:
        self._shells = shells
        self._stack = shells.stack
        self._run = run
        self._monotonic = monotonic
        self._doubt = doubt

    async def dispatch(self, request: Request, shell: Shell) -> Reply:
        if request.action == ns.COMMAND:
            return self._command(request, shell)
        if request.action == ns.SEND:
            return await self._send(request, shell)
        if request.action == ns.RECEIVE:
            return await self._receive(request, shell)
        return await self._signal(request, shell)

    def bad_xml(self, name: str) -> Fault:
        """Invalid XML in a shell message: SchemaValidationError, and InvalidValue from stack 2.0 (note 89)."""
        if self._stack.credssp:
            return Fault("w:InvalidValue", faults.INVALID_PARAMETER_WIN32, "The parameter is incorrect.")
        return faults.schema(f"The SOAP packet contains an element {name[:100]} that is invalid.")

    def _named(self, body: Any, name: str) -> Any:
        if body is None or body.tag != f"{{{ns.SHELL}}}{name}":
            raise self.bad_xml(str(body.tag) if body is not None else name)
        return body

    def _find(self, shell: Shell, command_id: str | None) -> Command:
        if not command_id:
            raise faults.internal(
                faults.INVALID_PARAMETER_WIN32, "A stream of this shell belongs to a command; the CommandId is missing."
            )
        command = shell.commands.get(command_id.casefold())
        if command is None:
            raise faults.selectors(faults.UNEXPECTED_SELECTORS, f"The shell has no command {command_id[:100]}.")
        return command

    def _reply(self, verb: str, inner: str = "", attributes: str = "") -> Reply:
        declared = "" if self._stack.credssp else f' xmlns:rsp="{ns.SHELL}"'
        body = f"<rsp:{verb}Response{declared}{attributes}>{inner}</rsp:{verb}Response>"
        return Reply(f"{ns.SHELL}/{verb}Response", body, _PREFIXES if self._stack.credssp else ())

    def _command(self, request: Request, shell: Shell) -> Reply:
        body = self._named(request.body, "CommandLine")
        program = body.find(f"{{{ns.SHELL}}}Command")
        if program is None or not (program.text or "").strip():
            raise self.bad_xml("Command")
        arguments = [child.text or "" for child in body.iterfind(f"{{{ns.SHELL}}}Arguments")]
        line = " ".join([program.text or "", *arguments])
        if self._stack.one_command and shell.commands:
            raise Fault("w:Concurrency", faults.CONCURRENCY, "A command of this shell is still active.")
        if self._stack.fault_when_processes_exceeded and len(shell.running) >= self._stack.max_processes_per_shell:
            raise faults.internal(faults.OUT_OF_MEMORY_QUOTA, "The shell has as many processes as it may have.")
        if self._shells.operations(shell.user) >= self._stack.max_operations_per_user:
            raise Fault(
                "w:QuotaLimit",
                faults.OPERATIONS_QUOTA,
                "The user has as many concurrent operations as this host allows.",
                wmi_error=True,
            )
        if len(line) > _COMMAND_LINE_LIMIT:
            name, path = _PLUGIN
            raise Fault(
                "w:InternalError",
                _TOO_LONG,
                "The command line is too long.",
                receiver=True,
                provider=name,
                provider_path=path,
            )
        shell.operations += 1
        shell.last_line = line
        command = Command(new_uuid(), line, self._monotonic())
        wanted_id = body.get("CommandId")
        if wanted_id and self._stack.robust_connections and wanted_id.casefold() not in shell.commands:
            command.id = wanted_id
        shell.commands[command.id.casefold()] = command
        skip = request.options.get("WINRS_SKIP_CMD_SHELL")
        command.start(self._run, shell.session, skip_cmd=skip is not None and skip.value.upper() in ("TRUE", "1"))
        return self._reply("Command", f"<rsp:CommandId>{command.id}</rsp:CommandId>")

    async def _send(self, request: Request, shell: Shell) -> Reply:
        body = self._named(request.body, "Send")
        streams = list(body.iterfind(f"{{{ns.SHELL}}}Stream"))
        if not streams:
            raise self.bad_xml("Stream")
        if shell.sending:
            raise Fault("w:Concurrency", faults.CONCURRENCY, "Another Send of this shell is not finished.")
        shell.sending = True
        try:
            for stream in streams:
                self._feed(stream, shell)
            await asyncio.sleep(0)
        finally:
            shell.sending = False
        return self._reply("Send")

    def _feed(self, stream: Any, shell: Shell) -> None:
        name = stream.get("Name") or ""
        if name not in shell.input_streams:
            raise faults.internal(
                faults.INVALID_PARAMETER_WIN32, f"The shell was created without an input stream {name[:50]}."
            )
        command = self._find(shell, stream.get("CommandId"))
        try:
            data = base64.b64decode("".join((stream.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            raise self.bad_xml("Stream") from None
        ends = truth(stream.get("End"))
        chosen = (
            self._doubt["stdin_end_closes"]
            if not self._stack.credssp and "stdin_end_closes" in self._doubt
            else "closes"
        )
        if ends and chosen == "fault":
            raise self.bad_xml("Stream/@End")
        command.streams.feed(data)
        if ends and chosen == "closes":
            command.streams.end_input()

    async def _receive(self, request: Request, shell: Shell) -> Reply:
        body = self._named(request.body, "Receive")
        desired = body.find(f"{{{ns.SHELL}}}DesiredStream")
        wanted = frozenset(text_of(desired).split()) & set(shell.output_streams) if desired is not None else frozenset()
        if not wanted:
            raise self.bad_xml("DesiredStream")
        command = self._find(shell, desired.get("CommandId"))
        if "WSMAN_CMDSHELL_OPTION_KEEPALIVE" in request.options and self._stack.idle_only_with_keepalive:
            shell.idle_counts = True
        if command.receiving:
            raise Fault("w:Concurrency", faults.CONCURRENCY, "Another Receive of this command is not finished.")
        command.receiving = True
        try:
            await self._output(command, request.operation_timeout or 60.0)
        finally:
            command.receiving = False
            shell.last_used = self._monotonic()
        if shell.id.casefold() not in self._shells.shells:
            raise faults.internal(faults.OPERATION_ABORTED, "The shell was closed while the request waited.")
        room = ((request.max_envelope_size or self._stack.max_envelope_kb * 1024) - _ROOM) * 3 // 4
        return self._received(
            command, sorted(wanted, reverse=True), command.streams.take(wanted, max(1024, room - 512))
        )

    async def _output(self, command: Command, timeout: float) -> None:
        """Wait for output or the command's end; a TimedOut fault when neither comes."""
        try:
            async with asyncio.timeout(timeout):
                while not command.streams.pending and not command.done:
                    await command.streams.wait()
                if not command.done:
                    await asyncio.sleep(_SETTLE_SECONDS)
        except TimeoutError:
            if not command.streams.pending and not command.done:
                raise faults.timed_out() from None

    def _received(self, command: Command, wanted: list[str], chunks: list[tuple[str, bytes]]) -> Reply:
        declared = f"CommandId={attribute(command.id)}"
        inner = "".join(
            f'<rsp:Stream Name="{name}" {declared}>{base64.b64encode(data).decode("ascii")}</rsp:Stream>'
            for name, data in chunks
        )
        if command.done and not command.streams.pending:
            if not command.ended_streams:
                inner += "".join(f'<rsp:Stream Name="{name}" {declared} End="true"></rsp:Stream>' for name in wanted)
                command.ended_streams = True
            command.done_reported = True
            code = (command.exit_code or 0) & 0xFFFFFFFF
            code = code - (1 << 32) if code & 0x80000000 else code
            inner += f'<rsp:CommandState {declared} State="{ns.STATE}Done">'
            inner += f"<rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState>"
        else:
            inner += f'<rsp:CommandState {declared} State="{ns.STATE}Running"></rsp:CommandState>'
        return self._reply("Receive", inner, "" if self._stack.credssp else ' SequenceId="0"')

    async def _signal(self, request: Request, shell: Shell) -> Reply:
        body = self._named(request.body, "Signal")
        code = text_of(body.find(f"{{{ns.SHELL}}}Code"))
        kind = code.rpartition("/")[2].casefold()
        if kind not in ("terminate", "ctrl_c", "ctrl_break"):
            raise self.bad_xml("Code")
        command = self._find(shell, body.get("CommandId"))
        if not command.done:
            command.kill()
            if command.task is not None:
                await asyncio.wait({command.task}, timeout=5.0)
        if kind == "terminate":
            shell.commands.pop(command.id.casefold(), None)
        return self._reply("Signal")
