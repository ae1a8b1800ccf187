# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much room a staging asks for: by the package and by what it installs, which a delta container tells."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.stage import (
    Delivery,
    StagingError,
    check_room,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import files

MIB = 1024 * 1024
PAYLOAD = SimpleNamespace(size=10 * MIB)
TARGET = SimpleNamespace(layout=SimpleNamespace(windows="C:\\Windows"), client=None)


def check(monkeypatch: pytest.MonkeyPatch, expanded: int, free: int) -> None:
    monkeypatch.setattr(files, "free_space", lambda _client, _drive: free * MIB)
    check_room(TARGET, Delivery(PAYLOAD, "a.msu", {}, expanded * MIB))  # type: ignore[arg-type]


def test_a_small_package_of_large_files_needs_room_for_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    check(monkeypatch, 0, 140)
    with pytest.raises(StagingError, match="C: has 140 MB free, 740 MB are needed; nothing was written"):
        check(monkeypatch, 300, 140)
    with pytest.raises(StagingError, match="739 MB free"):
        check(monkeypatch, 300, 739)
    check(monkeypatch, 300, 740)
