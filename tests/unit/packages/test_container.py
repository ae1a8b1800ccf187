# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The delta containers of the fixtures: unpacked by cabextract, read by the standard XML parser, counted by hand."""

from __future__ import annotations

import hashlib
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from packages import build_msu, container, delta, kb942288, write_cabinet
from packages.cab import Member
from packages.container import Payload
from packages.msu import Recipe, files_of, inner_members, outer_members, payload
from packages.programs import needs

_C = "{urn:ContainerIndex}"
_A = "{urn:schemas-microsoft-com:asm.v3}"


def _unpacked(folder: Path, recipe: Recipe) -> dict[str, bytes]:
    path = folder / "p.cab"
    path.write_bytes(payload(recipe))
    subprocess.run(["cabextract", "-q", "-d", folder / "in", path], check=True)
    return {one.name: one.read_bytes() for one in (folder / "in").iterdir()}


def _listed(members: dict[str, bytes]) -> list[ET.Element]:
    return ET.fromstring(members["_manifest_.cix.xml"]).findall(f"{_C}Files/{_C}File")


@needs("cabextract")
@pytest.mark.parametrize(
    ("architecture", "options"),
    [("x86", {}), ("x64", {}), ("ia64", {}), ("x86", kb942288.OPTIONS), ("x64", {"hash_algorithm": "SHA256"})],
)
def test_the_list_tells_every_member_and_every_file(tmp_path: Path, architecture: str, options: dict[str, Any]) -> None:
    recipe = Recipe(architecture, **{"same_content": True, **options})
    algorithm = recipe.hash_algorithm.lower()
    members = _unpacked(tmp_path, recipe)
    listed = _listed(members)
    root = ET.fromstring(members["_manifest_.cix.xml"])
    assert int(root.get("length", "")) == sum(len(body) for name, body in members.items() if name != container.LIST)
    used, told = {container.LIST}, dict[str, tuple[int, str | None]]()
    undone: dict[str, bytes] = {}
    numbers = {one.get("id", ""): one.get("name", "") for one in listed}
    assert len(numbers) == len(listed)
    for one in listed:
        name = one.get("name", "")
        assert name not in told
        told[name] = (int(one.get("length", "")), one.find(f"{_C}Hash").get("value"))  # type: ignore[union-attr]
        source, basis = one.find(f"{_C}Delta/{_C}Source"), one.find(f"{_C}Delta/{_C}Basis")
        on = undone[numbers[basis.get("file", "")]] if basis is not None else None
        if source is None:
            assert on is not None
            undone[name] = on
        else:
            member = source.get("name", "")
            used.add(member)
            value = source.find(f"{_C}Hash").get("value")  # type: ignore[union-attr]
            assert hashlib.new(algorithm, members[member]).hexdigest() == value
            if source.get("type") == "RAW":
                assert member == name
                undone[name] = members[member]
            else:
                assert member.isdigit()
                assert members[member].startswith(b"PA30")
                undone[name] = delta.undo(members[member], on)
        assert told[name] == (len(undone[name]), hashlib.new(algorithm, undone[name]).hexdigest())
    assert {one.path: one.content for one in files_of(recipe)} == {
        name: body for name, body in undone.items() if "\\" in name
    }
    unused = sorted(members.keys() - used)
    assert unused == ([] if "plan" in options else [one for one in unused if one.isdigit()])
    assert bool(unused) is ("plan" not in options)


def test_files_of_one_content_have_a_basis_and_no_source() -> None:
    members = {one.name: one.data for one in inner_members(Recipe("x64", same_content=True))}
    without = [one for one in _listed(members) if one.find(f"{_C}Delta/{_C}Source") is None]
    names = [one.get("name", "").rpartition("\\")[2] for one in without]
    assert [one for one in names if not one.endswith(".cat")] == ["winlegacy-b.dat"] * 2
    plain = {one.name: one.data for one in inner_members(Recipe("x64"))}
    catalogs = [one.get("name", "") for one in _listed(plain) if one.find(f"{_C}Delta/{_C}Source") is None]
    assert len(catalogs) == 4
    assert all("_winpe" in one and one.endswith(".cat") and one not in plain for one in catalogs)
    own = {one.name: one.data for one in inner_members(Recipe("x64", shared_catalogs=False))}
    assert not [one for one in _listed(own) if one.find(f"{_C}Delta/{_C}Source") is None]


def test_the_chain_leads_from_the_root_to_every_file() -> None:
    """update.mum > family > sub-package > package > deployment > component > file, each named by the one before."""
    members = {one.name: one.data for one in inner_members(Recipe("x86"))}
    trees = {name: ET.fromstring(body) for name, body in members.items() if name.endswith((".mum", ".manifest"))}
    packages = {tree.find(f"{_A}assemblyIdentity").get("name"): tree for name, tree in trees.items() if ".mum" in name}  # type: ignore[union-attr]
    assemblies = {
        (one.get("name"), one.get("version")): (name, tree)
        for name, tree in trees.items()
        if name.endswith(".manifest") and (one := tree.find(f"{_A}assemblyIdentity")) is not None
    }
    reached: set[str] = set()
    todo = ["Package_for_KB952876"]
    while todo:
        tree = packages.pop(todo.pop())
        for update in tree.iter(f"{_A}update"):
            held = update.find(f"{_A}package/{_A}assemblyIdentity")
            if held is not None:
                todo.append(held.get("name", ""))
                continue
            assert update.get("name", "").endswith("_neutral_LDR")
            brought = update.find(f"{_A}applicable/{_A}updateComponent/{_A}assemblyIdentity")
            deployed = update.find(f"{_A}component/{_A}assemblyIdentity")
            assert brought is not None
            assert deployed is not None
            _name, deployment = assemblies[deployed.get("name"), deployed.get("version")]
            needed = deployment.find(f"{_A}dependency/{_A}dependentAssembly/{_A}assemblyIdentity")
            assert needed is not None
            assert needed.attrib == brought.attrib
            stem, component = assemblies[needed.get("name"), needed.get("version")]
            for file in component.findall(f"{_A}file"):
                assert file.get("destinationPath") == "$(runtime.system32)\\"
                reached.add(f"{stem.removesuffix('.manifest')}\\{file.get('name')}")
    assert not packages
    assert reached == {one.path for one in files_of(Recipe("x86"))}


def test_file_versions_need_not_be_their_components() -> None:
    recipe = Recipe("x64", kernel_versions={6001: (4, 5, 6001, 9)}, component_versions={6001: (6, 0, 6001, 22191)})
    file = next(one for one in files_of(recipe) if "_6.0.6001.22191_" in one.path and one.path.endswith(".exe"))
    assert "4.5.6001.9".encode("utf-16-le") in file.content


def test_the_twins_of_the_other_way_of_installing_are_an_option() -> None:
    names = {one.name for one in inner_members(Recipe("x86", bf_twins=True))}
    assert "package_for_kb952876_client_0_bf~31bf3856ad364e35~x86~~6.0.1.0.mum" in names
    assert not [one.name for one in inner_members(Recipe("x86")) if "_bf~" in one.name]


def test_the_outer_texts_are_written_as_in_genuine_packages() -> None:
    outer = {one.name: one.data for one in outer_members(Recipe("x86", **kb942288.OPTIONS))}
    assert list(outer) == [
        "WSUSSCAN.cab",
        "Windows6.0-KB942288-v2-x86.cab",
        "Windows6.0-KB942288-v2-x86-pkgProperties.txt",
        "Windows6.0-KB942288-v2-x86.xml",
    ]
    assert b'"%configsetroot%\\Windows6.0-KB942288-v2-x86.CAB"' in outer["Windows6.0-KB942288-v2-x86.xml"]
    properties = outer["Windows6.0-KB942288-v2-x86-pkgProperties.txt"].decode().splitlines()
    assert properties[0].startswith('ApplicabilityInfo="WinPE 2.1;')
    assert properties[0].endswith(';"')
    assert 'File Version="2"' in properties


def test_nothing_follows_an_unsigned_cabinet() -> None:
    for data in (build_msu("x64"), write_cabinet([Member("a", b"b")])):
        assert int.from_bytes(data[8:12], "little") == len(data)


def test_deltas_need_their_basis_and_their_end() -> None:
    one, other = b"a basis of many words" * 9, b"another of many words" * 9
    made = delta.make(one + b"!", one, 0)
    assert delta.undo(made, one) == one + b"!"
    for basis in (None, other):
        with pytest.raises(delta.DeltaError):
            delta.undo(made, basis)
    for broken in (made[:-1], made + b"x", b"PA30" + bytes(40), b""):
        with pytest.raises(delta.DeltaError):
            delta.undo(broken, one)


def test_what_is_broken_on_purpose_is_broken_behind_the_lists_back() -> None:
    whole = {one.name: one.data for one in inner_members(Recipe("x64"))}
    number = next(name for name in whole if name.isdigit())
    recipe = Recipe("x64", break_members={number: b"PA30 other", "update.cat": None})
    broken = {one.name: one.data for one in inner_members(recipe)}
    assert broken == {**{name: body for name, body in whole.items() if name != "update.cat"}, number: b"PA30 other"}
    with pytest.raises(ValueError, match="no member 9999"):
        inner_members(Recipe("x64", break_members={"9999": b""}))
    more = Recipe("x64", extra_files=[Payload("amd64_x\\more.exe", b"MZ")])
    assert "amd64_x\\more.exe" in {one.get("name") for one in _listed({m.name: m.data for m in inner_members(more)})}
