# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a definition and a package both tell must be the same: of a file, of the parts, of the builds, of the names.

What one of them does not tell contradicts nothing. What a later release changes by its nature (bytes, folders, parts) is
compared only where both are of one version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .._catalogue.definition import BranchFile, OsVersion, Package
from .._model.file_version import Branch
from .contents import ContainedFile, PackageContents
from .difference import Difference, MatchStatus

_MISMATCH, _DIFFERS = MatchStatus.MISMATCH, MatchStatus.DIFFERS
_PART = re.compile(r"(?P<key>[^~\\]+~[^~]*~[^~]*~[^~]*)~(?P<version>[^~]+)\.mum")
_TWIN = re.compile(r"_bf~")
_FILE_NAME = re.compile(r"windows[0-9]+\.[0-9]+-kb[0-9]+(?:-v[0-9]+)?-(?:x86|x64|ia64)")


def of_file(file: ContainedFile, told: BranchFile, *, same_version: bool) -> Iterator[Difference]:
    """Branch, component, and, where the versions are the same, folder, size and hashes."""
    deployment, component = file.deployment, file.component
    branch = deployment.branch if deployment is not None else None
    if branch is not None and Branch.SINGLE not in (branch, told.branch) and branch is not told.branch:
        yield Difference("wrong_branch", _MISMATCH, file.name, told.branch.value, branch.value)
    if component is not None and told.component is not None and not _same_name(told.component, component.name):
        yield Difference("wrong_component", _MISMATCH, file.name, told.component, component.name)
    if not same_version:
        return
    for code, expected, found in (
        ("store_folder", told.store_folder, file.folder),
        ("sha1", told.sha1, file.sha1),
        ("sha256", told.sha256, file.sha256),
    ):
        if expected and found and expected.lower() != found.lower():
            yield Difference(code, _MISMATCH, file.name, expected, found)
    if told.size is not None and told.size != file.size:
        yield Difference("size", _DIFFERS, file.name, str(told.size), str(file.size))


def of_parts(entry: Package, package: PackageContents) -> Iterator[Difference]:
    """The package's own sub-packages against those that the definition lists; parts that members names are compared
    there. Twins for the other way of installing (`_bf`) need not be listed."""
    identity = package.identity
    if not entry.sub_packages or identity is None or package.files is None:
        return
    same = identity.version == entry.identity.rpartition("~")[2]
    there = {match["key"] for match in (_PART.fullmatch(one.name.lower()) for one in package.files) if match}
    listed = {one.lower().rpartition("~")[0]: one for one in entry.sub_packages}
    members = {one.name.lower().removesuffix(".mum").rpartition("~")[0] for one in entry.members or ()}
    weight = _MISMATCH if same else _DIFFERS
    for key in sorted(listed.keys() - there - members):
        yield Difference("sub_package_missing", weight, "package", listed[key], None)
    root = identity.text.lower().rpartition("~")[0]
    certain = _MISMATCH if same and entry.identity_certain else _DIFFERS
    compared = entry.members is not None and certain is _DIFFERS  # as a member that is not listed
    for key in sorted(there - listed.keys() - {root}):
        if not _TWIN.search(key) and not compared:
            yield Difference("extra_sub_package", certain, "package", None, f"{key}~{identity.version}")


def of_builds(builds: Sequence[OsVersion], package: PackageContents) -> Iterator[Difference]:
    """Builds of the definition, of the package's architecture, that nothing in the package is for."""
    deployments = [one.deployment for one in package.files or () if one.deployment is not None]
    if not deployments or any(one.unknown for one in deployments):
        return
    there = {build for one in deployments for build in one.builds}
    for build in builds:
        if there and build not in there:
            found = ", ".join(_dotted(one) for one in sorted(there))
            yield Difference("target_missing", _MISMATCH, "package", _dotted(build), found)


def of_file_name(entry: Package, cabinet: str | None) -> Iterator[Difference]:
    """The payload's name tells what Microsoft called the whole, whatever the file is called now. A definition that was
    not read from a package has a name that is inferred."""
    told = entry.file_name.lower().rpartition(".")[0]
    found = (cabinet or "").lower().rpartition(".")[0]
    if entry.identity_certain and _FILE_NAME.fullmatch(told) and _FILE_NAME.fullmatch(found) and told != found:
        yield Difference("file_name", _DIFFERS, "package", told, found)


def _same_name(told: str, found: str) -> bool:
    """Folders shorten long names in the middle (`microsoft-windows-i..er-engine`), and articles tell only folders."""
    head, dots, tail = told.lower().partition("..")
    if not dots:
        return head == found.lower()
    name = found.lower()
    return name.startswith(head) and name.endswith(tail) and len(name) > len(head) + len(tail)


def _dotted(version: OsVersion) -> str:
    return ".".join(map(str, version))
