# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Over WinRM into the receiver: line sizes, windows, resuming, and everything that a receiver may do wrong."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import winrm_script
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Conversation,
    ScriptHostUnavailableError,
    TransferError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.winrm_script import (
    END_LINE,
    LINE_BYTES,
    MOST_PARTS,
    PART_BYTES,
    ReceiverStoppedError,
    WrongCountError,
    chunks,
    lines_for,
    part_size,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import LINE_LIMIT, CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._operations.transfer.pretend import (
    LAYOUT,
    FakeReceiver,
    FakeShell,
    LostError,
    SilentError,
    Talk,
    payload,
)
from unit.winhost.cmd.harness import Host as Machine


@given(st.integers(6, 600_000))
def test_lines_fill_a_send_and_never_overflow(capacity: int) -> None:
    sizes = lines_for(capacity)
    used = sum(size // 3 * 4 + 2 for size in sizes)
    assert all(0 < size <= LINE_BYTES and size % 3 == 0 for size in sizes)
    assert used <= capacity
    assert capacity - used < 6


@given(st.integers(1, 2**31))
def test_parts_are_few_enough_to_be_joined_by_one_command_line(size: int) -> None:
    count = -(-size // part_size(size))
    assert count <= MOST_PARTS
    assert part_size(size) >= PART_BYTES
    assert len("+".join(["00000000.part"] * count)) < 7000


@given(st.binary(max_size=500), st.lists(st.sampled_from([3, 6, 30]), min_size=1, max_size=4))
def test_chunks_carry_the_file_and_count_its_bytes(data: bytes, sizes: list[int]) -> None:
    seen = b""
    for text, count in chunks(io.BytesIO(data), sizes):
        decoded = b"".join(base64.b64decode(line, validate=True) for line in text.split(b"\r\n"))
        assert (len(decoded), text.endswith(b"\r\n")) == (count, True)
        seen += decoded
    assert seen == data


def talking(saved: bytearray, *, part: int = 5000, capacity: int = 1000) -> Talk:
    """A conversation with a sound receiver that holds `saved` already."""
    receiver = FakeReceiver(part, saved)
    receiver.talk = Talk(receiver, capacity)
    receiver.talk.waiting = receiver.start()
    return receiver.talk


def push(shell: FakeShell, folder: Path, size: int, told: list[int] | None = None, deadline: float = 100.0) -> None:
    winrm_script.push(
        shell,
        payload(folder, size),
        LAYOUT,
        progress=lambda done, _total: (told if told is not None else []).append(done),
        clock=lambda: 0.0,
        sleep=lambda _seconds: None,
        deadline=deadline,
    )


@pytest.mark.parametrize("there", [0, 1, 700, 9_999, 10_000])
def test_a_transfer_goes_on_at_the_byte_that_the_host_reports(tmp_path: Path, there: int) -> None:
    saved = bytearray(payload(tmp_path, 10_000).path.read_bytes()[:there])
    talk = talking(saved)
    told: list[int] = []
    push(FakeShell(lambda _command: talk), tmp_path, 10_000, told)
    assert bytes(saved) == payload(tmp_path, 10_000).path.read_bytes()
    assert (told[0], told[-1]) == (there, 10_000)
    per_send = sum(lines_for(talk.capacity - len(END_LINE)))
    assert len(talk.sent) == max(1, -(-(10_000 - there) // per_send))
    assert talk.sent[-1].endswith(END_LINE)
    assert talk.stopped >= 1


def test_answers_are_asked_for_only_when_the_window_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winrm_script, "PART_BYTES", 1000)
    talk = talking(bytearray(), part=1000)
    push(FakeShell(lambda _command: talk), tmp_path, 100_000)
    assert talk.receives < 100_000 // 1000 // 2
    slow = talking(bytearray(), part=10**9)  # acknowledges nothing before the end
    with pytest.raises(SilentError):
        push(FakeShell(lambda _command: slow), tmp_path, 100_000)
    per_send = sum(lines_for(slow.capacity - len(END_LINE)))
    assert (len(slow.sent) - 1) * per_send <= winrm_script.WINDOW_PARTS * 1000 + per_send, "the window has no bound"


def test_a_break_is_followed_by_a_new_shell_and_the_rest(tmp_path: Path) -> None:
    saved = bytearray()
    talks: list[Talk] = []

    def make(_command: str) -> Conversation:
        talk = talking(saved, part=3000)
        talks.append(talk)
        if len(talks) < 4:
            sound = talk.program
            talk.program = failing(sound, after=8)
        return talk

    shell, told = FakeShell(make), [0]
    push(shell, tmp_path, 40_000, told)
    assert bytes(saved) == payload(tmp_path, 40_000).path.read_bytes()
    assert (shell.renewed, len(talks)) == (3, 4)


def failing(program: Callable[[bytes], bytes], *, after: int) -> Callable[[bytes], bytes]:
    """The program, until the connection breaks after so many Sends."""
    left = after

    def run(data: bytes) -> bytes:
        nonlocal left
        left -= 1
        if left < 0:
            raise LostError
        return program(data)

    return run


def test_breaks_without_progress_are_given_up(tmp_path: Path) -> None:
    def make(_command: str) -> Conversation:
        talk = talking(bytearray())
        talk.program = failing(talk.program, after=0)
        return talk

    shell = FakeShell(make)
    with pytest.raises(TransferError, match="again and again at byte 0"):
        push(shell, tmp_path, 40_000)
    assert shell.renewed == winrm_script.MOST_BREAKS_WITHOUT_PROGRESS


@pytest.mark.parametrize(
    "said", [b"BAD 0\r\n", b"ACK x\r\n", b"ACK -5\r\n", b"ACK\r\n", b"hello\r\n", b"ACK 1 2\r\n", b"\xff\xfe 5\r\n"]
)
def test_what_is_no_answer_stops_the_receiver(said: bytes) -> None:
    receiver = winrm_script.Receiver(Talk(lambda _data: b"", waiting=said), lambda _done, _total: None, 10)
    with pytest.raises(ReceiverStoppedError):
        receiver.read(1.0)


def test_answers_may_come_in_pieces() -> None:
    talk = Talk(lambda _data: b"")
    receiver = winrm_script.Receiver(talk, lambda _done, _total: None, 10)
    for piece, expected in ((b"AC", 0), (b"K 7", 0), (b"\r", 0), (b"\nACK 9\r\nDO", 7 + 2), (b"NE 10\r\n", 10)):
        talk.waiting = piece
        receiver.read(1.0)
        assert receiver.acknowledged == expected
    assert receiver.finished


def test_an_early_end_says_what_the_host_said() -> None:
    talk = Talk(lambda _data: b"", waiting=b"Not enough storage", ended=True, exit_code=1)
    with pytest.raises(ReceiverStoppedError, match="exit code 1: Not enough storage"):
        winrm_script.Receiver(talk, lambda _done, _total: None, 10).read(1.0)


@pytest.mark.parametrize("head", [b"CScript Error: it is disabled\r\n", b"", b"READY\r\n", b"READY x\r\n", b"READY 5"])
def test_no_receiver_is_told_from_a_receiver(head: bytes) -> None:
    talk = Talk(lambda _data: b"", waiting=head, ended=True, exit_code=0)
    with pytest.raises(ScriptHostUnavailableError, match="no receiver came up"):
        winrm_script.Receiver(talk, lambda _done, _total: None, 10).wait_ready()


def test_a_receiver_that_could_not_be_written_is_no_missing_script_host(tmp_path: Path) -> None:
    """Its command line writes it, makes the folder and starts it; the first of them has a code of its own."""
    machine, codes = Machine(), []

    def make(command: str) -> Conversation:
        machine.run(command)  # into a folder that is not there
        codes.append(machine.code)
        return Talk(lambda _data: b"", ended=True, exit_code=machine.code)

    with pytest.raises(CommandError, match="writing the receiver"):
        push(FakeShell(make), tmp_path, 100)
    assert codes == [61]


@pytest.mark.parametrize("room", [7000, 1000])
def test_a_receiver_that_fits_no_line_with_its_start_is_written_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(winrm_script, "LINE_BUDGET", room)
    shell = FakeShell(lambda _command: talking(bytearray()))
    winrm_script.push(
        shell,
        payload(tmp_path, 100),
        Layout("C:\\" + "w" * 200, "KB1"),
        progress=lambda _done, _total: None,
        clock=lambda: 0.0,
        deadline=1.0,
    )
    *written, started, _joined = shell.commands
    assert "cscript.exe" in started
    assert ("echo(" in started, bool(written)) == ((True, False) if room == 7000 else (False, True))
    assert all(len(command) < LINE_LIMIT for command in shell.commands)


def test_a_receiver_that_counts_otherwise_is_not_believed_and_its_parts_go(tmp_path: Path) -> None:
    def make(_command: str) -> Conversation:
        talk = talking(bytearray())
        sound = talk.program
        talk.program = lambda data: sound(data).replace(b"DONE 10000", b"DONE 9999")
        return talk

    shell = FakeShell(make)
    with pytest.raises(WrongCountError, match="holds 9999 bytes, 10000 were sent"):
        push(shell, tmp_path, 10_000)
    assert any("rd /s /q" in command and LAYOUT.parts in command for command in shell.commands)


def test_more_bytes_than_there_are_is_begun_anew(tmp_path: Path) -> None:
    held = [bytearray(20_000), bytearray()]
    shell = FakeShell(lambda _command: talking(held.pop(0)))
    push(shell, tmp_path, 10_000)
    assert any("rd /s /q" in command for command in shell.commands)
    assert shell.renewed == 1


def test_the_end_of_the_time_is_an_error_that_says_how_far_it_got(tmp_path: Path) -> None:
    with pytest.raises(TransferError, match="transfer_timeout"):
        push(FakeShell(lambda _command: talking(bytearray())), tmp_path, 10_000, deadline=-1.0)


def test_a_file_that_grows_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    sent = payload(tmp_path, 5_000)
    sent.path.write_bytes(sent.path.read_bytes() + b"more")
    with pytest.raises(TransferError):
        winrm_script.push(
            FakeShell(lambda _command: talking(bytearray())),
            sent,
            LAYOUT,
            progress=lambda _done, _total: None,
            deadline=100.0,
        )
