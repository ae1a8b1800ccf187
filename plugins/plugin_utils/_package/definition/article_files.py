# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an article alone: build and branch are the row's own, the path is known, the user's, or none.

A changed file that has no certain place is never left out: it is a stray, so that the rest alone cannot say `fixed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from ..._catalogue.article.article import ArticleFacts
from ..._catalogue.article.products import BUILDS_BEFORE, KNOWN_BUILDS, builds_named, named_in
from ..._catalogue.article.rows import FileRow
from ..._catalogue.definition import OsVersion
from ..._model.facts import Architecture
from ..._model.file_version import NT, FileVersion
from .branches import WINDOWS, branch_of, check_branch
from .brought import BroughtFile, Collected, Stray
from .crosscheck import unique
from .known_files import as_guest, known_path
from .named import Builds

_IN_NO_NAME = frozenset("~%")
"""Of package manifests' names, and what would be read as a variable."""
_FORBIDDEN = frozenset('~%\\/:*?"<>|')
_NAME_MAX = 100
_WITH_VERSION = (".exe", ".dll", ".sys", ".ocx", ".cpl", ".drv")
"""Endings of files that have a version: where a row gives none, the article lost it."""


@dataclass(frozen=True)
class _Reading:
    """What the rows are read with. name: of the article's file. paths: the user's. doubtful: rows of which it is not
    known whether they are the 32-bit copy."""

    name: str
    builds: Builds
    paths: Mapping[str, str]
    doubtful: Set[int]


def of_article(article: ArticleFacts, paths: Mapping[str, str], name: str) -> Collected:
    """The files that can be told, and the strays. paths: the user's, by file name in lower case, relative to the
    Windows folder. name: the article's.

    Raises DefinitionError for a file of Windows on a branch that is not known.
    """
    rows = unique(article.rows)
    reading = _Reading(name, Builds.of(article), paths, _doubtful(rows))
    found = Collected()
    for row in rows:
        if not row.is_servicing_data:
            _read(row, reading, found)
    for row in article.nameless:
        reason = row.unread_version or row.problems[-1]
        found.strays.append(Stray(_cleaned(row.name), row.architecture, reason))
        found.not_told.note(f"targets: {_cleaned(row.name)}", reason)
    return found


def _read(row: FileRow, reading: _Reading, found: Collected) -> None:
    candidates = reading.builds.of_files(row.architecture)
    changed = _may_be_changed(row, candidates)
    if not changed and row.architecture is not None and row.version is None:
        candidates = reading.builds.own.get(row.architecture, set())
    build, reason, other = _build(row, candidates)
    if row.architecture is None:
        reason = f"no architecture: {'; '.join(row.problems) or 'no caption tells one'}"
    elif not row.name.isprintable() or set(row.name) & _IN_NO_NAME:
        reason = "a file on the disk has no such name"
    elif build is not None:
        check_branch(row, row.architecture, reading.name)
        found.files.append(_file(row, row.architecture, build, reading))
        return
    if row.architecture is None:
        where = row.name
    else:
        where = f"{row.name} {row.version or ''}".rstrip() + f" ({row.architecture.value})"
    found.not_told.note(f"targets: {where}", reason)
    if changed:
        found.strays.append(Stray(_cleaned(row.name), row.architecture, row.unread_version or reason, other))


def _may_be_changed(row: FileRow, candidates: Set[OsVersion]) -> bool:
    """Whether a row may be of a file that the hotfix changes here: it has a version, not one that Windows came with,
    and neither this version nor the caption is of another Windows."""
    if row.version is None:
        return _has_version(row)
    windows = row.version.os_version
    if windows not in candidates and (windows in BUILDS_BEFORE or windows in builds_named(named_in(row.section or ""))):
        return False
    return not candidates or not all(row.version.came_with(build) for build in candidates)


def _has_version(row: FileRow) -> bool:
    told = row.version is not None or row.unread_version is not None
    return told or row.name.lower().endswith(_WITH_VERSION)


def _cleaned(name: str) -> str:
    """What can stand in a definition as a file's name."""
    kept = "".join("_" if one in _FORBIDDEN or not one.isprintable() else one for one in name)
    return kept.strip()[:_NAME_MAX].strip() or "(no name)"


def _doubtful(rows: Sequence[FileRow]) -> set[int]:
    """Rows of a 64-bit table that names no platform, where one name has versions that cannot be told apart: the file
    itself may be the unchanged one, and only its 32-bit copy the changed one."""
    groups: dict[tuple[object, ...], list[FileRow]] = {}
    for row in rows:
        unnamed = row.platform is None and row.branch != "wow" and row.architecture not in (None, Architecture.X86)
        if unnamed and row.version is not None and not row.name.lower().endswith(".sys"):
            groups.setdefault((row.architecture, row.name.lower()), []).append(row)
    return {id(row) for group in groups.values() if not _is_certain(group) for row in group}


def _is_certain(group: Sequence[FileRow]) -> bool:
    """Of each build: all rows have one version, or each version stands twice, for the file and its copy."""
    builds: dict[OsVersion, Counter[FileVersion | None]] = {}
    for row in group:
        if row.version is not None:
            builds.setdefault(row.version.os_version, Counter())[row.version] += 1
    return all(len(counts) == 1 or set(counts.values()) == {2} for counts in builds.values())


def _build(row: FileRow, candidates: Set[OsVersion]) -> tuple[OsVersion | None, str, OsVersion | None]:
    """The build that a row is for, or why that is not known; and the Windows that it is of, if that is another one.

    candidates: the builds that the article names for its architecture.
    """
    version = row.version
    if version is None:
        if len(candidates) == 1:
            return next(iter(candidates)), "", None
        return None, "its row tells no build" + (f": {row.unread_version}" if row.unread_version else ""), None
    windows = version.os_version
    if windows in candidates:
        return windows, "", None
    if windows in KNOWN_BUILDS | BUILDS_BEFORE:
        text = ".".join(map(str, windows))
        if any(one[:2] == windows[:2] for one in candidates):
            return None, f"it is what {text} came with, and the hotfix has no other file for that build", None
        return None, f"it is for {text}, another Windows, which has packages of its own", windows
    if version.major in WINDOWS and not _counts_otherwise(version):
        return None, f"{version} is of no build that is known here", None
    if len(candidates) == 1:
        return next(iter(candidates)), "", None
    return None, "its row tells no build", None


def _counts_otherwise(version: FileVersion) -> bool:
    """5.2.6001.22319 and 6.20.1076.0, unlike 6.0.601.22288 and 6.0.7600.16385."""
    return version.build in _NT6 if version.major < NT else version.minor > _MINOR_MAX


_NT6 = frozenset(build for _major, _minor, build in KNOWN_BUILDS)
_MINOR_MAX = 4


def _file(row: FileRow, architecture: Architecture, build: OsVersion, reading: _Reading) -> BroughtFile:
    guest = architecture is not Architecture.X86 and (row.platform is Architecture.X86 or row.branch == "wow")
    told = reading.paths.get(row.name.lower())
    path = known_path(row.name, guest=guest) if told is None else as_guest(told) if guest else told
    branch, doubt = branch_of(row, build)
    if id(row) in reading.doubtful:
        doubt = "no platform is named in its table, so that it may be the 32-bit copy"
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
        executable=_has_version(row),
    )
