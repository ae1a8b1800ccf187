# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""urllib3 connections under a watchdog: bounded name resolution, connects, and bytes of an answer, headers included."""

from __future__ import annotations

import contextlib
import functools
import http.client
import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import errors
from .address import CHECK_PORT
from .turns import connecting
from .watchdog import Abandoned, Watch, abandonable

MAX_LINE = 65536
"""Bytes of one line of a header or of a chunk's size, as in http.client."""

NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
_HTTP = b"HTTP/"


class AnswerTooLong(OSError):
    """The answer has more bytes than accepted."""


class NotHTTP(OSError):
    """What came first is no status line of HTTP/1. first: the bytes that show it."""

    def __init__(self, first: bytes) -> None:
        super().__init__("the answer is no HTTP")
        self.first = first


class BoundedFile:
    """A socket's file that counts what is read from it for one answer: status line, headers, chunk sizes and body."""

    def __init__(self, file: Any, limit: int, watch: Watch) -> None:
        self._file = file
        self._left = limit
        self._limit = limit
        self._watch = watch

    def _counted(self, data: Any, length: int) -> Any:
        self._left -= length
        self._watch.received += length
        if self._left < 0:
            raise AnswerTooLong(f"the answer exceeds {self._limit} bytes, its headers included")
        return data

    def read(self, size: int | None = -1) -> bytes:
        most = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        data = self._file.read(most)
        return bytes(self._counted(data, len(data)))

    def read1(self, size: int = -1) -> bytes:
        data = self._file.read1(size if 0 <= size <= self._left else self._left + 1)
        return bytes(self._counted(data, len(data)))

    def readinto(self, buffer: Any) -> int:
        length = self._file.readinto(buffer)
        return int(self._counted(length, length or 0))

    def readline(self, limit: int = -1) -> bytes:
        most = MAX_LINE + 1 if limit is None or limit < 0 else limit
        line = self._file.readline(most)
        if limit != most and len(line) > MAX_LINE:
            raise AnswerTooLong(f"the answer has a line of more than {MAX_LINE} bytes")
        return bytes(self._counted(line, len(line)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class BoundedResponse(http.client.HTTPResponse):
    """An answer whose bytes are counted, and whose progress the watch is told."""

    def __init__(self, watch: Watch, limit: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        watch.stage = "waiting for the answer"
        self.fp: Any = BoundedFile(self.fp, limit, watch)

    def begin(self) -> None:
        """Looks at the first bytes before a line of them is waited for: TLS and others send none."""
        first = self.fp.peek(len(_HTTP))
        if not first.startswith(_HTTP[: len(first)]):
            raise NotHTTP(bytes(first[:MAX_LINE]))
        super().begin()
        if isinstance(self.fp, BoundedFile):
            self.fp._watch.stage = "reading the answer"


def _numeric(host: str) -> bool:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


def resolve(host: str, port: int, seconds: float) -> list[Any]:
    """getaddrinfo's answer; errors.Unreachable when there is none within so many seconds."""

    def ask() -> list[Any]:
        return list(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))

    do = "Check ansible_host."
    try:
        return ask() if _numeric(host) else abandonable(ask, seconds)
    except Abandoned:
        came = f"the name {host} was not resolved within {seconds:.0f} s, the name server does not answer"
        do = "Check the controller's name servers, or set ansible_host to the address."
    except UnicodeError:
        came = f"{host[:80]!r} is no name that can be looked up"
    except socket.gaierror as exc:
        came = f"the name {host} is not known ({exc.strerror})"
    raise errors.Unreachable(f"no connection: {came}", do=do)


@connecting
def connect(
    watch: Watch,
    host: str,
    port: int,
    seconds: float | None,
    *,
    options: Sequence[tuple[int, int, int]] = NO_DELAY,
    proxy: bool = False,
) -> socket.socket:
    """A connected socket, watched; the connect time-out (seconds) counts for all addresses together.

    options: of the socket. proxy: host is one. Raises errors.Unreachable, errors.ProxyFailed where it is a proxy.
    """
    until = time.monotonic() + min(seconds or watch.left, max(watch.left, 0.0))
    watch.stage = "resolving the name"
    try:
        addresses = resolve(host, port, until - time.monotonic())
    except errors.Unreachable as exc:
        raise (errors.ProxyFailed(exc.reported) if proxy else exc) from None
    watch.stage = "connecting"
    failure: OSError = TimeoutError("timed out")
    for family, kind, protocol, _name, address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        made = socket.socket(family, kind, protocol)
        try:
            for option in options:
                made.setsockopt(*option)
            made.settimeout(left)
            made.connect(address)
        except OSError as exc:
            made.close()
            failure = exc
            continue
        watch.keep(made)
        return made
    said = failure.strerror or ("timed out" if isinstance(failure, TimeoutError) else str(failure))
    if proxy:
        raise errors.ProxyFailed(f"no connection, {said}")  # the channel knows where it was set
    raise errors.Unreachable(f"no connection: {said}", do=CHECK_PORT)


@functools.cache
def _classes() -> tuple[type, type]:
    """urllib3's connection classes with our way to connect; made once urllib3 is there."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    def watched(base: Any) -> type:
        class Watched(base):  # type: ignore[misc]
            def __init__(self, watch: Watch, limit: int, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self._watch = watch
                self._answering = False
                self.response_class = functools.partial(BoundedResponse, watch, limit)

            def _new_conn(self) -> socket.socket:
                made = connect(
                    self._watch,
                    str(self._dns_host).strip("[]"),
                    int(self.port),
                    float(self.timeout) if self.timeout else None,
                    options=self.socket_options or (),
                    proxy=getattr(self, "proxy", None) is not None,
                )
                self._watch.stage = "the TLS handshake" if base is HTTPSConnection else "sending the message"
                return made

            def connect(self) -> None:
                super().connect()
                self._watch.stage = "sending the message"

            def getresponse(self) -> Any:
                """An answer that says it is the last closes the connection before it is read: it is watched still."""
                self._answering = True
                try:
                    return super().getresponse()
                finally:
                    self._answering = False

            def close(self) -> None:
                super().close()
                if not self._answering:
                    self._watch.release()

        return Watched

    return watched(HTTPConnection), watched(HTTPSConnection)


def pool_makers(watch: Watch, limit: int) -> dict[str, Callable[..., Any]]:
    """For urllib3's PoolManager.pool_classes_by_scheme: pools whose connections are watched. limit: bytes an answer."""
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def maker(pool_class: Any, connection_class: type) -> Callable[..., Any]:
        def make(*args: Any, **kwargs: Any) -> Any:
            pool = pool_class(*args, **kwargs)
            pool.ConnectionCls = functools.partial(connection_class, watch, limit)
            return pool

        return make

    plain, tls = _classes()
    return {"http": maker(HTTPConnectionPool, plain), "https": maker(HTTPSConnectionPool, tls)}
