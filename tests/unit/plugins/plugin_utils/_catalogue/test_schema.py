# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema: the jsonschema package and our run-time checker refuse the same definitions."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue import catalogue
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import (
    CATALOGUE,
    Source,
    build,
    known_kbs,
    load,
    load_file,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.schema import SchemaError, problems
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import normal_kb

SCHEMA: dict[str, Any] = json.loads((CATALOGUE / "definition.schema.json").read_text(encoding="utf-8"))
DATA: dict[str, Any] = json.loads((CATALOGUE / "kb952876.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NUMBERS: tuple[object, ...] = (None, True, False, 0, 1, -1, 1.0, 1.5, 10**12)
REPLACEMENTS: tuple[object, ...] = (*NUMBERS, "", "x", "y" * 600, "6.0.6001", "2011-07-12", [], ["x", "x"], {})
T0 = ("targets", 0)
F0 = (*T0, "files", 0)
B0 = (*F0, "branches", 0)
RICH: dict[str, Any] = {
    "prerequisites": [{"text": "Service Pack 1", "os_version": "6.0.6001", "service_pack": 1, "kb": None}],
    "replaces": ["KB123456"],
    "includes": ["KB123457"],
    "registry": [
        {
            "key": "HKEY_LOCAL_MACHINE\\SYSTEM\\X y",
            "value": "Name",
            "kind": "REG_DWORD",
            "data": "1",
            "required": True,
            "os_version": None,
        }
    ],
}
"""What KB952876's definition leaves empty."""


def shortened() -> dict[str, Any]:
    """The definition with the first entries of each list only: every kind of place, few of each."""
    data = {**copy.deepcopy(DATA), **copy.deepcopy(RICH)}
    for package in data["packages"]:
        package["sub_packages"], package["members"] = package["sub_packages"][:1], package["members"][:1]
    data["symptom"]["events"] = data["symptom"]["events"][:1]
    for name in ("packages", "products", "targets", "fixed_by_service_pack"):
        data[name] = data[name][:1]
    return data


def mutations(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    """Every place of the data, with each way to break it: (path, what, changed copy of the whole)."""
    whole = data
    for key in path:
        data = data[key]

    def changed(value: object, at: tuple[str | int, ...]) -> Any:
        new = copy.deepcopy(whole)
        if not at:
            return value
        inner = new
        for key in at[:-1]:
            inner = inner[key]
        inner[at[-1]] = value
        return new

    for replacement in REPLACEMENTS:
        yield path, f"{replacement!r}", changed(replacement, path)
    if isinstance(data, dict):
        yield path, "one more", changed({**data, "surplus": 1}, path)
        for key in data:
            yield (*path, key), "missing", changed({k: v for k, v in data.items() if k != key}, path)
            yield from mutations(whole, (*path, key))
    if isinstance(data, list):
        yield path, "twice", changed([*data, *data], path)
        for index in range(len(data)):
            yield from mutations(whole, (*path, index))


def test_both_validators_agree_on_every_mutation() -> None:
    count = refused = 0
    for path, what, mutated in mutations(shortened()):
        theirs = VALIDATOR.is_valid(mutated)
        ours = not list(problems(mutated, SCHEMA))
        assert ours == theirs, (path, what)
        count += 1
        refused += not theirs
    assert count > 1000
    assert refused > 900


def test_the_catalogue_satisfies_its_schema() -> None:
    VALIDATOR.check_schema(SCHEMA)
    VALIDATOR.validate(DATA)
    assert list(problems(DATA, SCHEMA)) == []
    assert build(DATA, "kb952876.json") == load()


def broken(*path: str | int, value: object) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    inner: Any = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


def second(**changes: object) -> dict[str, Any]:
    """A second branch for the first file of the first target."""
    return {**copy.deepcopy(DATA["targets"][0]["files"][0]["branches"][0]), "branch": "gdr", **changes}


OTHER_ROOT = "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.2.0"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (broken("format", value=1), "x.json: format: it is 1, it must be 2"),
        (broken("kb", value="KB1"), 'x.json: kb: it is "KB1", it must match'),
        (broken("kb", value="KB952876\n"), "x.json: kb: it holds a character that cannot be shown"),
        (broken("title", value="a\u2028b"), "x.json: title: it holds a character that cannot be shown"),
        (broken("restart", value=True), "x.json: restart: it is true, it must be one of"),
        (broken("targets", 1, "architecture", value="arm"), 'x.json: targets[1].architecture: it is "arm"'),
        (broken("targets", 4, "files", 0, "branches", 0, "size", value=-1), "files[0].branches[0].size: it is -1"),
        (broken("extra", value=1), "x.json: extra: it is not a field"),
        (broken("ex\ntra", value=1), "x.json: 'ex\\ntra': it is not a field"),
        ([], "x.json: (the whole): it is array"),
        (broken("article", "last_review", value="2011-13-08"), "x.json: article.last_review: it is '2011-13-08'"),
        (broken("article", "id", value=952877), "x.json: kb: it is KB952876, but the article's id is 952877"),
        (broken("replaces", value=["KB952876"]), "x.json: replaces: it names KB952876 itself"),
        (broken(*B0, "version", value="6.0.6000.99999"), "branches[0].version: it is"),
        (broken(*B0, "version", value="6.0.6001.22191"), "[0].version: 6.0.6001.22191 is of another build"),
        (broken(*B0, "version", value="6.0.6000.17021"), "[0].version: 6.0.6000.17021 is not on the LDR branch"),
        (broken(*B0, "version", value="6.0.6000.20847"), "targets[0].files[1].branches: Ntoskrnl.exe and"),
        (broken(*B0, "branch", value="single"), "branches[0].branch: it is single, but files of build 6000"),
        (broken(*B0, "branch", value="qfe"), 'branches[0].branch: it is "qfe", it must be one of'),
        (broken(*B0, "version", value=None), "targets[0].files[0]: Ntkrnlpa.exe is a kernel: its path and its"),
        (broken(*B0, "component", value=None), "branches[0].component_version: component and component_version"),
        (broken(*F0, "branches", value=[second(branch="ldr")] * 2), "[0].branches: two entries are of the same"),
        (broken(*F0, "branches", value=[second(branch="single"), second()]), "[0].branches: a build with one branch"),
        (broken(*F0, "pae", value=False), "targets[0].files: of two kernels one must have pae true"),
        (broken(*F0, "pae", value=None), "targets[0].files: of two kernels one must have pae true"),
        (broken("targets", 2, "files", 0, "pae", value=True), "targets[2].files: Ntoskrnl.exe is the only kernel"),
        (broken(*F0, "role", value="driver"), "files[0].pae: only a kernel runs with or without PAE"),
        (broken(*F0, "path", value="System32\\..\\ntkrnlpa.exe"), "files[0].path: System32\\..\\ntkrnlpa.exe leaves"),
        (broken(*F0, "path", value="System32\\other.exe"), "files[0].path: System32\\other.exe does not end in"),
        (broken(*F0, "path", value="C:\\Windows\\ntkrnlpa.exe"), "files[0].path: it is"),
        (broken(*F0, "path", value="%ProgramFiles%\\ntkrnlpa.exe"), "files[0]: Ntkrnlpa.exe is a kernel: its path"),
        (broken(*T0, "files", value=[DATA["targets"][0]["files"][0]] * 2), "targets[0].files: two files have the same"),
        (
            broken("targets", 2, "files", 0, "changed", value=False),
            "targets[2].files: none of them is changed, so nothing could tell",
        ),
        (broken("targets", 1, value=DATA["targets"][0]), "x.json: targets: two targets"),
        (broken("packages", 1, value=DATA["packages"][0]), "x.json: packages: two packages"),
        (broken("packages", value=DATA["packages"][:2]), "targets[4].architecture: no package is for ia64"),
        (broken("targets", value=DATA["targets"][:4]), "packages[2].architecture: no target is for ia64"),
        (broken("packages", 1, "identity", value=OTHER_ROOT), f"packages[1].identity: {OTHER_ROOT} is of another"),
        (
            broken("packages", 0, "identity", value="Package_for_KB952877~31bf3856ad364e35~x86~~6.0.1.0"),
            "packages[0].identity: Package_for_KB952877~31bf3856ad364e35~x86~~6.0.1.0 is not the root package of",
        ),
        (
            broken("packages", 0, "sub_packages", 0, value=DATA["packages"][1]["sub_packages"][0]),
            "packages[0].sub_packages[0]: Package_1_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0 is not for x86",
        ),
        (broken("packages", 0, "members", value=[{"name": "a", "size": 1}] * 2), "[0].members: two members"),
        (broken("fixed_by_service_pack", 0, "os_version", value="6.0.6001"), "[0].os_version: it is a target"),
    ],
)
def test_a_broken_definition_is_refused_with_file_field_and_reason(data: object, text: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        build(data, "x.json")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"", b"[" * 100000, b"1" * 10000, b'{"a": NaN}', b'{"kb": 1, "kb": 2}', b'"\\ud800"'],
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kb1.json"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"kb1\.json"):
        load_file(path)
    with pytest.raises(CatalogueError, match=r"gone\.json cannot be read"):
        load_file(tmp_path / "gone.json")


def test_a_field_that_stands_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kb1.json"
    path.write_text('{"a": {"kb": 1, "title": "", "kb": 2}}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"kb1\.json is no JSON: the field 'kb' stands twice"):
        load_file(path)


def test_what_is_no_file_of_a_reasonable_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "kb123456.json"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(CatalogueError, match=r"cannot be read: it is no regular file"):
            load_file(path)
    monkeypatch.setattr(catalogue, "SIZE_MAX", 100)
    with pytest.raises(CatalogueError, match=r"kb952876\.json cannot be read: it has more than 100 bytes"):
        load_file(CATALOGUE / "kb952876.json")


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


def test_a_keyword_that_is_not_checked_is_refused() -> None:
    with pytest.raises(SchemaError, match="maxProperties"):
        list(problems({}, {"type": "object", "maxProperties": 3}))
    with pytest.raises(SchemaError, match="no-such"):
        list(problems("x", {"$ref": "#/$defs/no-such"}))
    with pytest.raises(SchemaError, match="number"):
        list(problems("x", {"type": "number"}))
