# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run's folder for packages: shared where it is this user's alone, else one of the task's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible import constants
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_keep import run_keep


def local_temporary(monkeypatch: pytest.MonkeyPatch, folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(folder))


def test_it_lies_in_ansibles_own_folder_and_stays_for_the_next_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_temporary(monkeypatch, tmp_path / "local", 0o700)
    with run_keep() as first:
        pass
    with run_keep() as second:
        assert first.folder == second.folder
    assert first.folder.parent == tmp_path / "local"
    assert first.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o710])
def test_a_folder_of_everybodys_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    local_temporary(monkeypatch, tmp_path / "local", mode)
    with run_keep() as keep:
        assert keep.folder.parent != tmp_path / "local"
        assert keep.folder.stat().st_mode & 0o777 == 0o700
    assert not keep.folder.exists()


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "absent"))
    with run_keep() as keep:
        assert keep.folder.is_dir()
