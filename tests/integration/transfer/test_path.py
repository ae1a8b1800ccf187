# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's own copy: on the host's drive, or on a share with credentials that nobody gets to see."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import ways
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import TransferError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.host_path import ShareCredentials
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from integration.hotfix.driver import apply, packages
from integration.transfer.conveyor import LAYOUT, carry, landed, payload
from winhost.testing import RunningFleet, RunningHost, running_fleet

OPEN = {"auth": {"basic": True, "allow_unencrypted": True}}
SHARE = "\\\\files\\updates"
USER, PASSWORD = "LAB\\reader", "gr3at & %PATH% \"secret\" 100^"
HOSTS: dict[str, dict[str, Any]] = {
    "plain": {"profile": "vista_sp1_x64"},
    "german": {"profile": "vista_de"},
    "japanese": {"profile": "vista_ja"},
    "stack2": {"profile": "vista_sp1_stack2"},
    "off": {"profile": "vista_wsh_disabled"},
    "off-exit-0": {"profile": "vista_wsh_disabled", "doubt": {"cscript_error_code": "0"}},
    "no-end": {"profile": "vista_sp1_x64", "doubt": {"stdin_end_closes": "ignored"}},
    "end-fault": {"profile": "vista_sp1_x64", "doubt": {"stdin_end_closes": "fault"}},
    "staging": {"profile": "vista_sp1_x64"},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Hosts that see one share."""
    hosts = [{"name": name, **values} for name, values in HOSTS.items()]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        for name in HOSTS:
            running.host(name).change("share", root=SHARE, user=USER, password=PASSWORD)
        yield running


def put(host: RunningHost, path: str, data: bytes) -> None:
    """A file on the host's drive or on the share that it sees."""
    host.change("file", path=path, content=base64.b64encode(data).decode())


def options(path: str, user: str = USER, password: str = PASSWORD, *, anonymous: bool = False) -> ways.TransferOptions:
    credentials = None if anonymous else ShareCredentials(user, password)
    return ways.TransferOptions(way=ways.Way.PATH, source_path=path, credentials=credentials)


def nothing_secret(fleet: RunningFleet, host: RunningHost, secret: str) -> None:
    """Neither the machine, nor its processes, nor the log of messages knows the secret; no script is left either."""
    quoted = json.dumps(secret)[1:-1]
    for seen in (json.dumps(host.state()), json.dumps(host.log(1000)), fleet.log_path.read_text(encoding="utf-8")):
        assert secret not in seen
        assert quoted not in seen
    assert host.file(LAYOUT.path("copy_from_share.js"))["size"] is None


@pytest.mark.parametrize("name", ["plain", "german", "japanese", "stack2", "no-end", "end-fault"])
def test_a_share_with_credentials(fleet: RunningFleet, tmp_path: Path, name: str) -> None:
    host, sent = fleet.host(name), payload(tmp_path, 300_000)
    put(host, f"{SHARE}\\new\\kb.msu", sent.path.read_bytes())
    carried = carry(host, sent, options(f"{SHARE}\\new\\kb.msu"))
    assert carried.way == "path"
    assert landed(host, sent)
    nothing_secret(fleet, host, PASSWORD)


def test_a_drive_of_the_host(fleet: RunningFleet, tmp_path: Path) -> None:
    host, sent = fleet.host("plain"), payload(tmp_path, 1000, seed=2)
    put(host, "C:\\Media\\kb 952876 (x64) & more.msu", sent.path.read_bytes())
    carry(host, sent, options("C:\\Media\\kb 952876 (x64) & more.msu", anonymous=True))
    assert landed(host, sent)


@pytest.mark.parametrize(
    ("path", "login", "match"),
    [
        (f"{SHARE}\\kb.msu", (USER, "not-the-secret"), "'map': error 1326 "),
        (f"{SHARE}\\kb.msu", ("LAB\\other", PASSWORD), "'map': error 1326 "),
        ("\\\\elsewhere\\updates\\kb.msu", (USER, PASSWORD), "'map': error 53 "),
        (f"{SHARE}\\not-there.msu", (USER, PASSWORD), "'copy': error 0x800A0035"),
        (SHARE, (USER, PASSWORD), "is not a path below a share"),
        (f"{SHARE}\\kb.msu", (USER, "two\nlines"), "cannot hold a line break"),
        (f"{SHARE}\\kb.msu", (USER, "\u0436\u0443\u043a"), "code page 437 cannot carry"),
    ],
)
def test_refusals_say_the_step_and_keep_the_secret(
    fleet: RunningFleet, tmp_path: Path, path: str, login: tuple[str, str], match: str
) -> None:
    user, password = login
    host = fleet.host("plain")
    with pytest.raises(TransferError, match=match) as caught:
        carry(host, payload(tmp_path, 1000), options(path, user, password))
    assert password not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert host.state()["shells"] == 0
    nothing_secret(fleet, host, password)


def test_a_share_without_credentials_is_refused_with_the_reason(fleet: RunningFleet, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="network logon reaches no share"):
        carry(fleet.host("german"), payload(tmp_path, 1000), options(f"{SHARE}\\new\\kb.msu", anonymous=True))


@pytest.mark.parametrize("name", ["off", "off-exit-0"])
def test_without_the_script_host_it_is_refused_with_the_reason(fleet: RunningFleet, tmp_path: Path, name: str) -> None:
    host = fleet.host(name)
    with pytest.raises(TransferError, match="Windows Script Host off") as caught:
        carry(host, payload(tmp_path, 1000), options(f"{SHARE}\\new\\kb.msu"))
    assert "transfer: smb" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    nothing_secret(fleet, host, PASSWORD)


def test_another_file_at_the_path_is_caught_and_removed(fleet: RunningFleet, tmp_path: Path) -> None:
    """A staging whose source is not the package: first another size, then the same size with one byte changed."""
    host, folder = fleet.host("staging"), packages(tmp_path)
    package = (folder / "x64.msu").read_bytes()
    changed = bytearray(package)
    changed[len(changed) // 2] ^= 1
    chosen: dict[str, Any] = {"package_dir": folder, "transfer": "path", "source_path": f"{SHARE}\\kb.msu"}
    login: dict[str, Any] = {"source_user": USER, "source_password": PASSWORD}
    for data, match in ((package[:-1], "bytes on the host"), (bytes(changed), "SHA-1")):
        put(host, f"{SHARE}\\kb.msu", data)
        with pytest.raises(TransferError, match=match):
            apply(host, "staged", **chosen, **login)
        assert host.file(LAYOUT.payload + ".tmp")["size"] is None
        assert host.file(LAYOUT.manifest)["size"] is None
    put(host, f"{SHARE}\\kb.msu", package)
    result = apply(host, "staged", **chosen, **login)
    assert result.transfer is not None
    assert result.transfer.way == "path"
    assert PASSWORD not in repr(result)
    assert PASSWORD not in str(result.as_dict())
    nothing_secret(fleet, host, PASSWORD)
