# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted HTTP server on loopback for the channel's tests: one answer a request, nothing of WS-Management in it."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SOAP = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><ok/></s:Body></s:Envelope>'
USER, PASSWORD = "operator", "pa55 word-of-test"


@dataclass
class Reply:
    """What to answer. status 0: close the connection without an answer. cut: bytes to send of the body, then close."""

    status: int = 200
    body: bytes = SOAP
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/soap+xml;charset=UTF-8"})
    cut: int | None = None


@dataclass
class Seen:
    """A request as it came: headers in lower case, the clear body, the number of its TCP connection."""

    headers: dict[str, str]
    body: bytes
    connection: int


Script = Callable[[Seen], Reply]


class StubServer(ThreadingHTTPServer):
    """Answers POST by a script; counts TCP connections; remembers every request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, script: Script, handler: type[StubHandler], context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.script = script
        self.context = context
        self.seen: list[Seen] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        plain, address = super().get_request()
        self.connections += 1
        return (self.context.wrap_socket(plain, server_side=True) if self.context else plain), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # broken connections are what the tests are about


class StubHandler(BaseHTTPRequestHandler):
    """Basic authentication demanded unless the server has no password."""

    protocol_version = "HTTP/1.1"
    server: StubServer

    def setup(self) -> None:
        super().setup()
        self.connection_number = self.server.connections
        self.state: dict[str, Any] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {key.lower(): value for key, value in self.headers.items()}
        clear = self.authenticate(headers, body)
        if clear is None:
            return
        seen = Seen(headers, clear, self.connection_number)
        self.server.seen.append(seen)
        self.answer(self.server.script(seen))

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if headers.get("authorization") == wanted:
            return body
        self.answer(Reply(401, b"", {"WWW-Authenticate": 'Basic realm="WSMAN"'}))
        return None

    def answer(self, reply: Reply) -> None:
        if reply.status == 0:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        headers, body = self.wrap(reply)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if reply.cut is None else body[: reply.cut])
        if reply.cut is not None:
            self.close_connection = True

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        return reply.headers, reply.body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass


class NTLMHandler(StubHandler):
    """Negotiates NTLM and demands encrypted messages, as a default Windows host does; state lives with the socket."""

    OFFERS = "Negotiate"
    KIND = b"application/HTTP-SPNEGO-session-encrypted"
    PROTOCOLS = {"NTLM": "ntlm", "Negotiate": "negotiate", "CredSSP": "credssp"}  # noqa: RUF012

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        import spnego

        said = headers.get("authorization", "")
        if said:
            scheme, _unused, token = said.partition(" ")
            if "context" not in self.state or self.state["context"].complete:
                self.state["context"] = spnego.server(
                    protocol=self.PROTOCOLS.get(scheme, "negotiate"), options=spnego.NegotiateOptions.wrapping_winrm
                )
            context = self.state["context"]
            try:
                out = context.step(base64.b64decode(token))
            except Exception:
                self.state.clear()
                self.answer_raw(401, {"WWW-Authenticate": self.OFFERS})
                return None
            if not context.complete:
                self.answer_raw(401, {"WWW-Authenticate": f"{scheme} {base64.b64encode(out or b'').decode()}"})
                return None
            if not body:
                self.answer_raw(200, {})
                return None
        context = self.state.get("context")
        if context is None or not context.complete:
            self.answer_raw(401, {"WWW-Authenticate": self.OFFERS})
            return None
        if not headers.get("content-type", "").startswith("multipart/encrypted"):
            self.answer_raw(500, {})
            return None
        return self._decrypt(context, body)

    def answer_raw(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _decrypt(self, context: Any, body: bytes) -> bytes | None:
        mark = b"Content-Type: application/octet-stream\r\n"
        sealed = body[body.index(mark) + len(mark) : body.rindex(b"--Encrypted Boundary")]
        (length,) = struct.unpack("<i", sealed[:4])
        try:
            return bytes(context.unwrap_winrm(sealed[4 : 4 + length], sealed[4 + length :]))
        except Exception:
            self.answer_raw(401, {"WWW-Authenticate": self.OFFERS})
            return None

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        if reply.headers.get("X-Plain"):
            return {}, reply.body
        sealed = self.state["context"].wrap_winrm(reply.body)
        kind = self.KIND
        length = str(len(reply.body) + (sealed.padding_length or 0)).encode()
        body = (
            b"--Encrypted Boundary\r\n\tContent-Type: " + kind + b"\r\n\tOriginalContent: type=application/soap+xml;"
            b"charset=UTF-8;Length=" + length + b"\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream"
            b"\r\n" + struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data
            + b"--Encrypted Boundary--\r\n"
        )
        protocol = f'multipart/encrypted;protocol="{kind.decode()}";boundary="Encrypted Boundary"'
        return {"Content-Type": protocol}, body


class CredSSPHandler(NTLMHandler):
    """The same over CredSSP."""

    OFFERS = "CredSSP"
    KIND = b"application/HTTP-CredSSP-session-encrypted"


@contextlib.contextmanager
def serving(
    script: Script | None = None,
    *,
    handler: type[StubHandler] = StubHandler,
    context: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[StubServer]:
    """A running stub, stopped at the end. Ports are tried below 32768."""
    server = _bound(script or (lambda _seen: Reply()), handler, context, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _bound(script: Script, handler: type[StubHandler], context: ssl.SSLContext | None, port: int) -> StubServer:
    import random

    for candidate in [port] if port else random.sample(range(20000, 32000), 50):
        with contextlib.suppress(OSError):
            return StubServer(candidate, script, handler, context)
    raise RuntimeError("no free port below 32768")


def ntlm_users(folder: Path) -> Path:
    """A user file for the NTLM acceptor (environment variable NTLM_USER_FILE)."""
    path = folder / "ntlm_users"
    path.write_text(f":{USER}:{PASSWORD}\nDOMAIN:{USER}:{PASSWORD}\n")
    return path
