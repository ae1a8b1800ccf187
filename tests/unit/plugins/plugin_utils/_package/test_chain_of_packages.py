# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole packages: from the root manifest to where each file goes, and what is missing or contradicts on the way."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages.msu import Recipe, inner_members

from .conftest import Maker

KB = load("KB952876")


def told(make: Maker, architecture: str = "x64", **options: Any) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in read_package(make(architecture, **options)).as_dict()["files"]}


@pytest.mark.parametrize("form", ["delta", "images"])
def test_where_the_kernels_go(make: Maker, form: str) -> None:
    kernels = [one for one in told(make, "x86", form=form).values() if one["executable"]]
    seen = {(one["target"], one["component_version"], one["branch"], *one["builds"]) for one in kernels}
    assert seen == {
        (f"System32\\{name}", version, "ldr", build)
        for name in ("ntoskrnl.exe", "ntkrnlpa.exe")
        for version, build in (("6.0.6000.20846", "6.0.6000"), ("6.0.6001.22191", "6.0.6001"))
    }
    families = {one["component_version"]: one["families"] for one in kernels}
    assert families == {
        "6.0.6000.20846": ["client", "winpe"],
        "6.0.6001.22191": ["client", "sc", "server", "winpesrv"],
    }
    assert {one["component"] for one in kernels} == {"Microsoft-Windows-OS-Kernel"}


def test_what_a_package_says_of_its_installation(make: Maker) -> None:
    report = read_package(make("ia64", identity_version="6.0.2.0", restart="possible"))
    told = report.as_dict()["installs"]
    assert (told["release"], told["restart"], told["release_type"]) == (2, "possible", "Hotfix")
    assert told["expanded_size"] == sum(one.file.size for one in report.files or ())
    assert [one["name"] for one in told["families"]] == ["sc", "server", "winpesrv"]
    assert read_package(make("ia64", restart=None)).as_dict()["installs"]["restart"] == "none"


def test_the_root_identity_becomes_certain_by_its_package(make: Maker) -> None:
    match = compare(KB, read_package(make("x64")).contents).as_dict()["identity"]
    assert match == {
        "text": "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0",
        "certain": True,
        "source": "update.mum of this package",
    }
    entry = KB.package(Architecture.X64)
    assert entry is not None
    assert (entry.identity_certain, entry.identity_source.split(":")[0]) == (False, "inferred")


def _names(suffix: str) -> list[str]:
    return [one.name for one in inner_members(Recipe("x64")) if one.name.endswith(suffix)]


@pytest.mark.parametrize("name", [one for one in (*_names(".manifest"), *_names(".mum")) if one != "update.mum"])
def test_a_damaged_manifest_is_not_compared(make: Maker, name: str) -> None:
    """As the index tells it: its hash is right, its text is not."""
    for damage in (b"<assembly", b"\xff\xff", b"<other/>", b'<?xml version="1.0" encoding="koi8-r"?><assembly/>'):
        found = compare(KB, read_package(make("x64", replace={name.lower(): damage}, small_kernels=True)).contents)
        closed = [one.found or "" for one in found.differences if one.code == "not_looked_into"]
        assert any(name.rpartition(".")[0][:60] in one for one in closed)
        assert not found.acceptable(allow_later=True)


@pytest.mark.parametrize("name", [one for one in (*_names(".manifest"), *_names(".mum")) if one != "update.mum"])
def test_a_missing_manifest_is_never_accepted(make: Maker, name: str) -> None:
    found = compare(KB, read_package(make("x64", drop={name.lower()}, small_kernels=True)).contents)
    assert not found.acceptable(allow_later=True)
    assert "not_looked_into" in {one.code for one in found.differences}
    assert ("file_missing", MatchStatus.MISMATCH) in {(one.code, one.weight) for one in found.differences}


def test_a_package_of_another_hotfix_below_the_root(make: Maker) -> None:
    name = next(one for one in _names(".mum") if one.startswith("package_1_"))
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == name)
    for old, new in ((b'"Package_1_for_KB952876"', b'"Package_1_for_KB952877"'), (b'"amd64"', b'"x86"')):
        found = compare(KB, read_package(make("x64", replace={name: text.replace(old, new, 1)})).contents)
        assert ("other_package", name) in {(one.code, one.subject) for one in found.differences}
        assert found.status is MatchStatus.MISMATCH


def test_a_manifest_under_another_name_than_its_own(make: Maker) -> None:
    """The name tells the fixed kernel, and what would be installed is an older one."""
    name = next(one for one in _names(".manifest") if "os-kernel" in one and "22191" in one)
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == name)
    older = text.replace(b'version="6.0.6001.22191"', b'version="6.0.6001.22100"')
    found = compare(KB, read_package(make("x64", replace={name: older})).contents)
    assert ("name_conflict", name.removesuffix(".manifest")) in {(one.code, one.subject) for one in found.differences}
    assert found.status is MatchStatus.MISMATCH
    part = next(one for one in _names(".mum") if one.startswith("package_2_"))
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == part)
    other = text.replace(b'"Package_2_for_KB952876"', b'"Package_9_for_KB952876"')
    found = compare(KB, read_package(make("x64", replace={part: other})).contents)
    assert ("name_conflict", part) in {(one.code, one.subject) for one in found.differences}


def test_a_component_for_another_machine(make: Maker) -> None:
    name = next(one for one in _names(".manifest") if "os-kernel" in one)
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == name)
    changed = text.replace(b'processorArchitecture="amd64"', b'processorArchitecture="ia64"', 1)
    found = compare(KB, read_package(make("x64", replace={name: changed})).contents)
    stem = name.removesuffix(".manifest")
    assert ("wrong_architecture", stem) in {(one.code, one.subject) for one in found.differences}


def test_a_file_that_its_component_does_not_name(make: Maker) -> None:
    name = next(one for one in _names(".manifest") if "os-kernel" in one)
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == name)
    found = compare(KB, read_package(make("x64", replace={name: text.replace(b"ntoskrnl", b"another1")})).contents)
    assert "file_unknown" in {one.code for one in found.differences}
    assert found.status is MatchStatus.MISMATCH


def test_a_file_under_the_name_where_it_was_built_goes_to_its_own(make: Maker) -> None:
    name = next(one for one in _names(".manifest") if "os-kernel" in one and "22191" in one)
    text = next(one.data for one in inner_members(Recipe("x64")) if one.name == name)
    renamed = text.replace(b'<file name="ntoskrnl.exe"', b'<file name="renamed.exe"')
    found = told(make, replace={name: renamed})[name.removesuffix(".manifest") + "\\ntoskrnl.exe"]
    assert (found["target"], found["place"]) == ("System32\\renamed.exe", "path")


def test_a_component_that_no_update_installs(make: Maker) -> None:
    """The manifests are whole, and the root names none of them."""
    root = next(one.data for one in inner_members(Recipe("x64")) if one.name == "update.mum")
    start, end = root.index(b"<update "), root.rindex(b"</update>") + len(b"</update>")
    emptied = root[:start] + b" " * (end - start) + root[end:]
    found = compare(KB, read_package(make("x64", replace={"update.mum": emptied})).contents)
    assert {one.code for one in found.differences} == {"not_deployed"}
    assert found.status is MatchStatus.MISMATCH
