# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer that is read at once is read as http.client reads it, however it is cut; the others are http.client's."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import lean_http, plain_answer, sockets
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_http import LeanHTTP

SEALED = (
    b'Content-Type: multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";'
    b'boundary="Encrypted Boundary"\r\n'
)
PLAIN = {
    "sealed": b"HTTP/1.1 200 \r\n" + SEALED + b"Server: Microsoft-HTTPAPI/2.0\r\nContent-Length: 4\r\n\r\nbody",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody",
    "challenges": b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate TlRM==\r\n"
    b'WWW-Authenticate: Basic realm="WSMAN"\r\nContent-Length: 0\r\n\r\n',
    "no value": b"HTTP/1.1 200 OK\r\nServer:\r\nVia: \t\r\nContent-Length: 4\r\n\r\nbody",
    "spaces": b"HTTP/1.1 500 OK\r\nServer:x\r\nVia: \t  x y\r\ncontent-LENGTH:4\r\n\r\nbody",
    "the last": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
    "zeros before": b"HTTP/1.1 200 OK\r\nContent-Length: 0004\r\n\r\nbody",
    "as many lines as may be": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
    + b"".join(b"X-%d: y\r\n" % number for number in range(98))
    + b"\r\nbody",
}
ODD = {
    "nothing": b"",
    "cut off": b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Le",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "chunks and a length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n4\r\nbody"
    b"\r\n0\r\n\r\n",
    "no length": b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\nbody",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n\r\nbody",
    "other digits": "HTTP/1.1 200 OK\r\nContent-Length: \u0664\r\n\r\nbody".encode(),
    "an old version": b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "a later version": b"HTTP/1.2 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "another protocol": b"ICY 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "go on": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "without content": b"HTTP/1.1 204 None\r\nContent-Length: 4\r\n\r\nbody",
    "not modified": b"HTTP/1.1 304 None\r\nContent-Length: 4\r\n\r\nbody",
    "no status": b"HTTP/1.1 OK\r\nContent-Length: 4\r\n\r\nbody",
    "a status too long": b"HTTP/1.1 2000 OK\r\nContent-Length: 4\r\n\r\nbody",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 4\n\nbody",
    "mixed ends": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nVia: y\n\r\n\r\nbody",
    "folded": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: multipart/encrypted;\r\n boundary=x\r\n\r\nbody",
    "first line folded": b"HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 4\r\n\r\nbody",
    "no colon": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nServer y\r\n\r\nbody",
    "space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 4\r\n\r\nbody",
    "spaces after": b"HTTP/1.1 200 OK\r\nServer: x \r\nContent-Length: 4\r\n\r\nbody",
    "latin-1": b"HTTP/1.1 200 OK\r\nServer: caf\xe9\r\nContent-Length: 4\r\n\r\nbody",
    "control characters": b"HTTP/1.1 200 OK\r\nServer: a\x0bb\r\nContent-Length: 4\r\n\r\nbody",
    "a mark of nothing": b"HTTP/1.1 200 OK\r\nServer: \x00\r\nContent-Length: 4\r\n\r\nbody",
    "part of mail": b"HTTP/1.1 200 OK\r\nContent-Type: message/rfc822\r\nX: y z \r\nContent-Length: 4\r\n\r\nbody",
    "too many lines": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + b"X: y\r\n" * 5000 + b"\r\nbody",
    "a line too long": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\nContent-Length: 4\r\n\r\nbody",
    "cut in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nbody",
}


class _Whole:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._data))  # type: ignore[arg-type]


def by_library(data: bytes) -> tuple[Any, ...]:
    """What http.client makes of it: status, headers, body and whether it is the last; or its error."""
    response = http.client.HTTPResponse(_Whole(data), method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
        said: dict[str, list[str]] = {}
        for name, value in response.headers.items():
            said.setdefault(name.lower(), []).append(value)
        return response.status, said, response.read(), response.will_close
    except (http.client.HTTPException, ValueError) as error:
        return (type(error),)


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_head_is_the_one_that_http_client_reads(name: str) -> None:
    data = PLAIN[name]
    head = plain_answer.head_of(data)
    assert head is not None
    body = data[head.size : head.size + head.length]
    assert (head.status, head.headers, body, head.is_last) == by_library(data)


@pytest.mark.parametrize("name", [name for name in ODD if name != "cut in the body"])
def test_whatever_else_is_left_to_http_client(name: str) -> None:
    assert plain_answer.head_of(ODD[name]) is None


def posted(data: bytes, cuts: tuple[int, ...] = ()) -> tuple[LeanHTTP, Any]:
    """One answer over a connection, sent in pieces; or the error's type."""
    here, there = socket.socketpair()
    http_ = LeanHTTP("http://127.0.0.1:5985/wsman", None, 5.0)
    http_._socket = here

    def serve() -> None:
        with there:
            there.recv(65536)
            at = 0
            for cut in (*cuts, len(data)):
                there.sendall(data[at:cut])
                at = cut
                if cuts:
                    threading.Event().wait(0.002)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        return http_, http_.post(b"<m/>", {"A": "b"}, 5.0)
    except Exception as error:  # noqa: BLE001 - compared
        return http_, type(error)
    finally:
        thread.join()
        here.close()


@pytest.mark.parametrize("name", [*PLAIN, *ODD])
def test_an_answer_over_a_connection_is_the_one_that_http_client_reads(name: str) -> None:
    data = {**PLAIN, **ODD}[name]
    _http, answer = posted(data)
    expected = by_library(data)
    if len(expected) == 1:
        allowed = {expected[0], sockets.NotHTTP, sockets.AnswerTooLong}
        assert answer in allowed if expected[0] is not http.client.IncompleteRead else answer is expected[0]
    else:
        status, said, body, _last = expected
        assert (answer.status, answer.body) == (status, body)
        assert answer.challenges == tuple(said.get("www-authenticate", ()))
        assert answer.content_type == ", ".join(said.get("content-type", ()))


@pytest.mark.parametrize("name", ["sealed", "chunks", "go on"])
def test_it_does_not_matter_how_an_answer_is_cut(name: str) -> None:
    data = {**PLAIN, **ODD}[name]
    whole = posted(data)[1]
    for cut in range(1, len(data), 7):
        assert posted(data, (cut,))[1] == whole, cut


def test_an_answer_that_says_it_is_the_last_ends_the_connection() -> None:
    assert posted(PLAIN["the last"])[0]._socket is None
    assert posted(PLAIN["sealed"])[0]._socket is not None


def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    lean, answer = posted(PLAIN["sealed"] + PLAIN["no reason"])
    assert answer.body == b"body"
    assert lean._socket is None


def test_a_length_beyond_what_is_accepted_is_no_reason_to_read_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean_http, "MAX_BYTES", 1000)
    monkeypatch.setattr(lean_http, "_HEADERS", 1000)
    assert posted(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 5000)[1] is sockets.AnswerTooLong


def test_what_a_host_compressed_is_refused() -> None:
    for end in (b"Content-Length: 4\r\n\r\nbody", b"\r\nbody"):
        assert posted(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + end)[1] is lean_http.Compressed


def test_a_plain_answer_costs_no_parser_of_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("the mail parser was asked")

    monkeypatch.setattr("email.parser.Parser.parsestr", refuse)
    assert posted(PLAIN["sealed"])[1].body == b"body"


class _Writer(http.client.HTTPConnection):
    """Keeps what it would send."""

    written = b""

    def send(self, data: Any) -> None:
        self.written += bytes(data)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:5985/wsman", "http://127.0.0.1:80/wsman", "http://[::1]:80/a%20b?c=d", "http://[fe80::1]:81",
        "http://host/wsman", "http://b\u00fccher.example:8080/a b\u00fc", "http://b\u00fccher.example/w",
    ],
)  # fmt: skip
def test_a_request_is_the_one_that_http_client_writes(endpoint: str) -> None:
    headers = {"User-Agent": "x", "Authorization": "Basic YTpi"}
    lean = LeanHTTP(endpoint, None, 5.0)
    writer = _Writer(lean.host, lean.port)
    writer.request("POST", lean.target, b"<m/>", headers)
    assert lean._request(b"<m/>", headers) == writer.written


def test_a_header_brings_no_line_of_its_own() -> None:
    lean = LeanHTTP("http://127.0.0.1:5985/wsman", None, 5.0)
    with pytest.raises(ValueError, match="line end"):
        lean._request(b"", {"A": "b\r\nC: d"})
