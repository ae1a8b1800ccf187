# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's WS-Management service: reads a message, applies the rules, dispatches by action, words the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from winhost.wsman import config, faults, identity, rules, winmgmt
from winhost.wsman import names as ns
from winhost.wsman.caller import Answer, Caller
from winhost.wsman.enumeration import Enumerations
from winhost.wsman.faults import Fault
from winhost.wsman.reply import Reply, envelope, fault_envelope, text
from winhost.wsman.request import Request, parse, truth
from winhost.wsman.resources import Resources
from winhost.wsman.stacks import Stack
from winhost.wsman.winmgmt import Target, Winmgmt

if TYPE_CHECKING:
    from winhost.wsman.shells import Shells

log = logging.getLogger(__name__)


class Service:
    """The WinRM service of one machine."""

    def __init__(
        self,
        stack: Stack,
        provider: Any,
        *,
        computer_name: str,
        os_version: Callable[[], str],
        service_pack: Callable[[], str],
        monotonic: Callable[[], float],
        doubt: Mapping[str, str],
        auth: Mapping[str, bool],
        shells: Shells | None = None,
    ) -> None:
        self.stack = stack
        self.computer_name = computer_name
        self.doubt = doubt
        self.auth = auth
        self.shells = shells
        self._os_version = os_version
        self._service_pack = service_pack
        self.enumerations = Enumerations(stack, monotonic, doubt)
        self.resources = Resources(Winmgmt(provider, stack), stack, self.enumerations)

    def reset(self) -> None:
        """The service stopped (the machine went down): every context and shell is gone."""
        self.enumerations.clear()
        if self.shells is not None:
            self.shells.clear()

    async def handle(self, payload: bytes, caller: Caller) -> Answer:
        """Answer one message; anything unforeseen inside is an InternalError, and the host keeps serving."""
        request: Request | None = None
        try:
            request = parse(payload)
            if request.identify:
                return self._identify(caller)
            if not caller.authenticated:
                return Answer(401, b"", request.action)
            rules.check(request, self.stack)
            self._authorise(request, caller)
            reply = await self._dispatch(request, caller)
        except Fault as fault:
            return self._refusal(fault, request, caller)
        except Exception as error:
            log.exception("a message could not be served")
            return self._refusal(
                faults.internal(1359, f"An internal error occurred: {type(error).__name__}."), request, caller
            )
        return self._worded(reply, request, caller)

    async def handle_faulty(self, payload: bytes, caller: Caller, kind: str) -> Answer:
        """A message that meets a fault in place of its work; without shells, shell_gone is served as usual."""
        if kind == "shell_gone":
            if self.shells is not None:
                self.shells.clear()
            return await self.handle(payload, caller)
        request: Request | None = None
        try:
            request = parse(payload)
        except Fault as fault:
            return self._refusal(fault, None, caller)
        return self._refusal(_STRUCK[kind](), request, caller)

    def _identify(self, caller: Caller) -> Answer:
        version = identity.product_version(self.stack, self._os_version(), self._service_pack(), self.doubt)
        body = identity.answer(self.stack, version, authenticated=caller.authenticated, profiles=self._profiles())
        return Answer(200, body, "Identify")

    def _profiles(self) -> list[str]:
        names = [f"{scheme}/basic" for scheme in ("http", "https")] if self.auth.get("Basic") else []
        if self.auth.get("Negotiate") or self.auth.get("Kerberos"):
            names += [f"{scheme}/spnego-kerberos" for scheme in ("http", "https")]
        return [*names, "https/mutual"] if self.auth.get("Certificate") else names

    def _authorise(self, request: Request, caller: Caller) -> None:
        """RootSDDL: administrators only. A filtered administrator is one for denying only."""
        token = caller.token
        if token is None or getattr(token, "administrator", True):
            return
        if getattr(token, "filtered", False) and self.doubt.get("filtered_logon", "partial") == "partial":
            return
        raise faults.access_denied()

    async def _dispatch(self, request: Request, caller: Caller) -> Reply:
        uri = request.resource_uri
        action = request.action
        if not uri:
            raise faults.Fault(
                "w:InvalidResourceURI",
                faults.INVALID_RESOURCE_URI,
                "The resource URI is missing.",
                detail="InvalidResourceURI",
            )
        if len(uri) > 2048:
            raise faults.Fault("w:UriLimit", 0x8033802D, "The resource URI is too long.")
        if uri == ns.SHELL or uri.startswith(ns.SHELL + "/"):
            return await self._shell(request, caller)
        if uri == ns.CONFIG or uri.startswith(ns.CONFIG + "/"):
            if action != ns.GET:
                raise faults.action_not_supported(action)
            return config.get(request, self.stack, self.auth)
        where = winmgmt.target(uri, request.selectors)
        if where is None:
            raise faults.not_found("No plug-in serves this resource URI.")
        if action == ns.PULL:
            return self.enumerations.pull(request, caller.user)
        if action == ns.RELEASE:
            return self.enumerations.release(request, caller.user)
        try:
            async with asyncio.timeout(request.operation_timeout):
                return await self._wmi(request, where, caller)
        except TimeoutError:
            raise faults.timed_out() from None

    async def _wmi(self, request: Request, where: Target, caller: Caller) -> Reply:
        if request.action == ns.ENUMERATE:
            shell_operations = self.shells.operations(caller.user) if self.shells else 0
            return await self.resources.enumerate(request, where, caller, shell_operations)
        if request.action == ns.GET:
            return self.resources.get(request, where, caller)
        if request.action.startswith(request.resource_uri + "/"):
            return await self.resources.invoke(request, where, caller)
        raise faults.action_not_supported(request.action)

    async def _shell(self, request: Request, caller: Caller) -> Reply:
        if self.shells is None:
            raise faults.not_found("There is no remote shell on this host.")
        if caller.chunked and request.action in (ns.SHELL_VERBS | {ns.CREATE, ns.DELETE}):
            raise faults.internal(faults.REQUEST_NOT_SUPPORTED, "The request is not supported.")
        if any(option.must_comply and name not in _SHELL_OPTIONS for name, option in request.options.items()):
            raise faults.Fault(
                "w:InvalidOptions",
                faults.INVALID_OPTIONS,
                "An option that must be complied with is not known.",
                detail="NotSupported",
            )
        return await self.shells.dispatch(request, caller, self.enumerations)

    def _worded(self, reply: Reply, request: Request, caller: Caller) -> Answer:
        reply.relates_to = request.message_id
        reply.headers += self._robust(request)
        body = envelope(reply, self.stack)
        limit = request.max_envelope_size or self.stack.max_envelope_kb * 1024
        if len(body) > limit:
            return self._refusal(faults.response_too_large(len(body), limit), request, caller)
        return Answer(reply.status, body, request.action)

    def _robust(self, request: Request) -> str:
        """OperationID comes back from stack 3.0 on CIM resources (MS-WSMV 3.1.4.1.39)."""
        element = request.headers.get(f"{{{ns.WSMV}}}OperationID")
        if element is None or not self.stack.robust_connections or request.resource_uri.startswith(ns.SHELL):
            return ""
        must = (
            ' s:mustUnderstand="true"'
            if truth(element.get(f"{{{ns.SOAP}}}mustUnderstand"))
            else ' s:mustUnderstand="false"'
        )
        return (
            f"<p:OperationID{must}>{text((element.text or '').strip())}</p:OperationID><p:SequenceId>1</p:SequenceId>"
        )

    def _refusal(self, fault: Fault, request: Request | None, caller: Caller) -> Answer:
        body = fault_envelope(
            fault,
            self.stack,
            relates_to=request.message_id if request else "",
            host=caller.host,
            computer=self.computer_name,
        )
        return Answer(fault.http_status, body, request.action if request else "", str(fault))


_STRUCK: dict[str, Callable[[], Fault]] = {
    "timed_out": faults.timed_out,
    "aborted": lambda: faults.internal(faults.OPERATION_ABORTED, "The I/O operation has been aborted."),
    "quota": lambda: Fault(
        "w:QuotaLimit", faults.OPERATIONS_QUOTA, "This user has reached the maximum number of concurrent operations."
    ),
    "unknown_command": lambda: faults.selectors(
        faults.UNEXPECTED_SELECTORS,
        "Either the command has completed execution or the client specified an invalid command ID.",
    ),
}

_SHELL_OPTIONS = frozenset(
    {
        "WINRS_NOPROFILE",
        "WINRS_CODEPAGE",
        "WINRS_CONSOLEMODE_STDIN",
        "WINRS_SKIP_CMD_SHELL",
        "WSMAN_CMDSHELL_OPTION_KEEPALIVE",
    }
)
