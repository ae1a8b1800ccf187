# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers at once: one works, the other waits or says who holds the host; what a dead one left is removed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.boot_evidence import (
    Birth,
    Mark,
    RebootEvidence,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import holding
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot import MARK_PREFIX, BootRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixResult
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.lock import LockedError, LockError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.owner import (
    ControllerProcess,
    Owner,
    this_process,
)
from integration.hotfix.driver import OPEN, ControllerKilledError, DyingChannel, apply
from integration.hotfix.variants import LAYOUT, Run, assert_clean, installers, truth, write
from winhost.testing import RunningFleet, RunningHost, running_fleet

STALE = ("rebooted", "dead", "reused", "elsewhere")
NAMES = ("together", "held", "cleans", *STALE, "no-owner", "garbled", "deep", "crashed", "other-staging")
PROFILES = {"cleans": "srv2008_fixed"}
ELSEWHERE = "somebody@another-controller:4711"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each scenario."""
    hosts = [{"name": name, "profile": PROFILES.get(name, "vista_sp1_x64")} for name in NAMES]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


TOKEN = "0123456789abcdef" * 2


def leave_lock(
    host: RunningHost, owner: str, process: ControllerProcess | None, boot: BootRecord | None = None
) -> None:
    """A lock as a run would have left it."""
    record = Owner(owner, "an-older-run", process, boot)
    write(host, LAYOUT.lock_record(TOKEN), record.dump().encode())


def identity(pid: int) -> ControllerProcess:
    """A process of this machine, as a run in it would name itself."""
    here = this_process()
    assert here is not None
    started = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    return replace(here, thread=pid, started=started)


def a_boot_ago() -> BootRecord:
    """The signs of a host that has booted since: its mark is gone, and its processes are others."""
    born = Birth(4711, datetime(2026, 1, 1, tzinfo=UTC))
    return BootRecord(f"{MARK_PREFIX}gone", RebootEvidence(Mark.THERE, {"services.exe": born}))


def test_two_at_once(fleet: RunningFleet, package_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both reach the state, and the installer ran once: the second waited for the first, or found its work."""
    host = fleet.host("together")
    monkeypatch.setattr(holding, "lives", lambda _process: None)  # as two controllers: neither sees the other's process
    results: dict[str, HotfixResult | BaseException] = {}

    def work(name: str) -> None:
        try:
            run = Run(host, sleep=lambda seconds: time.sleep(seconds / 5))
            results[name] = run.apply("present", package_dir=package_dir, run=name, lock_timeout=600)
        except BaseException as error:  # noqa: BLE001 - told to the test
            results[name] = error

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results.values():
        assert isinstance(result, HotfixResult), result
        assert result.last.verdict.status.value == "install_pending"
    assert len(results) == 2
    assert truth(host) == "install_pending"
    assert len(installers(host)) == 1, "the installer ran twice"
    assert_clean(host)


def test_a_clean_up_waits_for_the_lock_and_says_who_holds_it(fleet: RunningFleet, package_dir: Path) -> None:
    """Nothing was removed, so that it is no success."""
    host = fleet.host("cleans")
    write(host, LAYOUT.payload, b"x")
    write(host, LAYOUT.manifest, b"{}")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        leave_lock(host, "somebody@here:1", identity(other.pid), a_boot_ago())
        run = Run(host)
        with pytest.raises(LockedError, match=r"held by somebody@here:1 \(run an-older-run\); waited 7 s"):
            run.apply("present", cleanup=True, lock_timeout=7)
        assert host.file(LAYOUT.payload)["size"], "it was removed under the other one"
        other.communicate(b"\n", timeout=10)
    host.change("file", path=LAYOUT.lock_record(TOKEN), delete=True)
    write(host, f"{LAYOUT.lock}\\evil&calc.json", b"{}")
    with pytest.raises((LockedError, LockError)):
        Run(host).apply("present", cleanup=True, lock_timeout=1)
    host.change("file", path=f"{LAYOUT.lock}\\evil&calc.json", delete=True)
    assert apply(host, "present", cleanup=True).changed
    assert host.folder(LAYOUT.folder) is None
    assert not apply(host, "present", cleanup=True).changed


def test_the_second_says_who_holds_the_host(fleet: RunningFleet, package_dir: Path) -> None:
    """A live process of this controller holds the lock."""
    host = fleet.host("held")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        leave_lock(host, "somebody@here:1", identity(other.pid), a_boot_ago())
        with pytest.raises(LockedError, match=r"held by somebody@here:1 \(run an-older-run\); waited 3 s"):
            apply(host, "staged", package_dir=package_dir, lock_timeout=3)
        assert host.file(LAYOUT.lock_record(TOKEN))["size"], "the other's lock was broken"
        assert host.file(LAYOUT.manifest)["size"] is None
        assert host.state()["shells"] == 0
        other.communicate(b"\n", timeout=10)
    assert apply(host, "staged", package_dir=package_dir).changed
    assert_clean(host)


@pytest.mark.parametrize("name", STALE)
def test_a_stale_lock_is_broken(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host = fleet.host(name)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        gone = identity(other.pid)
        other.communicate(b"\n", timeout=10)
    process, boot = {
        # of another controller, and the host booted since
        "rebooted": (replace(gone, kernel="another"), a_boot_ago()),
        # the process on this controller is gone
        "dead": (gone, None),
        # its process id was given out again
        "reused": (replace(identity(os.getppid()), started=1), None),
        # of another controller, and neither its task nor an installer nor a receiver runs
        "elsewhere": (replace(gone, namespace="pid:[1]"), None),
    }[name]
    leave_lock(host, ELSEWHERE, process, boot)
    assert apply(host, "staged", package_dir=package_dir, lock_timeout=0).changed
    assert_clean(host)


@pytest.mark.parametrize(
    ("name", "content"), [("no-owner", None), ("garbled", b'{"owner": "me@'), ("deep", b"[" * 4000)]
)
def test_a_lock_that_names_nobody(fleet: RunningFleet, package_dir: Path, name: str, content: bytes | None) -> None:
    """A crash between the folder and the owner's file, or in the middle of the file."""
    host = fleet.host(name)
    write(host, LAYOUT.lock_record(TOKEN), content or b"")
    if content is None:
        host.change("file", path=LAYOUT.lock_record(TOKEN), delete=True)
    assert apply(host, "staged", package_dir=package_dir, lock_timeout=0).changed
    assert_clean(host)


def test_a_controller_that_died_while_it_held_the_lock(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("crashed")
    for number in range(50, 110, 5):
        with pytest.raises(ControllerKilledError):
            apply(host, "staged", package_dir=package_dir, wrap=partial(DyingChannel, after=number))
        if host.folder(LAYOUT.lock):
            break
    else:
        pytest.fail("no lock was ever held")
    assert apply(host, "staged", package_dir=package_dir).changed
    left = host.state()["shells"]
    assert left <= 1, "more than the dead run's last shell, which no lock names, is left"
    assert host.folder(LAYOUT.lock) is None


class Paused:
    """A wire that stops once the package is on its way, until it is told to go on."""

    def __init__(self, wire: Any, reached: threading.Event, go_on: threading.Event) -> None:
        self._wire = wire
        self._reached = reached
        self._go_on = go_on
        self._sends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the wire does, with a pause at the first Send."""
        if b"shell/Send<" in envelope and not self._reached.is_set():
            self._reached.set()
            self._go_on.wait(30)
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def test_a_transfer_of_another_controller_is_waited_for(
    fleet: RunningFleet, package_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a receiver of the other's transfer runs, its lock stands."""
    host = fleet.host("other-staging")
    monkeypatch.setattr(holding, "lives", lambda _process: None)
    reached, go_on = threading.Event(), threading.Event()
    first = Run(host, wrap=lambda wire: Paused(wire, reached, go_on))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            first.apply("staged", package_dir=package_dir, run="first")
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert reached.wait(20)
    try:
        with pytest.raises(LockedError, match=r"\(run first\)"):
            apply(host, "staged", package_dir=package_dir, run="second", lock_timeout=1)
    finally:
        go_on.set()
        thread.join(30)
    assert not errors
    time.sleep(0.1)
    assert not apply(host, "staged", package_dir=package_dir).changed
    assert_clean(host)
