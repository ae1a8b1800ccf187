# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor's budget: whatever a host does, all looks together are given the deadline and a few seconds.

By a clock of the test, on which every look takes all that it is given. That a look ends by then, however slowly a host
drips, is the watchdog's and the channel's matter, and tested there.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import (
    InventorySeen,
    PortSeen,
    ServiceSeen,
    TLSSeen,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor import examine, network
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.examine import Examination, Reach
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel, envelope

PROMISED = 5.0
"""Seconds beyond the deadline."""

WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
IDENTIFIED = envelope(
    f"<i:IdentifyResponse xmlns:i='{WSMID}'><i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
    "</i:ProtocolVersion><i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
    "<i:ProductVersion>OS: 6.0.6001 SP: 1.0 Stack: 1.1</i:ProductVersion></i:IdentifyResponse>"
)


class Clock:
    """A time that passes only where somebody takes it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.given: list[tuple[str, float]] = []

    def __call__(self) -> float:
        return self.now

    def take(self, what: str, seconds: float) -> None:
        self.given.append((what, seconds))
        self.now += seconds


class Dripping(FakeChannel):
    """Answers the first so many messages, the last moment before their time is over, and then no more."""

    def __init__(self, clock: Clock, answers: int) -> None:
        super().__init__([IDENTIFIED] * answers)
        self.clock, self.left = clock, answers

    def send(self, data: bytes, *, read_timeout: float | None = None) -> bytes:
        assert read_timeout is not None
        self.clock.take("message", read_timeout)
        self.left -= 1
        if self.left < 0:
            raise errors.Silent("the host went silent")
        return bytes(super().send(data, read_timeout=read_timeout))


def slow(monkeypatch: pytest.MonkeyPatch, clock: Clock, *, identifies: bool) -> None:
    """Every look at the network takes what it is given."""

    class Anonymous:
        def __init__(self, _endpoint: str, _tls: Any, connect_timeout: float, *_more: Any, **_named: Any) -> None:
            self.connect = connect_timeout
            self.clock = None

        def identify(self, seconds: float) -> ServiceSeen:
            clock.take("connect", self.connect)
            clock.take("identify", seconds)
            if not identifies:
                raise errors.ConnectionLost("it broke off")
            return ServiceSeen("Microsoft Corporation", "OS: 0.0.0 SP: 0.0 Stack: 1.1", (1, 1))

        def offered(self, seconds: float) -> tuple[str, ...]:
            clock.take("offered", seconds)
            return ("Negotiate", "Basic")

        def close(self) -> None:
            """Nothing."""

    def addresses(_host: str, port: int, seconds: float) -> list[Any]:
        clock.take("addresses", seconds)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    def look_at_ports(_found: Any, ports: Any, seconds: float) -> tuple[PortSeen, ...]:
        clock.take("ports", seconds)
        return tuple(PortSeen(port, "open") for port in dict.fromkeys(ports))

    def look_at_tls(_host: str, _port: int, seconds: float) -> TLSSeen:
        clock.take("tls", seconds)
        return TLSSeen("TLSv1", "AES128-SHA")

    monkeypatch.setattr(examine, "Anonymous", Anonymous)
    for one in (addresses, look_at_ports, look_at_tls):
        monkeypatch.setattr(network, one.__name__, one)


@pytest.mark.parametrize("answers", [0, 1, 3])
@pytest.mark.parametrize("identifies", [True, False])
@pytest.mark.parametrize(("scheme", "deadline"), [*itertools.product(["http", "https"], [1.0, 3.0, 30.0, 120.0])])
def test_all_looks_together(
    monkeypatch: pytest.MonkeyPatch, scheme: str, deadline: float, identifies: bool, answers: int
) -> None:
    clock = Clock()
    slow(monkeypatch, clock, identifies=identifies)
    seen = InventorySeen("winrm", host="vista", port=5985, scheme=scheme, path="wsman", methods=("ntlm",), user="anna",
                         password=True, validates=False)  # fmt: skip
    reach = Reach(seen, lambda _method: Dripping(clock, answers), connect_timeout=20.0, operation_timeout=60.0)
    Examination(reach, deadline, clock=clock).run()
    assert {what for what, _seconds in clock.given} >= {"addresses", "ports", "connect", "identify"}
    assert clock.now <= deadline + PROMISED, clock.given


@pytest.mark.parametrize("deadline", [1.0, 30.0])
def test_a_host_that_answers_each_question_late_is_asked_no_more_than_there_is_time(
    monkeypatch: pytest.MonkeyPatch, deadline: float
) -> None:
    clock = Clock()
    slow(monkeypatch, clock, identifies=True)
    channel = Dripping(clock, 100)
    seen = InventorySeen("winrm", host="vista", port=5985, scheme="http", path="wsman", methods=("ntlm",), user="anna",
                         password=True, validates=False)  # fmt: skip
    reach = Reach(seen, lambda _method: channel, connect_timeout=1.0, operation_timeout=2.0)
    found = Examination(reach, deadline, clock=clock).run()
    assert channel.sent
    assert clock.now <= deadline + PROMISED, clock.given
    assert found.healthy is not True
