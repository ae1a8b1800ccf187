# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another run restarts the host between any two messages of ours, before ours was asked for: the host boots once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import (
    RebootError,
    RebootOptions,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION, OPEN, channel
from sampling import EVERY, rare
from winhost.testing import RunningHost, running_fleet

SCALE = 60.0
POWER = {"shutdown_seconds": 2, "boot_seconds": 10, "services_seconds": 2, "servicing_seconds": 2}
OPTIONS = RebootOptions(delay=1, deadline=240.0, settle=5.0)
MOST = 40
"""More than the messages of one restart."""
DOUBTS = {"marked": {}, "no-mark": {"hardware_value": "denied"}}


def is_up(host: RunningHost) -> bool:
    state = host.state()
    return bool(state["boots"] >= 2 and state["state"] == "running")


def goes_down(host: RunningHost) -> bool:
    state = host.state()
    return bool(state["state"] != "running" or state["boots"] >= 2)  # it is down for a moment only


UNTIL: dict[str, Callable[[RunningHost], bool]] = {"is-up": is_up, "goes-down": goes_down, "is-due": lambda _host: True}
"""How far the other's restart has come when ours goes on."""


def scaled() -> float:
    """The machines' time, as this controller's clock."""
    return time.monotonic() * SCALE


class Meanwhile:
    """A wire on which something happens before one of its messages; asked: what was sent before it."""

    def __init__(self, wire: Any, at: int, act: Callable[[], None]) -> None:
        self._wire, self._at, self._act = wire, at, act
        self.count, self.asked, self.acted = 0, False, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        self.count += 1
        if self.count == self._at and not self.asked:
            self.acted = True
            self._act()
        self.asked = self.asked or b"shutdown.exe /r" in envelope
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def wait_for(host: RunningHost, condition: Callable[[RunningHost], bool]) -> None:
    ends = time.monotonic() + 20
    while not condition(host):
        assert time.monotonic() < ends, "the simulated host does not come there"
        time.sleep(0.002)


def places() -> Iterator[int]:
    """Every message; in a sample every fourth, and the last ones before the request."""
    return iter(range(1, MOST) if EVERY else (*range(2, 12, 4), *range(13, 19)))


@pytest.mark.sampled
@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("until", [pytest.param(name, marks=() if name == "is-up" else rare) for name in UNTIL])
def test_a_host_that_another_run_restarts_boots_once(doubt: str, until: str) -> None:
    names = {at: f"{until}-{at}" for at in places()}
    hosts = [
        {"name": name, "profile": "vista_pending", "doubt": DOUBTS[doubt], "overrides": {"power": POWER}}
        for name in names.values()
    ]
    boots: dict[int, int] = {}
    with running_fleet({"time_scale": SCALE, "defaults": {"auth": OPEN["auth"]}, "hosts": hosts}) as fleet:
        for at, name in names.items():
            host = fleet.host(name)

            def other(host: RunningHost = host) -> None:
                host.change("reboot", delay=1.0, reason="another run")
                wait_for(host, UNTIL[until])

            wire = Meanwhile(channel(host), at, other)
            client = Client(wire, clock=scaled, idle_clock=scaled)
            rebooting = Rebooting(client, DEFINITION, sleep=lambda seconds: time.sleep(seconds / SCALE), clock=scaled)
            try:
                rebooting.run(RebootRequest(OPTIONS, only_if=("required_by_kb",)))
            except (RebootError, errors.WSManError) as error:
                assert str(error)  # noqa: PT017 - a run that was overtaken may ask to be run again
            finally:
                wire.close()
            if not wire.acted:
                break
            wait_for(host, is_up)
            boots[at] = host.state()["boots"] - 1
    assert set(boots.values()) == {1}, boots
    assert len(boots) > 6, "the places were hardly reached"
