# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose Windows folder is no C:\\Windows: letters of any script work, what is no folder to work in is refused."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.stage import StagingError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.folder import FolderRefusedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from integration.hotfix.driver import OPEN, apply, look
from winhost.testing import RunningHost, running_fleet

FOLDERS = ("C:\\W\u00efnd\u00f6ws", "C:\\\u041e\u043a\u043d\u0430", "C:\\\u7a937")
REFUSED = (
    ("C:\\..\\..", "a part of dots"),
    ("C:\\\\Windows", "a doubled backslash"),
    ("\\\\server\\share", "a drive"),
    ("C:\\", "a whole drive"),
    ("C:\\Win%TEMP%", "holds %"),
    ("C:\\Win!", "holds !"),
    ("C:\\W 7", "holds a space"),
    ('C:\\W"in', 'holds "'),
    ("C:\\Windows\\nul", "a device"),
    ("C:\\" + "x" * 200, "characters"),
    ("C:\\a\u202eb", "a control character"),
)


def fleet_of(folders: tuple[str, ...]) -> dict[str, object]:
    hosts = [
        {
            "name": f"h{number}",
            "profile": "vista_sp1_x64",
            "overrides": {"servicing": {"install_seconds": 3.0}, "windows_directory": folder},
        }
        for number, folder in enumerate(folders)
    ]
    return {"time_scale": 60, "defaults": {"auth": OPEN["auth"]}, "hosts": hosts}


def staging(host: RunningHost) -> Any:
    details: Any = look(host).as_dict()["details"]
    return details["staging"]


def becomes(host: RunningHost, status: str) -> None:
    """Wait until the host, which may boot twice, has this status."""
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(errors.WSManError):
            if look(host).verdict.status.value == status:
                return
        assert time.monotonic() < deadline, f"never {status}"
        time.sleep(0.3)


def test_any_letters_from_staging_to_removal(package_dir: Path) -> None:
    with running_fleet(fleet_of(FOLDERS)) as fleet:
        for number, folder in enumerate(FOLDERS):
            host, package = fleet.host(f"h{number}"), package_dir / "x64.msu"
            apply(host, "staged", path=package)
            assert staging(host) == {
                "present": True,
                "folder": f"{folder}\\winlegacy.servicing\\KB952876",
                "manifest": True,
                "payload": True,
            }
            apply(host, "present", path=package)
            assert look(host).verdict.status.value == "install_pending"
            host.change("reboot")
            becomes(host, "fixed")
            apply(host, "absent")
            assert look(host).verdict.status.value == "removal_pending"
            assert staging(host)["payload"] is False


def test_what_is_no_folder_is_refused_before_any_command(package_dir: Path) -> None:
    with running_fleet(fleet_of(tuple(folder for folder, _says in REFUSED))) as fleet:
        for number, (folder, says) in enumerate(REFUSED):
            host = fleet.host(f"h{number}")
            with pytest.raises(StagingError) as caught:
                apply(host, "staged", path=package_dir / "x64.msu")
            assert says in str(caught.value), folder
            assert "nothing was done" in str(caught.value)
            assert host.state()["processes_started"] == [], folder
            seen: dict[str, Any] = dict(look(host).as_dict())
            assert seen["details"]["os"]["windows_directory"] is None
            assert any(says in str(one["detail"]) for one in seen["unknown"]), seen["unknown"]


class Elsewhere:
    """A wire on which the host names another Windows folder than it has."""

    def __init__(self, wire: Any, folder: bytes) -> None:
        self._wire, self._folder = wire, folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        answer = bytes(self._wire.send(envelope, read_timeout=read_timeout))
        return answer.replace(b"WindowsDirectory>C:\\Windows<", b"WindowsDirectory>" + self._folder + b"<")


@pytest.mark.parametrize("folder", ["C:\\WINDOW~1", "C:\\Gone"])
def test_a_windows_folder_that_is_not_there_is_not_made(package_dir: Path, folder: str) -> None:
    with running_fleet(fleet_of(("C:\\Windows",))) as fleet:
        host = fleet.host("h0")
        for state in ("staged", "present"):
            with pytest.raises(FolderRefusedError, match="has no such folder"):
                apply(host, state, package_dir=package_dir, wrap=lambda wire: Elsewhere(wire, folder.encode()))
        assert host.tree(folder) == []
        assert not [one for one in host.state()["processes_started"] if one["image"].lower() == "pkgmgr.exe"]
