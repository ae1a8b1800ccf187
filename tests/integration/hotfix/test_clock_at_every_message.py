# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's clock is set at a message of an install and of a restart: one installer, one boot, and nothing is left.

WINLEGACY_EVERY=1, as `make exhaustive` sets it, does so at every message, else at every 17th. The steps take turns.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import RebootError
from integration.hotfix.driver import OPEN, apply
from integration.hotfix.variants import assert_clean, installers, truth
from integration.reboot.test_boot_proof import POWER, SCALE, restart
from winhost.testing import RunningFleet, RunningHost, running_fleet

STRIDE = 1 if os.environ.get("WINLEGACY_EVERY") == "1" else 17
STEPS = (1, -1, 300, 600, -600, 3600, -3600, 20 * 365 * 86400, -20 * 365 * 86400)
BIRTHS = ("fixed", "moves_with_clock")
MOST_MESSAGES = 230


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each message of an install, and one to be restarted again and again, in either doubt."""
    hosts: list[dict[str, Any]] = []
    for births in BIRTHS:
        shared = {"profile": "vista_sp1_x64", "doubt": {"process_creation": births}}
        word = births.replace("_", "-")
        hosts.append({**shared, "name": f"install-{word}", "count": MOST_MESSAGES // (2 * STRIDE) + 3})
        hosts.append({**shared, "name": f"restart-{word}", "overrides": {"power": POWER}})
    with running_fleet({"time_scale": SCALE, "defaults": OPEN, "hosts": hosts}, lifetime=1800) as running:
        yield running


class SteppedAt:
    """A wire that sets the host's clock right before its n-th message."""

    def __init__(self, wire: Any, host: RunningHost, number: int, step: int) -> None:
        self._wire, self._host, self._left, self._step = wire, host, number, step
        self.struck = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does."""
        self._left -= 1
        if self._left == 0:
            self.struck = True
            self._host.change("clock_step", seconds=self._step)
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def steps(first: int) -> Iterator[tuple[int, int]]:
    """The number of each message that is struck, and the step at it."""
    return zip(itertools.count(first, STRIDE), itertools.cycle(STEPS), strict=False)


def _stepped(wires: list[SteppedAt], host: RunningHost, number: int, step: int, wire: Any) -> SteppedAt:
    wires.append(SteppedAt(wire, host, number, step))
    return wires[-1]


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("births", BIRTHS)
def test_an_install_whose_hosts_clock_is_set(fleet: RunningFleet, package_dir: Path, births: str) -> None:
    """Both kinds of hosts take turns, so that each message is struck at one of them at least."""
    word, turn = births.replace("_", "-"), BIRTHS.index(births)
    hosts = iter([host for name, host in fleet.hosts.items() if name.startswith(f"install-{word}")])
    struck = 0
    for number, step in itertools.islice(steps(1), turn, None, len(BIRTHS)):
        host, wires = next(hosts), list[SteppedAt]()

        wrap = functools.partial(_stepped, wires, host, number, step)

        result = apply(host, "present", path=package_dir / "x64.msu", wrap=wrap, install_timeout=600)
        if not wires[0].struck:
            break
        struck += 1
        where = f"{step} s at message {number}"
        assert result.exit_code is not None, where
        assert (len(installers(host)), truth(host)) == (1, "install_pending"), where
        assert_clean(host)
    print(f"install: the clock was set at {struck} messages, the last of them number {number}")
    assert number > 90, "an install has more messages than that"


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("births", BIRTHS)
def test_a_restart_while_the_hosts_clock_is_set(fleet: RunningFleet, births: str) -> None:
    """It is proven, or it cannot be told where births move with the clock; it is done once in either case."""
    host = fleet.host(f"restart-{births.replace('_', '-')}")
    struck = untold = 0
    for number, step in steps(3):
        boots, wires = host.state()["reboots"], list[SteppedAt]()

        wrap = functools.partial(_stepped, wires, host, number, step)

        where, asked = f"{step} s at message {number}", True
        try:
            result = restart(host, wrap=wrap)
        except RebootError as error:
            said = str(error)
            assert births == "moves_with_clock", f"{where}: {said}"
            assert "cannot be told" in said, where
            asked, untold = "no restart was asked for" not in said, untold + 1
        else:
            assert result.seen is not None, where
            assert result.seen.boots == 1, where
        if not wires[0].struck:
            break
        struck += 1
        assert host.state()["reboots"] - boots == (1 if asked else 0), where
    print(f"restart: the clock was set at {struck} messages, the last of them number {number}; untold: {untold}")
    assert struck >= 20 // STRIDE, "a restart has more messages than that"
