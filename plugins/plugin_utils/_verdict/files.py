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

_NEUTRAL = "_none_"
"""The language in the folder's name of a component that belongs to no language."""

_NAMED = 3

_NOT_ASKED = "the messages of standard depth did not suffice to ask for them"


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
    """level: of all together. missing_stores: components whose folder was looked for in the store and is not there;
    empty where one of them is: a package brings to a host those of its components that belong to a part of Windows
    which the host has.
    """

    level: FilesLevel
    views: tuple[FileView, ...] = ()
    missing_stores: tuple[str, ...] = ()

    def of(self, *states: FileState) -> tuple[FileView, ...]:
        return tuple(one for one in self.views if one.state in states)

    @property
    def not_asked(self) -> bool:
        """Whether a file is unknown because the budget did not suffice to ask for it."""
        return any(one.problem == _NOT_ASKED for one in self.views)

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

    The first few suffice. Those of one language are left out: a host has them only where it has that language.
    """
    found: dict[str, str] = {}
    for file in target.other_files:
        for one in file.branches:
            folder = one.store_folder
            if file.unread and folder is not None and _NEUTRAL in folder and len(found) < STORES_ASKED:
                found.setdefault(folder, f"{STORE}\\{folder}\\{file.name}")
    return tuple(found.items())


def paths_of(targets: Iterable[Target]) -> tuple[str, ...]:
    """What of these targets' files (kernels excepted) is to be asked for, each path once, in their order: what decides
    first, the components in the store after all of it."""
    wanted: dict[str, str] = {}
    every = list(targets)
    paths = [
        file.path for one in every for file in one.other_files if not file.unread and file.path is not None
    ]
    for path in (*paths, *(path for one in every for _folder, path in store_paths(one))):
        wanted.setdefault(path.casefold(), path)
    return tuple(wanted.values())


def judge_files(facts: Facts, target: Target) -> FilesFinding:
    """The changed files of a target that are no kernels."""
    seen = {one.path.casefold(): one for one in facts.files.value or ()}
    views = tuple(_view(facts, target, file, seen) for file in target.other_files)
    stores = [(folder, seen.get(path.casefold())) for folder, path in store_paths(target)]
    there = any(one is not None and one.found for _folder, one in stores)
    missing = tuple(folder for folder, one in stores if one is not None and not one.found)
    return FilesFinding(_together(views), views, () if there else missing)


def _view(facts: Facts, target: Target, file: TargetFile, seen: dict[str, DiskFile]) -> FileView:
    if file.unread or file.path is None:
        return FileView(file, FileState.UNREAD)
    found = seen.get(file.path.casefold())
    if found is None:
        return FileView(file, FileState.UNKNOWN, problem=facts.files.detail or _NOT_ASKED)
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


def files_reason(found: FilesFinding, package: str = "") -> Reason:
    """What is to be said of the files: that they have the fix, which of them lack it, or why that is not known.

    package: what servicing says, a clause, where no version tells of the files and it does not either.
    """
    question = Question.FILES
    if found.level is FilesLevel.FIXED:
        return reason(ReasonCode.FILES_FIXED, question, files=found.named(FileState.FIXED))
    if found.level is FilesLevel.BELOW:
        return reason(ReasonCode.FILES_BELOW_FIX, question, files=found.named(FileState.BELOW))
    if found.level is FilesLevel.UNKNOWN:
        open_ones = found.of(FileState.UNKNOWN)
        if open_ones or not found.of(FileState.ABSENT):
            why = open_ones[0].problem if open_ones else ""
            named = found.named(FileState.UNKNOWN)
            return reason(ReasonCode.FILES_UNKNOWN, question, files=named, why=f" ({why})" if why else "")
    questions = (question, Question.PACKAGES) if package else (question,)
    unread, absent = found.named(FileState.UNREAD), found.named(FileState.ABSENT)
    clause = f", and {package}" if package else ""
    if not unread:
        return reason(ReasonCode.FILES_ABSENT, *questions, files=absent, package=clause)
    beside = f"; not on the disk: {absent}" if absent else ""
    return reason(ReasonCode.FILES_UNREAD, *questions, files=unread, absent=beside, package=clause)
