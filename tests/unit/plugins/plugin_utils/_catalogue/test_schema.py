# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema: the jsonschema package and our run-time checker refuse the same definitions."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import (
    CATALOGUE,
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
NUMBERS: tuple[object, ...] = (None, True, False, 0, 1, -1, 1.0, 1.5)
REPLACEMENTS: tuple[object, ...] = (*NUMBERS, "", "x", "6.0.6001", "2011-07-12", [], ["x", "x"], {})
T0 = ("targets", 0)


def shortened() -> dict[str, Any]:
    """The definition with the first entries of each list only: every kind of place, few of each."""
    data = copy.deepcopy(DATA)
    for table in data["file_tables"]:
        table["files"] = table["files"][:1] + table["files"][-1:]
    for name in ("file_tables", "editions", "targets"):
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


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (broken("kb", value="KB1"), 'x.json: kb: it is "KB1", it must match'),
        (broken("restart_required", value="yes"), "x.json: restart_required: it is string, it must be boolean"),
        (broken("targets", 1, "architecture", value="arm"), 'x.json: targets[1].architecture: it is "arm"'),
        (broken("file_tables", 4, "files", 12, "size", value=-1), "x.json: file_tables[4].files[12].size: it is -1"),
        (broken("extra", value=1), "x.json: extra: it is not a field"),
        ([], "x.json: (the whole): it is array"),
        (broken("article", "last_review", value="2011-13-08"), "x.json: article.last_review: it is '2011-13-08'"),
        (broken("file_tables", 0, "files", 0, "time", value="2008-05-31T25:00:00Z"), "file_tables[0].files[0].time: "),
        (broken(*T0, "fixed_kernel", value="6.0.6000.99999"), "x.json: targets[0].fixed_kernel: it is"),
        (broken(*T0, "fixed_kernel", value="6.0.6001.22191"), "[0].fixed_kernel: 6.0.6001.22191 is of another"),
        (broken(*T0, "fixed_kernel", value="6.0.6000.17021"), "[0].fixed_kernel: 6.0.6000.17021 is not on the LDR"),
        (broken(*T0, "fixed_kernel", value="6.0.6000.20847"), "targets[0].kernel_files: ntoskrnl.exe is not in"),
        (broken(*T0, "pae_kernel_file", value="x.exe"), "targets[0].pae_kernel_file: x.exe is not among"),
        (broken("targets", 1, value=DATA["targets"][0]), "x.json: targets: two targets"),
        (broken("packages", 1, value=DATA["packages"][0]), "x.json: packages: two packages"),
        (broken("packages", value=DATA["packages"][:2]), "targets[4].architecture: no package is for ia64"),
        (broken("file_tables", value=DATA["file_tables"][:4]), "targets[4].os_version: no file table"),
        (broken("article", "id", value=952877), "x.json: kb: it is KB952876, but the article's id is 952877"),
        (broken("fixed_by_service_pack", 0, "os_version", value="6.0.6001"), "[0].os_version: it is a target"),
    ],
)
def test_a_broken_definition_is_refused_with_file_field_and_reason(data: object, text: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        build(data, "x.json")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[" * 100000])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kb1.json"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"kb1\.json"):
        load_file(path)
    with pytest.raises(CatalogueError, match=r"gone\.json cannot be read"):
        load_file(tmp_path / "gone.json")


@pytest.mark.parametrize("name", ["KB952876", "952876", "kb952876", " KB 952876 "])
def test_a_hotfix_by_any_of_its_names(name: str) -> None:
    assert load(name).kb == normal_kb(name) == "KB952876"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("KB952877", "KB952877 is not in the catalogue, which knows KB952876"),
        *((name, "names no hotfix") for name in ("", "KB12", "../kb952876", "952876\n1")),
    ],
)
def test_an_unknown_hotfix(name: str, text: str) -> None:
    with pytest.raises(CatalogueError, match=text):
        load(name)
    assert known_kbs() == ("KB952876",)


def test_a_keyword_that_is_not_checked_is_refused() -> None:
    with pytest.raises(SchemaError, match="maxLength"):
        list(problems("x", {"type": "string", "maxLength": 3}))
    with pytest.raises(SchemaError, match="no-such"):
        list(problems("x", {"$ref": "#/$defs/no-such"}))
    with pytest.raises(SchemaError, match="number"):
        list(problems("x", {"type": "number"}))
