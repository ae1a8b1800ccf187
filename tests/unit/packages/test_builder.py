# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures are what they claim to be: judged by file, cabextract, cabarchive, pefile and the catalogue."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cabarchive
import pefile
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from packages import build_cab, build_msu, build_pe, kb952876, manifests, mums, write_msu
from packages.article import KERNELS, MANIFESTS, MUMS
from packages.cab import Compression, Member, write_cabinet
from packages.msu import Form, Recipe, files_of, inner_members
from packages.plan import CBS_ARCHITECTURE
from packages.programs import needs

ARCHITECTURES = ("x86", "x64", "ia64")
COMPRESSIONS: tuple[Compression, ...] = ("none", "mszip", "lzx")


def test_the_fixtures_and_the_catalogue_tell_the_same_article() -> None:
    definition = load("KB952876")
    told = {
        (target.architecture.value, target.os_version[2]): {
            (file.name.lower(), one.size, str(one.version)) for file in target.files for one in file.branches
        }
        for target in definition.targets
    }
    ours = {
        place: {(name, size, ".".join(map(str, version))) for name, version, size in KERNELS[place]}
        for place in MANIFESTS
    }
    assert ours == told
    for package in definition.packages:
        architecture = package.architecture.value
        rows = [row for one, manifests in MANIFESTS.items() if one[0] == architecture for row in manifests]
        members = {(one.name.lower(), one.size) for one in package.members or ()}
        assert members == {*MUMS[architecture], *rows}


@pytest.mark.parametrize("form", ["delta", "images"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_members_and_files_have_the_sizes_of_the_article(architecture: str, form: Form) -> None:
    recipe = Recipe(architecture, form=form)
    sizes = {one.name: len(one.data) for one in inner_members(recipe)}
    builds = [build for one, build in MANIFESTS if one == architecture]
    for name, size in (*MUMS[architecture], *(row for build in builds for row in MANIFESTS[architecture, build])):
        assert sizes[name] == size
    told = Counter((one.path.rpartition("\\")[2], len(one.content)) for one in files_of(recipe))
    for build in builds:
        for name, _version, size in KERNELS[architecture, build]:
            assert told[name, size] == 1


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_genuine_form_has_the_sizes_of_the_article_by_itself(architecture: str) -> None:
    """Written by the rules of another genuine package, without filling, it is as large as the article says."""
    recipe = Recipe(architecture)
    free = replace(kb952876.plan(recipe), mum_sizes={})
    head = mums.Head("KB952876", CBS_ARCHITECTURE[architecture], "6.0.1.0", "required")
    made = mums.package_manifests(free, head, "Package_for_KB952876")
    assert {name: len(body) for name, body in made.items()} == dict(MUMS[architecture])
    for one in free.deployments():
        assert len(manifests.deployment_manifest(replace(one, size=0))) == one.size


@needs("file")
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("outer", COMPRESSIONS)
def test_file_calls_them_standalone_updates(tmp_path: Path, architecture: str, outer: Compression) -> None:
    path = write_msu(tmp_path, architecture, outer=outer)
    told = subprocess.run(["file", "-b", path], capture_output=True, text=True, check=True).stdout
    assert "Microsoft Standalone Update" in told


@needs("file")
def test_file_does_not_call_a_payload_a_standalone_update(tmp_path: Path) -> None:
    path = tmp_path / "x.cab"
    path.write_bytes(build_cab("x64"))
    told = subprocess.run(["file", "-b", path], capture_output=True, text=True, check=True).stdout
    assert told.startswith("Microsoft Cabinet archive data")
    assert "Standalone Update" not in told


@needs("cabextract")
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("inner", COMPRESSIONS)
@pytest.mark.parametrize("form", ["delta", "images"])
def test_cabextract_unpacks_them(tmp_path: Path, architecture: str, inner: Compression, form: Form) -> None:
    path = write_msu(tmp_path, architecture, inner=inner, form=form)
    for what in (path, tmp_path / f"Windows6.0-KB952876-{architecture}.cab"):
        done = subprocess.run(["cabextract", "-q", "-d", tmp_path, what], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    for member in inner_members(Recipe(architecture, form=form)):
        assert (tmp_path / member.name.replace("\\", "/")).read_bytes() == member.data


@pytest.mark.parametrize("compression", ["none", "mszip"])
def test_cabarchive_reads_the_cabinets(compression: Compression) -> None:
    members = [Member("a.bin", bytes(range(256)) * 400), Member("b\\c.txt", b"text" * 9000)]
    read = cabarchive.CabArchive(write_cabinet(members, compression))
    assert {name: bytes(read[name].buf) for name in read} == {member.name: member.data for member in members}


@pytest.mark.parametrize(("architecture", "machine"), [("x86", 0x14C), ("x64", 0x8664), ("ia64", 0x200)])
def test_pefile_reads_the_version_resource(architecture: str, machine: int) -> None:
    image = build_pe(architecture, (6, 0, 6001, 22191), 3_549_240, lab="vistasp1_ldr.080530-1504")
    assert len(image) == 3_549_240
    read = pefile.PE(data=image)
    fixed = read.VS_FIXEDFILEINFO[0]
    assert read.FILE_HEADER.Machine == machine
    assert (fixed.FileVersionMS, fixed.FileVersionLS) == (6 << 16, 6001 << 16 | 22191)
    strings = read.FileInfo[0][0].StringTable[0].entries
    assert strings[b"FileVersion"] == b"6.0.6001.22191 (vistasp1_ldr.080530-1504)"


def test_packages_are_reproducible() -> None:
    assert build_msu("x64") == build_msu("x64")
    assert build_msu("x64") != build_msu("x64", kb="KB952877")
