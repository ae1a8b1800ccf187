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
from ..._model.file_version import Branch, FileVersion, branches_of, no_branch
from ..errors import DefinitionError
from .brought import BroughtFile, Collected
from .crosscheck import unique
from .known_files import as_guest, known_path

_WINDOWS_6_0 = (6, 0)
_WINDOWS = (5, 6)
"""Majors of Windows itself. Files that count otherwise (Internet Explorer 8: 8.0.6001) tell no build."""
_IN_NAME = re.compile(
    r"_([0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5})_[^_]{0,40}_[0-9a-f]{16}\.manifest", re.IGNORECASE
)
_IN_NO_NAME = frozenset("~%")
"""Of package manifests' names, and what would be read as a variable."""
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


def of_article(rows: Iterable[FileRow], paths: Mapping[str, str], name: str) -> Collected:
    """The files that can be told. paths: the user's, by file name in lower case, relative to the Windows folder.

    name: the article's. Raises DefinitionError for a file of Windows on a branch that is not known: without it hosts
    would pass for fixed that have it old.
    """
    rows = unique(rows)
    builds = builds_by_architecture(rows)
    found = Collected()
    for row in rows:
        if row.is_servicing_data:
            continue
        if not row.name.isprintable() or set(row.name) & _IN_NO_NAME:
            found.not_told.note(f"targets: {row.name}", "a file on the disk has no such name")
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
        if wrong := _on_no_branch(row):
            raise DefinitionError(
                f"{name}: file tables: {row.name} ({row.architecture.value}): branch: {wrong}, and no column names one;"
                " correct the row, or take it out"
            )
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
    return None, "its row tells no build" + (f": {row.unread_version}" if row.unread_version else "")


def _file(row: FileRow, architecture: Architecture, build: OsVersion, paths: Mapping[str, str]) -> BroughtFile:
    guest = architecture is not Architecture.X86 and (row.platform is Architecture.X86 or row.branch == "wow")
    told = paths.get(row.name.lower())
    path = known_path(row.name, guest=guest) if told is None else as_guest(told) if guest else told
    branch, doubt = _branch(row, build)
    return BroughtFile(
        name=path.rpartition("\\")[2] if path else row.name,
        build=build,
        architecture=architecture,
        branch=branch,
        path=path,
        version=None if doubt else row.version,
        doubt=doubt,
        size=row.size,
        image=Architecture.X86 if guest else row.platform or (architecture if row.version else None),
        executable=row.version is not None or row.unread_version is not None,
    )


def _on_no_branch(row: FileRow) -> str | None:
    """Why neither number nor column of a row of Windows' own file tells the branch, as a clause."""
    version = row.version
    if version is None or version.major not in _WINDOWS or version.branch is not Branch.OTHER:
        return None
    return no_branch(version) if branches_of(version.build) and row.branch not in _BRANCHES else None


def _branch(row: FileRow, build: OsVersion) -> tuple[Branch, str | None]:
    """The branch by the revision, and why the version does not count: a column that says another one, or neither."""
    version, told = row.version, _BRANCHES.get(row.branch or "")
    if Branch.SINGLE in branches_of(build[2]):
        return Branch.SINGLE, row.unread_version
    if version is None:
        return told or Branch.SINGLE, row.unread_version
    if version.branch is not Branch.OTHER:
        other = f"{version} is on the {version.branch.value} branch, and its row says {row.branch}"
        return version.branch, None if told in (None, version.branch) else other
    if branches_of(version.build):
        return told or Branch.SINGLE, no_branch(version) + (f", and its row says {row.branch}" if told else "")
    return told or Branch.SINGLE, f"{version} tells no branch, and its row says {row.branch}" if told else None
