# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel: files on disk (with the staging files, in one query) and the one that runs (BuildLabEx)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.answer import Answer, Cause
from .._model.facts import DiskFile, KernelFile, RunningKernel, Staging, architecture_of
from .._model.file_version import FileVersion
from .._wsman.values import Row, find
from . import properties, registry
from .disk_query import ask_for
from .staging_folder import Layout
from .wmi import Wmi

CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

_BUILD_LAB_EX = re.compile(
    r"([0-9]{4,5})\.([0-9]{1,5})\.(x86|amd64|ia64)(fre|chk)\.([^.\s]{1,80})\.([^.\s]{1,40})", re.ASCII
)

ENDLESS = 1_000_000
"""Room for more rows than there are files to ask for."""


@dataclass(frozen=True)
class FilesOnDisk:
    """What CIM_DataFile tells. staging: by hotfix. files: those that were asked for, in their order."""

    kernels: Answer[tuple[KernelFile, ...]]
    staging: Mapping[str, Answer[Staging]]
    files: Answer[tuple[DiskFile, ...]]


def files_on_disk(
    wmi: Wmi,
    windows_directory: str,
    kernel_names: frozenset[str],
    kbs: Sequence[str],
    *,
    paths: Sequence[str] = (),
    room: Callable[[], int] = lambda: ENDLESS,
) -> FilesOnDisk:
    """Ask for the kernel images in System32, other files and the hotfixes' staging folders at once.

    paths: relative to the Windows folder. room: rows that a query may bring (disk_query.ask_for); what there is none
    for is left out of `files`, and of `staging` is not asked. Where a further query failed, the detail of `files` says
    why. No kernel at all among the rows means that the answer is empty, which proves no absence either: all questions
    are EMPTY then.
    """
    staged = {kb: Layout(windows_directory, kb) for kb in kbs}
    kernels = [f"{windows_directory}\\System32\\{name}" for name in sorted(kernel_names, reverse=True)]
    others = {f"{windows_directory}\\{path}": path for path in paths}
    images_asked = {one.casefold() for one in kernels}
    sure = [*kernels, *(path for path in others if path.casefold() not in images_asked)]
    seen = ask_for(wmi, sure, [path for one in staged.values() for path in (one.manifest, one.payload)], room)
    if seen.failed is not None and not seen.asked:
        return _all(kbs, Answer(cause=seen.failed.cause, detail=seen.failed.detail))
    asked = seen.asked
    by_name, nameless = _by_name(seen.rows)
    if isinstance(by_name, str):
        return _all(kbs, Answer.unknown(Cause.INCONSISTENT, by_name))
    images = [(path, by_name[path.casefold()]) for path in kernels if path.casefold() in by_name]
    if not images:
        return _all(kbs, Answer.unknown(*_nothing_found(windows_directory, nameless)))
    return FilesOnDisk(
        _kernels(images),
        {kb: _staging(one, by_name, asked) for kb, one in staged.items()},
        Answer(
            tuple(
                _disk_file(path, by_name.get(full.casefold()))
                for full, path in others.items()
                if full.casefold() in asked
            ),
            detail="" if seen.failed is None else seen.failed.detail,
        ),
    )


def _all(kbs: Sequence[str], answer: Answer[Any]) -> FilesOnDisk:
    return FilesOnDisk(answer, dict.fromkeys(kbs, answer), answer)


def _staging(layout: Layout, by_name: Mapping[str, Row], asked: frozenset[str]) -> Answer[Staging]:
    paths = (layout.manifest, layout.payload)
    if not asked.issuperset(path.casefold() for path in paths):
        return Answer.not_asked()
    sizes: list[int | None] = []
    for path in paths:
        row = by_name.get(path.casefold())
        size = Answer[int]() if row is None else properties.integer(row, "FileSize")
        if size.is_unknown:
            return Answer.unknown(size.cause or Cause.VALUE_MISSING, f"{path} is there: {size.detail}")
        sizes.append(size.value)
    return Answer.known(Staging(layout.folder, manifest_size=sizes[0], payload_size=sizes[1]))


def _disk_file(path: str, row: Row | None) -> DiskFile:
    if row is None:
        return DiskFile(path, found=False)
    said, size = properties.text(row, "Version"), properties.integer(row, "FileSize").value
    try:
        version = None if said.value is None else FileVersion.parse(said.value)
    except ValueError as error:
        return DiskFile(path, True, None, size, str(error))
    return DiskFile(path, True, version, size, said.detail if version is None else "")


def running_kernel(wmi: Wmi, major_minor: tuple[int, int]) -> Answer[RunningKernel]:
    """Ask for BuildLabEx. major_minor completes the version, which BuildLabEx starts with the build."""
    answer = registry.get_string(wmi, CURRENT_VERSION, "BuildLabEx")
    if answer.value is None:
        return Answer(cause=answer.cause, detail=answer.detail)
    return parse_build_lab_ex(answer.value, major_minor)


def parse_build_lab_ex(text: str, major_minor: tuple[int, int]) -> Answer[RunningKernel]:
    """`6001.18000.x86fre.longhorn_rtm.080118-1840`: build, revision, architecture, free or checked, lab, date."""
    match = _BUILD_LAB_EX.fullmatch(text.strip())
    architecture = None if match is None else architecture_of(match.group(3))
    if match is None or architecture is None:
        detail = f"BuildLabEx is {text[:80]!r}: build.revision.architecture.lab.date was expected"
        return Answer.unknown(Cause.UNPARSABLE, detail)
    try:
        version = FileVersion(*major_minor, int(match.group(1)), int(match.group(2)))
    except ValueError as error:
        return Answer.unknown(Cause.UNPARSABLE, f"BuildLabEx is {text[:80]!r}: {error}")
    lab = f"{match.group(5)}.{match.group(6)}"
    return Answer.known(RunningKernel(version, architecture, lab, text))


def _by_name(rows: Sequence[Row]) -> tuple[dict[str, Row] | str, Answer[str] | None]:
    """Rows by their file's name without case (WMI answers in lower case), and why a row had none.

    A text in place of the rows names a file of which two rows, or one row twice, tell different things.
    """
    found: dict[str, Row] = {}
    nameless: Answer[str] | None = None
    for row in rows:
        told = {name: properties.text(row, name) for name in ("Name", "Version", "FileSize")}
        name = told["Name"]
        repeated = next((one for one in told.values() if one.cause is Cause.INCONSISTENT), None)
        if repeated is not None:
            return f"CIM_DataFile, {(name.value or 'a file')[:120]}: {repeated.detail}", None
        if name.value is None:
            nameless = name
            continue
        known = found.setdefault(name.value.casefold(), row)
        for column in ("Version", "FileSize"):
            one, other = find(known, column) or None, find(row, column) or None
            if one != other:
                said = f"{str(one)[:60]!r} and {str(other)[:60]!r}"
                return f"CIM_DataFile gives two rows for {name.value[:120]}: {column} is {said}", None
    return found, nameless


def _nothing_found(windows_directory: str, nameless: Answer[str] | None) -> tuple[Cause, str]:
    if nameless is not None:
        return nameless.cause or Cause.PROPERTY_MISSING, f"CIM_DataFile: {nameless.detail}"
    return Cause.EMPTY, f"CIM_DataFile found no kernel in {windows_directory}\\System32, where one must be"


def _kernels(found: list[tuple[str, Row]]) -> Answer[tuple[KernelFile, ...]]:
    """All kernels that were found. One without a readable version makes the answer unknown: it may be what runs."""
    kernels: list[KernelFile] = []
    for path, row in found:
        said = properties.text(row, "Version")
        if said.value is None:
            return Answer.unknown(said.cause or Cause.VALUE_MISSING, f"{path}: {said.detail}")
        try:
            version = FileVersion.parse(said.value)
        except ValueError as error:
            return Answer.unknown(Cause.UNPARSABLE, f"{path}: {error}")
        kernels.append(KernelFile(path, version, said.value, properties.integer(row, "FileSize").value))
    return Answer.known(tuple(kernels))
