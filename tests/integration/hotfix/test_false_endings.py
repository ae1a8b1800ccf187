# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that tells of an installer's end while the installer runs: it is not believed, and no second one starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.hotfix.driver import OPEN, ControllerKilledError, apply
from integration.hotfix.variants import LAYOUT, assert_clean, installers, truth, write
from winhost.testing import RunningFleet, RunningHost, running_fleet

ENDINGS: dict[str, bytes] = {
    "success": b"0",
    "failure": b"1",
    "retry": b"1618",
    "busy": b"busy",
    "33-bits": b"4294967296",
    "huge-number": b"99999999999999999999",
    "other-digits": "\u0661".encode("utf-16-le"),
    "megabyte": b"7" * 2**20,
    "nothing": b"",
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    overrides = {"servicing": {"install_seconds": 90.0}}
    hosts = [{"name": name, "profile": "vista_sp1_x64", "overrides": overrides} for name in ENDINGS]
    with running_fleet({"time_scale": 60, "defaults": {**OPEN, "overrides": {}}, "hosts": hosts}) as running:
        yield running


def at_work(host: RunningHost) -> bool:
    return "pkgmgr.exe" in host.state()["processes_running"]


class Dying:
    """A wire whose controller dies as soon as the installer runs."""

    def __init__(self, wire: Any, host: RunningHost) -> None:
        self._wire, self._host = wire, host

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        if at_work(self._host):
            self._wire.close()
            raise ControllerKilledError
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


@pytest.mark.parametrize("name", ENDINGS)
def test_a_file_does_not_outvote_a_living_installer(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host, package = fleet.host(name), package_dir / "x64.msu"
    with pytest.raises(ControllerKilledError):
        apply(host, "present", path=package, wrap=lambda wire: Dying(wire, host), run="first", install_timeout=900)
    write(host, LAYOUT.exit_code, ENDINGS[name])
    assert at_work(host), "the installer ended before the file was written"
    result = apply(host, "present", path=package, run="second", install_timeout=900, lock_timeout=200)
    assert len(installers(host)) == 1
    assert truth(host) == "install_pending"
    assert result.last.verdict.status.value == "install_pending"
    assert_clean(host)
