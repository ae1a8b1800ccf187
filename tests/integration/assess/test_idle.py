# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An NTLM connection does not survive a pause of two minutes: whoever paused connects anew, and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import RebootOptions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.permission import NotPermittedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import client as client_module
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION
from integration.wire import channel
from winhost.testing import RunningFleet, RunningHost, running_fleet

SCALE = 240.0
POWER = {"shutdown_seconds": 5, "boot_seconds": 30, "services_seconds": 5}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Hosts that end an idle connection after two minutes of their time; one whose driver is stopping."""
    limits = {"connection_idle_s": 0.5}
    overrides = {"power": POWER}
    hosts = [
        {"name": name, "profile": "vista_hung_tcpipreg", "limits": limits, "overrides": overrides}
        for name in ("symptom", "restarted", "spread", "without", "lean")
    ]
    with running_fleet({"time_scale": SCALE, "hosts": hosts}) as running:
        yield running


def scaled() -> float:
    return time.monotonic() * SCALE


def ntlm(host: RunningHost, kind: str = "pywinrm") -> Client:
    """A client with message encryption, in the host's time."""
    return Client(channel(host, "ntlm", kind=kind), clock=scaled, idle_clock=scaled)


def pause(seconds: float) -> None:
    time.sleep(seconds / SCALE)


def test_a_second_look_after_a_pause(fleet: RunningFleet) -> None:
    client = ntlm(fleet.host("symptom"))
    options = AssessOptions(symptom_interval=300.0, deadline=3000.0)
    seen = assess(client, DEFINITION, options, clock=client.clock, sleep=pause)
    client.close()
    assert seen.facts.driver.value is not None
    assert seen.facts.driver.value.repeated_after, "the second look was lost"


def test_a_random_start(fleet: RunningFleet) -> None:
    host = fleet.host("restarted")
    client = ntlm(host)
    options = RebootOptions(delay=1, random_start=400.0, deadline=300.0, settle=5.0)
    rebooting = Rebooting(client, DEFINITION, sleep=pause, clock=client.clock, chance=lambda _low, high: high)
    result = rebooting.run(RebootRequest(options))
    client.close()
    assert result.seen is not None
    assert host.state()["reboots"] == 1


def test_the_longest_random_start_leaves_time_for_the_request(fleet: RunningFleet) -> None:
    """The window is asked again at the request: a wait to its last second would find it closed."""
    slept: list[float] = []

    def permit(step: str, lead: float = 0.0) -> float | None:
        left = 100.0 - sum(slept)
        if left < 30.0:
            raise NotPermittedError(f"{step}: {left:g} s before the end, {lead:g} s of them to go")
        return left

    host = fleet.host("spread")
    client = ntlm(host)
    rebooting = Rebooting(
        client,
        DEFINITION,
        sleep=lambda seconds: slept.append(seconds) if not slept else pause(seconds),
        clock=client.clock,
        chance=lambda _low, high: high,
        permit=permit,
    )
    result = rebooting.run(RebootRequest(RebootOptions(delay=1, random_start=400.0, deadline=300.0, settle=5.0)))
    client.close()
    assert slept == [40.0]
    assert result.seen is not None


def test_without_the_rule_the_host_is_lost(fleet: RunningFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above can fail."""
    monkeypatch.setattr(client_module, "IDLE_LIMIT", float("inf"))
    client = ntlm(fleet.host("without"))
    client.query("SELECT Name FROM Win32_SystemDriver WHERE Name='tcpipreg'")
    pause(300.0)
    with pytest.raises(errors.WSManError):
        client.invoke(("root/default", "StdRegProv"), "EnumKey", {"sSubKeyName": "SOFTWARE"}, idempotent=False)
    client.close()


def test_the_lean_channel_sees_an_ended_connection_itself(
    fleet: RunningFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it sends: so a message that must not be sent twice is sent once, and answered."""
    monkeypatch.setattr(client_module, "IDLE_LIMIT", float("inf"))
    client = ntlm(fleet.host("lean"), "lean")
    client.query("SELECT Name FROM Win32_SystemDriver WHERE Name='tcpipreg'")
    pause(300.0)
    found = client.invoke(("root/default", "StdRegProv"), "EnumKey", {"sSubKeyName": "SOFTWARE"}, idempotent=False)
    client.close()
    assert found["ReturnValue"] == "0"
