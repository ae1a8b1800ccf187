# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that cannot be used is judged before anything is sent, and named with its source; the host is not blamed."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import private_values
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import PSRP, WINRM, proxy_source
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.psrp_channel import PSRPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER

WORD = "pr0xy-word"
UNUSABLE = [
    ("http://nosuch.invalid:1", "the name nosuch.invalid is not known"),
    (f"socks5://bob:{WORD}@127.0.0.1:1", "SOCKS"),
    ("socks5h://proxy.example", "SOCKS"),
    ("socks4a://proxy.example:1", "SOCKS"),
    ("ftp://proxy.example:21", "'ftp'"),
    (f"http://bob:{WORD}@@:x", "it names no host"),
    (f"http://bob:{WORD}@proxy:x", "the port 'x'"),
    (f"http://bob:{WORD}@proxy:99999", "the port '99999'"),
    (f"http://bob:{WORD}/more@proxy:1", "%2F"),
    (f"http://bob:{WORD}#more@proxy:1", "%2F"),
    (f"http://bob:{WORD}@", "it names no host"),
    ("http://", "it names no host"),
    (f"http://bob:{WORD}@pro xy:1", "a space"),
    ("http://\u202ex\u009b.invalid:1", "letters"),
    ("http://[::1:1", "bracket"),
    ("http://[zz]:1", "IPv6"),
    ("http://300.1.1.1:1", "IPv4"),
    ("http://a..b:1", "empty part"),
]


def channel_of(kind: str, endpoint: str, **extra: Any) -> Any:
    if kind == "psrp":
        from pypsrp.wsman import WSMan

        wsman = WSMan(
            "host.example", port=5985, username=USER, password=PASSWORD, auth="basic", encryption="never",
            ssl=endpoint.startswith("https"), **extra,
        )  # fmt: skip
        return PSRPChannel(endpoint, [("basic", lambda: wsman.transport)])
    from winrm.protocol import Protocol

    method = "ssl" if endpoint.startswith("https") else "plaintext"
    transport = Protocol(endpoint, transport=method, username=USER, password=PASSWORD, **extra).transport
    return WinRMChannel(endpoint, [(method, lambda: transport)])


def refused(channel: Any) -> str:
    began = time.monotonic()
    with pytest.raises(errors.WSManError) as caught:
        channel.send(b"<m/>", read_timeout=5)
    assert caught.type is errors.ProxyFailed, caught.value
    said = str(caught.value)
    assert time.monotonic() - began < 8
    assert WORD not in said
    assert "no_proxy" in said
    for blamed in ("ansible_host", "Check address and port", "pip packages", "the connection broke"):
        assert blamed not in said
    return said


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("url", "why"), UNUSABLE)
def test_a_proxy_of_the_environment_that_cannot_be_used(
    url: str, why: str, scheme: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", url)
    said = refused(channel_of(kind, f"{scheme}://host.example:5985/wsman"))
    assert f"(from the environment variable {scheme}_proxy)" in said
    assert why in said
    assert "Add host.example to no_proxy" in said


@pytest.mark.parametrize(("kind", "names"), [("winrm", WINRM), ("psrp", PSRP)])
@pytest.mark.parametrize(("url", "why"), UNUSABLE)
def test_a_proxy_of_the_inventory_that_cannot_be_used(url: str, why: str, kind: str, names: Any) -> None:
    said = refused(channel_of(kind, "http://host.example:5985/wsman", proxy=url))
    assert f"(from {names.proxy})" in said
    assert why in said
    assert f"Correct {names.proxy}" in said  # no_proxy does not switch off what the inventory names


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
def test_a_proxy_whose_name_is_resolved_slowly(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_args: Any) -> Any:
        time.sleep(20)

    monkeypatch.setenv("http_proxy", "http://slowproxy.example.com:3128")
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    channel = channel_of(kind, "http://127.0.0.1:5985/wsman")
    channel._connect_timeout = 0.5
    said = refused(channel)
    assert "slowproxy.example.com was not resolved" in said
    assert "environment variable http_proxy" in said


@pytest.mark.parametrize("url", ["proxy.example:3128", "HTTP://127.0.0.1:1/", "https://proxy.example", "[::1]:3128"])
def test_a_proxy_that_can_be_used_is_not_refused_for_its_form(url: str) -> None:
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.proxies import check_proxy

    check_proxy(url)


def test_the_source_is_the_variable_of_the_scheme_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://p:1")
    monkeypatch.setenv("https_proxy", "http://p:1")
    assert proxy_source("http://p:1", WINRM, "https") == "from the environment variable https_proxy"
    assert proxy_source("http://p:1", WINRM, "http") == "from the environment variable http_proxy"


def test_the_passwords_of_proxies_are_secrets_whatever_their_form(monkeypatch: pytest.MonkeyPatch) -> None:
    class Connection:
        transport = "winrm"

        def get_option(self, name: str) -> Any:
            return {"ansible_winrm_proxy": f"http://u:in/{WORD}@[x"} if name == "_extras" else "host-word"

    monkeypatch.setenv("HTTPS_PROXY", f"bob:env%20{WORD}@p:1")
    secrets = private_values.secrets_of(Connection())
    assert {"host-word", f"in/{WORD}", f"env%20{WORD}", f"env {WORD}"} <= set(secrets)
