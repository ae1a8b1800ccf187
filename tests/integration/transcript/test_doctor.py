# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor leaves a transcript where it is asked for one, and it replays to what the host's assessment says."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document
from integration.assess.commands import ansible, of_host
from unit.transcripts import assessed
from winhost.testing import RunningFleet, running_fleet

VERDICTS = {"vista": "needs_fix", "pending": "install_pending"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [{"name": "vista", "profile": "vista_sp1_x64"}, {"name": "pending", "profile": "vista_pending"}]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def test_it_replays_and_holds_nobodys_name(fleet: RunningFleet, tmp_path: Path) -> None:
    inventory = {name: of_host(fleet.host(name)) for name in VERDICTS}
    inventory["locked"] = {**of_host(fleet.host("vista")), "ansible_password": "Wr0ng-password"}
    out = tmp_path / "out"
    out.mkdir()
    words = f"transcript={out}/{{{{ inventory_hostname }}}}.json"
    run = ansible(tmp_path, inventory, "all", "-m", "winlegacy.servicing.doctor", "-a", words)
    results = {host: result for host, (_outcome, result) in run.results.items()}
    assert results["locked"]["transcript"] is None
    assert not (out / "locked.json").exists()
    for name, verdict in VERDICTS.items():
        told, path = results[name]["transcript"], out / f"{name}.json"
        assert (told["path"], told["ended"], told["left_out"]) == (str(path), None, 0), told
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        transcript = document.load(path)
        assert (transcript.simulated, transcript.wire["method"]) == (False, "ntlm")
        assert assessed(transcript)["status"] == verdict
        state = fleet.host(name).state()
        assert (state["processes_started"], state["shells"]) == ([], 0)
        assert len(transcript.exchanges) == told["exchanges"] > 40
    again = ansible(tmp_path, inventory, "vista", "-m", "winlegacy.servicing.doctor", "-a", words)
    assert "is there already" in again.results["vista"][1]["msg"]
