# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two and three controllers at one host, one of them slowed at each of its messages: the installer starts once.

The slowed one's message arrives when the others are through: they took it for dead, since nothing of it was seen for a
while, and took the host over. None of them sees the others' processes. WINLEGACY_EVERY=1 slows at every 13th
message, else at every 41st.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import holding
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixResult
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.lock import LockedError, LockLostError
from integration.hotfix.driver import OPEN
from integration.hotfix.variants import Run, assert_clean, installers, truth
from sampling import EVERY
from winhost.testing import RunningFleet, RunningHost, running_fleet

SCALE = 60
STRIDE = 13 if EVERY else 41
MOST_MESSAGES = 400


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each race."""
    hosts = [{"name": "h", "profile": "vista_sp1_x64", "count": 2 * MOST_MESSAGES // STRIDE + 2}]
    limits = {"max_shells_per_user": 8, "max_connections": 20, "max_operations_per_user": 200}
    shared = {**OPEN, "limits": limits}
    with running_fleet({"time_scale": SCALE, "defaults": shared, "hosts": hosts}, lifetime=1800) as up:
        yield up


@pytest.fixture(scope="module")
def machines(fleet: RunningFleet) -> Iterator[RunningHost]:
    """Fresh machines, one after the other."""
    return iter(fleet.hosts.values())


class SlowedAt:
    """A wire whose n-th message leaves only when the others are through."""

    def __init__(self, wire: Any, number: int, others: threading.Event) -> None:
        self._wire = wire
        self._left = number
        self._others = others
        self.slowed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does."""
        self._left -= 1
        if self._left == 0:
            self.slowed = True
            self._others.wait(25)
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def scaled_sleep(seconds: float) -> None:
    time.sleep(seconds / SCALE)


def race(host: RunningHost, package_dir: Path, controllers: int, number: int) -> tuple[bool, list[BaseException]]:
    """Whether the first controller came to its n-th message, and what was raised."""
    others_through, slowed = threading.Event(), []
    raised: list[BaseException] = []

    def wrap(wire: Any) -> SlowedAt:
        slowed.append(SlowedAt(wire, number, others_through))
        return slowed[0]

    def work(index: int) -> None:
        run = Run(host, sleep=scaled_sleep, wrap=wrap) if index == 0 else Run(host, sleep=scaled_sleep)
        try:
            result = run.apply("present", package_dir=package_dir, run=f"controller-{index}", lock_timeout=600)
            assert isinstance(result, HotfixResult)
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(controllers)]
    threads[0].start()
    deadline = time.monotonic() + 10
    while threads[0].is_alive() and not (slowed and slowed[0].slowed) and time.monotonic() < deadline:
        time.sleep(0.01)
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:]:
        thread.join(60)
    others_through.set()
    threads[0].join(60)
    assert not any(thread.is_alive() for thread in threads), "a controller hangs"
    return bool(slowed and slowed[0].slowed), raised


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("controllers", [2, 3])
def test_the_installer_starts_once(
    machines: Iterator[RunningHost], package_dir: Path, monkeypatch: pytest.MonkeyPatch, controllers: int
) -> None:
    monkeypatch.setattr(holding, "lives", lambda _process: None)
    races = overtaken = 0
    for number in itertools.count(controllers, STRIDE):
        host = next(machines)
        slowed, raised = race(host, package_dir, controllers, number)
        if not slowed:
            break
        races += 1
        wrong = [error for error in raised if not isinstance(error, LockLostError | LockedError)]
        overtaken += any(isinstance(error, LockLostError) for error in raised)
        assert not wrong, f"slowed at message {number}: {wrong!r}"
        started = installers(host)
        assert len(started) == 1, f"slowed at message {number}: {started}"
        assert truth(host) == "install_pending"
        Run(host, sleep=scaled_sleep).apply("present", package_dir=package_dir)
        assert_clean(host)
        assert len(installers(host)) == 1
    print(f"{controllers} controllers: {races} races, one installer in each; overtaken in {overtaken} of them")
    assert races * STRIDE > 70, "an install has more messages than that"
    assert overtaken, "nobody was ever taken over: the races prove nothing"
