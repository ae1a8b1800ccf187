# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB against a real Samba server, at the dialect of NT 6.0 and at a newer one."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import smb, ways
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Payload,
    TransferError,
)
from integration.hotfix.driver import apply, look, packages
from integration.transfer.conveyor import carry, landed, payload
from integration.transfer.samba import PASSWORD, USER, Samba, free_port, running_samba, unavailable
from winhost.testing import RunningHost, running_fleet

pytest.importorskip("smbclient", reason="the Python package smbprotocol is missing")
WHY_NOT = unavailable()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

NAME = "payload.msu.tmp"
OPEN = {"auth": {"basic": True, "allow_unencrypted": True}}


@pytest.fixture(scope="module", params=["SMB2_02", "SMB3_11"])
def samba(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    """A server of each dialect."""
    with running_samba(tmp_path_factory.mktemp("samba"), dialect=request.param) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(samba: Samba) -> None:
    (samba.windows / NAME).unlink(missing_ok=True)


def target(samba: Samba) -> smb.SmbTarget:
    return smb.SmbTarget("127.0.0.1", USER, PASSWORD, samba.port)


def push(samba: Samba, sent: Payload) -> list[int]:
    """Push to ADMIN$; the progress that was told."""
    told: list[int] = []
    smb.push(target(samba), sent, NAME, progress=lambda done, _total: told.append(done))
    return told


def same(samba: Samba, sent: Payload) -> bool:
    return (samba.windows / NAME).read_bytes() == sent.path.read_bytes()


@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, smb.CHUNK + 1, 20_000_003])
def test_every_size_arrives(samba: Samba, tmp_path: Path, size: int) -> None:
    sent = payload(tmp_path, size)
    told = push(samba, sent)
    assert same(samba, sent)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, size)


@pytest.mark.parametrize("there", [1, smb.WINDOW - 1, smb.WINDOW, smb.WINDOW + 5, 12_000_000])
def test_a_push_goes_on_where_one_broke(samba: Samba, tmp_path: Path, there: int) -> None:
    """What was under way at the break may have holes: it is written again, and no more than that."""
    sent = payload(tmp_path, 12_000_000)
    data = bytearray(sent.path.read_bytes()[:there])
    hole = max(0, there - smb.WINDOW)
    data[hole : hole + 100] = bytes(len(data[hole : hole + 100]))
    (samba.windows / NAME).write_bytes(data)
    told = push(samba, sent)
    assert same(samba, sent)
    assert told[0] == hole


def test_a_file_that_is_too_large_is_begun_anew(samba: Samba, tmp_path: Path) -> None:
    sent = payload(tmp_path, 100_000)
    (samba.windows / NAME).write_bytes(bytes(5_000_000))
    assert push(samba, sent)[0] == 0
    assert same(samba, sent)


@pytest.mark.parametrize(
    ("changes", "kind", "match"),
    [
        ({"password": "n0t-this-secret"}, smb.SmbRefusedError, "no SMB session"),
        ({"user": "nobody-of-that-name"}, smb.SmbRefusedError, "no SMB session"),
        ({"share": "NONE$"}, smb.SmbRefusedError, "opening"),
        ({"share": "READONLY$"}, smb.SmbRefusedError, "opening"),
        ({"port": 0}, smb.SmbUnavailableError, "no SMB session"),
    ],
)
def test_refusals_say_why_and_keep_the_secret(
    samba: Samba, tmp_path: Path, changes: dict[str, object], kind: type[Exception], match: str
) -> None:
    given = {**changes, "port": free_port()} if "port" in changes else changes
    wanted = replace(target(samba), **given)  # type: ignore[arg-type]
    with pytest.raises(kind, match=match) as caught:
        smb.push(wanted, payload(tmp_path, 1000), NAME, progress=lambda _done, _total: None)
    assert isinstance(caught.value, TransferError)
    assert wanted.password not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert wanted.password not in repr(wanted)
    assert not (samba.windows / NAME).exists()


def test_a_folder_that_is_not_there(samba: Samba, tmp_path: Path) -> None:
    with pytest.raises(smb.SmbRefusedError, match="opening"):
        smb.push(target(samba), payload(tmp_path, 10), "no\\such\\file", progress=lambda _done, _total: None)


def test_a_server_that_dies_in_the_middle(tmp_path: Path) -> None:
    with running_samba(tmp_path / "dying", dialect="SMB2_02") as server:
        sent = payload(tmp_path, 30_000_000)

        def die(done: int, _total: int) -> None:
            if done > 10_000_000:
                kill_children(server.process.pid)

        begun = time.monotonic()
        with pytest.raises(TransferError, match="over SMB"):
            smb.push(target(server), sent, NAME, progress=die)
        assert time.monotonic() - begun < 30
        assert 0 < (server.windows / NAME).stat().st_size < sent.size
        told = push(server, sent)
        assert told[0] > 5_000_000
        assert same(server, sent)


def kill_children(parent: int) -> None:
    """End what serves the connections of a server, as a crash would."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            os.kill(int(stat.parent.name), 9)


def test_auto_goes_over_winrm_when_smb_refuses(samba: Samba, tmp_path: Path) -> None:
    hosts = [{"name": "one", "profile": "vista_sp1_x64"}]
    with running_fleet({"defaults": OPEN, "hosts": hosts}) as fleet:
        host, sent = fleet.host("one"), payload(tmp_path, 100_000)
        wrong = replace(target(samba), password="n0t-this-secret")
        carried = carry(host, sent, ways.TransferOptions(way=ways.Way.AUTO, smb=wrong))
        assert carried.way == "winrm"
        assert landed(host, sent)
        assert "no SMB session" in carried.said[0]
        assert "n0t-this-secret" not in str(carried.said)
        with pytest.raises(smb.SmbRefusedError):
            carry(host, sent, ways.TransferOptions(way=ways.Way.SMB, smb=wrong))


def test_staging_through_a_real_server(samba: Samba, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's disk and Samba's folder are two: what Samba has received is put onto the host's disk by the test."""
    hosts = [{"name": "one", "profile": "vista_sp1_x64"}]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as fleet:
        host = fleet.host("one")
        monkeypatch.setattr(smb, "push", mirrored(samba, host))
        result = apply(
            host,
            "staged",
            package_dir=packages(tmp_path),
            transfer="smb",
            smb_user=USER,
            smb_password=PASSWORD,
            smb_port=samba.port,
        )
        assert result.transfer is not None
        assert result.transfer.way == "smb"
        assert look(host).verdict.status.value == "staged"
        assert PASSWORD not in str(result.as_dict())


def mirrored(samba: Samba, host: RunningHost) -> object:
    """smb.push, to the real server, and then onto the simulated disk."""
    import base64

    real = smb.push

    def both(wanted: smb.SmbTarget, sent: Payload, relative: str, **options: object) -> None:
        there = samba.windows.joinpath(*relative.split("\\"))
        there.parent.mkdir(parents=True, exist_ok=True)
        real(replace(wanted, server="127.0.0.1"), sent, relative, **options)  # type: ignore[arg-type]
        host.change("file", path=f"C:\\Windows\\{relative}", content=base64.b64encode(there.read_bytes()).decode())

    return both


def test_a_server_that_accepts_and_stays_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers nothing, or drips bytes: neither holds the push."""
    from hostile import servers

    monkeypatch.setattr(smb, "SILENCE", 2.0)
    carried = payload(tmp_path, 100)

    def drip(connection: socket.socket, _request: bytes) -> None:
        servers.forever(connection, b"\x00", 0.2)

    for behaviour in (servers.silent, drip):
        with servers.serving(behaviour, greet=False) as port:
            target = smb.SmbTarget("127.0.0.1", "u", "p", port, timeout=600.0)
            began = time.monotonic()
            with pytest.raises(smb.SmbUnavailableError, match=r"does not speak SMB|no SMB session"):
                smb.push(target, carried, "x", progress=lambda _done, _whole: None)
            assert time.monotonic() - began < 7
