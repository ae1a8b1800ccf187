# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be refused is refused in one clear sentence, before anything is written or with everything cleared away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import HotfixError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.delivery import DeliveryError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installer_task import TamperedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.stage import StagingError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.folder import FolderRefusedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import ShellUnsupportedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import faults
from integration.hotfix.driver import OPEN, apply, look, package
from integration.hotfix.variants import LAYOUT, Run, assert_clean, installers, truth, write
from packages.msu import build_msu
from packages.programs import needs
from winhost.testing import RunningFleet, RunningHost, running_fleet

PROFILES = (
    "vista_sp1_x64",
    "vista_foreign_folder",
    "vista_junction",
    "vista_low_disk",
    "vista_task_service_off",
    "vista_rtm_no_shell",
    "vista_uac_filtered",
)
IN_THE_WAY = {"way-lock": "run.lock", "way-payload": "payload.msu", "way-script": "run.cmd", "way-rc": "run.rc"}
"""Folders of names that our files have."""

EVERYBODYS = "O:S-1-5-21-1004336348-1177238915-682003330-1002G:SYD:P(A;OICI;FA;;;WD)"
OURS = str(LAYOUT.parent)
FOREIGN: dict[str, list[dict[str, Any]]] = {
    "junction-inside": [
        {"path": r"C:\Public", "directory": True},
        {"path": r"C:\Public\KB952876", "directory": True},
        {"path": OURS, "junction": r"C:\Public"},
    ],
    "junction-below": [
        {"path": r"C:\Public", "directory": True},
        {"path": OURS, "directory": True},
        {"path": OURS + r"\KB952876", "junction": r"C:\Public"},
    ],
    "foreign-empty": [{"path": OURS, "directory": True, "sddl": EVERYBODYS}],
    "foreign-inside": [
        {"path": OURS, "directory": True, "sddl": EVERYBODYS},
        {"path": OURS + r"\KB952876", "directory": True, "sddl": EVERYBODYS},
        {"path": OURS + r"\mine.txt", "text": "mine"},
    ],
    "foreign-below": [
        {"path": OURS, "directory": True},
        {"path": OURS + r"\KB952876", "directory": True, "sddl": EVERYBODYS},
    ],
}
"""What others have where our folders would be, some of it empty."""

HOSTS: dict[str, dict[str, Any]] = {
    **{name: {"profile": "vista_sp1_x64", "overrides": {"files": files}} for name, files in FOREIGN.items()},
    "tamper": {"profile": "vista_sp1_x64"},
    "tamper-wusa": {"profile": "vista_sp1_x64"},
    "cut-manifest": {"profile": "vista_sp1_x64"},
    "old-icacls": {"profile": "vista_sp1_x64", "doubt": {"icacls_inheritance": "absent"}},
    "no-security-class": {
        "profile": "vista_sp1_x64",
        "overrides": {"missing_classes": ["Win32_LogicalFileSecuritySetting"]},
    },
    "no-security-class-open": {
        "profile": "vista_foreign_folder",
        "overrides": {"missing_classes": ["Win32_LogicalFileSecuritySetting"]},
    },
    "certutil-missing": {"profile": "vista_sp1_x64", "overrides": {"programs": {"certutil": "missing"}}},
    "expand-missing": {"profile": "vista_sp1_x64", "overrides": {"programs": {"expand": "missing"}}},
    **{name: {"profile": "vista_sp1_x64"} for name in IN_THE_WAY},
    "no-disk-class": {"profile": "vista_sp1_x64", "overrides": {"missing_classes": ["Win32_LogicalDisk"]}},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each refusal."""
    hosts = [{"name": name.replace("_", "-"), "profile": name} for name in PROFILES]
    hosts += [{"name": name, **values} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


def assert_untouched(host: RunningHost, before: dict[str, Any]) -> None:
    """Nothing was written, no installer started, servicing as before."""
    after = host.state()
    assert after["free_space"] == before["free_space"], "something was written"
    assert (after["cbs"], after["servicing"]) == (before["cbs"], before["servicing"])
    assert not installers(host)
    assert_clean(host)


@pytest.fixture
def needy(fleet: RunningFleet) -> Iterator[RunningHost]:
    """A host that needs the fix, and keeps needing it."""
    host = fleet.host("vista-sp1-x64")
    before = host.state()
    yield host
    assert_untouched(host, before)
    assert host.state()["processes_started"] == before["processes_started"], "a refused package cost a process"


@pytest.mark.parametrize("name", ["certutil-missing", "expand-missing"])
def test_a_payload_that_cannot_be_proven_is_not_left(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    """A program of Windows that it takes is missing."""
    host = fleet.host(name)
    before = host.state()
    with pytest.raises(CommandError, match=name.partition("-")[0] + "|expanding the payload"):
        apply(host, "present", package_dir=package_dir)
    assert_untouched(host, before)
    assert host.folder(LAYOUT.parent) is None, "a refusal left its folders"


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_a_folder_in_the_way_of_a_file_of_ours_is_named(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host, called = fleet.host(name), IN_THE_WAY[name]
    write(host, LAYOUT.path(f"{called}\\x"), b"mine")
    for state in ("staged", "present"):
        with pytest.raises(FolderRefusedError, match=rf"it holds {called} \(a folder\), which we did not put there"):
            apply(host, state, package_dir=package_dir)
    assert host.file(LAYOUT.path(f"{called}\\x"))["size"] == 4
    assert not installers(host)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_refusal_removes_nothing_that_was_there(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    """Neither an empty folder, nor a link, nor a folder behind one; and the second run is refused as the first was."""
    host = fleet.host(name)
    before = [host.tree(path) for path in (OURS, r"C:\Public")]
    for state in ("staged", "present"):
        with pytest.raises(FolderRefusedError, match=r"reparse point|it was there before"):
            apply(host, state, package_dir=package_dir)
        assert [host.tree(path) for path in (OURS, r"C:\Public")] == before
    assert not installers(host)


@pytest.mark.parametrize("check", [False, True])
def test_wrong_packages(needy: RunningHost, tmp_path: Path, check: bool) -> None:
    wrong = package(tmp_path / "other.msu", kb="KB940410")
    with pytest.raises(DeliveryError, match=r"other\.msu is not the package of KB952876"):
        apply(needy, "present", path=wrong, check=check)


@needs("osslsigncode")
@pytest.mark.parametrize("check", [False, True])
def test_packages_of_unknown_origin(needy: RunningHost, package_dir: Path, tmp_path: Path, check: bool) -> None:
    """By default: without a signature, with one of somebody unknown, and changed after it was signed."""
    path = tmp_path / "one.msu"
    path.write_bytes(build_msu("x64"))
    with pytest.raises(DeliveryError, match=r"nothing proves that one\.msu is Microsoft's: it is not signed.*checksum"):
        apply(needy, "present", path=path, check=check)
    good = (package_dir / "x64.msu").read_bytes()
    path.write_bytes(good)
    with pytest.raises(DeliveryError, match="signed, but not provably by Microsoft"):
        apply(needy, "present", path=path, check=check, ca_file=None)
    for place in (len(good) // 2, len(good) - 100):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises((DeliveryError, PackageError), match=r"one\.msu"):
            apply(needy, "present", path=path, check=check)


@pytest.mark.parametrize("architecture", ["x86", "ia64"])
def test_wrong_architecture(needy: RunningHost, package_dir: Path, architecture: str) -> None:
    with pytest.raises(DeliveryError, match=f"{architecture}.*x64|x64.*{architecture}"):
        apply(needy, "staged", path=package_dir / f"{architecture}.msu")


def test_wrong_checksum(needy: RunningHost, package_dir: Path) -> None:
    with pytest.raises(PackageError, match="sha1"):
        apply(needy, "present", path=package_dir / "x64.msu", checksum=["sha1:" + "0" * 40])


def test_changed_package(needy: RunningHost, package_dir: Path, tmp_path: Path) -> None:
    """Every place that is flipped makes another file than the pinned one; without a pin a wreck is refused as such."""
    good = (package_dir / "x64.msu").read_bytes()
    pin = "sha256:" + hashlib.sha256(good).hexdigest()
    for place in (0, len(good) // 2, len(good) - 1):
        bad = tmp_path / f"{place}.msu"
        bad.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        with pytest.raises(PackageError, match="sha256"):
            apply(needy, "present", path=bad, checksum=[pin])
    cut = tmp_path / "cut.msu"
    cut.write_bytes(good[: len(good) // 2])
    with pytest.raises((PackageError, DeliveryError), match=r"cut\.msu"):
        apply(needy, "present", path=cut)


def test_no_package_and_no_such_file(needy: RunningHost, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="name its package for x64"):
        apply(needy, "present")
    with pytest.raises(PackageError, match=r"none\.msu"):
        apply(needy, "present", path=tmp_path / "none.msu")
    with pytest.raises(DeliveryError, match="holds no package"):
        apply(needy, "present", package_dir=tmp_path)


def test_another_user_without_rights(needy: RunningHost, package_dir: Path) -> None:
    with pytest.raises(HotfixError, match=r"is not known.*Access is denied"):
        Run(needy, user="guest-user", password="gu3st-sim").apply("present", package_dir=package_dir)


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        ("vista-foreign-folder", "C:\\\\Windows\\\\winlegacy.servicing", "its owner is S-1-5-21-|may write to it"),
        ("vista-junction", "C:\\\\Windows\\\\winlegacy.servicing", "it is a reparse point"),
    ],
)
def test_a_folder_that_is_not_ours(
    fleet: RunningFleet, package_dir: Path, name: str, path: str, reason: str
) -> None:
    host = fleet.host(name)
    before = host.state()
    with pytest.raises(FolderRefusedError, match=f"refusing to use {path}.*({reason})"):
        apply(host, "present", package_dir=package_dir)
    assert_untouched(host, before)
    assert host.file("C:\\Public\\KB952876\\payload.msu.tmp")["size"] is None


def test_low_disk(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("vista-low-disk")
    before = host.state()
    with pytest.raises(StagingError, match=r"C: has 2 MB free, \d+ MB are needed; nothing was written"):
        apply(host, "staged", package_dir=package_dir)
    assert_untouched(host, before)


def test_unknown_room(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("no-disk-class")
    before = host.state()
    with pytest.raises(StagingError, match="does not tell the free space"):
        apply(host, "staged", package_dir=package_dir)
    assert_untouched(host, before)


def test_no_shell(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("vista-rtm-no-shell")
    before = host.state()
    with pytest.raises(ShellUnsupportedError, match=r"shell_unsupported.*Nothing was written.*start /w pkgmgr"):
        apply(host, "present", package_dir=package_dir)
    assert_untouched(host, before)


def test_a_filtered_administrator_changes_nothing(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("vista-uac-filtered")
    before = host.state()
    with pytest.raises((HotfixError, CommandError, FolderRefusedError, StagingError, faults.AccessDenied)) as caught:
        Run(host, user="operator", password="0perator-sim").apply("present", package_dir=package_dir)
    assert "denied" in str(caught.value) or "unknown" in str(caught.value) or "not known" in str(caught.value)
    assert_untouched(host, before)


def test_task_service_off(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("vista-task-service-off")
    with pytest.raises(CommandError, match=r"registering the task 'winlegacy\.servicing KB952876'"):
        apply(host, "present", package_dir=package_dir)
    assert_clean(host)
    assert not installers(host)
    assert look(host).verdict.status.value == "staged", "what was staged may stay: it is whole"
    host.change("service", name="Schedule", state="Running", start_mode="Auto")
    assert apply(host, "present", package_dir=package_dir).last.verdict.status.value == "install_pending"


@pytest.mark.parametrize(
    ("name", "file", "installer"),
    [
        ("tamper", LAYOUT.expanded + "\\Windows6.0-KB952876-x64.cab", "pkgmgr"),
        ("tamper", LAYOUT.expanded + "\\Windows6.0-KB952876-x64.xml", "pkgmgr"),
        ("tamper", LAYOUT.expanded + "\\Windows6.0-KB952876-x64.cab", "pkgmgr_package"),
        ("tamper-wusa", LAYOUT.payload, "wusa"),
    ],
)
def test_a_payload_changed_on_the_host(
    fleet: RunningFleet, package_dir: Path, name: str, file: str, installer: str
) -> None:
    """The staged file differs in one byte, its size is the same: nothing is installed, and it can be staged anew."""
    host = fleet.host(name)
    package = package_dir / "x64.msu"
    apply(host, "staged", path=package)
    before = host.state()["servicing"]
    size = host.file(file)["size"]
    assert size
    write(host, file, b"\x00" * size)
    with pytest.raises(TamperedError, match="nothing was installed"):
        apply(host, "present", path=package, installer=installer)
    assert not installers(host)
    assert host.state()["servicing"] == before
    assert_clean(host)
    assert look(host).verdict.status.value == "needs_fix", "a staging that is known to be bad still counts as staged"
    assert apply(host, "staged", path=package).changed
    assert not apply(host, "staged", path=package).changed


def test_a_payload_changed_in_size_is_staged_anew(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("cut-manifest")
    package = package_dir / "x64.msu"
    apply(host, "staged", path=package)
    write(host, LAYOUT.payload, b"short")
    assert apply(host, "staged", path=package).changed
    assert host.file(LAYOUT.payload)["sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    write(host, LAYOUT.manifest, b'{"format": 1, "kb": "KB95')
    assert not installers(host)
    assert_clean(host)
    assert apply(host, "present", path=package).last.verdict.status.value == "install_pending"


@pytest.mark.parametrize("name", ["old-icacls", "no-security-class"])
def test_other_ways_to_a_secure_folder(fleet: RunningFleet, package_dir: Path, name: str) -> None:
    host = fleet.host(name)
    assert apply(host, "present", package_dir=package_dir).last.verdict.status.value == "install_pending"
    assert truth(host) == "install_pending"
    assert_clean(host)


def test_without_the_owner_a_foreign_folder_is_not_trusted(fleet: RunningFleet, package_dir: Path) -> None:
    host = fleet.host("no-security-class-open")
    with pytest.raises(FolderRefusedError, match="refusing to use"):
        apply(host, "present", package_dir=package_dir)
    assert not installers(host)
    assert_clean(host)
