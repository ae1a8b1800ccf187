# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection that speaks HTTP/1.1 through http.client: watched, bounded, no memory between requests."""

from __future__ import annotations

import contextlib
import functools
import http.client
import select
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from . import errors, header_lines, sockets, tls_context
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


class _Response(sockets.BoundedResponse):
    """With its headers read quickly."""

    _read_head = header_lines.begin


class _Connection(http.client.HTTPConnection):
    """http.client's connection with our way to connect. lean: who it is of."""

    def __init__(self, lean: LeanHTTP) -> None:
        self.default_port = lean.default_port
        super().__init__(lean.host, lean.port)
        self._lean = lean
        self._kept: list[bytes] = []
        answers: Any = functools.partial(_Response, lean.watch, MAX_BYTES + _HEADERS)
        self.response_class = answers

    def connect(self) -> None:
        lean = self._lean
        made = sockets.connect(lean.watch, lean.host, lean.port, lean.connect_timeout)
        if lean.tls is not None:
            lean.watch.stage = "the TLS handshake"
            try:
                made = tls_context.context(lean.tls).wrap_socket(made, server_hostname=lean.host)
            except BaseException:
                made.close()
                raise
        lean.watch.stage = "sending the message"
        self.sock = made

    def send(self, data: Any) -> None:
        """Kept for flush(): head and body leave together."""
        self._kept.append(bytes(data))

    def flush(self) -> None:
        """Send what a request was made of."""
        whole, self._kept = b"".join(self._kept), []
        super().send(whole)


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
        self._connection: _Connection | None = None

    @property
    def connected(self) -> bool:
        """Whether the connection of the last answer still stands, with nothing unread on it."""
        made = self._connection.sock if self._connection is not None else None
        if made is None:
            return False
        poll = select.poll()
        poll.register(made, select.POLLIN)
        with contextlib.suppress(OSError):
            return not poll.poll(0)  # what can be read now is its end, or belongs to no question of ours
        return False

    @property
    def certificate(self) -> bytes | None:
        """The host's certificate in DER; None without TLS."""
        made = self._connection.sock if self._connection is not None else None
        return made.getpeercert(binary_form=True) if isinstance(made, ssl.SSLSocket) else None

    def connect(self) -> None:
        """Make the connection anew."""
        self.close()
        self._connection = _Connection(self)
        try:
            self._connection.connect()
        except BaseException:
            self.close()
            raise

    def post(self, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """One request and its whole answer; whatever goes wrong in the middle closes the connection."""
        made = self._connection
        if made is None or made.sock is None:
            raise errors.ConnectionLost("the host ended the connection in the middle of the authentication")
        self.last.clear()
        try:
            made.sock.settimeout(seconds + _LATE)
            made.request("POST", self.target, body, dict(headers))
            # The host may refuse a message before it has read it: its answer is what counts.
            with contextlib.suppress(BrokenPipeError):
                made.flush()
            with made.getresponse() as response:
                answer = self._read(response)
        except TimeoutError:
            self.close()
            raise errors.Silent("the host went silent: no answer within the read time-out") from None
        except BaseException:
            self.close()
            raise
        if made.sock is None:  # the host said that it closes the connection
            self.close()
        return answer

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        said: dict[str, list[str]] = {}
        for name, value in response.headers.items():
            said.setdefault(name.lower(), []).append(value)
        self.last.take(response.status, {name: ", ".join(said.get(name.lower(), ())) for name in LastAnswer.HEADERS})
        coding = said.get("content-encoding", ["identity"])[0].strip().lower()
        if coding != "identity":
            raise Compressed(f"it is compressed ({coding[:40]}), which was not asked for")
        challenges = tuple(said.get("www-authenticate", ()))
        return Answer(response.status, self.last.content_type, challenges, _whole(response))

    def close(self) -> None:
        """Close the connection."""
        made, self._connection = self._connection, None
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
