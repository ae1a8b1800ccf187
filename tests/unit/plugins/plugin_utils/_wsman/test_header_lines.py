# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers read quickly are the headers that http.client reads."""

from __future__ import annotations

import http.client
import io

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import header_lines

SEALED = (
    b'Content-Type: multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";'
    b'boundary="Encrypted Boundary"\r\n'
)
BLOCKS = {
    "sealed": SEALED + b"Server: Microsoft-HTTPAPI/2.0\r\nDate: Thu, 26 Nov 2026 20:00:00 GMT\r\n"
    b"Content-Length: 9\r\n\r\n",
    "challenges": b"WWW-Authenticate: Negotiate TlRM==\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n\r\n",
    "none": b"\r\n",
    "nothing at all": b"",
    "cut off": b"Server: x\r\nContent-Le",
    "no value": b"Server:\r\nVia: \t\r\n\r\n",
    "no space": b"Server:x\r\n\r\n",
    "spaces before": b"Server: \t  x y\r\n\r\n",
    "spaces after": b"Server: x \r\n\r\n",
    "bare line feeds": b"Server: x\nVia: y\n\n",
    "mixed ends": b"Server: x\r\nVia: y\n\r\n",
    "folded": b"Content-Type: multipart/encrypted;\r\n boundary=x\r\nServer: y\r\n\r\n",
    "folded by a tab": b"Server: y\r\n\tand more\r\n\r\n",
    "first line folded": b" folded\r\nServer: y\r\n\r\n",
    "no colon": b"Server y\r\nVia: x\r\n\r\n",
    "space before the colon": b"Server : y\r\nVia: x\r\n\r\n",
    "mailbox": b"From me Thu Nov 26\r\nVia: x\r\n\r\n",
    "latin-1": b"Server: caf\xe9\r\n\r\n",
    "control characters": b"Server: a\x0bb\r\nVia: a\rb\r\nLocation: \x85\r\n\r\n",
    "a mark of nothing": b"Server: \x00\r\n\r\n",
    "part of mail": b"Content-Type: message/rfc822\r\nServer: x\r\n\r\n",
    "odd parts": b"Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    "as many as may be": b"".join(b"X-%d: y\r\n" % number for number in range(99)) + b"\r\n",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_the_same_headers(name: str) -> None:
    block = BLOCKS[name] + (b"" if name in ("cut off", "nothing at all") else b"body: that is no header\r\n")
    stream, other = io.BytesIO(block), io.BytesIO(block)
    found, expected = header_lines.fields(stream), http.client.parse_headers(other)
    assert found.items() == expected.items()
    assert stream.tell() == other.tell(), "not a byte of the body is taken"


@pytest.mark.parametrize(
    "block",
    [
        b"".join(b"X-%d: y\r\n" % number for number in range(100)) + b"\r\n",
        b"X: y\r\n" * 5000,
        b"X: " + b"y" * 65536 + b"\r\n\r\n",
        b"y" * 200_000,
    ],
)
def test_the_same_bounds(block: bytes) -> None:
    with pytest.raises(http.client.HTTPException) as expected:
        http.client.parse_headers(io.BytesIO(block))
    stream = io.BytesIO(block)
    with pytest.raises(type(expected.value)):
        header_lines.fields(stream)
    assert stream.tell() <= 70_000


def test_the_lean_channel_reads_them_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the mail parser: it is what costs."""
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_http import _Response

    def refuse(*_arguments: object) -> None:
        raise AssertionError("the mail parser was asked")

    class Socket:
        def makefile(self, _mode: str) -> io.BufferedReader:
            return io.BufferedReader(io.BytesIO(b"HTTP/1.1 200 OK\r\n" + BLOCKS["sealed"] + b"123456789"))

    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.watchdog import Watch

    monkeypatch.setattr("email.parser.Parser.parsestr", refuse)
    answer = _Response(Watch(), 10_000, Socket(), method="POST")
    answer.begin()
    assert (answer.status, answer.length, answer.headers["server"]) == (200, 9, "Microsoft-HTTPAPI/2.0")
    assert answer.read() == b"123456789"
