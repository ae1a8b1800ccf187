# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A definition on the disk: whole or not at all, and written only where it changes something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import CATALOGUE, load_file
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition import save as module
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.request import (
    DefinitionRequest,
    write,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.save import (
    differs,
    rendered,
    save,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import DefinitionError, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from packages import other, write_msu
from packages.articles import article, table

ARTICLE = article("KB999999", [table([("Tcpip.sys", "6.0.6001.22167", 5, "x86")], "x86")])


def request(folder: Path, **options: object) -> DefinitionRequest:
    told = folder / "article.md"
    told.write_text(ARTICLE)
    return DefinitionRequest(**{"dest": folder, "article": told, **options})  # type: ignore[arg-type]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = write(request(tmp_path), check_only=False)
    assert written.changed
    assert written.path == tmp_path / "kb999999.json"
    assert load_file(written.path) == written.made.definition
    assert json.loads(written.path.read_text()) == written.made.data
    assert written.path.stat().st_mode & 0o777 == 0o644


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    first = write(request(tmp_path), check_only=False)
    before = first.path.stat()
    again = write(request(tmp_path), check_only=False)
    assert (again.changed, again.path.stat().st_ino) == (False, before.st_ino)
    first.path.write_text(json.dumps(first.made.data))  # another layout says the same
    assert not write(request(tmp_path), check_only=False).changed
    first.path.write_text("{")
    assert write(request(tmp_path), check_only=False).changed


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    written = write(request(tmp_path), check_only=True)
    assert written.changed
    assert sorted(one.name for one in tmp_path.iterdir()) == ["article.md"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kb999999.json"
    path.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(DefinitionError, match="No space left"):
        save(path, {"kb": "KB999999"})
    assert [one.name for one in tmp_path.iterdir()] == ["kb999999.json"]
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dest": Path("missing") / "a.json"}, "dest: the folder"),
        ({"article": None}, "packages, article"),
        ({"article": Path("missing.md")}, "article: missing.md cannot be read"),
        ({"kb": "952"}, "kb: '952' names no hotfix"),
        ({"kb": "KB999998"}, "kb: but the option kb is of KB999998"),
        ({"paths": {"tcpip.sys": "C:\\tcpip.sys"}}, "paths: tcpip.sys"),
        ({"packages": [Path("a.msu")] * 4}, "packages: there are 4"),
    ],
)
def test_refusals_write_nothing(tmp_path: Path, options: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        write(request(tmp_path, **options), check_only=False)
    assert [one.name for one in tmp_path.iterdir()] == ["article.md"]


def test_a_package_must_be_proven(tmp_path: Path) -> None:
    package = write_msu(tmp_path, "x86", **other.OPTIONS)
    with pytest.raises(PackageError, match="nothing proves"):
        write(DefinitionRequest(tmp_path, [package]), check_only=False)
    assert not list(tmp_path.glob("*.json"))
    written = write(DefinitionRequest(tmp_path, [package], policy=SignaturePolicy.PREFER), check_only=False)
    assert "without proof" in written.warnings[0]


def test_the_catalogues_own_files_have_this_layout() -> None:
    path = CATALOGUE / "kb942288.json"
    assert not differs(path, json.loads(path.read_text()))
    assert rendered(json.loads(path.read_text())) == path.read_text()
