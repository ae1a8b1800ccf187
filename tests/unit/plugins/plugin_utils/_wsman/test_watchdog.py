# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watchdog: what no time-out of a socket reaches ends in time too, and nothing is asked twice of a silent host."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.deadline import GRACE
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.watchdog import Abandoned, Watch, abandonable
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from hostile import servers
from unit.plugins.plugin_utils._wsman.channels import channel_over, channel_to
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel, FakeClock, enumerate_response, fault, row


def took(call: Callable[[], Any], kind: type[Exception]) -> tuple[float, BaseException]:
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        call()
    return time.monotonic() - began, caught.value


def test_a_call_that_hangs_is_given_up() -> None:
    seconds, _error = took(lambda: abandonable(lambda: time.sleep(20), 0.2), Abandoned)
    assert seconds < 2
    assert abandonable(lambda: 7, 5) == 7
    with pytest.raises(KeyError):
        abandonable(lambda: dict[str, int]()["x"], 5)


def test_a_blocked_read_is_woken_also_where_tls_took_the_socket_over() -> None:
    ours, theirs = socket.socketpair()
    watch = Watch()
    watch.keep(ours)
    moved = socket.socket(fileno=ours.detach())  # what ssl.SSLContext.wrap_socket does
    began = time.monotonic()
    with watch.within(0.3):
        assert moved.recv(1) == b""
    assert watch.fired
    assert time.monotonic() - began < 3
    theirs.close()
    moved.close()
    watch.release()


def test_an_exchange_in_time_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    watch = Watch()
    watch.keep(ours)
    with watch.within(0.2):
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    time.sleep(0.4)
    theirs.sendall(b"y")
    assert (ours.recv(1), watch.fired) == (b"y", False)
    for one in (ours, theirs):
        one.close()
    watch.release()


@pytest.mark.usefixtures("either")
def test_a_name_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args: released.wait(20))
    endpoint = "http://host.example:5985/wsman"
    channel = channel_over(endpoint, channel_to(1)._candidates, connect_timeout=0.3)
    channel._candidates = [("plaintext", lambda: _transport(endpoint))]
    seconds, error = took(lambda: channel.send(b"<m/>"), errors.Unreachable)
    released.set()
    assert seconds < 3
    assert "name server" in str(error)


def _transport(endpoint: str) -> Any:
    from winrm.protocol import Protocol

    return Protocol(endpoint, transport="plaintext", username="u", password="p").transport


@pytest.mark.parametrize("where", ["kinit", "gssapi"])
def test_kinit_and_gssapi_can_be_given_up(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A candidate that never comes into being (kinit), a session that never stands (gss_init_sec_context)."""
    released = threading.Event()
    with servers.serving(servers.silent) as port:
        endpoint = f"http://127.0.0.1:{port}/wsman"

        def make() -> Any:
            if where == "kinit":
                released.wait(20)
            return _transport(endpoint)

        channel = WinRMChannel(endpoint, [("kerberos", make)], connect_timeout=0.3)
        if where == "gssapi":
            monkeypatch.setattr(channel, "_build_session", lambda _transport: released.wait(20))
        seconds, error = took(lambda: channel.send(b"<m/>", read_timeout=0.4), errors.Silent)
    released.set()
    assert seconds < 4
    assert "kerberos" in str(error)
    assert "KDC" in str(error)


@pytest.mark.usefixtures("either")
def test_a_tls_handshake_that_never_ends() -> None:
    with servers.serving(servers.tls_drip, greet=False) as port:
        seconds, error = took(
            lambda: channel_to(port, "ssl", scheme="https").send(b"<m/>", read_timeout=1.0), errors.WSManError
        )
    assert seconds < 4
    assert not isinstance(error, ssl.SSLError)
    assert "TLS handshake" in str(error)


def test_silence_is_not_asked_twice() -> None:
    channel = FakeChannel([errors.Silent("nothing"), fault(None)])
    with pytest.raises(errors.Silent):
        Client(channel).query("SELECT * FROM X")
    assert len(channel.sent) == 1


def test_one_silent_question_costs_its_own_answer_and_two_in_a_row_the_host() -> None:
    good = enumerate_response(f"<w:Items>{row(A='1')}</w:Items><w:EndOfSequence/>")
    client = Client(FakeChannel([good, errors.Silent("x"), good, errors.Silent("x"), errors.Silent("x")]))
    client.query("SELECT * FROM X")
    for expected in (errors.Unanswered, None, errors.Unanswered, errors.Silent):
        if expected is None:
            client.query("SELECT * FROM X")
            continue
        with pytest.raises(errors.WSManError) as caught:
            client.query("SELECT * FROM X")
        assert caught.type is expected


def test_an_enumerate_that_timed_out_is_repeated_once_and_with_more_time() -> None:
    channel = FakeChannel(lambda _request: fault(2150858793, "w:TimedOut"))
    with pytest.raises(errors.WSManError):
        Client(channel).query("SELECT * FROM X", deadline=60)
    assert channel.actions == ["Enumerate", "Enumerate"]
    timeouts = [float(one.partition(b"<w:OperationTimeout>PT")[2].partition(b"S<")[0]) for one in channel.sent]
    assert timeouts[0] == 20
    assert 59 < timeouts[1] <= 60
    channel = FakeChannel(lambda _request: fault(2150858793, "w:TimedOut"))
    with pytest.raises(errors.WSManError):
        Client(channel).query("SELECT * FROM X", deadline=15)
    assert channel.actions == ["Enumerate"]


def test_the_deadline_is_raised_once_and_leaves_time_for_tidying_up() -> None:
    clock = FakeClock()
    client = Client(FakeChannel(lambda _request: fault(5)), clock=clock)
    client.deadline.set(10)
    clock.now += 11
    with pytest.raises(errors.ConversationOver, match="the deadline of 10 s is over"):
        client.identify()
    with pytest.raises(errors.WSManError) as caught:
        client.identify()
    assert not isinstance(caught.value, errors.ConversationOver), "no time for tidying up"
    clock.now += GRACE
    with pytest.raises(errors.ConversationOver):
        client.identify()


def test_a_pause_ends_with_the_deadline() -> None:
    clock = FakeClock()
    client = Client(FakeChannel([]), clock=clock)
    client.deadline.set(10)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    pause = client.deadline.pausing(sleep)
    pause(4)
    with pytest.raises(errors.ConversationOver):
        pause(30)
    assert [round(one) for one in slept] == [4, 6]
