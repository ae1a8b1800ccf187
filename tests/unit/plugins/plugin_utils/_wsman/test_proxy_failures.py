# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""However the connection fails while a proxy is in use: the proxy is named, with its source and the way past it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import LastAnswer, Place
from hostile.servers import forever, serving
from unit.plugins.plugin_utils._wsman.test_right_proxy import channel_of

WORD = "pr0xy-word"
MADE = b"HTTP/1.1 200 Connection established\r\n"
PAGE = b"<html>please log in</html>"


def silent(_proxy: socket.socket) -> None:
    time.sleep(30)


def silent_tunnel(proxy: socket.socket) -> None:
    proxy.sendall(MADE + b"\r\n")
    time.sleep(30)


def trickling(proxy: socket.socket) -> None:
    proxy.sendall(MADE + b"X: ")
    forever(proxy, b"a", 0.1)


def many_headers(proxy: socket.socket) -> None:
    proxy.sendall(MADE)
    forever(proxy, b"X: " + b"a" * 1000 + b"\r\n")


def long_status(proxy: socket.socket) -> None:
    proxy.sendall(b"HTTP/1.1 200 ")
    forever(proxy, b"a" * 65536)


def page(proxy: socket.socket) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n\r\n"
    proxy.sendall(head.encode() + PAGE)


def closing(proxy: socket.socket) -> None:
    with contextlib.suppress(OSError):
        proxy.shutdown(socket.SHUT_RDWR)


def endless(proxy: socket.socket) -> None:
    proxy.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n\r\n")
    forever(proxy, b"a" * 65536)


FAILURES = (silent, silent_tunnel, trickling, many_headers, long_status, page, closing, endless)


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: one.__name__)
def test_the_proxy_is_named(
    failure: Callable[[socket.socket], None], scheme: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda connection, _request: failure(connection)) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://bob:{WORD}@127.0.0.1:{port}")
        channel = channel_of(kind, f"{scheme}://host.example:5985/wsman")
        with pytest.raises(errors.WSManError) as caught:
            channel.send(b"<m/>", read_timeout=0.7)
        said = str(caught.value)
        channel.close()
    assert f"http://127.0.0.1:{port} (from the environment variable {scheme}_proxy)" in said
    assert "Add host.example to no_proxy" in said
    assert WORD not in said
    assert "ansible_port" not in said


def test_what_windows_itself_answers_is_not_the_proxys() -> None:
    last = LastAnswer(404, server="Microsoft-HTTPAPI/2.0", proxy="http://p:1")
    error = errors.NotWSMan("HTTP 404", do="Check the path.")
    assert Place("http://h:1/wsman", last=last).through(error).do == "Check the path."
    refused = errors.AuthenticationRefused("HTTP 401")
    assert "proxy" not in str(Place("http://h:1/wsman", last=last).through(refused))
