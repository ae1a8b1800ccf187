# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error says of an answer: bounds and cuts by name, a refusal in mid-session, and what is no HTTP at all."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, http_errors, http_status
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import LastAnswer, Place
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from hostile import servers as hostile
from unit.plugins.plugin_utils._wsman.channels import channel_to
from unit.plugins.plugin_utils._wsman.stub import SOAP, Reply, serving
from unit.plugins.plugin_utils._wsman.test_right_party import HTTPAPI, _transport, fails


@pytest.mark.parametrize(
    ("server", "body"), [("", b""), ("openwsman", b""), ("Microsoft-HTTPAPI/2.0", b"out of order"), ("IIS", b"x")]
)
def test_a_500_that_is_not_empty_or_not_windows_is_no_demand_for_encryption(server: str, body: bytes) -> None:
    with pytest.raises(errors.NotWSMan) as caught:
        http_status.accept(500, "", body, Place("http://host.example/wsman", last=LastAnswer(server=server)))
    assert "demands" not in str(caught.value)
    assert "HTTP 500 without a SOAP answer" in str(caught.value)
    assert server in str(caught.value)


@pytest.mark.parametrize("established", [False, True])
@pytest.mark.parametrize("status", [200, 401, 403, 404, 500, 503])
@pytest.mark.usefixtures("either")
def test_the_bound_that_ended_an_answer_is_named_whatever_its_status(status: int, *, established: bool) -> None:
    replies = iter([Reply(), Reply(status, b"a" * (5 * 1024 * 1024))] if established else [])
    endless = Reply(status, b"a" * (5 * 1024 * 1024), {"Content-Type": "application/soap+xml", **HTTPAPI})
    with serving(lambda _seen: next(replies, endless)) as server:
        channel = channel_to(server.port)
        if established:
            channel.send(b"<m/>")
        said = fails(channel, errors.EnvelopeTooLarge)
    assert "exceeds 4194304 bytes" in said
    assert (f"HTTP {status}" in said) is (status != 200)
    assert "demands" not in said


@pytest.mark.parametrize("status", [500, 400])
@pytest.mark.usefixtures("either")
def test_an_answer_that_was_cut_is_not_an_empty_one(status: int) -> None:
    with serving(lambda _seen: Reply(status, b"a" * 1000, HTTPAPI, cut=10)) as server:
        said = fails(channel_to(server.port), errors.ConnectionLost)
    assert f"HTTP {status}" in said
    assert "demands" not in said
    assert "the answer ended after 10 of 1000 bytes" in said
    assert "IncompleteRead" not in said


def test_a_connection_that_is_closed_without_an_answer_is_told_in_words() -> None:
    with hostile.serving(lambda connection, _request: connection.shutdown(socket.SHUT_RDWR)) as port:
        said = fails(channel_to(port), errors.ConnectionLost)
    assert "the connection broke: it was closed without an answer" in said


@pytest.mark.parametrize(("status", "words"), [(401, "no longer accepts this user"), (403, "no longer lets this user")])
@pytest.mark.usefixtures("either")
def test_a_refusal_in_a_session_that_had_answered_says_so(status: int, words: str) -> None:
    replies = iter([Reply()])
    refusal = Reply(status, b"", HTTPAPI)
    with serving(lambda _seen: next(replies, refusal)) as server:
        channel = channel_to(server.port)
        channel.send(b"<m/>")
        said = fails(channel, errors.AuthenticationRefused)
    assert words in said
    assert "had answered before" in said
    assert "locked" in said or status == 403
    for blamed in ("ansible_winrm_transport", "basic", "Use an administrator"):
        assert blamed not in said


def test_an_authentication_library_that_gives_up_in_mid_session_says_so() -> None:
    class SpnegoError(Exception):
        __module__ = "spnego.exceptions"

    before = http_errors.translate(SpnegoError("no ticket"), Place())
    after = http_errors.translate(SpnegoError("no ticket"), Place(established=True))
    assert "had answered before" in str(after)
    assert "had answered before" not in str(before)
    assert "no ticket" in str(after)


# --- what is no HTTP ----------------------------------------------------------------------------------------------


def listening() -> socket.socket:
    """A listening socket on loopback, on a port below 32768."""
    listener = socket.socket()
    for port in random.sample(range(20000, 32000), 50):
        with contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            break
    listener.listen()
    return listener


def whole_request(connection: socket.socket) -> None:
    """Read a request of channel.send(b"<m/>") to its end, in however many pieces it comes."""
    data = b""
    while not data.endswith(b"<m/>"):
        piece = connection.recv(65536)
        if not piece:
            return
        data += piece


@contextlib.contextmanager
def speaking(greeting: bytes, *, first: bytes = b"") -> Iterator[int]:
    """A server that sends bytes to whoever asks, and then stays silent with the connection open."""
    listener = listening()
    kept = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _unused = listener.accept()
                kept.append(connection)
                whole_request(connection)
                if first:
                    connection.sendall(first)
                    whole_request(connection)
                connection.sendall(greeting)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        for connection in kept:
            connection.close()


ALERT = b"\x15\x03\x01\x00\x02\x02\x46"
FOREIGN = [
    (b"SSH-2.0-OpenSSH_9\x1b[31m\r\n", errors.NotWSMan, "an SSH server"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\4\0\0\0\0\0", errors.NotWSMan, "HTTP/2"),
    (b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80", errors.NotWSMan, "HTTP/2"),
    (ALERT, errors.TLSFailed, "TLS is spoken"),
    (b"\x16\x03\x03\x00\x7a\x02", errors.TLSFailed, "TLS is spoken"),
    (b"220 mail.example ESMTP\r\n", errors.NotWSMan, "220 mail.example ESMTP"),
    (b"RFB 003.008\n", errors.NotWSMan, "RFB 003.008"),
    (b"\x03\0\0\x13", errors.NotWSMan, "another service"),
    (b"HTTQ", errors.NotWSMan, "another service"),
    (b"HTTP/x nonsense\r\n\r\n", errors.NotWSMan, "another service"),
]


@pytest.mark.parametrize(("greeting", "kind", "words"), FOREIGN)
@pytest.mark.usefixtures("either")
def test_what_is_no_http_is_named_at_once(greeting: bytes, kind: type[Exception], words: str) -> None:
    with speaking(greeting) as port:
        began = time.monotonic()
        said = fails(channel_to(port), kind)
        assert time.monotonic() - began < 3
    assert words in said
    assert "ansible_port" in said
    assert "the connection broke" not in said
    assert "\x1b" not in said
    assert ("ansible_winrm_scheme: https" in said) is (kind is errors.TLSFailed)


@pytest.mark.usefixtures("either")
def test_what_is_no_http_in_mid_session_is_a_lost_connection() -> None:
    with speaking(b"garbage\r\n", first=_answer()) as port:
        channel = channel_to(port)
        channel.send(b"<m/>")
        said = fails(channel, errors.ConnectionLost)
    assert "no HTTP" in said


def test_what_is_no_http_through_a_proxy_is_the_proxys(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(b"SSH-2.0-x\r\n") as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        endpoint = "http://host.example:5985/wsman"
        said = fails(WinRMChannel(endpoint, [("plaintext", lambda: _transport(endpoint))]), errors.ProxyFailed)
    assert "an SSH server" in said
    assert "http_proxy" in said


def _answer() -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: {len(SOAP)}\r\n\r\n"
    return head.encode() + SOAP


@pytest.mark.usefixtures("either")
def test_an_http_answer_in_single_bytes_is_read() -> None:
    listener = listening()

    def serve() -> None:
        connection, _unused = listener.accept()
        whole_request(connection)
        for byte in _answer():
            connection.sendall(bytes([byte]))
            time.sleep(0.002)

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        assert channel_to(listener.getsockname()[1]).send(b"<m/>") == SOAP
