# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the files on disk carry the fix: each changed file by itself, and all of them together. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from .._catalogue.definition import Target, TargetFile
from .._model.facts import DiskFile, Facts, Question
from .._model.file_version import FileVersion
from .level import FileLevel, compared_with, level_of
from .reasons import Reason, ReasonCode, reason

STORE = "winsxs"
"""The component store, relative to the Windows folder."""

STORES_ASKED = 3
"""Components whose folder in the store is looked for, of one target: it is evidence beside servicing's own word."""

_NAMED = 3


class FileState(enum.Enum):
    """One changed file. UNREAD: its definition tells no path or no version to compare. ABSENT: it is not on the disk,
    as where the host lacks the part of Windows that it belongs to. The others are as in FileLevel."""

    FIXED = "fixed"
    BELOW = "below"
    UNKNOWN = "unknown"
    UNREAD = "unread"
    ABSENT = "absent"


class FilesLevel(enum.Enum):
    """All changed files together. BELOW: at least one lacks the fix. PARTLY: those that can be compared have it, and
    others cannot. UNREAD: none can be compared. UNKNOWN: the host did not tell one that can."""

    FIXED = "fixed"
    BELOW = "below"
    PARTLY = "partly"
    UNREAD = "unread"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class FileView:
    """A changed file with what the host has of it. fixed: the version that it was held against; None: none."""

    file: TargetFile
    state: FileState
    version: FileVersion | None = None
    fixed: FileVersion | None = None
    problem: str = ""

    @property
    def text(self) -> str:
        return f"{self.file.name} {self.version}" if self.version else self.file.name


@dataclass(frozen=True)
class FilesFinding:
    """level: of all together. missing_stores: components whose folder the store should hold and does not.

    stores_seen: how many of those that were looked for are there.
    """

    level: FilesLevel
    views: tuple[FileView, ...] = ()
    missing_stores: tuple[str, ...] = ()
    stores_seen: int = 0

    def of(self, *states: FileState) -> tuple[FileView, ...]:
        return tuple(one for one in self.views if one.state in states)

    @property
    def loaded_at_boot(self) -> bool:
        return any(one.file.role.loaded_at_boot for one in self.views)

    def named(self, *states: FileState) -> str:
        """The first files of those states with their versions, for a sentence."""
        names = [one.text for one in self.of(*states)]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return ", ".join(names[:_NAMED]) + more


def store_paths(target: Target) -> tuple[tuple[str, str], ...]:
    """Components of unread files, as (folder, path of one of its files in the store, relative to the Windows folder).

    The first few suffice: a package brings all of its components or none.
    """
    found: dict[str, str] = {}
    for file in target.other_files:
        for one in file.branches:
            if file.unread and one.store_folder is not None and len(found) < STORES_ASKED:
                found.setdefault(one.store_folder, f"{STORE}\\{one.store_folder}\\{file.name}")
    return tuple(found.items())


def paths_of(targets: Iterable[Target]) -> tuple[str, ...]:
    """What of these targets' files (kernels excepted) is to be asked for, each path once, in their order."""
    wanted: dict[str, str] = {}
    for target in targets:
        paths = [file.path for file in target.other_files if not file.unread and file.path is not None]
        for path in (*paths, *(path for _folder, path in store_paths(target))):
            wanted.setdefault(path.casefold(), path)
    return tuple(wanted.values())


def judge_files(facts: Facts, target: Target) -> FilesFinding:
    """The changed files of a target that are no kernels."""
    seen = {one.path.casefold(): one for one in facts.files.value or ()}
    views = tuple(_view(facts, target, file, seen) for file in target.other_files)
    stores = [(folder, seen.get(path.casefold())) for folder, path in store_paths(target)]
    return FilesFinding(
        _together(views),
        views,
        tuple(folder for folder, one in stores if one is not None and not one.found),
        sum(one is not None and one.found for _folder, one in stores),
    )


def _view(facts: Facts, target: Target, file: TargetFile, seen: dict[str, DiskFile]) -> FileView:
    if file.unread or file.path is None:
        return FileView(file, FileState.UNREAD)
    found = seen.get(file.path.casefold())
    if found is None:
        return FileView(file, FileState.UNKNOWN, problem=facts.files.detail or "it was not asked for")
    if not found.found:
        return FileView(file, FileState.ABSENT)
    if found.version is None:
        return FileView(file, FileState.UNKNOWN, problem=found.problem)
    level = level_of(found.version, file.fixed, target.os_version)
    problem = "it is of another build or on no branch that the definition knows" if level is FileLevel.UNKNOWN else ""
    return FileView(file, FileState(level.value), found.version, compared_with(found.version, file.fixed), problem)


def _together(views: tuple[FileView, ...]) -> FilesLevel:
    states = {one.state for one in views}
    if FileState.BELOW in states:
        return FilesLevel.BELOW
    if FileState.UNKNOWN in states:
        return FilesLevel.UNKNOWN
    if FileState.FIXED in states:
        return FilesLevel.FIXED if states == {FileState.FIXED} else FilesLevel.PARTLY
    return FilesLevel.UNKNOWN if FileState.ABSENT in states else FilesLevel.UNREAD


def files_reason(found: FilesFinding) -> Reason:
    """What is to be said of the files: that they have the fix, which of them lack it, or why that is not known."""
    question = Question.FILES
    if found.level is FilesLevel.FIXED:
        return reason(ReasonCode.FILES_FIXED, question, files=found.named(FileState.FIXED))
    if found.level is FilesLevel.BELOW:
        return reason(ReasonCode.FILES_BELOW_FIX, question, files=found.named(FileState.BELOW))
    if found.level is FilesLevel.UNKNOWN:
        open_ones = found.of(FileState.UNKNOWN) or found.of(FileState.ABSENT)
        why = open_ones[0].problem or "it is not on the disk" if open_ones else ""
        named = found.named(FileState.UNKNOWN) or found.named(FileState.ABSENT)
        return reason(ReasonCode.FILES_UNKNOWN, question, files=named, why=f" ({why})" if why else "")
    return reason(ReasonCode.FILES_UNREAD, question, files=found.named(FileState.UNREAD, FileState.ABSENT))
