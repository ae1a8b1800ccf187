# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection that speaks HTTP/1.1: watched, bounded, no memory between requests.

What is plain is read at once (plain_answer.py), everything else by http.client.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import select
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from . import errors, plain_answer, sockets, tls_context
from .place import LastAnswer
from .watchdog import Watch
from .xmlread import MAX_BYTES

_HEADERS = 1024 * 1024
"""Bytes of an answer besides its body: status line, headers, chunk sizes, `100 Continue` again and again."""

_PIECE = 65536
_URL = "!#$%&'()*+,/:;=?@[]~"
_LATE = 5.0
"""Seconds by which a socket's own time-out comes after the watch: it is the second line."""


class Compressed(ValueError):
    """The answer is compressed, which was not asked for: nothing bounds what it would become."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. challenges: the values of WWW-Authenticate."""

    status: int
    content_type: str
    challenges: tuple[str, ...]
    body: bytes


class _Resumed(io.RawIOBase):
    """A connection from which something was read already, as http.client reads one."""

    def __init__(self, begun: bytes, connection: socket.socket) -> None:
        self._begun, self._connection = begun, connection

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._begun:
            return self._connection.recv_into(buffer)
        part, self._begun = self._begun[: len(buffer)], self._begun[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class LeanHTTP:
    """Requests to one address over one connection at a time. watch, last: the channel's, set before each exchange.

    endpoint: URL. tls: for HTTPS. connect_timeout: seconds.
    """

    def __init__(self, endpoint: str, tls: tls_context.TLSOptions | None, connect_timeout: float) -> None:
        parts = urlsplit(endpoint)
        self.default_port = 443 if tls else 80
        self.host = parts.hostname or ""
        self.port = parts.port or self.default_port
        self.target = quote(parts.path or "/", _URL) + (f"?{quote(parts.query, _URL)}" if parts.query else "")
        self.tls = tls
        self.connect_timeout = connect_timeout
        self.watch = Watch()
        self.last = LastAnswer()
        self._begin = self._first_lines()
        self._socket: socket.socket | None = None

    def _first_lines(self) -> bytes:
        """What begins each request, as http.client writes it."""
        name = self.host if self.host.isascii() else self.host.encode("idna").decode()
        host = f"[{name}]" if ":" in name else name
        if self.port != self.default_port:
            host += f":{self.port}"
        return f"POST {self.target} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n".encode("ascii")

    @property
    def connected(self) -> bool:
        """Whether the connection of the last answer still stands, with nothing unread on it."""
        if self._socket is None:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        with contextlib.suppress(OSError):
            return not poll.poll(0)  # what can be read now is its end, or belongs to no question of ours
        return False

    @property
    def certificate(self) -> bytes | None:
        """The host's certificate in DER; None without TLS."""
        made = self._socket
        return made.getpeercert(binary_form=True) if isinstance(made, ssl.SSLSocket) else None

    def connect(self) -> None:
        """Make the connection anew."""
        self.close()
        try:
            made = self._socket = sockets.connect(self.watch, self.host, self.port, self.connect_timeout)
            if self.tls is not None:
                self.watch.stage = "the TLS handshake"
                self._socket = tls_context.context(self.tls).wrap_socket(made, server_hostname=self.host)
        except BaseException:
            self.close()
            raise
        self.watch.stage = "sending the message"

    def post(self, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """One request and its whole answer; whatever goes wrong in the middle closes the connection."""
        made = self._socket
        if made is None:
            raise errors.ConnectionLost("the host ended the connection in the middle of the authentication")
        self.last.clear()
        try:
            made.settimeout(seconds + _LATE)
            # The host may refuse a message before it has read it: its answer is what counts.
            with contextlib.suppress(BrokenPipeError):
                made.sendall(self._request(body, headers))  # head and body leave together
            return self._answer(made)
        except TimeoutError:
            self.close()
            raise errors.Silent("the host went silent: no answer within the read time-out") from None
        except BaseException:
            self.close()
            raise

    def _request(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
        text = f"Content-Length: {len(body)}\r\n{''.join(lines)}\r\n"
        if text.count("\n") != len(lines) + 2:
            raise ValueError("a header has a line end in it")
        return b"".join((self._begin, text.encode("latin-1"), body))

    def _answer(self, made: socket.socket) -> Answer:
        self.watch.stage = "waiting for the answer"
        first = made.recv(_PIECE)
        head = plain_answer.head_of(first)
        if head is None or head.length > MAX_BYTES:
            return self._unusual(made, first)
        self.watch.stage = "reading the answer"
        self.watch.received += len(first)
        self._take(head.status, head.headers)
        body, surplus = self._body(made, first[head.size :], head.length)
        if head.is_last or surplus:  # what nobody asked for is no answer to what comes next
            self.close()
        return Answer(head.status, self.last.content_type, tuple(head.headers.get("www-authenticate", ())), body)

    def _body(self, made: socket.socket, begun: bytes, length: int) -> tuple[bytes, bool]:
        """So many bytes, and whether more came with them."""
        pieces, left = [begun], length - len(begun)
        while left > 0:
            piece = made.recv(min(left, _PIECE))
            if not piece:
                raise http.client.IncompleteRead(b"".join(pieces), left)
            self.watch.received += len(piece)
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)[:length], left < 0

    def _unusual(self, made: socket.socket, first: bytes) -> Answer:
        """By http.client: in chunks, without a length, cut up, of HTTP/1.0, or no HTTP at all."""
        begun: Any = _Resumed(first, made)
        with sockets.BoundedResponse(self.watch, MAX_BYTES + _HEADERS, begun, method="POST") as response:
            response.begin()
            said: dict[str, list[str]] = {}
            for name, value in response.headers.items():
                said.setdefault(name.lower(), []).append(value)
            self._take(response.status, said)
            body = _whole(response)
            if response.will_close:
                self.close()
        return Answer(response.status, self.last.content_type, tuple(said.get("www-authenticate", ())), body)

    def _take(self, status: int, said: Mapping[str, list[str]]) -> None:
        """Note an answer. Raises Compressed."""
        self.last.take(status, {name: ", ".join(said.get(name.lower(), ())) for name in LastAnswer.HEADERS})
        coding = said.get("content-encoding", ["identity"])[0].strip().lower()
        if coding != "identity":
            raise Compressed(f"it is compressed ({coding[:40]}), which was not asked for")

    def close(self) -> None:
        """Close the connection."""
        made, self._socket = self._socket, None
        if made is not None:
            made.close()
        self.watch.release()


def _whole(response: http.client.HTTPResponse) -> bytes:
    """A body to its end. http.client.IncompleteRead, sockets.AnswerTooLong."""
    pieces, total = [], 0
    while piece := response.read(_PIECE):
        pieces.append(piece)
        total += len(piece)
        if total > MAX_BYTES:
            raise sockets.AnswerTooLong(f"the answer exceeds {MAX_BYTES} bytes")
    if response.length:
        raise http.client.IncompleteRead(b"".join(pieces), response.length)
    return b"".join(pieces)
