# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a task leaves: whole or not at all, untouched where nothing changes, never in memory as a whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import local_files
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.local_files import write
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput

TEXT = ["ab\n", "", "\u00e9\u20ac\n", "the end"]


def left(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "report"
    assert write(path, iter(TEXT))
    assert path.read_bytes() == "".join(TEXT).encode()
    assert path.stat().st_mode & 0o777 == 0o644
    assert left(tmp_path) == ["report"]


@pytest.mark.parametrize("text", [TEXT, [], [""]])
def test_one_that_is_the_same_is_not_touched(
    text: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report"
    assert write(path, text)
    before = path.stat()
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_more: pytest.fail("nothing is to be written"))
    assert not write(path, ["".join(text)])
    assert not write(path, list("".join(text)))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "before", ["", "ab\n", "ab\n\u00e9", "x", "ab\n\u00e9\u20ac\nthe END", "".join(TEXT) + " and more", "ab\n" * 9]
)
def test_another_one_takes_its_place(before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_files, "_BLOCK", 2)
    path = tmp_path / "report"
    path.write_text(before, encoding="utf-8")
    there = path.stat().st_ino
    assert write(path, iter(TEXT))
    assert path.read_bytes() == "".join(TEXT).encode()
    assert path.stat().st_ino != there
    assert left(tmp_path) == ["report"]


@pytest.mark.parametrize("before", [None, "old", "ab\nold"])
def test_what_fails_midway_leaves_the_old_one(before: str | None, tmp_path: Path) -> None:
    path = tmp_path / "report"
    if before is not None:
        path.write_text(before, encoding="utf-8")

    def pieces() -> Iterator[str]:
        yield from TEXT[:3]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write(path, pieces())
    assert left(tmp_path) == ([] if before is None else ["report"])
    if before is not None:
        assert path.read_text(encoding="utf-8") == before


def test_a_piece_is_written_before_the_next_is_made(tmp_path: Path) -> None:
    written: list[int] = []

    def pieces() -> Iterator[str]:
        for _at in range(20):
            yield "x" * 100_000
            (file,) = tmp_path.glob(".report.*")
            written.append(file.stat().st_size)

    assert write(tmp_path / "report", pieces())
    assert written == [100_000 * at for at in range(1, 21)]


def test_what_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="report cannot be written: "):
        write(tmp_path / "file" / "report", TEXT)
    with pytest.raises(BadInput, match="cannot be written: "):
        write(tmp_path, TEXT)
    assert left(tmp_path) == ["file"]
