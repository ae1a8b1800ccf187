# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile servers: raw sockets, one behaviour each. They know HTTP and SOAP as text, and nothing of the collection."""

from __future__ import annotations

import base64
import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator

from .foreign import ssh_banner, tls_alert, tls_silent
from .soap import (
    IDENTITY,
    SHELL,
    TRANSFER,
    Behaviour,
    Request,
    action_of,
    envelope,
    http,
    identify,
    page,
    request_of,
    whole,
)  # fmt: skip


def forever(connection: socket.socket, piece: bytes, pause: float = 0.0) -> None:
    while True:
        connection.sendall(piece)
        if pause:
            time.sleep(pause)


def endless_continue(connection: socket.socket, _request: Request) -> None:
    forever(connection, b"HTTP/1.1 100 Continue\r\n\r\n", 0.02)


def fast_continue(connection: socket.socket, _request: Request) -> None:
    forever(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)


def header_drip(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    forever(connection, b"a", 0.5)


def body_drip(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: 100000\r\n\r\n")
    forever(connection, b" ", 0.5)


def closing_drip(connection: socket.socket, _request: Request) -> None:
    """The client is told that the connection ends with this answer, which never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nConnection: close\r\n\r\n")
    forever(connection, b" ", 0.5)


def chunk_drip(connection: socket.socket, _request: Request) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    forever(connection, b"1\r\n \r\n", 0.5)


def chunk_size_line(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    forever(connection, b"0" * 65536)


def many_headers(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    forever(connection, b"X-Filler: " + b"a" * 60000 + b"\r\n")


def silent(_connection: socket.socket, _request: Request) -> None:
    time.sleep(600)


def endless_body(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n\r\n<s:Envelope>")
    forever(connection, b"<a/>" * 16384)


def endless_error_body(connection: socket.socket, _request: Request) -> None:
    connection.sendall(b"HTTP/1.1 500 Internal Server Error\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n")
    forever(connection, b"a" * 65536)


def gzip_bomb(connection: socket.socket, _request: Request) -> None:
    import gzip

    body = gzip.compress(b"<a/>" * (64 * 1024 * 1024))
    connection.sendall(http(body, "Content-Encoding: gzip\r\n"))


def long_namespace(connection: socket.socket, request: Request) -> None:
    space = "urn:" + "n" * 60_000
    connection.sendall(http(envelope(request, "<q:a/>" * 60_000, "", f'xmlns:q="{space}"')))


def many_names(connection: socket.socket, request: Request) -> None:
    names = "".join(f"<q:a{number}/>" for number in range(199_000))
    connection.sendall(http(envelope(request, names, "", f'xmlns:q="urn:{"n" * 1500}"')))


def many_elements(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(envelope(request, "<a/>" * 900_000, "")))


def many_attributes(connection: socket.socket, request: Request) -> None:
    attributes = " ".join(f'a{number}=""' for number in range(300_000))
    connection.sendall(http(envelope(request, f"<a {attributes}/>", "")))


def attributed_elements(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(envelope(request, '<a b="" c=""/>' * 66_000, "")))


def full_answer(connection: socket.socket, request: Request) -> None:
    """As much as is accepted: elements with text, under both bounds."""
    connection.sendall(http(envelope(request, "<abc>1234</abc>" * 198_000, "")))


def long_text(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(envelope(request, f"<a>{'x' * 4_100_000}</a>", "")))


def wide_text(connection: socket.socket, request: Request) -> None:
    """One character beyond the BMP makes each of a string's characters four bytes wide."""
    connection.sendall(http(envelope(request, f"<a>{'x' * 4_000_000}&#x1F600;</a>", "")))


def many_references(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(envelope(request, f"<a>{'&#65;' * 800_000}</a>", "")))


def long_vendor(connection: socket.socket, request: Request) -> None:
    inner = (
        f'<i:IdentifyResponse xmlns:i="{IDENTITY}"><i:ProductVendor>{"v" * 2_000_000}</i:ProductVendor>'
        f"<i:ProductVersion>{'OS: 6.0.6001 ' * 100_000}</i:ProductVersion></i:IdentifyResponse>"
    )
    connection.sendall(http(envelope(request, inner, "")))


def endless_rows(connection: socket.socket, request: Request) -> None:
    row = "<w:XmlFragment>" + "".join(f"<P{number}>v{number}</P{number}>" for number in range(20))
    connection.sendall(page(request, (row + "</w:XmlFragment>") * 1500))


class AlmostTooMany:
    """As many rows as a query may have, then the end."""

    def __init__(self) -> None:
        self.pages = 0

    def __call__(self, connection: socket.socket, request: Request) -> None:
        self.pages = 1 if action_of(request) == "Enumerate" else self.pages + 1
        row = "<w:XmlFragment>" + "".join(f"<P{number}>{number}</P{number}>" for number in range(19))
        answer = page(request, (row + "</w:XmlFragment>") * 3_300)
        if self.pages == 3:
            end = b"</n:PullResponse>"
            answer = http(answer.partition(b"\r\n\r\n")[2].replace(end, b"<n:EndOfSequence/>" + end))
        connection.sendall(answer)


def endless_text_rows(connection: socket.socket, request: Request) -> None:
    connection.sendall(page(request, f"<w:XmlFragment><P>{'x' * 3_900_000}</P></w:XmlFragment>"))


def empty_rows(connection: socket.socket, request: Request) -> None:
    connection.sendall(page(request, "<w:XmlFragment/>" * 190_000))


def deep_instances(connection: socket.socket, request: Request) -> None:
    """Instances within instances: each is a dictionary."""
    row = "<w:XmlFragment>" + "<E>" * 50 + "x" + "</E>" * 50 + "</w:XmlFragment>"
    connection.sendall(whole(request, row * 3_000))


def short_rows(connection: socket.socket, request: Request) -> None:
    """Many rows of one short value, and their end."""
    connection.sendall(whole(request, f"<w:XmlFragment><A>{chr(0x1F600) * 10}</A></w:XmlFragment>" * 30_000))


def unprintable_rows(connection: socket.socket, request: Request) -> None:
    """Each value is written out, and there once more as it came."""
    connection.sendall(whole(request, "<w:XmlFragment><A>\u202e\u202e</A></w:XmlFragment>" * 30_000))


def one_row_pages(connection: socket.socket, request: Request) -> None:
    connection.sendall(page(request, "<w:XmlFragment><P>1</P></w:XmlFragment>"))


def long_contexts(connection: socket.socket, request: Request) -> None:
    connection.sendall(page(request, "<w:XmlFragment><P>1</P></w:XmlFragment>", "c" * 3_000_000))


def endless_output(connection: socket.socket, request: Request) -> None:
    said = action_of(request)
    inner, answer = "", f"{SHELL}/{said}Response"
    if said == "Create":
        inner = (
            "<x:ResourceCreated><a:ReferenceParameters><w:SelectorSet><w:Selector Name='ShellId'>S1</w:Selector>"
            "</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>"
        )
        answer = f"{TRANSFER}/CreateResponse"
    elif said == "Command":
        inner = "<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>"
    elif said == "Receive":
        text = base64.b64encode(b"x" * 1_500_000).decode()
        inner = (
            f'<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="C1">{text}</rsp:Stream></rsp:ReceiveResponse>'
        )
    elif said == "Signal":
        inner = "<rsp:SignalResponse/>"
    elif said == "Delete":
        answer = f"{TRANSFER}/DeleteResponse"
    connection.sendall(http(envelope(request, inner, answer)))


def _after(first: Callable[[Request], bytes], then: Behaviour) -> Behaviour:
    """Identify is answered well; everything else meets the behaviour."""

    def behave(connection: socket.socket, request: Request) -> None:
        if action_of(request) == "Identify":
            connection.sendall(first(request))
        else:
            then(connection, request)

    return behave


FIRST: dict[str, Behaviour] = {
    name.__name__: name
    for name in (
        endless_continue, fast_continue, header_drip, body_drip, closing_drip, chunk_drip, chunk_size_line,
        many_headers, silent, endless_body, gzip_bomb, long_namespace, many_names, many_elements, many_attributes,
        attributed_elements, full_answer, long_text, wide_text, many_references, long_vendor, endless_error_body,
        tls_alert, ssh_banner,
    )
}  # fmt: skip
"""What meets the very first message."""

LATER: dict[str, Behaviour] = {
    f"{name.__name__} after Identify": _after(identify, name)
    for name in (
        endless_continue, header_drip, body_drip, silent, long_namespace, many_elements, endless_rows,
        endless_text_rows, empty_rows, one_row_pages, long_contexts, endless_output, deep_instances,
    )
}  # fmt: skip
"""What meets a client once Identify was answered well."""

MANY: dict[str, Behaviour] = {
    f"{name.__name__} of many queries": _after(identify, name) for name in (short_rows, unprintable_rows)
}
"""What meets a task of many queries, which keeps all their rows."""

LATER["almost_too_many_rows after Identify"] = _after(identify, AlmostTooMany())


def tls_drip(connection: socket.socket, _request: Request) -> None:
    """A TLS record of a handshake that comes byte by byte."""
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    forever(connection, b"\x00", 0.3)


HTTP = (
    "endless_continue", "fast_continue", "header_drip", "body_drip", "closing_drip", "chunk_drip", "chunk_size_line",
    "many_headers", "silent", "endless_body", "gzip_bomb", "endless_error_body", "tls_alert", "ssh_banner",
)  # fmt: skip
"""Of them what is done below the messages, where one channel differs from another."""

HANDSHAKES: dict[str, Behaviour] = {"tls_silent": tls_silent, "tls_drip": tls_drip}
"""What meets a TLS client before any request."""

BEHAVIOURS = {**FIRST, **LATER, **MANY, **HANDSHAKES}


@contextlib.contextmanager
def serving(behaviour: Behaviour, *, greet: bool = True) -> Iterator[int]:
    """A server on a loopback port below 32768. greet: read a request first; else the behaviour has the socket at once
    (for what happens before a request: TLS handshakes)."""
    listener = _bound()
    listener.listen(16)
    ended = threading.Event()

    def attend(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if not greet:
                behaviour(connection, b"")
                return
            while request := request_of(connection):
                behaviour(connection, request)

    def accept() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                threading.Thread(target=attend, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _bound() -> socket.socket:
    for port in random.sample(range(20000, 32000), 50):
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", port))
        except OSError:
            made.close()
            continue
        return made
    raise RuntimeError("no free port below 32768")
