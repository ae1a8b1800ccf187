# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A staging, an install and a clean-up are interrupted at every one of their messages, run again, and end as if never
interrupted.

Three ways: the controller dies once the message was delivered; the connection breaks before the host acted on it; it
breaks after the host acted, so that the answer is lost. WINLEGACY_EVERY=1, as `make exhaustive` sets it, lets the
controller die at every message and breaks the connection at every one, in both ways; else at every seventh, and at
every tenth.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from integration.hotfix.driver import OPEN, ControllerKilledError, DyingChannel, apply, look
from integration.hotfix.variants import LAYOUT, assert_clean, write
from sampling import EVERY
from winhost.testing import RunningFleet, RunningHost, running_fleet

PROFILE, FIXED_PROFILE = "vista_sp1_x64", "srv2008_fixed"
MOST_MESSAGES = 230
"""More than either run takes: the last machines of the fleet show that the count is whole."""

WHOLE = {"killed": (1, 1), "reset": (1, 1), "reset_after": (1, 1)}
STRIDES = WHOLE if EVERY else {"killed": (1, 7), "reset": (3, 10), "reset_after": (8, 10)}
"""First message and step of each way."""

FLEET = {"time_scale": 60, "defaults": OPEN}


def fleet_of(count: int) -> dict[str, object]:
    """So many machines that need the fix."""
    return {**FLEET, "hosts": [{"name": "h", "profile": PROFILE, "count": count}]}


@pytest.fixture
def package(package_dir: Path) -> Path:
    """The package for the machines of this fleet."""
    return package_dir / "x64.msu"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for every message of every way."""
    count = 2 * sum(MOST_MESSAGES // step + 2 for _first, step in STRIDES.values())
    with running_fleet(fleet_of(count + 1), lifetime=1800) as running:
        yield running


Staged = Callable[[RunningHost], None]


@pytest.fixture(scope="module")
def staged(fleet: RunningFleet, package_dir: Path) -> Staged:
    """Puts what a staging leaves on a machine: one is staged, and its files are copied to the others."""
    model = list(fleet.hosts.values())[-1]
    apply(model, "staged", path=package_dir / "x64.msu")
    names = [*(model.folder(LAYOUT.folder) or ()), *(f"expanded\\{one}" for one in model.folder(LAYOUT.expanded) or ())]
    contents = {name: model.content(f"{LAYOUT.folder}\\{name}") for name in names}

    def stage(host: RunningHost) -> None:
        for name, content in contents.items():
            if content is not None:
                host.change("file", path=f"{LAYOUT.folder}\\{name}", content=content)

    return stage


@pytest.fixture(scope="module")
def fixed() -> Iterator[Iterator[RunningHost]]:
    """Fresh machines on which the hotfix is there, one after the other."""
    count = sum(MOST_MESSAGES // 2 // step + 2 for _first, step in STRIDES.values())
    hosts = [{"name": "f", "profile": FIXED_PROFILE, "count": count}]
    with running_fleet({**FLEET, "hosts": hosts}, lifetime=1800) as running:
        yield iter(running.hosts.values())


@pytest.fixture(scope="module")
def machines(fleet: RunningFleet) -> Iterator[RunningHost]:
    """Fresh machines, one after the other."""
    return iter(fleet.hosts.values())


class Way(Protocol):
    """Interrupts a run at its n-th message; whether it came to that."""

    def __call__(self, host: RunningHost, state: str, package: Path, number: int, *, cleanup: bool = False) -> bool:
        ...


def killed(host: RunningHost, state: str, package: Path, number: int, *, cleanup: bool = False) -> bool:
    """The controller dies after its n-th message. Whether it came to that."""
    try:
        apply(
            host, state, path=package, wrap=lambda one: DyingChannel(one, number), run="first", cleanup=cleanup
        )
    except ControllerKilledError:
        return True
    return False


def broken(kind: str) -> Way:
    """The connection breaks at the n-th message; the run may repair it, or fail as a lost host."""

    def strike(host: RunningHost, state: str, package: Path, number: int, *, cleanup: bool = False) -> bool:
        before = host.messages
        host.fault(kind, **{"in": number})
        with contextlib.suppress(errors.ConnectionLost, errors.Unreachable):
            apply(host, state, path=package, run="first", cleanup=cleanup)
        struck = host.messages - before >= number
        host.clear_faults()
        return struck

    return strike


WAYS: dict[str, Way] = {
    "killed": killed,
    "reset": broken("reset"),
    "reset_after": broken("reset_after"),
}


def settle(host: RunningHost, state: str, package: Path, wanted: str) -> None:
    """The second run reaches the state, a third finds nothing to do, and nothing of ours is left lying about.

    WinRM 1.1 keeps a shell that was never read from: a run with work on the host ends those with a command of ours.
    """
    second = apply(host, state, path=package, run="second")
    assert look(host).verdict.status.value == wanted
    host.change("age", seconds=400)
    assert_clean(host, shells=False)
    left = host.state()
    assert left["shells"] == left["shells_bare" if second.acted else "shells_unused"], "a shell was left open"
    assert not apply(host, state, path=package, run="third").changed
    seen = host.state()
    assert seen["reboots"] == 0
    installers = [one for one in seen["processes_started"] if one["image"].lower() == "pkgmgr.exe"]
    assert len(installers) == (1 if state == "present" else 0), "the installer ran more than once"


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
def test_staging_survives_a_break_at_every_message(machines: Iterator[RunningHost], package: Path, way: str) -> None:
    struck, last = 0, 0
    for number in itertools.count(*STRIDES[way]):
        host = next(machines)
        if not WAYS[way](host, "staged", package, number):
            break
        struck, last = struck + 1, number
        settle(host, "staged", package, "staged")
    print(f"staging: {way} at {struck} messages, the last of them number {last}")
    assert last >= 55, "a staging has more messages than that: the breaks did not strike"


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
def test_install_survives_a_break_at_every_message(
    machines: Iterator[RunningHost], staged: Staged, package: Path, way: str
) -> None:
    struck, last = 0, 0
    for number in itertools.count(*STRIDES[way]):
        host = next(machines)
        staged(host)
        if not WAYS[way](host, "present", package, number):
            break
        struck, last = struck + 1, number
        settle(host, "present", package, "install_pending")
    print(f"install: {way} at {struck} messages, the last of them number {last}")
    assert last >= 50, "an install has more messages than that: the breaks did not strike"


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
def test_clean_up_survives_a_break_at_every_message(fixed: Iterator[RunningHost], package: Path, way: str) -> None:
    """The run after it is not asked to clean up: what was begun is brought to its end all the same, or not begun."""
    struck, last = 0, 0
    for number in itertools.count(*STRIDES[way]):
        host = next(fixed)
        for path in (LAYOUT.payload, LAYOUT.manifest, f"{LAYOUT.expanded}\\x.cab", LAYOUT.log):
            write(host, path, b"x")
        if not WAYS[way](host, "present", package, number, cleanup=True):
            break
        struck, last = struck + 1, number
        assert not apply(host, "present", path=package, run="second").changed
        host.change("age", seconds=400)
        assert_clean(host, shells=False)
        left = host.folder(LAYOUT.parent)
        whole = {"payload.msu", "manifest.json", "expanded", "run.log"}
        assert left is None or set(host.folder(LAYOUT.folder) or ()) == whole, f"half of it is left at {number}"
        apply(host, "present", path=package, run="third", cleanup=True)
        assert host.folder(LAYOUT.parent) is None, f"something is left at {number}"
    print(f"clean-up: {way} at {struck} messages, the last of them number {last}")
    assert last >= 40, "a clean-up has more messages than that: the breaks did not strike"
