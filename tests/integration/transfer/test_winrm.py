# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Over WinRM alone: every size arrives whole, breaks cost little, and a host without the script host is served."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import (
    winrm_certutil,
    winrm_script,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Payload,
    TransferError,
)
from integration.hotfix.driver import ControllerKilledError, DyingChannel
from integration.transfer.conveyor import LAYOUT, carry, landed, payload, sends
from winhost.testing import RunningFleet, RunningHost, running_fleet

OPEN = {"auth": {"basic": True, "allow_unencrypted": True}}
PART = winrm_script.PART_BYTES
TEXT_PART = winrm_certutil.PART_BYTES
ENVELOPE = 153600
HOSTS = ("vista_sp1_x64", "vista_de", "vista_ja", "vista_rtm_x86", "vista_sp1_stack2", "win2019")
STRANGE: dict[str, dict[str, Any]] = {
    "ignored": {"profile": "vista_wsh_disabled", "doubt": {"stdin_end_closes": "ignored"}},
    "fault": {"profile": "vista_wsh_disabled", "doubt": {"stdin_end_closes": "fault"}},
    "script-ignored": {"profile": "vista_sp1_x64", "doubt": {"stdin_end_closes": "ignored"}},
    "script-fault": {"profile": "vista_sp1_x64", "doubt": {"stdin_end_closes": "fault"}},
    "off-exit-0": {"profile": "vista_wsh_disabled", "doubt": {"cscript_error_code": "0"}},
    "off": {"profile": "vista_wsh_disabled"},
    "one": {"profile": "vista_sp1_x64"},
    "two": {"profile": "vista_sp1_x64"},
    "killed": {"profile": "vista_sp1_x64"},
    "breaking": {"profile": "vista_sp1_x64"},
    "breaking-off": {"profile": "vista_wsh_disabled"},
    "beside": {"profile": "vista_sp1_x64"},
    "full": {"profile": "vista_sp1_x64"},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """The machines of this file."""
    hosts = [{"name": name.replace("_", "-"), "profile": name} for name in HOSTS]
    hosts += [{"name": name, **values} for name, values in STRANGE.items()]
    with running_fleet({"defaults": OPEN, "hosts": hosts}) as running:
        yield running


@pytest.mark.parametrize("size", [1, 2, 3, 12287, 12288, 12289, PART - 1, PART, PART + 1, 5_000_000])
def test_every_size_arrives(fleet: RunningFleet, tmp_path: Path, size: int) -> None:
    host = fleet.host("one")
    sent = payload(tmp_path, size)
    carried = carry(host, sent)
    assert carried.way == "winrm"
    assert landed(host, sent)
    assert carried.progress[-1] == size
    assert host.state()["shells"] == 0


@pytest.mark.parametrize("size", [1, 57, TEXT_PART - 1, TEXT_PART, TEXT_PART + 1, 5_000_000])
def test_every_size_arrives_without_the_script_host(fleet: RunningFleet, tmp_path: Path, size: int) -> None:
    host = fleet.host("off")
    sent = payload(tmp_path, size)
    carried = carry(host, sent)
    assert carried.way == "winrm_certutil"
    assert any("Windows Script Host" in line for line in carried.said)
    assert landed(host, sent)


def test_few_messages_for_twenty_megabytes(fleet: RunningFleet, tmp_path: Path) -> None:
    host = fleet.host("two")
    size = 20_000_000
    sent = payload(tmp_path, size)
    before = host.counters()["by_action"]
    carry(host, sent)
    after = host.counters()["by_action"]
    assert landed(host, sent)
    ideal = -(-size // (ENVELOPE * 9 // 16))  # base64 of base64 and nothing else in the envelope
    assert after["Send"] - before.get("Send", 0) <= 1.05 * ideal
    assert after["Receive"] - before.get("Receive", 0) <= size // PART + 12, "more than one answer a part"


@pytest.mark.parametrize("name", HOSTS)
def test_every_kind_of_host(fleet: RunningFleet, tmp_path: Path, name: str) -> None:
    host = fleet.host(name.replace("_", "-"))
    sent = payload(tmp_path, 1_500_000)
    assert carry(host, sent).way == "winrm"
    assert landed(host, sent)


def test_nothing_is_empty(fleet: RunningFleet, tmp_path: Path) -> None:
    with pytest.raises(TransferError, match="is empty"):
        carry(fleet.host("one"), payload(tmp_path, 0))


EVERYWHERE = (2, 5, 6, 7, 9, 20, 27, 29, 30, 31, 33, 35)
SOMEWHERE = (2, 6, 9, 20, 30)
BREAKS = {
    "reset": EVERYWHERE,
    "reset_after": EVERYWHERE,
    "drop_request": EVERYWHERE,
    "cut": SOMEWHERE,
    "garbled": SOMEWHERE,
    "empty": SOMEWHERE,
    "wrong_relates_to": SOMEWHERE,
}


@pytest.mark.parametrize("kind", list(BREAKS))
def test_a_break_at_any_message_of_the_transfer(fleet: RunningFleet, tmp_path: Path, kind: str) -> None:
    """One break at each of the messages in turn, with the receiver's start and end among them."""
    host = fleet.host("breaking")
    size = 3 * PART + 5000
    ideal = -(-size // 83000)
    under_way = winrm_script.WINDOW_PARTS * (PART // 83000 + 1) + 2
    for number in BREAKS[kind]:
        sent = payload(tmp_path, size, seed=number)
        host.reset()
        host.fault(kind, at=number)
        carried = carry(host, sent)
        assert landed(host, sent), (kind, number)
        state = host.wait_for(lambda seen: seen["connections"] == 0)
        assert state["shells"] <= 1, (kind, number)
        assert sends(host) <= ideal + 1 + under_way, (kind, number, "too much came again")
        assert carried.way == "winrm"
        host.clear_faults()


@pytest.mark.parametrize("kind", ["reset", "reset_after"])
def test_a_break_without_the_script_host(fleet: RunningFleet, tmp_path: Path, kind: str) -> None:
    host = fleet.host("breaking-off")
    for number in (15, 30, 40, 46):
        sent = payload(tmp_path, TEXT_PART + 300_000, seed=number)
        host.reset()
        host.fault(kind, at=number)
        assert carry(host, sent).way == "winrm_certutil"
        assert landed(host, sent), (kind, number)


def test_ten_breaks_with_progress_between_them(fleet: RunningFleet, tmp_path: Path) -> None:
    host = fleet.host("breaking")
    sent = payload(tmp_path, 6 * PART, seed=99)
    host.reset()
    for number in range(25, 250, 25):
        host.fault("reset", at=number)
    carry(host, sent)
    assert landed(host, sent)
    host.clear_faults()


def test_a_host_that_breaks_for_ever_is_given_up(
    fleet: RunningFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winrm_script, "MOST_BREAKS_WITHOUT_PROGRESS", 2)
    host = fleet.host("breaking")
    host.fault("reset", action="Send", times=0)
    with pytest.raises(TransferError, match="again and again at byte 0"):
        carry(host, payload(tmp_path, 300_000, seed=100))
    host.clear_faults()


def settle(host: RunningHost, sent: Payload) -> None:
    """Wait until the lost receiver has read what was on its way (the operation ends its shell; here it lives on)."""
    folder, seen = f"{LAYOUT.parts}\\{sent.sha1[:16]}", -1
    while True:
        count = next(n for n in itertools.count() if host.file(f"{folder}\\{n:08d}.part")["size"] is None)
        if count == seen:
            return
        seen = count
        time.sleep(1.0)


def test_a_second_run_goes_on_where_a_killed_controller_was(fleet: RunningFleet, tmp_path: Path) -> None:
    host = fleet.host("killed")
    sent = payload(tmp_path, 14 * PART)
    progress: list[int] = []
    with pytest.raises(ControllerKilledError):
        carry(host, sent, wrap=lambda wire: DyingChannel(wire, 80), progress=progress)
    saved = progress[-1]
    assert saved >= 3 * PART
    settle(host, sent)
    before = sends(host)
    second = carry(host, sent)
    assert landed(host, sent)
    assert second.progress[0] >= saved
    assert sends(host) - before <= -(-(sent.size - second.progress[0]) // 83000) + 1
    before = sends(host)
    third = carry(host, sent)
    assert (third.progress[0], sends(host) - before) == (sent.size, 1)


@pytest.mark.parametrize("name", ["script-ignored", "script-fault"])
def test_the_receiver_needs_no_end_of_input(fleet: RunningFleet, tmp_path: Path, name: str) -> None:
    host = fleet.host(name)
    sent = payload(tmp_path, 200_000)
    assert carry(host, sent).way == "winrm"
    assert landed(host, sent)


@pytest.mark.parametrize("name", ["ignored", "fault"])
def test_without_the_script_host_and_without_an_end_of_input_it_is_refused(
    fleet: RunningFleet, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winrm_certutil, "END_DEADLINE", 2.0)
    with pytest.raises(TransferError, match="does not close a command's input") as caught:
        carry(fleet.host(name), payload(tmp_path, 1000))
    assert "transfer: smb" in str(caught.value)
    assert "transfer: path" in str(caught.value)
    assert fleet.host(name).state()["shells"] == 0


def test_a_script_host_that_is_off_and_exits_with_0(fleet: RunningFleet, tmp_path: Path) -> None:
    host = fleet.host("off-exit-0")
    sent = payload(tmp_path, 1000)
    assert carry(host, sent).way == "winrm_certutil"
    assert landed(host, sent)


@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (("node.text = line;", "node.text = line.substr(4);"), "the receiver holds"),
        (("node.text = line;", "throw 1;"), "BAD"),
    ],
)
def test_a_receiver_that_drops_bytes_is_caught(
    fleet: RunningFleet, tmp_path: Path, damage: tuple[str, str], match: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = fleet.host("one")
    text = winrm_script.receiver_text()
    assert damage[0] in text
    monkeypatch.setattr(winrm_script, "receiver_text", lambda: text.replace(*damage))
    monkeypatch.setattr(winrm_script, "MOST_BREAKS_WITHOUT_PROGRESS", 1)
    sent = payload(tmp_path, 30_000, seed=len(match) + 1000)
    with pytest.raises(TransferError, match=match):
        carry(host, sent)
    monkeypatch.setattr(winrm_script, "receiver_text", lambda: text)
    carry(host, sent)
    assert landed(host, sent), "what the damaged receiver left spoilt the next run"


def test_too_many_bytes_on_the_host_are_thrown_away(fleet: RunningFleet, tmp_path: Path) -> None:
    import base64

    host = fleet.host("two")
    sent = payload(tmp_path, 50_000, seed=3)
    part = f"{LAYOUT.parts}\\{sent.sha1[:16]}\\00000000.part"
    host.change("file", path=part, content=base64.b64encode(bytes(60_000)).decode())
    carry(host, sent)
    assert landed(host, sent)


def test_a_full_disk_is_an_error_and_not_a_loop(
    fleet: RunningFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winrm_script, "MOST_BREAKS_WITHOUT_PROGRESS", 1)
    host = fleet.host("full")
    carry(host, payload(tmp_path, 1000))
    host.change("disk", free=1_500_000)
    with pytest.raises(TransferError, match="ended early"):
        carry(host, payload(tmp_path, 3 * PART, seed=5))
    host.change("disk", free=50_000_000)
    sent = payload(tmp_path, 3 * PART, seed=5)
    carried = carry(host, sent)
    assert landed(host, sent)
    assert carried.progress[0] >= PART, "what was saved before the disk was full is used"


def test_an_earlier_shell_does_not_stand_in_the_way(fleet: RunningFleet, tmp_path: Path) -> None:
    """A user has a handful of shells at most on WinRM 1.1: a run uses one at a time."""
    host = fleet.host("beside")
    sent = payload(tmp_path, 20_000, seed=4)
    with pytest.raises(ControllerKilledError):
        carry(host, sent, wrap=lambda wire: DyingChannel(wire, 8))
    left = host.state()["shells"]
    assert left == 1
    carry(host, sent)
    assert landed(host, sent)
    assert host.state()["shells"] == left
