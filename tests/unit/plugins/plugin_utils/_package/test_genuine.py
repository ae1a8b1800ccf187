# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Microsoft really made, read whole, and held against cabextract and an XML parser that share no code with us.

The genuine packages are not ours to publish: they are read where GENUINE_PACKAGES names a folder that holds
Windows6.0-KB942288-v2-x86.msu and -x64.msu, and parts of one where they lie beside the work tree. What is held against
cabextract is held for our own packages of the same structure always.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.chain import follow
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.container import read_container
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.manifests import (
    read_component_manifest,
    read_package_manifest,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from packages import kb942288
from packages.programs import needs

from .conftest import Maker

ROOT = Path(__file__).resolve().parents[5]
PARTS = ROOT.parent / "shared" / "packages" / "KB942288-v2-x86"
GENUINE = Path(os.environ.get("GENUINE_PACKAGES", ""))
KB = load("KB952876")
UNSIGNED = ReadOptions(look_at_signature=False)
LANGUAGES = 35
_C = "{urn:ContainerIndex}"

whole = pytest.mark.skipif(
    not os.environ.get("GENUINE_PACKAGES"), reason="GENUINE_PACKAGES names no folder with packages"
)
by_cabextract = needs("cabextract")
parts = pytest.mark.skipif(not PARTS.is_dir(), reason="parts of a genuine package are not beside this work tree")


def genuine(architecture: str) -> Path:
    return GENUINE / f"Windows6.0-KB942288-v2-{architecture}.msu"


def unpacked(folder: Path, package: Path, cabinet: str) -> dict[str, bytes]:
    """The payload's members by cabextract: two times, from the .msu and from the cabinet in it."""
    for source, into in ((package, folder / "outer"), (folder / "outer" / cabinet, folder / "inner")):
        subprocess.run(["cabextract", "-q", "-d", str(into), str(source)], check=True, capture_output=True)
    inner = folder / "inner"
    return {
        str(path.relative_to(inner)).replace("/", "\\"): path.read_bytes()
        for path in inner.rglob("*")
        if path.is_file()
    }


def agrees(folder: Path, package: Path) -> dict[str, Any]:
    """Read a package by us and by others; every name, size, hash and source is the same. Returns ours."""
    told = read_package(package, UNSIGNED).as_dict()
    members = unpacked(folder, package, told["cabinet"]["name"])
    assert {one["name"]: one["size"] for one in told["names"]} == {name: len(body) for name, body in members.items()}
    files = ET.fromstring(members["_manifest_.cix.xml"]).findall(f"{_C}Files/{_C}File")
    ours = {one["name"]: one for one in told["files"]}
    assert len(ours) == len(told["files"]) == len(files)
    for file in files:
        one, digest = ours[file.get("name", "")], file.find(f"{_C}Hash")
        assert digest is not None
        assert one["size"] == int(file.get("length", ""))
        assert one[digest.get("alg", "").lower()] == digest.get("value")
        source = file.find(f"{_C}Delta/{_C}Source")
        if one["delivery"] == "plain":
            assert hashlib.sha1(members[one["name"]]).hexdigest() == one["sha1"]
        else:
            assert (source is None) == (one["delivery"] == "copy")
    return told


def check_structure(told: dict[str, Any], architecture: str) -> None:
    """What KB942288-v2 is: Windows Installer 4.5 for two builds, with a resource in 35 languages."""
    assert told["not_looked_into"] == []
    assert (told["kb"], told["architecture"]) == ("KB942288", architecture)
    installs = told["installs"]
    assert (installs["container"], installs["release"], installs["restart"]) == ("kb942288.cab", 2, "possible")
    families = {one["name"]: one["builds"] for one in installs["families"]}
    assert families == {
        "client": ["6.0.6000", "6.0.6001"],
        "sc": ["6.0.6001"],
        "server": ["6.0.6001"],
        "winpe": [],
        "winpesrv": [],
    }
    machines = 1 if architecture == "x86" else 2
    brought = [one for one in told["files"] if one["component"]]
    assert len(brought) == machines * 2 * (LANGUAGES + 4)
    folder = {"x86": "System32" if architecture == "x86" else "SysWOW64", "amd64": "System32"}
    for one in brought:
        culture = "" if one["language"] == "neutral" else f"\\{one['language']}"
        name = one["name"].rpartition("\\")[2]
        goal = f"{folder[one['component_architecture']]}{culture}\\{name}"
        assert one["target"].lower() == goal.lower()  # en-us is en-US there
        build = {"6.0.6000.20817": ["6.0.6000"], "6.0.6001.22162": ["6.0.6001"]}[one["component_version"]]
        assert (one["branch"], one["builds"], one["version"]) == ("ldr", build, None)
        assert one["delivery"] == "delta"
        assert len(one["sha256"]) == 64
    assert len(told["files"]) - len(brought) == len([one for one in told["files"] if one["place"] == "package"])


@by_cabextract
@whole
@pytest.mark.parametrize(("architecture", "files"), [("x86", 682), ("x64", 906)])
def test_a_genuine_package_is_read_whole(tmp_path: Path, architecture: str, files: int) -> None:
    told = agrees(tmp_path, genuine(architecture))
    assert len(told["files"]) == files
    check_structure(told, architecture)
    assert told["installs"]["expanded_size"] == {"x86": 15269586, "x64": 28994130}[architecture]
    assert told["identity"]["version"] == "6.0.2.0"
    report = read_package(genuine(architecture), UNSIGNED)
    assert report.contents.contradictions == ()
    found = compare(KB, report.contents)
    assert {one.code for one in found.differences} == {"wrong_kb"}
    assert found.status is MatchStatus.MISMATCH


@by_cabextract
@pytest.mark.parametrize("architecture", ["x86", "x64"])
def test_our_own_package_of_the_same_structure(make: Maker, tmp_path: Path, architecture: str) -> None:
    check_structure(agrees(tmp_path, make(architecture, **kb942288.OPTIONS)), architecture)


@by_cabextract
@pytest.mark.parametrize(
    "options", [{}, {"same_content": True}, {"bf_twins": True}, {"inner": "lzx", "outer": "mszip"}]
)
def test_our_own_package_of_the_article(make: Maker, tmp_path: Path, options: dict[str, Any]) -> None:
    agrees(tmp_path, make("x64", **options))


@parts
def test_the_index_of_a_genuine_package() -> None:
    members = dict(line.split("\t")[:2] for line in (PARTS / "members.tsv").read_text().splitlines() if "\t" in line)
    index = read_container((PARTS / "_manifest_.cix.xml").read_bytes(), "index", Limits())
    assert (index.name, len(index.rows)) == ("kb942288.cab", 682)
    kinds = [(*(source.kind for source in row.sources), len(row.bases)) for row in index.rows]
    assert {one: kinds.count(one) for one in kinds} == {("RAW", 0): 604, ("PA30", 1): 74, ("PA30", 0): 4}
    assert {source.member for row in index.rows for source in row.sources} <= set(members)


@parts
def test_the_manifests_of_a_genuine_package() -> None:
    """What is there is followed, and what is not there is named."""
    packages = [read_package_manifest(path.read_bytes(), path.name) for path in sorted(PARTS.glob("*.mum"))]
    components = [read_component_manifest(path.read_bytes(), path.name) for path in sorted(PARTS.glob("*.manifest"))]
    assert None not in packages
    assert None not in components
    root = next(one for one in packages if one and one.member == "update.mum")
    chain = follow(root, [one for one in packages if one and one is not root], [one for one in components if one])
    assert chain.followed
    assert chain.contradictions == ()
    assert [(one.name, one.builds) for one in chain.families] == [("client", ((6, 0, 6000),)), ("sc", ((6, 0, 6001),))]
    assert any("Package_for_KB942288_server~" in one for one in chain.missing)
    handler = next(one for one in components if one and "handler" in one.stem)
    (file,) = handler.files
    assert (file.name, file.destination) == ("msihnd.dll", "$(runtime.system32)\\")
    assert len(file.sha256) == 64
    assert not handler.deployment
