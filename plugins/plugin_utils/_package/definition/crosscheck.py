# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the rows of an article's file tables against the files of a package: name, version and size, row by row.

A row gives its version to the file that it means: by the component's version, else by the size, else by build and
branch. Whatever differs is told by name. A file gets no version whose row differs in version and size, or in a version
that counts as the component's does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..._catalogue.article.rows import FileRow
from ..._catalogue.definition import Member
from ..._model.facts import Architecture
from ..._model.file_version import Branch, FileVersion, branches_of
from ..errors import DefinitionError
from .branches import check_branch
from .brought import BroughtFile

_PAIRS_MAX = 250_000
"""Rows of one name times files of that name."""


@dataclass(frozen=True)
class RowDifference:
    """What article and package tell otherwise of one file. The values are texts, None for absent."""

    file: str
    architecture: Architecture
    field: str
    article: str | None
    package: str | None

    @property
    def text(self) -> str:
        said, found = (value if value is not None else "nothing" for value in (self.article, self.package))
        return f"{self.file} ({self.architecture.value}): {self.field}: the article says {said}, the package {found}"

    def as_dict(self) -> dict[str, str | None]:
        return {
            "file": self.file,
            "architecture": self.architecture.value,
            "field": self.field,
            "article": self.article,
            "package": self.package,
            "text": self.text,
        }


def unique(rows: Iterable[FileRow]) -> list[FileRow]:
    """Rows that say the same once: some differ by their date only."""
    seen = {(row.name.lower(), row.version, row.size, row.platform, row.architecture, row.branch): row for row in rows}
    return list(seen.values())


def versioned(
    files: Sequence[BroughtFile], rows: Sequence[FileRow], architecture: Architecture, article: str
) -> tuple[list[BroughtFile], list[RowDifference]]:
    """The package's files with the versions that the rows tell, and every difference. article: the name of its file.

    Raises DefinitionError for a row on a branch that is not known.
    """
    told = [row for row in unique(rows) if row.architecture is architecture and not row.is_servicing_data]
    found: list[RowDifference] = []
    groups = _groups(files)
    meant = _paired(told, groups)
    paired = {id(row) for row in meant.values()}
    left = [row for row in told if id(row) not in paired]
    for row in left:
        found.append(RowDifference(row.name, architecture, "name", _listed(row), None))
    result: list[BroughtFile] = []
    for one, group in enumerate(groups):
        told_row = meant.get(one)
        if told_row is None:
            if group[0].executable and not group[0].localized:
                found.append(RowDifference(group[0].name, architecture, "name", None, _described(group[0])))
            result += group
            continue
        differences = list(_differences(told_row, group[0]))
        found += differences
        trusted = {"version", "size"} - {one.field for one in differences}
        check_branch(told_row, architecture, article)
        result += [_with_version(file, told_row, trusted=bool(trusted)) for file in group]
    return result, found


def _with_version(file: BroughtFile, row: FileRow, *, trusted: bool) -> BroughtFile:
    """The file with its own version, else the row's. Of two that count alike one is misprinted: neither is taken."""
    if file.version is not None or row.version is None or not trusted:
        return file
    component = file.component_version
    if component is not None and component != row.version and _count_alike(row.version, component):
        return replace(file, doubt=f"the article says {row.version}, and its component is {component}")
    return replace(file, version=row.version)


def _count_alike(version: FileVersion, component: FileVersion) -> bool:
    """Whether both count with Windows: then a component has the version of its files."""
    same = (version.major, version.minor) == (component.major, component.minor)
    return component.counts_with_windows and (version.counts_with_windows or same)


def _groups(files: Sequence[BroughtFile]) -> list[list[BroughtFile]]:
    """The same file of one component, which several builds may get."""
    groups: dict[tuple[object, ...], list[BroughtFile]] = {}
    for file in files:
        groups.setdefault((file.store_folder, file.name.lower(), file.path), []).append(file)
    return list(groups.values())


def _paired(rows: Sequence[FileRow], groups: Sequence[Sequence[BroughtFile]]) -> dict[int, FileRow]:
    """The row of each group, by its place among the groups: the surest pairs first, and only one of a kind."""
    rows_named: dict[str, list[FileRow]] = {}
    for row in rows:
        rows_named.setdefault(row.name.lower(), []).append(row)
    named: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        named.setdefault(group[0].name.lower(), []).append(place)
    paired: dict[int, FileRow] = {}
    for name, all_rows in rows_named.items():
        left = all_rows
        places = named.get(name, [])
        if len(left) * len(places) > _PAIRS_MAX:
            raise DefinitionError(
                f"{left[0].name}: it stands in {len(left)} rows and {len(places)} components, as no file does"
            )
        single = len(left) == len(places) == 1
        for same in (_same_version, _same_size, _same_branch, *((_same_file,) * single)):
            for place in places:
                fitting = [row for row in left if same(row, groups[place][0])]
                if place not in paired and fitting:
                    paired[place] = fitting[0]
                    left = [row for row in left if row is not fitting[0]]
        for place in places:  # one row stands for the same file of several components
            same_size = next((row for row in all_rows if _same_size(row, groups[place][0])), None)
            if place not in paired and same_size is not None:
                paired[place] = same_size
    return paired


def _same_file(row: FileRow, file: BroughtFile) -> bool:
    return row.name.lower() == file.name.lower() and row.platform in (None, file.image)


def _same_version(row: FileRow, file: BroughtFile) -> bool:
    return _same_file(row, file) and row.version is not None and row.version in (file.version, file.component_version)


def _same_size(row: FileRow, file: BroughtFile) -> bool:
    return _same_file(row, file) and row.size == file.size and (_tells_no_branch(row) or _same_branch(row, file))


def _tells_no_branch(row: FileRow) -> bool:
    """Files of several branches often have one size; only what counts otherwise than Windows goes by the size alone."""
    return row.version is None or not branches_of(row.version.build)


def _same_branch(row: FileRow, file: BroughtFile) -> bool:
    version = row.version
    if not _same_file(row, file) or version is None:
        return False
    return version.build == file.build[2] and version.branch in (file.branch, Branch.OTHER)


def _differences(row: FileRow, file: BroughtFile) -> Iterable[RowDifference]:
    known = file.version or file.component_version
    if row.version is not None and row.version != known:
        yield RowDifference(row.name, file.architecture, "version", str(row.version), str(known) if known else None)
    if row.size is not None and row.size != file.size:
        yield RowDifference(row.name, file.architecture, "size", str(row.size), str(file.size))


def _listed(row: FileRow) -> str:
    return f"{row.version}, {row.size} bytes" if row.version else f"{row.size} bytes"


def _described(file: BroughtFile) -> str:
    version = file.version or file.component_version
    return f"{version}, {file.size} bytes" if version else f"{file.size} bytes"


def of_members(members: Sequence[Member], rows: Sequence[FileRow], architecture: Architecture) -> list[RowDifference]:
    """Manifests that article and package both tell: a name that is not there, and other sizes."""
    known = {member.name.lower(): member.size for member in members}
    found = []
    for row in unique(rows):
        if row.architecture is not architecture or not row.is_servicing_data or row.name.lower().endswith(".cat"):
            continue
        size = known.get(row.name.lower())
        if size is None:
            found.append(RowDifference(row.name, architecture, "name", _listed(row), None))
        elif row.size not in (None, size):
            found.append(RowDifference(row.name, architecture, "size", str(row.size), str(size)))
    return found
