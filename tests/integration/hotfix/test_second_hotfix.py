# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KB942288 from the first look to its removal: only data, and no version tells whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess_all
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION, OPEN, apply, channel, look, restart
from packages import kb942288, write_msu
from packages.proven import signed
from winhost.testing import RunningFleet, RunningHost, running_fleet

KB942288 = load("KB942288")
MSI = "C:\\Windows\\System32\\msi.dll"
BASELINE = "3.1.6001.18000"
"""Of the msi.dll that lies there before: the host is told this and nothing else about the hotfix."""

PROFILES = {"vista-x86": "vista_sp1_x86", "core-x64": "srv2008_core_x64"}
OTHERS = {"silent": "no_stdregprov", "r2": "srv2008r2", "itanium": "srv2008_ia64"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    files = [{"path": MSI, "size": 2_000_000, "version": BASELINE}]
    hosts = [
        {"name": name, "profile": profile, "overrides": {"servicing": {"install_seconds": 3.0}, "files": files}}
        for name, profile in {**PROFILES, **OTHERS}.items()
    ]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kb942288")
    for architecture in ("x86", "x64"):
        signed(write_msu(made, architecture, **kb942288.OPTIONS))
    return made


def status(host: RunningHost) -> str:
    return look(host, KB942288).verdict.status.value


def test_both_hotfixes_in_one_conversation_cost_what_one_does(fleet: RunningFleet) -> None:
    """Before any is installed: no root package is listed, and ten messages are the most."""
    for name in (*PROFILES, *OTHERS):
        host = fleet.host(name)
        alone = [look(host, one).verdict.status for one in (DEFINITION, KB942288)]
        wire = channel(host)
        client = Client(wire)
        together = [one.verdict.status for one in assess_all(client, (DEFINITION, KB942288))]
        wire.close()
        assert together == alone, name
        assert client.messages <= 10, name


@pytest.mark.parametrize("name", PROFILES)
def test_the_whole_cycle(fleet: RunningFleet, folder: Path, name: str) -> None:
    host = fleet.host(name)
    before = host.file(MSI)
    assert status(host) == "needs_fix"
    assert apply(host, "staged", definition=KB942288, package_dir=folder).changed
    assert status(host) == "staged"

    installed = apply(host, "present", definition=KB942288, package_dir=folder)
    assert installed.as_dict()["msg"] == "KB942288 was installed and waits for a restart."
    found = look(host, KB942288).verdict
    assert (found.status.value, found.restart.required_by_kb) == ("install_pending", True)
    assert host.file(MSI) == before, "the file changes with the restart"

    restart(host)
    found = look(host, KB942288).verdict
    assert (found.status.value, found.restart.required_by_kb) == ("fixed", False)
    assert host.file(MSI) != before
    assert "files_unread" in {reason.code.value for reason in found.reasons}, "its component's version proves nothing"
    assert not apply(host, "present", definition=KB942288, package_dir=folder).changed
    assert look(host).verdict.status.value == "needs_fix", "KB952876 is another hotfix"

    assert apply(host, "absent", definition=KB942288).changed
    assert status(host) == "removal_pending"
    restart(host)
    assert status(host) == "needs_fix"
    assert host.file(MSI) == before


def test_where_servicing_is_silent_nothing_is_claimed(fleet: RunningFleet) -> None:
    """The file on the disk cannot tell: its version is not its component's."""
    assert status(fleet.host("silent")) == "unknown"


@pytest.mark.parametrize(("name", "expected"), [("r2", "not_applicable"), ("itanium", "unknown")])
def test_a_windows_that_it_is_not_for(fleet: RunningFleet, name: str, expected: str) -> None:
    """Nobody here has the package for Itanium, which is no evidence that there is none."""
    assert status(fleet.host(name)) == expected
