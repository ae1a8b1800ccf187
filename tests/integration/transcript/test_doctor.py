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
        assert (transcript.simulated, transcript.wire["method"]) == (True, "ntlm")  # as its answers say
        assert assessed(transcript)["status"] == verdict
        state = fleet.host(name).state()
        assert (state["processes_started"], state["shells"]) == ([], 0)
        assert len(transcript.exchanges) == told["exchanges"] > 40
    again = ansible(tmp_path, inventory, "vista", "-m", "winlegacy.servicing.doctor", "-a", words)
    assert "is there already" in again.results["vista"][1]["msg"]


def test_one_file_for_two_hosts_is_refused_before_the_second_is_asked(fleet: RunningFleet, tmp_path: Path) -> None:
    """However the file is named, and though it may be overwritten."""
    inventory = {name: of_host(fleet.host(name)) for name in VERDICTS}
    before = fleet.host("vista").messages
    (tmp_path / "out").mkdir()
    (tmp_path / "same").symlink_to(tmp_path / "out")
    names = f"{{{{ '{tmp_path}/out' if inventory_hostname == 'vista' else '{tmp_path}/same' }}}}/one.json"
    words = f"transcript={names} transcript_overwrite=true"
    run = ansible(tmp_path, inventory, "all", "-f", "1", "-m", "winlegacy.servicing.doctor", "-a", words)
    first, second = run.results["pending"][1], run.results["vista"][1]  # by name, one after the other
    assert first["transcript"]["written"] is True
    assert run.results["vista"][0] == "failed"
    assert "for pending and for vista" in second["msg"]
    assert fleet.host("vista").messages == before
    assert assessed(document.load(tmp_path / "out" / "one.json"))["status"] == VERDICTS["pending"]


def test_check_mode_writes_nothing_and_says_what_it_would_write(fleet: RunningFleet, tmp_path: Path) -> None:
    words = f"transcript={tmp_path}/one.json"
    inventory = {"vista": of_host(fleet.host("vista"))}
    run = ansible(tmp_path, inventory, "all", "--check", "-m", "winlegacy.servicing.doctor", "-a", words)
    result = run.results["vista"][1]
    assert result["healthy"] is True
    assert result["transcript"] == {
        "path": f"{tmp_path}/one.json",
        "written": False,
        "would": f"write {tmp_path}/one.json with the host's redacted answers",
    }
    assert not (tmp_path / "one.json").exists()
