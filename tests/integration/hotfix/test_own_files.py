# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No foreign file is run, and no program but by its absolute path; a full disk is no lock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.lock import LockError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.folder import FolderRefusedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import (
    RemoteShell,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import OPEN, apply, channel
from integration.hotfix.variants import LAYOUT, Run, installers, write
from winhost.testing import RunningFleet, running_fleet

QUICK = {"power": {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 1}}
USER = "S-1-5-21-1004336348-1177238915-682003330-1002"
OPEN_TO_USER = f"O:{USER}G:SYD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FA;;;{USER})"
FOLDER = "C:\\Windows\\winlegacy.servicing"
PLANTED: dict[str, list[dict[str, Any]]] = {
    # an ordinary user was there first, with a file that SYSTEM would run
    "planted-script": [
        {"path": FOLDER, "directory": True, "sddl": OPEN_TO_USER},
        {"path": f"{FOLDER}\\KB952876", "directory": True, "sddl": OPEN_TO_USER},
        {"path": f"{FOLDER}\\KB952876\\run.cmd.tmp", "text": "evil", "sddl": OPEN_TO_USER},
    ],
    # an administrator's folder that holds what is none of ours
    "planted-name": [
        {"path": FOLDER, "directory": True},
        {"path": f"{FOLDER}\\KB952876", "directory": True},
        {"path": f"{FOLDER}\\KB952876\\notes.txt", "text": "mine"},
    ],
}
HOSTS: dict[str, dict[str, Any]] = {
    **{name: {"overrides": {"files": files}} for name, files in PLANTED.items()},
    "evil-manifest": {},
    "path-pkgmgr": {"overrides": QUICK},
    "path-pkgmgr-package": {"overrides": QUICK},
    "path-wusa": {"overrides": QUICK},
    "full": {},
    "user": {
        "overrides": {
            "files": [
                {"path": FOLDER, "directory": True},
                {"path": f"{FOLDER}\\KB952876", "directory": True},
                {"path": f"{FOLDER}\\KB952876\\payload.msu", "text": "x", "sddl": OPEN_TO_USER},
            ]
        }
    },
}


def host_name(name: str) -> str:
    return name.replace("_", "-")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case."""
    hosts = [{"profile": "vista_sp1_x64", **values, "name": host_name(name)} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


@pytest.mark.parametrize("name", PLANTED)
def test_a_folder_with_what_we_did_not_put_there_is_refused_by_name(
    fleet: RunningFleet, package_dir: Path, name: str
) -> None:
    host = fleet.host(name)
    shown = {
        "planted-script": r"winlegacy\.servicing: its owner is S-1-5-21-.*KB952876",
        "planted-name": r"it holds notes\.txt",
    }
    with pytest.raises(FolderRefusedError, match=shown[name]):
        apply(host, "present", package_dir=package_dir)
    assert not installers(host)
    names = host.folder(f"{FOLDER}\\KB952876")
    assert names == [PLANTED[name][-1]["path"].rpartition("\\")[2]], "something was written or removed"


def test_a_file_that_others_may_write_is_never_run(fleet: RunningFleet, package_dir: Path) -> None:
    """The folder is ours and one file in it is not: it is staged anew, or refused; its owner's bytes are not used."""
    host = fleet.host("user")
    result = apply(host, "present", package_dir=package_dir, installer="wusa")
    assert result.last.verdict.status.value == "install_pending"


def test_the_hosts_manifest_names_nothing_that_is_run(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("evil-manifest")
    apply(host, "staged", package_dir=package_dir)
    size = host.file(LAYOUT.manifest)["size"]
    assert size
    client = Client(channel(host))
    with RemoteShell(client) as shell:
        manifest = json.loads(shell.run(f'type "{LAYOUT.manifest}"').stdout)
    client.close()
    evil = "..\\..\\Temp\\evil.xml"
    write(host, "C:\\Windows\\Temp\\evil.xml", b"<unattend/>")
    digest = "0" * 40
    manifest["expanded"] = {evil: digest, "evil&calc.cab": digest}
    write(host, LAYOUT.manifest, json.dumps(manifest).encode())
    apply(host, "present", package_dir=package_dir)
    (line,) = installers(host)
    assert "evil" not in line
    assert LAYOUT.expanded in line


@dataclass
class Recorder:
    """A wire that keeps the command lines."""

    wire: Any
    lines: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        found = re.search(rb"<rsp:Command>(.*?)</rsp:Command>", envelope, re.DOTALL)
        if found:
            self.lines.append(found[1].decode())
        return bytes(self.wire.send(envelope, read_timeout=read_timeout))


@pytest.mark.parametrize("installer", ["pkgmgr", "pkgmgr_package", "wusa"])
def test_programs_are_named_by_their_absolute_path(fleet: RunningFleet, package_dir: Path, installer: str) -> None:
    host = fleet.host(host_name(f"path-{installer}"))
    recorders: list[Recorder] = []

    def wrap(wire: Any) -> Recorder:
        recorders.append(Recorder(wire))
        return recorders[-1]

    Run(host, wrap=wrap).apply("present", package_dir=package_dir, installer=installer)
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"])
    Run(host, wrap=wrap).apply("absent")
    names = "certutil|schtasks|shutdown|icacls|fsutil|expand|cscript|findstr|reg|pkgmgr|wusa|wmic|net|robocopy"
    bare = re.compile(rf"(?:^|[\s(&|'])(?:{names})(?:\.exe)?(?=\s)", re.IGNORECASE)
    lines = [line for recorder in recorders for line in recorder.lines]
    assert len(lines) > 20
    found = {match[0].strip() for line in lines for match in bare.finditer(line)}
    assert not found, f"found along PATH: {found}"


def test_a_full_disk_is_no_lock_that_is_held(fleet: RunningFleet, package_dir: Path) -> None:
    """Said at once, and nothing is left."""
    host = fleet.host("full")
    slept: list[float] = []
    wrapped: list[Any] = []

    class Fills:
        """The disk is full when the lock's record is written."""

        def __init__(self, wire: Any) -> None:
            self._wire = wire
            wrapped.append(self)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._wire, name)

        def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
            if b"lock.owner" in envelope or b"\\lock." in envelope:
                host.change("disk", free=0)
            return bytes(self._wire.send(envelope, read_timeout=read_timeout))

    before = host.messages
    with pytest.raises(LockError, match="the disk may be full"):
        Run(host, wrap=Fills, sleep=slept.append).apply("staged", package_dir=package_dir, lock_timeout=600)
    assert sum(slept) < 5
    assert host.messages - before < 100
    assert host.folder(FOLDER) is None, "a refusal left its folders"
