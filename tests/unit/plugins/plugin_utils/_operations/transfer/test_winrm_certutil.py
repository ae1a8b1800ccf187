# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without the script host: text for certutil, parts that are kept, and a host whose input never ends."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import winrm_certutil
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Conversation,
    TransferError,
)
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._operations.transfer.pretend import (
    LAYOUT,
    FakeShell,
    LostError,
    Talk,
    payload,
)

PART = 3000


@given(st.binary(max_size=4000))
def test_text_decodes_to_the_data_in_lines_that_findstr_takes(data: bytes) -> None:
    text = winrm_certutil.encode(data)
    lines = text.split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= 8000 for line in lines)
    assert base64.b64decode(b"".join(lines), validate=True) == data


class Host:
    """Parts by path, and the text that findstr wrote last."""

    def __init__(self, *, closes: bool = True, break_at: tuple[int, ...] = ()) -> None:
        self.parts: dict[str, int] = {}
        self.talks: list[Talk] = []
        self.closes = closes
        self.break_at = break_at
        self.received = b""

    def make(self, command: str) -> Conversation:
        number = len(self.talks)
        path = command.rpartition(" > ")[2].strip('"').removesuffix(".b64")

        def take(data: bytes) -> bytes:
            if number in self.break_at:
                raise LostError
            self.received += base64.b64decode(data.replace(b"\r\n", b"")) if data.endswith(b"\n") else b""
            self.parts[path] = min(PART, 7000 - int(path[-13:-5]) * PART)
            return b""

        talk = Talk(take, capacity=100_000)
        if not self.closes:
            talk.send = lambda data, end=False: talk.sent.append(data)  # type: ignore[method-assign, misc]
        self.talks.append(talk)
        return talk

    def existing(self, paths: list[str]) -> dict[str, int]:
        return {path: self.parts[path] for path in paths if path in self.parts}


def push(host: Host, shell: FakeShell, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    told: list[int] = []
    monkeypatch.setattr(winrm_certutil, "PART_BYTES", PART)
    winrm_certutil.push(
        shell,
        payload(folder, 7000),
        LAYOUT,
        existing=host.existing,
        progress=lambda done, _total: told.append(done),
        deadline=100.0,
        sleep=lambda _seconds: None,
    )
    return told


def test_parts_are_sent_decoded_and_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host()
    shell = FakeShell(host.make)
    assert push(host, shell, tmp_path, monkeypatch) == [3000, 6000, 7000]
    assert host.received == payload(tmp_path, 7000).path.read_bytes()
    assert shell.commands[-1].count(".part") == 3
    assert "copy /b" in shell.commands[-1]
    assert sum("certutil.exe -f -decode" in command for command in shell.commands) == 3
    assert all(talk.stopped == 1 for talk in host.talks)


def test_parts_of_the_right_size_are_not_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host()
    push(host, FakeShell(host.make), tmp_path, monkeypatch)
    second = next(path for path in host.parts if path.endswith("1.part"))
    host.parts[second], host.talks = 17, []
    push(host, FakeShell(host.make), tmp_path, monkeypatch)
    assert len(host.talks) == 1


def test_a_break_repeats_one_part_in_a_new_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(break_at=(1,))
    shell = FakeShell(host.make)
    push(host, shell, tmp_path, monkeypatch)
    assert (len(host.talks), shell.renewed) == (4, 1)


def test_breaks_for_ever_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(break_at=tuple(range(100)))
    with pytest.raises(TransferError, match="again and again in part 0 of 3"):
        push(host, FakeShell(host.make), tmp_path, monkeypatch)


def test_an_input_that_never_ends_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(closes=False)
    with pytest.raises(TransferError, match="does not close a command's input") as caught:
        push(host, FakeShell(host.make), tmp_path, monkeypatch)
    assert "transfer: smb" in str(caught.value)
    assert host.talks[0].stopped == 1


def test_a_part_of_another_size_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host()
    monkeypatch.setattr(host, "existing", lambda paths: dict.fromkeys(paths, 5))
    with pytest.raises(TransferError, match="part 0 has 5 bytes on the host, not 3000"):
        push(host, FakeShell(host.make), tmp_path, monkeypatch)
