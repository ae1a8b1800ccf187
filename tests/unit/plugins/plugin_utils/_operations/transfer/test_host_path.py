# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's own copy: paths, credentials that show nowhere, and the numbers of a share's refusal."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import host_path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    ScriptHostUnavailableError,
    TransferError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.host_path import (
    ShareCredentials,
    fetch,
    split_unc,
)
from unit.plugins.plugin_utils._operations.transfer.pretend import LAYOUT, FakeShell, Talk

SECRET = "S3cret & word"
LOGIN = ShareCredentials("LAB\\reader", SECRET)
PATH = "\\\\files\\updates\\vista\\kb.msu"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("\\\\files\\updates\\kb.msu", ("\\\\files\\updates", "kb.msu")),
        ("\\\\files.example.com\\c$\\a b\\kb.msu", ("\\\\files.example.com\\c$", "a b\\kb.msu")),
        ("\\\\10.0.0.1\\updates\\a\\b\\c", ("\\\\10.0.0.1\\updates", "a\\b\\c")),
    ],
)
def test_a_unc_path_is_a_share_and_what_is_below_it(path: str, expected: tuple[str, str]) -> None:
    assert split_unc(path) == expected


@pytest.mark.parametrize(
    "path", ["C:\\kb.msu", "\\\\files\\updates", "\\\\files", "\\\\", "", "\\\\files\\\\kb.msu", "a\\b\\c"]
)
def test_what_is_no_unc_path_is_refused(path: str) -> None:
    with pytest.raises(TransferError, match="not a path below a share"):
        split_unc(path)


def talk(said: bytes, exit_code: int) -> tuple[FakeShell, Talk]:
    made = Talk(lambda _data: said, ended=True, exit_code=exit_code)
    return FakeShell(lambda _command: made), made


def test_credentials_go_to_the_input_and_nowhere_else() -> None:
    shell, made = talk(b"COPIED 5\r\n", 0)
    fetch(shell, PATH, LAYOUT, LOGIN)
    assert b"".join(made.sent) == b"\\\\files\\updates\r\nLAB\\reader\r\n" + SECRET.encode() + b"\r\n"
    assert not [command for command in shell.commands if SECRET in command or "reader" in command]
    assert SECRET not in repr(LOGIN)
    assert (made.stopped, "copy_from_share.js" in shell.commands[-1], "del /f" in shell.commands[-1]) == (1, True, True)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("-2147023570", r"1326 \(0x8007052E\)"),
        ("-2147024843", r"53 \(0x80070035\)"),
        ("-2147024784", r"112 \(0x80070070\), the host's disk is full"),
        ("-2146828212", "0x800A004C, the path was not found: check source_path"),
        ("-2146828235", "0x800A0035, the file was not found: check source_path"),
        ("-2146827000", "0x800A0508, an error of the script host"),
    ],
)
def test_a_refusal_names_the_step_and_the_number(number: str, expected: str) -> None:
    shell, _made = talk(f"FAILED map {number}\r\n".encode(), 3)
    with pytest.raises(TransferError, match=f"failed at the step 'map': error {expected}") as caught:
        fetch(shell, PATH, LAYOUT, LOGIN)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (5, "right to read"),
        (53, "resolve its name"),
        (67, "check source_path"),
        (86, "check source_password"),
        (1219, "another user"),
        (1326, "with its domain"),
        (1909, "locked out"),
    ],
)
def test_the_commonest_refusals_are_words_with_advice(code: int, words: str) -> None:
    shell, _made = talk(f"FAILED map {(0x80070000 | code) - (1 << 32)}\r\n".encode(), 3)
    with pytest.raises(TransferError, match=rf"error {code} \(0x8007.{{4}}\), .*{words}"):
        fetch(shell, PATH, LAYOUT, LOGIN)


@pytest.mark.parametrize("said", [b"", b"CScript Error: access is disabled\r\n", b"FAILED\r\n", b"COPIED 5\r\n"])
def test_anything_else_is_no_copy(said: bytes) -> None:
    shell, _made = talk(said, 1)
    with pytest.raises(ScriptHostUnavailableError, match="Windows Script Host off"):
        fetch(shell, PATH, LAYOUT, LOGIN)


@pytest.mark.parametrize(
    ("user", "password", "match"),
    [("a\r\nb", "c", "line break"), ("a", "b\nc", "line break"), ("a", "\u20ac", "437"), ("\u65e5", "b", "437")],
)
def test_what_the_input_cannot_carry_is_refused_first(user: str, password: str, match: str) -> None:
    shell, made = talk(b"", 0)
    with pytest.raises(TransferError, match=match) as caught:
        fetch(shell, PATH, LAYOUT, ShareCredentials(user, password))
    assert (shell.commands, made.sent) == ([], [])
    assert password not in str(caught.value) or len(password) == 1


def test_a_local_path_is_copied_by_one_command() -> None:
    shell, _made = talk(b"", 0)
    fetch(shell, "D:\\a b & c\\kb.msu", LAYOUT, LOGIN)
    assert shell.commands == [f'copy /b /y "D:\\a b & c\\kb.msu" "{LAYOUT.payload}.tmp" >nul']


@pytest.mark.parametrize("path", ['D:\\"&del x', "D:\\%PATH%", "D:\\a\nb"])
def test_a_path_that_cmd_would_interpret_is_refused(path: str) -> None:
    shell, _made = talk(b"", 0)
    with pytest.raises((TransferError, ValueError)):
        fetch(shell, path, LAYOUT, None)
    assert shell.commands == []


def test_the_script_reads_its_secrets_from_its_input_alone() -> None:
    text = host_path.copy_script()
    assert "StdIn.ReadLine" in text
    assert text.isascii()
    assert text.count("WScript.Arguments(") == 3, "an argument more: is it a secret?"
