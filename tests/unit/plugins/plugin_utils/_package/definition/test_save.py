# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A definition on the disk: whole or not at all, and written only where it changes something."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import CATALOGUE, load_file
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

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DefinitionError, match="No space left"):
        save(path, {"kb": "KB999999"})
    assert [one.name for one in tmp_path.iterdir()] == ["kb999999.json"]
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dest": Path("missing") / "a.json"}, "dest: the folder"),
        ({"dest": Path("missing"), "into_folder": True}, "dest: missing does not exist: make the folder first"),
        ({"dest": Path(__file__), "into_folder": True}, "dest: .*test_save.py is no folder"),
        ({"dest": Path("/dev/null")}, "dest: /dev/null is no regular file"),
        ({"dest": Path("a" * 300)}, "dest: a.*a cannot be looked at: File name too long"),
        ({"paths": {"tcpop.sys": "tcpop.sys"}}, "paths: tcpop.sys: article.md has no file of that name"),
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


def test_a_link_stays_one_and_a_dangling_one_is_refused(tmp_path: Path) -> None:
    goal, link = tmp_path / "goal.json", tmp_path / "kb999999.json"
    link.symlink_to(goal)
    for dest in (tmp_path, link):
        with pytest.raises(DefinitionError, match=r"dest: .*kb999999\.json is a link to .*goal\.json, which does not"):
            write(request(tmp_path, dest=dest), check_only=False)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["article.md", "kb999999.json"]
    goal.write_text("old")
    written = write(request(tmp_path), check_only=False)
    assert (written.path, link.readlink()) == (link, goal)
    assert load_file(goal).kb == "KB999999"


@pytest.mark.parametrize("name", ["article.md", "linked.json", "notes.txt", "list.txt", "KB999999.msu"])
def test_what_is_no_definition_is_never_replaced(tmp_path: Path, name: str) -> None:
    """Least of all the source itself, which may be the only copy."""
    wanted = request(tmp_path, dest=tmp_path / name)
    if name == "linked.json":
        (tmp_path / name).hardlink_to(tmp_path / "article.md")
    elif name != "article.md":
        (tmp_path / name).write_bytes({"list.txt": b"[1]", "notes.txt": b"mine"}.get(name, b"MSCF\0\xff"))
    before = (tmp_path / name).read_bytes()
    for check_only in (True, False):
        with pytest.raises(DefinitionError, match=f"dest: .*{name} is "):
            write(wanted, check_only=check_only)
    assert (tmp_path / name).read_bytes() == before


def test_a_definition_is_replaced_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "definition"
    path.write_text('{"kb": "KB999999"}')
    assert write(request(tmp_path, dest=path), check_only=False).changed
    path.write_bytes(b"")
    assert write(request(tmp_path, dest=path), check_only=False).changed


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
