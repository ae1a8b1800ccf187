# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection: HTTP/1.1 with keep-alive, authentication, message encryption, and the faults' hooks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import h11

from winhost.http import encryption
from winhost.http.auth import Authenticator, Verdict
from winhost.http.exchange import Exchange

if TYPE_CHECKING:
    from winhost.http.server import HostServer

log = logging.getLogger(__name__)

_SERVER = "Microsoft-HTTPAPI/2.0 winlegacy-simulated"
"""As Windows', and that it is none: whoever looks at an answer, or records one, shall see what it comes from."""
_DRAIN_LIMIT = 64 * 1024 * 1024
_READ = 65536
XML_TYPE = "application/soap+xml;charset=UTF-8"


class Gone(Exception):
    """The connection is over."""


class Connection:
    """Serves one client until either side closes."""

    def __init__(self, host: HostServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.host = host
        self.reader = reader
        self.writer = writer
        self.http = h11.Connection(h11.SERVER, max_incomplete_event_size=host.limits.max_header)
        self.auth: Authenticator = host.authenticator()
        peer = writer.get_extra_info("peername")
        self.client_ip = peer[0] if peer else ""

    @property
    def peer_certificate(self) -> bytes | None:
        tls = self.writer.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True) if tls is not None else None

    async def serve(self) -> None:
        try:
            while True:
                await self._one_request()
                if self.http.our_state is h11.MUST_CLOSE or self.http.our_state is h11.CLOSED:
                    return
                self.http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._refuse_malformed(error)
        except (Gone, TimeoutError, ConnectionError, h11.LocalProtocolError):
            pass
        except Exception:
            log.exception("a connection of %s failed", self.host.name)
        finally:
            self.close()

    def close(self) -> None:
        if not self.writer.is_closing():
            self.writer.close()

    def reset(self) -> None:
        """Close with a TCP reset."""
        raw = self.writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def alert(self) -> None:
        """Send a fatal TLS alert as it is (handshake_failure), past the session's own encryption, and close."""
        protocol = getattr(self.writer.transport, "_ssl_protocol", None)
        raw = getattr(protocol, "_transport", None)
        if raw is not None:
            raw.write(b"\x15\x03\x03\x00\x02\x02\x28")
            raw.close()
            return
        self.reset()

    async def _event(self, timeout: float) -> Any:
        event = self.http.next_event()
        if event is not h11.NEED_DATA:
            return event
        async with asyncio.timeout(timeout):
            while True:
                if self.http.they_are_waiting_for_100_continue:
                    self.writer.write(self.http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
                self.http.receive_data(await self.reader.read(_READ))
                event = self.http.next_event()
                if event is not h11.NEED_DATA:
                    return event

    async def _one_request(self) -> None:
        limits = self.host.limits
        request = await self._event(limits.idle_seconds)
        if isinstance(request, h11.ConnectionClosed) or not isinstance(request, h11.Request):
            raise Gone
        exchange = Exchange(self, request)
        if exchange.body_length is not None and exchange.body_length > limits.max_body:
            await self._drain(limits.retrieval_seconds)
            await exchange.refuse_too_large()
            return
        body = bytearray()
        async with asyncio.timeout(limits.retrieval_seconds):
            while True:
                event = await self._event(limits.retrieval_seconds)
                if isinstance(event, h11.Data):
                    body += event.data
                    if self.host.plan.specs and len(body) * 2 >= (exchange.body_length or 0):
                        self._drop_if_planned(body)
                    if len(body) > limits.max_body:
                        await self._drain(limits.retrieval_seconds)
                        await exchange.refuse_too_large()
                        return
                elif isinstance(event, h11.EndOfMessage):
                    break
                else:
                    raise Gone
        await exchange.answer(bytes(body))

    def _drop_if_planned(self, body: bytearray) -> None:
        if self.host.plan.drops(self.host.messages + 1, self.host.peek_action(body)):
            self.reset()
            raise Gone

    async def _drain(self, timeout: float) -> None:
        """Read what the client still sends, so that it gets to see the refusal."""
        seen = 0
        while seen < _DRAIN_LIMIT:
            event = await self._event(timeout)
            if isinstance(event, h11.Data):
                seen += len(event.data)
            else:
                return
        raise Gone

    async def send(self, status: int, headers: list[tuple[str, str]], body: bytes, *, close: bool = False) -> None:
        raw = self.encode(status, headers, body, close=close)
        self.writer.write(raw)
        await self.writer.drain()
        if close:
            raise Gone

    def encode(self, status: int, headers: list[tuple[str, str]], body: bytes, *, close: bool = False) -> bytes:
        """The octets of one response."""
        date = format_datetime(self.host.now().astimezone(UTC), usegmt=True)
        fields = [*headers, ("Server", _SERVER), ("Date", date), ("Content-Length", str(len(body)))]
        if close:
            fields.append(("Connection", "close"))
        response = h11.Response(status_code=status, headers=fields, reason=_REASONS.get(status, b""))
        raw = self.http.send(response) or b""
        raw += self.http.send(h11.Data(data=body)) or b""
        return raw + (self.http.send(h11.EndOfMessage()) or b"")

    async def _refuse_malformed(self, error: h11.RemoteProtocolError) -> None:
        """http.sys answers 400 to what is no HTTP, and closes."""
        if self.http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        text = b"Request Too Long" if error.error_status_hint == 431 else b"Bad Request"
        body = b"<HTML><BODY><h2>Bad Request</h2><p>HTTP Error 400. " + text + b"</p></BODY></HTML>"
        self.host.record(0, "", 400, "malformed HTTP")
        page = [("Content-Type", "text/html; charset=us-ascii")]
        with contextlib.suppress(Gone, ConnectionError, h11.LocalProtocolError):
            await self.send(400, page, body, close=True)

    def decrypted(self, body: bytes, content_type: str) -> bytes:
        if not self.auth.can_decrypt:
            raise encryption.FramingError("no security context")
        return encryption.decrypt(body, self.auth.context)

    def judge(self, header: str | None) -> Verdict:
        return self.auth.judge(header, self.peer_certificate)


_REASONS = {
    200: b"OK",
    302: b"Found",
    400: b"Bad Request",
    401: b"Unauthorized",
    404: b"Not Found",
    405: b"Method Not Allowed",
    413: b"Request Entity Too Large",
    500: b"Internal Server Error",
    503: b"Service Unavailable",
}
