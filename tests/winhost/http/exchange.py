# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request and its answer: path, method, credentials, encryption, then the WS-Management service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from winhost.faults import tamper
from winhost.faults.plan import FAULT_KINDS, MESSAGE_KINDS, SERVER_KINDS, FaultSpec
from winhost.http import encryption
from winhost.http.auth import Verdict
from winhost.wsman.caller import Answer, Caller

if TYPE_CHECKING:
    import h11

    from winhost.http.connection import Connection

_XML = "application/soap+xml;charset=UTF-8"
_FOREVER = 3600.0


class Exchange:
    """Answers one request of one connection."""

    def __init__(self, connection: Connection, request: h11.Request) -> None:
        self.connection = connection
        self.host = connection.host
        self.method = request.method.decode("ascii", "replace")
        self.target = request.target.decode("ascii", "replace")
        self.headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
        self.chunked = "chunked" in self.headers.get("transfer-encoding", "").lower()
        length = self.headers.get("content-length")
        self.body_length = int(length) if length is not None else None
        self.encrypted = False

    async def answer(self, body: bytes) -> None:
        spec = self.host.plan.before_authentication(self.host.messages + 1)
        if spec is not None:
            await self._page(spec)
            return
        if self.host.connection_count > self.host.limits.max_connections:
            await self._plain(503, close=True, note="MaxConnections")
            return
        path = urlsplit(self.target).path.rstrip("/").lower()
        if path != self.host.listener.prefix.lower():
            await self._plain(404, note="not the URL prefix")
            return
        if self.method != "POST":
            await self._plain(405, [("Allow", "POST")], note=self.method[:20])
            return
        authorization = self.headers.get("authorization")
        if authorization is None and self.headers.get("wsmanidentify", "").strip().lower() == "unauthenticated":
            await self._message(body, Verdict(), anonymous=True)
            return
        verdict = self.connection.judge(authorization)
        if not verdict.accepted:
            await self._challenge(verdict)
            return
        await self._authenticated(body, verdict)

    async def refuse_too_large(self) -> None:
        """A request above MaxEnvelopeSizekb: HTTP 413 and no SOAP (MS-WSMV 3.1.4.1.20)."""
        await self._plain(413, close=True, note="above MaxEnvelopeSizekb")

    async def _challenge(self, verdict: Verdict) -> None:
        offers = [verdict.challenge] if verdict.challenge else self.connection.auth.offered()
        note = "" if verdict.challenge or "authorization" not in self.headers else "credentials refused"
        await self._plain(401, [("WWW-Authenticate", offer) for offer in offers], note=note)

    async def _authenticated(self, body: bytes, verdict: Verdict) -> None:
        content_type = self.headers.get("content-type", "")
        extra = [("WWW-Authenticate", verdict.response_token)] if verdict.response_token else []
        if encryption.is_encrypted(content_type) and body:
            try:
                body = self.connection.decrypted(body, content_type)
            except Exception as error:
                await self._plain(400, close=True, note=f"not decrypted: {str(error)[:120]}")
                return
            self.encrypted = True
            if len(body) > self.host.max_envelope:
                await self._plain(413, close=True, note="above MaxEnvelopeSizekb")
                return
        elif not body:
            await self._send(200, [*extra], b"")
            return
        elif len(body) > self.host.max_envelope:
            await self._plain(413, close=True, note="above MaxEnvelopeSizekb")
            return
        elif self.host.listener.tls is None and not self.host.auth_settings.allow_unencrypted:
            await self._plain(500, extra, note="unencrypted")
            return
        await self._message(body, verdict, extra=extra)

    async def _message(
        self, body: bytes, verdict: Verdict, *, anonymous: bool = False, extra: list[tuple[str, str]] | None = None
    ) -> None:
        from winhost.http.connection import Gone

        host = self.host
        number = 0 if anonymous else host.next_number()
        caller = Caller(
            user=_account(verdict),
            token=verdict.token,
            authenticated=verdict.accepted,
            anonymous_identify=anonymous,
            chunked=self.chunked,
            address=f"{host.listener.scheme}://{self.headers.get('host', host.listener.address)}{self.target}",
            host=self.headers.get("host", host.listener.address).rsplit(":", 1)[0],
            client_ip=self.connection.client_ip,
        )
        specs = host.plan.on_message(number, host.peek_action(body)) if number else []
        for spec in specs:
            if spec.kind in SERVER_KINDS:
                host.record(number, host.peek_action(body), 0, "", spec.kind)
                await self._page(spec)
                return
        await host.strike_machine(specs)
        if specs and not host.listening:
            host.record(number, host.peek_action(body), 0, "", specs[0].kind)
            await self._vanish(specs[0])
            return
        message_spec = next((spec for spec in specs if spec.kind in MESSAGE_KINDS), None)
        if message_spec is not None and message_spec.kind in ("reset", "stall", "drop_request"):
            host.record(number, host.peek_action(body), 0, "", message_spec.kind)
            await self._vanish(message_spec)
            return
        struck = next((spec.kind for spec in specs if spec.kind in FAULT_KINDS), "")
        if struck == "tls_alert":
            host.record(number, host.peek_action(body), 0, "", struck)
            self.connection.alert()
            raise Gone
        answer = await (host.handle_faulty(body, caller, struck) if struck else host.handle(body, caller))
        host.record(number, answer.action, answer.status, answer.fault, message_spec.kind if message_spec else "")
        await self._deliver(answer, message_spec, extra or [])

    async def _deliver(self, answer: Answer, spec: FaultSpec | None, extra: list[tuple[str, str]]) -> None:
        from winhost.http.connection import Gone

        if answer.status == 401:
            await self._challenge(Verdict())
            return
        kind = spec.kind if spec else ""
        if spec is not None and kind == "late":
            await asyncio.sleep(spec.seconds)
        if kind == "reset_after":
            self.connection.reset()
            raise Gone
        body = tamper.damage(answer.body, kind) if kind else answer.body
        headers = [("Content-Type", _XML)] if body else []
        if self.encrypted and body:
            auth = self.connection.auth
            content_type, body = encryption.encrypt(body, auth.context, auth.protocol)
            headers = [("Content-Type", content_type)]
        raw = self.connection.encode(answer.status, [*headers, *extra], body)
        if kind == "cut":
            self.connection.writer.write(raw[: len(raw) - max(1, len(body) // 2)])
            await self.connection.writer.drain()
            raise Gone
        self.connection.writer.write(raw + raw if kind == "twice" else raw)
        await self.connection.writer.drain()

    async def _vanish(self, spec: FaultSpec) -> None:
        from winhost.http.connection import Gone

        if spec.kind == "stall":
            await asyncio.sleep(spec.seconds or _FOREVER)
        else:
            self.connection.reset()
        raise Gone

    async def _page(self, spec: FaultSpec) -> None:
        if spec.kind == "silent":
            await self._vanish(FaultSpec("stall", seconds=spec.seconds))
        status, headers, body = tamper.page(spec)
        self.host.record(0, "", status, "", spec.kind)
        await self._send(status, headers, body)

    async def _plain(
        self, status: int, headers: list[tuple[str, str]] | None = None, *, close: bool = False, note: str = ""
    ) -> None:
        if note:
            self.host.record(0, "", status, note)
        await self._send(status, headers or [], b"", close=close)

    async def _send(self, status: int, headers: list[tuple[str, str]], body: bytes, *, close: bool = False) -> None:
        await self.connection.send(status, headers, body, close=close)


def _account(verdict: Verdict) -> str:
    token = verdict.token
    return str(getattr(token, "account", "") or getattr(verdict.principal, "name", "")) if token is not None else ""
