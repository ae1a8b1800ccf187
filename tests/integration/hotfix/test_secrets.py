# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password is in a command line, a task, a log, a result or a file, nor in what `ansible-playbook -vvvvv` prints."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.hotfix.driver import OPEN
from integration.role.runner import Controller
from packages.proven import proof
from winhost.testing import RunningFleet, running_fleet

LOGIN = "L0gin-7f3a9c21"
SHARE = "Sh4re-5b8d0e64"
SMB = "Smb5-c0ffee1234"
SECRETS = (LOGIN, SHARE, SMB)


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A host whose administrator has a password of its own, and a file server that it reaches."""
    user = {"name": "Administrator", "password": LOGIN, "rid": 500}
    overrides = {"servicing": {"install_seconds": 3.0}, "users": [user]}
    hosts = [{"name": "one", "profile": "vista_sp1_x64", "overrides": overrides}]
    with running_fleet({"time_scale": 20, "defaults": {**OPEN, "overrides": overrides}, "hosts": hosts}) as running:
        yield running


def spellings(secret: str) -> list[str]:
    """A secret as it may be hidden from a plain search."""
    data = secret.encode()
    wide = base64.b64encode(secret.encode("utf-16-le")).decode()
    return [secret, base64.b64encode(data).decode().rstrip("="), data.hex(), wide]


def task(name: str, **options: object) -> dict[str, object]:
    """A task of the hotfix module that may fail, and tells all that it has to tell."""
    return {"name": name, "winlegacy.servicing.hotfix": {**options, "details": True}, "failed_when": False}


def test_no_password_is_told(fleet: RunningFleet, package_dir: Path, tmp_path: Path) -> None:
    host = fleet.host("one")
    path = package_dir / "x64.msu"
    package = {"path": str(path), **proof(path)}
    host.change("share", root="\\\\files\\packages", user="reader", password=SHARE)
    host.change("file", path="\\\\files\\packages\\x64.msu", content=base64.b64encode(path.read_bytes()).decode())
    runner = Controller(tmp_path / "run", fleet, {"one": {"ansible_password": LOGIN}})
    share: dict[str, object] = {
        "transfer": "path",
        "source_path": "\\\\files\\packages\\x64.msu",
        "source_user": "reader",
        "source_password": SHARE,
    }
    wrong = {**share, "source_password": SMB}
    smb: dict[str, object] = {"transfer": "smb", "smb_user": "Administrator", "smb_password": SMB, "smb_port": 9}
    tasks = [
        task("Push to a port where nobody listens", state="staged", **package, **smb),
        task("Fetch with a wrong password", state="staged", **package, **wrong),
        task("Fetch", state="staged", **package, **share),
        task("Install", state="present", **package),
    ]
    played = runner.play([{"hosts": "all", "gather_facts": False, "tasks": tasks}], "-vvvvv", "--diff")
    by_name = {str(one["task"]): one["result"] for one in played.events}
    assert by_name["Install"]["status"] == "install_pending", by_name["Install"]
    assert by_name["Fetch"]["transfer"]["way"] == "path", by_name["Fetch"]
    assert by_name["Fetch with a wrong password"]["transfer"] is None
    state = host.state()
    told = {
        "the output": played.out,
        "the results": json.dumps(played.events),
        "the host's log": json.dumps(host.log(5000)) + fleet.log_path.read_text(encoding="utf-8"),
        "the command lines": json.dumps(state["processes_started"]),
        "the tasks": json.dumps(state["tasks"]),
    }
    assert "expand.exe -f" in told["the command lines"], "the command lines are not to be seen"
    assert len(played.out) > 2000
    for name, text in told.items():
        for secret in SECRETS:
            for spelling in spellings(secret):
                assert spelling.lower() not in text.lower(), f"a password is in {name}"
    shutil.rmtree(tmp_path / "run" / "home", ignore_errors=True)
    left = [one for one in (tmp_path / "run").rglob("*") if one.is_file() and one.name not in ("hosts.yml",)]
    left = [one for one in left if not one.name.startswith("book-")]
    assert left
    for one in left:
        assert not any(secret.encode() in one.read_bytes() for secret in SECRETS), one
