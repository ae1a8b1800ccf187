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
from .._wsman.values import Row
from . import properties, registry
from .staging_folder import Layout
from .wmi import Wmi, ask_rows, literal

CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

_BUILD_LAB_EX = re.compile(
    r"([0-9]{4,5})\.([0-9]{1,5})\.(x86|amd64|ia64)(fre|chk)\.([^.\s]{1,80})\.([^.\s]{1,40})", re.ASCII
)


FILES_AT_ONCE = 60
"""Names in one query: WMI refuses a WHERE with too many ORs (the limit is not told)."""


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
    affordable: Callable[[], bool] = lambda: True,
) -> FilesOnDisk:
    """Ask for the kernel images in System32, the hotfixes' staging folders and other files at once.

    paths: relative to the Windows folder. More names than a query takes are asked for in further ones, as long as
    those are affordable; what was not asked for is left out. The names are exact: CIM_DataFile answers that fast,
    while LIKE walks the disk. No kernel at all among the rows means that the answer is empty, which proves no absence
    either: all questions are EMPTY then.
    """
    staged = {kb: Layout(windows_directory, kb) for kb in kbs}
    kernels = [f"{windows_directory}\\System32\\{name}" for name in sorted(kernel_names, reverse=True)]
    first = [*kernels, *(path for one in staged.values() for path in (one.manifest, one.payload))]
    others = {f"{windows_directory}\\{path}": path for path in paths}
    wanted = [*first, *(path for path in others if path.casefold() not in {one.casefold() for one in first})]
    rows: list[Row] = []
    asked: set[str] = set()
    for start in range(0, len(wanted), FILES_AT_ONCE):
        chunk = wanted[start : start + FILES_AT_ONCE]
        if start and not affordable():
            break
        found = _rows(wmi, chunk)
        if found.value is None:
            if not start:
                return _all(kbs, Answer(cause=found.cause, detail=found.detail))
            break
        rows += found.value
        asked.update(path.casefold() for path in chunk)
    by_name, nameless = _by_name(rows)
    if isinstance(by_name, str):
        return _all(kbs, Answer.unknown(Cause.INCONSISTENT, by_name))
    images = [(path, by_name[path.casefold()]) for path in kernels if path.casefold() in by_name]
    if not images:
        return _all(kbs, Answer.unknown(*_nothing_found(windows_directory, nameless)))
    return FilesOnDisk(
        _kernels(images),
        {kb: Answer.known(_staging(one, by_name)) for kb, one in staged.items()},
        Answer.known(
            tuple(
                _disk_file(path, by_name.get(full.casefold()))
                for full, path in others.items()
                if full.casefold() in asked
            )
        ),
    )


def _rows(wmi: Wmi, paths: Sequence[str]) -> Answer[list[Row]]:
    where = " OR ".join(f"Name={literal(path)}" for path in paths)
    return ask_rows(wmi, f"SELECT Name, Version, FileSize FROM CIM_DataFile WHERE {where}")  # noqa: S608 - escaped


def _all(kbs: Sequence[str], answer: Answer[Any]) -> FilesOnDisk:
    return FilesOnDisk(answer, dict.fromkeys(kbs, answer), answer)


def _staging(layout: Layout, by_name: Mapping[str, Row]) -> Staging:
    sizes = [_size(by_name, path) for path in (layout.manifest, layout.payload)]
    return Staging(layout.folder, manifest_size=sizes[0], payload_size=sizes[1])


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


def _by_name(rows: list[Row]) -> tuple[dict[str, Row] | str, Answer[str] | None]:
    """Rows by their file's name without case (WMI answers in lower case), and why a row had none.

    A text in place of the rows names a file of which two rows tell different things.
    """
    found: dict[str, Row] = {}
    nameless: Answer[str] | None = None
    for row in rows:
        name = properties.text(row, "Name")
        if name.value is None:
            nameless = name
            continue
        known = found.setdefault(name.value.casefold(), row)
        for told in ("Version", "FileSize"):
            if known.get(told) != row.get(told):
                said = f"{str(known.get(told))[:60]!r} and {str(row.get(told))[:60]!r}"
                return f"CIM_DataFile gives two rows for {name.value[:120]}: {told} is {said}", None
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


def _size(by_name: Mapping[str, Row], path: str) -> int | None:
    row = by_name.get(path.casefold())
    return None if row is None else properties.integer(row, "FileSize").value
