# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side with bare sockets: what http.sys refuses, and that the host goes on serving."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from winhost.testing import RunningFleet, RunningHost

BASIC = base64.b64encode(b"Administrator:P@ssw0rd-sim").decode()
IDENTIFY = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    b"<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)


def connect(host: RunningHost) -> socket.socket:
    return socket.create_connection((host.address, host.port), timeout=10)


def request(body: bytes = IDENTIFY, *headers: str, method: str = "POST", path: str = "/wsman") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: host", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def talk(host: RunningHost, data: bytes) -> bytes:
    """Send and read until the host closes or has nothing more to say."""
    with connect(host) as stream:
        with contextlib.suppress(OSError):
            stream.sendall(data)
        return read(stream)


def read(stream: socket.socket) -> bytes:
    answer = b""
    stream.settimeout(5)
    try:
        while True:
            head, found, rest = answer.partition(b"\r\n\r\n")
            if found:
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in head.split(b"\r\n")
                        if line.lower().startswith(b"content-length:")
                    ),
                    0,
                )
                if len(rest) >= length:
                    return answer
            chunk = stream.recv(65536)
            if not chunk:
                return answer
            answer += chunk
    except (TimeoutError, ConnectionError):
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def alive(host: RunningHost) -> bool:
    return b"Stack: 1.1" in talk(host, request(IDENTIFY, "WSMANIDENTIFY: unauthenticated"))


@pytest.fixture
def host(fleet: RunningFleet) -> RunningHost:
    return fleet.host("vista-basic")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (request(path="/"), 404),
        (request(path="/wsman2"), 404),
        (request(path="/WSMAN"), 401),
        (request(path="/wsman?PSVersion=2.0"), 401),
        (request(IDENTIFY, f"Authorization: Basic {BASIC}", method="GET"), 405),
        (request(), 401),
        (request(IDENTIFY, "Authorization: Basic " + base64.b64encode(b"Administrator:no").decode()), 401),
        (request(IDENTIFY, "Authorization: Basic ***"), 401),
        (request(IDENTIFY, "Authorization: Bearer abc"), 401),
        (request(IDENTIFY, "Authorization: Negotiate AAAA"), 401),
        (request(IDENTIFY, "Authorization: Kerberos AAAA"), 401),
        (request(IDENTIFY, "Authorization: CredSSP AAAA"), 401),
        (request(IDENTIFY, f"Authorization: Basic {BASIC}"), 200),
        (b"NOT HTTP AT ALL\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 10_000_000 + b"\r\n\r\n", 400),
        (b"POST /wsman HTTP/1.1\r\nHost: h\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /wsman HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (request(b"x" * 200_000, f"Authorization: Basic {BASIC}"), 413),
        (request(b"x" * 200_000), 413),
        (
            request(
                b"--Encrypted Boundary\r\n",
                'Content-Type: multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted"',
                f"Authorization: Basic {BASIC}",
            ),
            400,
        ),
    ],
)
def test_statuses(host: RunningHost, data: bytes, expected: int) -> None:
    answer = talk(host, data)
    assert status(answer) == expected
    if expected == 413:
        assert b"Envelope" not in answer
    assert alive(host)


def test_a_refusal_lists_the_schemes_that_are_on(fleet: RunningFleet) -> None:
    offers = {}
    for name in ("vista", "vista-basic", "r2"):
        lines = talk(fleet.host(name), request()).split(b"\r\n")
        offers[name] = {line.split(b" ")[1].decode() for line in lines if line.startswith(b"WWW-Authenticate")}
    assert offers == {
        "vista": {"Negotiate", "Kerberos"},
        "vista-basic": {"Negotiate", "Kerberos", "Basic"},
        "r2": {"Negotiate", "Kerberos", "CredSSP"},
    }


def test_only_identify_passes_without_credentials(host: RunningHost) -> None:
    other = IDENTIFY.replace(b"i:Identify", b"i:Other")
    assert status(talk(host, request(other, "WSMANIDENTIFY: unauthenticated"))) == 401


def test_chunked_requests_reach_the_service(host: RunningHost) -> None:
    head = b"POST /wsman HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
    head += f"Authorization: Basic {BASIC}\r\n\r\n".encode()
    body = f"{len(IDENTIFY):x}\r\n".encode() + IDENTIFY + b"\r\n0\r\n\r\n"
    assert status(talk(host, head + body)) == 200
    create = IDENTIFY.replace(
        b"<s:Header/>",
        (
            b'<s:Header xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">'
            b"<a:To>http://h/wsman</a:To><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Create</a:Action><a:MessageID>uuid:1</a:MessageID>"
            b"<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
            b"<w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd</w:ResourceURI></s:Header>"
        ),
    ).replace(b"i:Identify", b"i:Shell")
    answer = talk(host, head + f"{len(create):x}\r\n".encode() + create + b"\r\n0\r\n\r\n")
    assert status(answer) == 500
    assert b'Code="50"' in answer


def test_connections_above_the_limit_are_turned_away_until_one_closes(fleet: RunningFleet) -> None:
    host = fleet.host("vista")
    idle = [connect(host) for _unused in range(5)]
    time.sleep(0.2)
    assert status(talk(host, request(IDENTIFY, "WSMANIDENTIFY: unauthenticated"))) == 503
    for stream in idle:
        stream.close()
    time.sleep(0.2)
    assert status(talk(host, request(IDENTIFY, "WSMANIDENTIFY: unauthenticated"))) == 200


def test_keep_alive_serves_many_and_pipelined_requests(host: RunningHost) -> None:
    one = request(IDENTIFY, f"Authorization: Basic {BASIC}")
    with connect(host) as stream:
        for _unused in range(20):
            stream.sendall(one)
            assert status(read(stream)) == 200
        stream.sendall(one + one)
        time.sleep(0.3)
        assert stream.recv(1 << 16).count(b"HTTP/1.1 200 OK") == 2


def test_what_ntlm_established_belongs_to_its_connection(fleet: RunningFleet) -> None:
    spnego = pytest.importorskip("spnego", reason="pip install pyspnego")
    host = fleet.host("vista-basic")
    client = spnego.client("Administrator", "P@ssw0rd-sim", protocol="ntlm")
    with connect(host) as first, connect(host) as second:
        first.sendall(request(b"", "Authorization: Negotiate " + base64.b64encode(client.step()).decode()))
        answer = read(first)
        assert status(answer) == 401
        challenge = answer.split(b"WWW-Authenticate: Negotiate ")[1].split(b"\r\n")[0]
        proof = "Authorization: Negotiate " + base64.b64encode(client.step(base64.b64decode(challenge))).decode()
        second.sendall(request(IDENTIFY, proof))
        assert status(read(second)) == 401
        first.sendall(request(IDENTIFY, proof))
        assert status(read(first)) == 200
        first.sendall(request())
        assert status(read(first)) == 200
        second.sendall(request())
        assert status(read(second)) == 401


def test_tls_1_0_is_all_that_the_old_host_speaks(fleet: RunningFleet) -> None:
    host = fleet.host("vista-tls")
    modern = ssl.create_default_context()
    modern.check_hostname = False
    modern.verify_mode = ssl.CERT_NONE
    modern.minimum_version = ssl.TLSVersion.TLSv1_2  # the default is the distribution's
    with connect(host) as plain, pytest.raises(ssl.SSLError):
        modern.wrap_socket(plain, server_hostname="h")
    legacy = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    legacy.check_hostname = False
    legacy.verify_mode = ssl.CERT_NONE
    legacy.minimum_version = ssl.TLSVersion.TLSv1
    legacy.set_ciphers("DEFAULT:@SECLEVEL=0")
    with connect(host) as plain, legacy.wrap_socket(plain, server_hostname="h") as stream:
        assert stream.version() == "TLSv1"
        stream.sendall(request(IDENTIFY, f"Authorization: Basic {BASIC}"))
        assert b"Stack: 1.1" in read(stream)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=400))
def test_any_octets_leave_the_host_serving(host: RunningHost, noise: bytes) -> None:
    with connect(host) as stream:
        stream.sendall(noise + b"\r\n\r\n")
        stream.shutdown(socket.SHUT_WR)
        answer = read(stream)
    assert status(answer) in (0, 400, 404)


def test_the_log_has_every_message_and_no_secret(fleet: RunningFleet) -> None:
    time.sleep(1.2)
    text = fleet.log_path.read_text(encoding="utf-8")
    for line in text.splitlines():
        assert {"host", "number", "action", "status"} <= set(json.loads(line))
    assert "P@ssw0rd" not in text
    assert BASIC not in text
