# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages against definitions of other hotfixes: many files, two builds, 32-bit copies, languages, no file version."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageReport
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import PackageRequest, obtain
from packages import kb942288, write_msu

from .conftest import Maker

GENUINE = os.environ.get("GENUINE_PACKAGES", "")
KB = load("KB952876")
whole = pytest.mark.skipif(not GENUINE, reason="GENUINE_PACKAGES names no folder with packages")


def definition_data(report: PackageReport) -> dict[str, Any]:
    """What a package tells of itself as the JSON of a definition: no file has a version, each has its component's."""
    told = report.contents
    assert told.identity is not None
    assert told.architecture is not None
    targets: dict[tuple[int, int, int], dict[str, dict[str, Any]]] = {}
    for packed in report.files or ():
        file = packed.file
        if file.component is None or file.deployment is None or file.destination is None or not file.destination.path:
            continue
        branch = {
            "branch": "ldr" if file.deployment.branch is None else file.deployment.branch.value,
            "version": None,
            "component": file.component.name,
            "component_version": str(file.component.version),
            "store_folder": file.folder,
            "size": file.size,
            "sha1": None,
            "sha256": None,
        }
        path = file.destination.path
        entry = {"name": path.rpartition("\\")[2], "path": path, "role": "none", "pae": None, "changed": True}
        for one in file.deployment.builds:
            targets.setdefault(one, {})[path.lower()] = {**entry, "branches": [branch]}
    package: dict[str, Any] = {
        "architecture": told.architecture.value,
        "file_name": "Windows6.0-KB942288-v2.msu",
        "identity": told.identity.text,
        "identity_certain": True,
        "identity_source": "the package",
        "sha256": report.checksums.sha256,
        "sub_packages": [],
        "members": None,
    }
    nothing: dict[str, Any] = dict.fromkeys(("article", "symptom", "advice"))
    lists = ("fixed_by_service_pack", "unfilled", "products", "prerequisites", "replaces", "includes", "registry")
    empty: dict[str, Any] = {name: [] for name in lists}
    return {
        **nothing,
        **empty,
        "format": 2,
        "kb": told.kb,
        "title": "Windows Installer 4.5",
        "release_type": told.release_type,
        "restart": told.restart,
        "packages": [package],
        "targets": [
            {
                "os_version": ".".join(map(str, one)),
                "service_pack": one[2] - 6000,
                "architecture": told.architecture.value,
                "files": list(files.values()),
            }
            for one, files in targets.items()
        ],
    }


def holds(path: Path) -> None:
    """A package is what the definition made from it says, and is not once the definition says anything else."""
    report = read_package(path, ReadOptions(look_at_signature=False))
    data = definition_data(report)
    definition = build(data, "made.json")
    assert len(definition.targets) == 2
    found = compare(definition, report.contents)
    assert [one.text for one in found.differences] == []
    assert found.status is MatchStatus.MATCHES

    def changed(**values: Any) -> set[str]:
        target = definition.targets[0]
        branch = dataclasses.replace(target.files[0].branches[0], **values)
        first = dataclasses.replace(target.files[0], branches=(branch,))
        files = dataclasses.replace(target, files=(first, *target.files[1:]))
        other = dataclasses.replace(definition, targets=(files, *definition.targets[1:]))
        return {one.code for one in compare(other, report.contents).differences}

    size = definition.targets[0].files[0].branches[0].size or 0
    assert changed(size=size + 1) == {"size"}
    version = definition.targets[0].files[0].branches[0].component_version
    assert version is not None
    later = dataclasses.replace(version, revision=version.revision + 1)
    assert changed(component_version=later) == {"older_version"}
    shorter = dataclasses.replace(definition.targets[0], files=definition.targets[0].files[1:])
    fewer = dataclasses.replace(definition, targets=(shorter, *definition.targets[1:]))
    assert {one.code for one in compare(fewer, report.contents).differences} == {"extra_executable"}
    one_build = dataclasses.replace(definition, targets=definition.targets[:1])
    assert "extra_executable" in {one.code for one in compare(one_build, report.contents).differences}


@pytest.mark.parametrize("architecture", ["x86", "x64"])
def test_a_package_with_the_structure_of_a_genuine_one(make: Maker, architecture: str) -> None:
    holds(make(architecture, **kb942288.OPTIONS))


@whole
@pytest.mark.parametrize("architecture", ["x86", "x64"])
def test_a_genuine_package(architecture: str) -> None:
    holds(Path(GENUINE) / f"Windows6.0-KB942288-v2-{architecture}.msu")


# --- which file is wanted -----------------------------------------------------------------------------------------


def without(definition: Definition, architecture: Architecture) -> Definition:
    return dataclasses.replace(
        definition,
        packages=tuple(one for one in definition.packages if one.architecture is not architecture),
        targets=tuple(one for one in definition.targets if one.architecture is not architecture),
    )


@pytest.mark.parametrize("option", ["path", "folder"])
def test_a_hotfix_without_a_package_for_the_architecture_is_refused_before_a_file_is_read(
    tmp_path: Path, option: str
) -> None:
    request = PackageRequest(**{option: tmp_path / "gone"})  # type: ignore[arg-type]
    with pytest.raises(PackageError) as caught:
        obtain(request, without(KB, Architecture.IA64), Architecture.IA64)
    assert str(caught.value) == "the definition of KB952876 has no package for ia64: its packages are for x86, x64"


def test_whoever_has_to_find_the_file_is_told_its_name(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"no cabinet at all \(Microsoft called it Windows6.0-KB952876-x64.msu\)"):
        obtain(PackageRequest(folder=tmp_path), KB, Architecture.X64)


def test_a_file_with_other_bytes_than_the_definition_knows_is_a_later_one_at_best(tmp_path: Path) -> None:
    path = write_msu(tmp_path, "x64")
    digest = read_package(path, ReadOptions(look_at_signature=False)).checksums.sha256

    def judged(sha256: str | None, **more: Any) -> Any:
        packages = (dataclasses.replace(one, sha256=sha256) for one in KB.packages)
        request = PackageRequest(path=path, policy=SignaturePolicy.IGNORE, **more)
        return obtain(request, dataclasses.replace(KB, packages=tuple(packages)), Architecture.X64)

    for known in (None, digest):
        assert judged(known).match.status is MatchStatus.MATCHES
    found = judged("0" * 64)
    assert [one.code for one in found.match.differences] == ["other_bytes"]
    assert not found.accepted
    assert judged("0" * 64, allow_later=True).match.acceptable(allow_later=True)
