# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The branch that an article's row tells: by its revision, and by the column of it where there is one."""

from __future__ import annotations

from ..._catalogue.article.rows import FileRow
from ..._catalogue.definition import OsVersion
from ..._model.facts import Architecture
from ..._model.file_version import Branch, branches_of, no_branch
from ..errors import DefinitionError

WINDOWS = (5, 6)
"""Majors of Windows itself. Files that count otherwise (Internet Explorer 8: 8.0.6001) tell no build."""
_BRANCHES = {"gdr": Branch.GDR, "ldr": Branch.LDR}


def check_branch(row: FileRow, architecture: Architecture, article: str) -> None:
    """article: the name of its file. Raises DefinitionError where neither number nor column of a row of Windows' own
    file tells the branch: without it hosts would pass for fixed that have it old."""
    version = row.version
    if version is None or version.major not in WINDOWS or version.branch is not Branch.OTHER:
        return
    if branches_of(version.build) and row.branch not in _BRANCHES:
        raise DefinitionError(
            f"{article}: file tables: {row.name} ({architecture.value}): branch: {no_branch(version)}, and no column"
            " names one; correct the row, or take it out"
        )


def branch_of(row: FileRow, build: OsVersion) -> tuple[Branch, str | None]:
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
