# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private file: mode 600, whole or not at all, nothing overwritten unasked, no link followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import private_file
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.transcript import (
    Recording,
    collection_version,
    write_transcript,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.tape import Exchange, Tape


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_file.put(tmp_path / "a", ["te", "xt"])
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "text"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").stat().st_nlink == 1


@pytest.mark.parametrize("overwrite", [False, True])
def test_nothing_is_written_through_a_link(tmp_path: Path, *, overwrite: bool) -> None:
    (tmp_path / "real").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("link", "dangling"):
        with pytest.raises(BadInput, match="no plain file"):
            private_file.put(tmp_path / name, ["te", "xt"], overwrite=overwrite)
    assert (tmp_path / "real").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_it_overwrites_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="is there already"):
        private_file.put(tmp_path / "a", ["te", "xt"])
    private_file.put(tmp_path / "a", ["te", "xt"], overwrite=True)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "text"


def _no_links(_path: Path, _target: Path) -> None:
    raise PermissionError(1, "no hard links here")


@pytest.mark.parametrize("links", [True, False])
def test_what_comes_between_looking_and_writing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    monkeypatch.setattr(private_file, "refuse", lambda _path, *, overwrite: overwrite)
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
        private_file.put(tmp_path / "free", ["te", "xt"])
        assert (tmp_path / "free").read_text(encoding="utf-8") == "text"
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(BadInput, match="is there already"):
            private_file.put(tmp_path / name, ["te", "xt"])
    assert not (tmp_path / "nowhere").exists()
    assert {one.name for one in tmp_path.iterdir()} <= {"free", "file", "link"}


def test_a_folder_that_is_missing_or_closed_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no folder"):
        private_file.put(tmp_path / "none" / "a", ["te", "xt"])
    with pytest.raises(BadInput, match="no plain file"):
        private_file.put(tmp_path, ["te", "xt"], overwrite=True)


def test_a_task_without_the_option_records_nothing(tmp_path: Path) -> None:
    assert Recording.of({}) is None
    assert Recording.of({"transcript": None, "transcript_overwrite": True}) is None
    (tmp_path / "a").touch()
    with pytest.raises(BadInput, match="is there already"):
        Recording.of({"transcript": str(tmp_path / "a")})
    made = Recording.of({"transcript": str(tmp_path / "b"), "transcript_overwrite": True})
    assert made is not None
    assert (made.path, made.overwrite) == (tmp_path / "b", True)


def test_a_file_that_would_hold_the_password_is_not_written(tmp_path: Path) -> None:
    """A password that is a word of Windows stands in every transcript: it is better to say so than to leave it."""
    tape = Tape([Exchange(0, 0, b"<a/>", b"<a/>")])
    with pytest.raises(BadInput, match="the connection's password would be in it"):
        write_transcript(tmp_path / "a", tape, [], secrets=["transcript"])
    assert not list(tmp_path.iterdir())
    told = write_transcript(tmp_path / "a", tape, [], secrets=["L0gin-7f3a9c21"])
    assert (told["exchanges"], told["left_out"], told["path"]) == (1, 0, str(tmp_path / "a"))


def test_a_file_that_nobody_could_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_FILE", 500)
    with pytest.raises(BadInput, match="nobody could read it"):
        write_transcript(tmp_path / "a", Tape([Exchange(0, 0, b"<a/>", b"<a/>")]), [])
    assert not list(tmp_path.iterdir())


def test_the_version_is_the_collections() -> None:
    assert collection_version().count(".") == 2
