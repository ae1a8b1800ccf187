# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an article alone: build and branch are the row's own, the path is known, the user's, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..._catalogue.article.products import FIRST_REVISIONS, KNOWN_BUILDS
from ..._catalogue.article.rows import FileRow
from ..._catalogue.definition import OsVersion
from ..._model.facts import Architecture
from ..._model.file_version import Branch, FileVersion, branches_of
from .brought import BroughtFile, Collected
from .crosscheck import unique
from .known_files import as_guest, known_path

_WINDOWS_6_0 = (6, 0)
_WINDOWS = (5, 6)
"""Majors of Windows itself. Files that count otherwise (Internet Explorer 8: 8.0.6001) tell no build."""
_IN_NAME = re.compile(
    r"_([0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5})_[^_]{0,40}_[0-9a-f]{16}\.manifest", re.IGNORECASE
)
_BRANCHES = {"gdr": Branch.GDR, "ldr": Branch.LDR}


def builds_by_architecture(rows: Iterable[FileRow]) -> dict[Architecture, set[OsVersion]]:
    """The builds that the tables of each architecture are for: those of changed files and of component manifests.

    Where NT 6.0 is among them the later ones are left out: they have packages of their own.
    """
    found: dict[Architecture, set[OsVersion]] = {}
    for row in rows:
        version = build_version(row)
        if row.architecture is None or version is None or version.os_version not in KNOWN_BUILDS:
            continue
        if version.revision != FIRST_REVISIONS.get(version.os_version):
            found.setdefault(row.architecture, set()).add(version.os_version)
    if any(build[:2] == _WINDOWS_6_0 for builds in found.values() for build in builds):
        found = {one: {build for build in builds if build[:2] == _WINDOWS_6_0} for one, builds in found.items()}
    return {one: builds for one, builds in found.items() if builds}


def build_version(row: FileRow) -> FileVersion | None:
    """The version that tells a row's build: the file's own, or a component manifest's in its name."""
    if row.version is not None:
        return row.version
    match = _IN_NAME.search(row.name)
    try:
        return FileVersion.parse(match[1]) if match else None
    except ValueError:
        return None


def of_article(rows: Iterable[FileRow], paths: Mapping[str, str]) -> Collected:
    """The files that can be told. paths: the user's, by file name in lower case, relative to the Windows folder."""
    rows = unique(rows)
    builds = builds_by_architecture(rows)
    found = Collected()
    for row in rows:
        if row.is_servicing_data:
            continue
        if row.architecture is None:
            found.not_told.note(
                f"targets: {row.name}", f"no architecture: {'; '.join(row.problems) or 'no caption tells one'}"
            )
            continue
        build, reason = _build(row, builds.get(row.architecture, set()))
        if build is None:
            found.not_told.note(
                f"targets: {row.name} {row.version or ''}".rstrip() + f" ({row.architecture.value})", reason
            )
            continue
        found.files.append(_file(row, row.architecture, build, paths))
    return found


def _build(row: FileRow, builds: set[OsVersion]) -> tuple[OsVersion | None, str]:
    """The build that a row is for, or why that is not known."""
    version = row.version
    if version is not None and version.os_version in KNOWN_BUILDS:
        if version.os_version in builds:
            return version.os_version, ""
        return None, f"the hotfix has no other file of build {'.'.join(map(str, version.os_version))}"
    if version is not None and version.major in _WINDOWS:
        return None, f"{version} is of no build that is known here"
    if len(builds) == 1:
        return next(iter(builds)), ""
    return None, "its row tells no build"


def _file(row: FileRow, architecture: Architecture, build: OsVersion, paths: Mapping[str, str]) -> BroughtFile:
    guest = architecture is not Architecture.X86 and (row.platform is Architecture.X86 or row.branch == "wow")
    told = paths.get(row.name.lower())
    path = known_path(row.name, guest=guest) if told is None else as_guest(told) if guest else told
    branch, version = _branch(row, build)
    return BroughtFile(
        name=path.rpartition("\\")[2] if path else row.name,
        build=build,
        architecture=architecture,
        branch=branch,
        path=path,
        version=version,
        size=row.size,
        image=Architecture.X86 if guest else row.platform or (architecture if row.version else None),
        executable=row.version is not None,
    )


def _branch(row: FileRow, build: OsVersion) -> tuple[Branch, FileVersion | None]:
    """The branch by the revision. A column that says another one, or a revision of none, leaves the version out."""
    known = branches_of(build[2])
    if Branch.SINGLE in known:
        return Branch.SINGLE, row.version
    told = _BRANCHES.get(row.branch or "")
    by_revision = row.version.branch if row.version is not None else Branch.OTHER
    if by_revision is Branch.OTHER:
        counts_otherwise = row.version is not None and not branches_of(row.version.build)
        return told or Branch.SINGLE, row.version if counts_otherwise and told is None else None
    return by_revision, row.version if told in (None, by_revision) else None
