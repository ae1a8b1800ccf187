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
    build,
    load,
    load_file,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.schema import SchemaError, problems
from unit.plugins.plugin_utils._catalogue.made import file, made

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


@pytest.mark.parametrize("version", ["6.0.6002.22200", "6.0.6000.20846", "6.0.6003.20500", "6.10.6002.22200"])
def test_a_file_of_another_build_is_refused_with_file_field_and_reason(version: str) -> None:
    branch: dict[str, Any] = {"single" if ".6003." in version else "ldr": version}
    with pytest.raises(CatalogueError) as caught:
        made(123456, [file("System32\\one.dll", ldr=None), file("System32\\frob.dll", **branch)])
    assert str(caught.value) == (
        f"kb123456.json: targets[0].files[1].branches[0].version: {version} of frob.dll is of another build than the "
        "target, which is 6.0.6001"
    )


@pytest.mark.parametrize(
    ("version", "branch"),
    [("6.0.6001.22200", "ldr"), ("4.5.6002.22159", "ldr"), ("7.0.6002.22200", "ldr"), ("6.20.1076.0", "single"),
     ("6.1.7600.16385", "gdr"), ("2.0.50727.4016", "single")],
)
def test_a_file_that_counts_otherwise_than_windows_is_allowed(version: str, branch: str) -> None:
    """Parts of a later Windows are released for an earlier one too."""
    fixed: dict[str, Any] = {branch: version}
    definition = made(123456, [file("System32\\frob.dll", **fixed)])
    assert str(definition.targets[0].files[0].branches[0].version) == version


def test_a_file_that_only_comes_along_may_be_of_an_earlier_build() -> None:
    """Files that a service pack left as they were keep its predecessor's version: they are compared with nothing."""
    along = file("System32\\along.dll", changed=False, gdr="6.0.6000.16386")
    assert made(123456, [file("System32\\frob.dll", ldr="6.0.6001.22200"), along])


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


class Counted(str):
    """A name that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def test_an_object_of_any_number_of_fields_is_answered_at_once(tmp_path: Path) -> None:
    """The name that is twice is the last one, so that looking for it name by name takes long."""
    path = tmp_path / "kb1.json"
    path.write_text("{" + "".join(f'"{number}": 1,' for number in range(400_000)) + '"399999": 2}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^kb1\.json is no JSON: an object has 400001 fields, and those of a"):
        load_file(path)
    with pytest.raises(ValueError, match="the field '99' stands twice"):
        catalogue._pairs([(Counted(number), 1) for number in (*range(1, 100), 99)])
    assert Counted.compared < 200, "each name is looked at a few times, however many there are"


def test_what_is_no_file_of_a_reasonable_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "kb123456.json"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(CatalogueError) as caught:
            load_file(path)
        assert str(caught.value) == f"{path.name} cannot be read: it is no regular file"
    monkeypatch.setattr(catalogue, "SIZE_MAX", 100)
    with pytest.raises(CatalogueError) as caught:
        load_file(CATALOGUE / "kb952876.json")
    assert str(caught.value) == "kb952876.json cannot be read: it has more than 100 bytes"


def test_a_keyword_that_is_not_checked_is_refused() -> None:
    with pytest.raises(SchemaError, match="maxProperties"):
        list(problems({}, {"type": "object", "maxProperties": 3}))
    with pytest.raises(SchemaError, match="no-such"):
        list(problems("x", {"$ref": "#/$defs/no-such"}))
    with pytest.raises(SchemaError, match="number"):
        list(problems("x", {"type": "number"}))
