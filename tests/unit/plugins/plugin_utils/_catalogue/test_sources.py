# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where definitions are looked for: the collection's own, a folder of the user's, one file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue import catalogue
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import (
    Source,
    known_kbs,
    load,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import normal_kb
from unit.plugins.plugin_utils._catalogue.test_schema import DATA


@pytest.mark.parametrize("name", ["KB952876", "952876", "kb952876", " KB 952876 "])
def test_a_hotfix_by_any_of_its_names(name: str) -> None:
    assert load(name).kb == normal_kb(name) == "KB952876"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("KB952877", "no definition of KB952877: the collection has KB942288, KB952876; definition_dir names a folder"),
        *((name, "names no hotfix") for name in ("", "KB12", "../kb952876", "952876\n1")),
    ],
)
def test_an_unknown_hotfix(name: str, text: str) -> None:
    with pytest.raises(CatalogueError, match=text):
        load(name)
    assert "KB952876" in known_kbs()


def another(kb: str) -> dict[str, Any]:
    """The catalogue's definition under another number."""
    text = json.dumps({**copy.deepcopy(DATA), "article": None}).replace("952876", kb)
    data: dict[str, Any] = json.loads(text)
    return data


def test_a_folder_of_definitions(tmp_path: Path) -> None:
    (tmp_path / "kb123456.json").write_text(json.dumps(another("123456")), encoding="utf-8")
    (tmp_path / "1234567.JSON").write_text("\ufeff" + json.dumps(another("1234567")), encoding="utf-8")
    (tmp_path / "notes.json").write_text("{", encoding="utf-8")
    source = Source(folder=tmp_path)
    assert load("123456", source).kb == "KB123456"
    assert load("KB1234567", source).kb == "KB1234567"
    assert load("KB952876", source) is load(None, source) is load(), "the collection's own stay known"
    assert set(known_kbs(source)) == {"KB123456", "KB1234567", *known_kbs()}
    with pytest.raises(CatalogueError, match=f"no definition of KB654321: {tmp_path} has KB123456, KB1234567, "):
        load("KB654321", source)


def test_a_folders_definition_goes_before_the_collections_own(tmp_path: Path) -> None:
    (tmp_path / "kb952876.json").write_text(json.dumps({**DATA, "title": "mine"}), encoding="utf-8")
    assert load("KB952876", Source(folder=tmp_path)).title == "mine"
    assert load("KB952876").title == DATA["title"]


def test_a_folder_that_is_ambiguous_or_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kb123456.json").write_text(json.dumps(another("123457")), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"kb123456\.json: kb: it is KB123457, but the file's name says KB123456"):
        load("KB123456", Source(folder=tmp_path))
    (tmp_path / "123456.json").touch()
    with pytest.raises(CatalogueError, match=r"two definitions of KB123456: 123456\.json and kb123456\.json"):
        load("KB952876", Source(folder=tmp_path))
    with pytest.raises(CatalogueError, match="gone cannot be listed: No such file"):
        load("KB952876", Source(folder=tmp_path / "gone"))
    monkeypatch.setattr(catalogue, "FOLDER_MAX", 1)
    with pytest.raises(CatalogueError, match="holds more than 1 files"):
        load("KB123456", Source(folder=tmp_path))


def test_one_file_of_a_definition(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(another("123456")), encoding="utf-8")
    source = Source(file=path)
    assert load(None, source).kb == load("123456", source).kb == "KB123456"
    assert "KB123456" in known_kbs(source)
    with pytest.raises(CatalogueError, match=r"mine\.json: kb: it is KB123456, but KB952876 is wanted"):
        load("KB952876", source)
    with pytest.raises(CatalogueError, match="either definition, one file, or definition_dir"):
        Source(folder=tmp_path, file=path)
