# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way a payload goes, what the log gets to see of it, and SMB's errors without a server."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.target import Target
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import (
    host_path,
    smb,
    ways,
    winrm_certutil,
    winrm_script,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    ScriptHostUnavailableError,
    TransferError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.progress import Progress
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.ways import (
    TransferOptions,
    Way,
    bring,
)
from unit.plugins.plugin_utils._operations.transfer.pretend import LAYOUT, FakeShell, Talk, payload

SMB = smb.SmbTarget("vista", "op", "S3cret")


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Ways that only note that they were taken; an exception put into `errors` is raised instead."""
    seen: dict[str, Any] = {"taken": [], "errors": {}, "said": []}

    def way(name: str) -> Any:
        def take(*_args: Any, **_options: Any) -> None:
            seen["taken"].append(name)
            if name in seen["errors"]:
                raise seen["errors"][name]

        return take

    monkeypatch.setattr(winrm_script, "push", way("script"))
    monkeypatch.setattr(winrm_certutil, "push", way("certutil"))
    monkeypatch.setattr(smb, "push", way("smb"))
    monkeypatch.setattr(host_path, "fetch", way("path"))
    monkeypatch.setattr(ways, "_smb_usable", lambda options: options.smb is not None)
    return seen


def go(seen: dict[str, Any], folder: Path, **options: Any) -> str:
    target = Target(None, FakeShell(lambda _command: Talk(lambda _data: b"")), LAYOUT, say=seen["said"].append)
    return bring(target, payload(folder, 10), TransferOptions(**options), lambda _done, _total: None).way


@pytest.mark.parametrize(
    ("options", "errors", "expected"),
    [
        ({}, {}, (["script"], "winrm")),
        ({"smb": SMB}, {}, (["smb"], "smb")),
        ({"smb": SMB, "source_path": "D:\\kb.msu"}, {}, (["path"], "path")),
        ({"smb": SMB, "way": Way.WINRM}, {}, (["script"], "winrm")),
        ({"smb": SMB}, {"smb": smb.SmbUnavailableError("no")}, (["smb", "script"], "winrm")),
        ({"smb": SMB}, {"smb": smb.SmbRefusedError("no")}, (["smb", "script"], "winrm")),
        ({}, {"script": ScriptHostUnavailableError("off")}, (["script", "certutil"], "winrm_certutil")),
    ],
)
def test_the_way_that_is_taken(
    gone: dict[str, Any],
    tmp_path: Path,
    options: dict[str, Any],
    errors: dict[str, Any],
    expected: tuple[list[str], str],
) -> None:
    taken, way = expected
    gone["errors"] = errors
    assert go(gone, tmp_path, **options) == way
    assert gone["taken"] == taken
    assert len(gone["said"]) == len(taken) - 1, "each way that failed is told, once"


@pytest.mark.parametrize(
    ("options", "errors", "match"),
    [
        ({"way": Way.SMB, "smb": SMB}, {"smb": smb.SmbUnavailableError("no server")}, "no server"),
        ({"way": Way.SMB}, {}, "smb_user, smb_password"),
        ({"way": Way.PATH}, {}, "source_path"),
        ({"smb": SMB}, {"smb": TransferError("broke in the middle")}, "broke in the middle"),
    ],
)
def test_what_was_asked_for_is_not_replaced(
    gone: dict[str, Any], tmp_path: Path, options: dict[str, Any], errors: dict[str, Any], match: str
) -> None:
    gone["errors"] = errors
    with pytest.raises(TransferError, match=match):
        go(gone, tmp_path, **options)
    assert "script" not in gone["taken"]


def test_smb_without_its_library_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("smb"):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(smb.SmbUnavailableError, match="pip install smbprotocol"):
        smb.push(SMB, payload(tmp_path, 10), "kb.msu", progress=lambda _done, _total: None)


def test_secrets_show_in_no_representation() -> None:
    options = TransferOptions(smb=SMB, credentials=host_path.ShareCredentials("a", "S3cret"))
    assert "S3cret" not in f"{options!r}{options}{SMB!r}"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(total: int, step: int, seconds: float, *, start: int = 0) -> list[str]:
    """What a transfer in steps of so many bytes and seconds writes into the log."""
    said: list[str] = []
    clock = Clock()
    progress = Progress(said.append, clock)
    for done in range(start, total + 1, step):
        progress(done, total)
        clock.now += seconds
    return said


def test_a_quick_transfer_says_a_line_at_each_tenth() -> None:
    said = lines(20_000_000, 20_000, 0.002)
    assert len(said) == 11
    assert said[0].startswith("transfer 0 % of 20.0 MB")
    assert said[-1].startswith("transfer 100 % of 20.0 MB, 10.0")


def test_a_slow_transfer_says_a_line_each_ten_seconds() -> None:
    said = lines(1_000_000, 1_000, 0.5)
    assert len(said) == pytest.approx(50, abs=12)


def test_a_resumed_transfer_says_so_and_counts_only_its_own_bytes() -> None:
    said = lines(20_000_000, 100_000, 0.1, start=10_000_000)
    assert "resumed at 10000000 bytes" in said[0]
    assert "1.0" in said[-1].rpartition(",")[2]
    assert sum("resumed" in line for line in said) == 1


def test_an_end_is_said_once() -> None:
    said: list[str] = []
    progress = Progress(said.append, Clock())
    for done in (0, 5, 5, 5):
        progress(done, 5)
    assert [line.split(" of ")[0] for line in said] == ["transfer 0 %", "transfer 100 %"]
