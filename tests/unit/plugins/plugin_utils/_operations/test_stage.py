# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is expanded, and what is told of it: several steps in one command line, each with its own failure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Staging
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.lock import LockLostError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.stage import (
    Delivery,
    StagingError,
    stage,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import TransferError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.files import ANOTHER_SHA1
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult

LAYOUT = Layout("C:\\Windows", "KB1")
PAYLOAD, CABINET, OTHER = "a1" * 20, "b2" * 20, "c3" * 20
SIZES = {f"{LAYOUT.payload}.tmp": 10, f"{LAYOUT.expanded}\\x.cab": 5}
DELIVERY = Delivery(SimpleNamespace(size=10, sha1=PAYLOAD, sha256="d" * 64), "x.msu", {"x.cab": (CABINET, 5)})  # type: ignore[arg-type]
GATED, BARE, HASH, OTHERS = "gated", "expand", "hash", "others"


class Host:
    """Answers the gated expansion, the one without a gate, the hash alone, and all else."""

    def __init__(self, **answers: tuple[int, str]) -> None:
        self.answers = {GATED: (0, f"*\r\n{CABINET}\r\n"), **answers}
        self.did: list[str] = []
        self.sizes = dict(SIZES)

    def run(self, command: str, **_more: Any) -> ShellResult:
        kind = HASH if "-hashfile" in command else OTHERS
        if "expand.exe" in command:
            kind = GATED if command.startswith("((%SystemRoot%\\System32\\certutil.exe") else BARE
        self.did.append(kind)
        code, printed = self.answers.get(kind, (0, ""))
        if code == -1:
            raise LockLostError
        return ShellResult(code, printed.encode(), b"")

    def stage(self, seen: Staging | None = None) -> Any:
        def found(paths: list[str]) -> dict[str, int]:
            return {path: self.sizes[path] for path in paths if path in self.sizes}

        target: Any = SimpleNamespace(layout=LAYOUT, shell=self, sizes=found)
        return stage(target, DELIVERY, lambda: None, staged_at="", run="r", seen=seen)


def test_a_manifest_that_is_not_there_is_not_deleted_first() -> None:
    for seen in (None, Staging(LAYOUT.folder, 7, 10)):
        host = Host()
        assert host.stage(seen).expanded == {"x.cab": CABINET}
        assert host.did == [OTHERS, GATED, OTHERS]
    host = Host()
    host.stage(Staging(LAYOUT.folder, None, None))
    assert host.did == [GATED, OTHERS]


def test_a_hash_that_is_written_in_another_way_is_read_and_then_it_is_expanded() -> None:
    host = Host(gated=(ANOTHER_SHA1, ""), hash=(0, f"{PAYLOAD} \r\n"), expand=(0, f"*\r\n{CABINET}\r\n"))
    assert host.stage().expanded == {"x.cab": CABINET}
    assert host.did[1:4] == [GATED, HASH, BARE]


def test_a_payload_of_another_hash_is_never_expanded() -> None:
    host = Host(gated=(ANOTHER_SHA1, ""), hash=(0, f"{OTHER}\r\n"))
    with pytest.raises(TransferError, match=f"has the SHA-1 {OTHER} on the host, the package {PAYLOAD}"):
        host.stage()
    assert BARE not in host.did


@pytest.mark.parametrize(("code", "printed", "what"), [(3, "", "expanding the payload"), (3, "*\r\n", "hashing C:")])
def test_the_step_that_failed_is_told(code: int, printed: str, what: str) -> None:
    with pytest.raises(CommandError, match=f"^{what}.* exit code 3"):
        Host(gated=(code, printed)).stage()


def test_a_file_that_did_not_come_out_of_it_is_told_before_its_hash() -> None:
    host = Host(gated=(2, "*\r\n"))
    del host.sizes[f"{LAYOUT.expanded}\\x.cab"]
    with pytest.raises(StagingError, match=r"x\.cab has None bytes after expand, 5 were expected"):
        host.stage()


def test_a_file_of_another_hash_is_no_staging() -> None:
    with pytest.raises(StagingError, match=f"x.cab has the SHA-1 {OTHER} after expand, {CABINET} was expected"):
        Host(gated=(0, f"*\r\n{OTHER}\r\n")).stage()


def test_what_another_run_has_moved_away_is_a_lost_lock() -> None:
    host = Host(others=(-1, ""))
    del host.sizes[f"{LAYOUT.payload}.tmp"]
    with pytest.raises(LockLostError):
        host.stage(Staging(LAYOUT.folder, None, None))
