# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's file is swapped after it was judged: what reaches the host is what was judged all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from integration.hotfix.driver import OPEN, apply
from integration.hotfix.variants import LAYOUT
from packages.msu import build_msu
from packages.proven import signed
from winhost.testing import RunningFleet, running_fleet

WAYS = {"script": ("vista_sp1_x64", "x64"), "certutil": ("vista_wsh_disabled", "x86")}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [{"name": name, "profile": profile} for name, (profile, _unused) in WAYS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


class Swapping:
    """A channel; with the message that opens the shell the package has been judged, and another lies in its place."""

    def __init__(self, channel: HTTPChannel, path: Path, other: bytes) -> None:
        self._channel = channel
        self._path = path
        self._other = other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        if b"transfer/Create" in envelope:
            self._path.write_bytes(self._other)
        return self._channel.send(envelope, read_timeout=read_timeout)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_judged_is_what_is_staged(fleet: RunningFleet, tmp_path: Path, way: str) -> None:
    architecture = WAYS[way][1]
    path, later = tmp_path / "kb.msu", tmp_path / "later.msu"
    path.write_bytes(build_msu(architecture))
    later.write_bytes(build_msu(architecture, kernel_versions={6001: (6, 0, 6001, 22300)}))
    judged, other = signed(path).read_bytes(), signed(later).read_bytes()
    host = fleet.host(way)
    result = apply(host, "staged", path=path, wrap=lambda channel: Swapping(channel, path, other))
    assert path.read_bytes() == other, "nothing was swapped"
    assert result.as_dict()["status"] == "staged"
    assert host.file(LAYOUT.payload)["sha256"] == hashlib.sha256(judged).hexdigest()
