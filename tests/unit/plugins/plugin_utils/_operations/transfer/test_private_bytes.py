# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way that pushes hashes the private copy once more before it sends, and sends from one descriptor."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import (
    smb,
    winrm_certutil,
    winrm_script,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import (
    Conversation,
    Payload,
    TransferError,
)
from unit.plugins.plugin_utils._operations.transfer.pretend import (
    LAYOUT,
    FakeShell,
    payload,
)

UNREACHABLE = smb.SmbTarget("127.0.0.1", "op", "S3cret", port=9, timeout=0.5)


def _never(command: str) -> Conversation:
    raise AssertionError(f"a conversation was begun: {command}")


def _over_script(sent: Payload) -> None:
    shell = FakeShell(_never)
    winrm_script.push(
        shell,
        sent,
        LAYOUT,
        progress=lambda _done, _total: None,
        sleep=lambda _seconds: None,
        deadline=60,
    )


def _over_certutil(sent: Payload) -> None:
    winrm_certutil.push(
        FakeShell(_never),
        sent,
        LAYOUT,
        existing=lambda _paths: {},
        progress=lambda _done, _total: None,
        deadline=60,
    )


def _over_smb(sent: Payload) -> None:
    smb.push(UNREACHABLE, sent, "payload.msu.tmp", progress=lambda _done, _total: None)


WAYS = [_over_script, _over_certutil, _over_smb]


@pytest.mark.parametrize("push", WAYS)
def test_other_bytes_than_the_judged_ones_are_not_sent(tmp_path: Path, push: Callable[[Payload], None]) -> None:
    sent = payload(tmp_path, 5000)
    data = bytearray(sent.path.read_bytes())
    data[2500] ^= 1
    sent.path.write_bytes(data)
    with pytest.raises(TransferError, match="is not what was judged") as error:
        push(sent)
    assert not isinstance(error.value, smb.SmbUnavailableError), "then another way would be tried"


@pytest.mark.parametrize("push", WAYS)
def test_a_copy_that_is_gone_is_told(tmp_path: Path, push: Callable[[Payload], None]) -> None:
    sent = payload(tmp_path, 5000)
    sent.path.unlink()
    with pytest.raises(TransferError, match=r"private copy of kb\.msu is gone"):
        push(sent)


def test_a_file_put_in_its_place_after_the_hash_is_not_what_is_read(tmp_path: Path) -> None:
    sent = payload(tmp_path, 5000)
    judged, other = sent.path.read_bytes(), tmp_path / "other"
    other.write_bytes(b"x" * 5000)
    with sent.open() as source:
        os.replace(other, sent.path)  # noqa: PTH105 - as an attacker would
        assert source.read() == judged
