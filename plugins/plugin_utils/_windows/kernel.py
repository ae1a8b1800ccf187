# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel: files on disk (with the staging files, in one query) and the one that runs (BuildLabEx)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._model.answer import Answer, Cause
from .._model.facts import KernelFile, RunningKernel, Staging, architecture_of
from .._model.file_version import FileVersion
from .._wsman.values import Row
from . import properties, registry
from .staging_folder import Layout
from .wmi import Wmi, ask_rows, literal

CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

_BUILD_LAB_EX = re.compile(
    r"([0-9]{4,5})\.([0-9]{1,5})\.(x86|amd64|ia64)(fre|chk)\.([^.\s]{1,80})\.([^.\s]{1,40})", re.ASCII
)


@dataclass(frozen=True)
class FilesOnDisk:
    """What one CIM_DataFile query tells."""

    kernels: Answer[tuple[KernelFile, ...]]
    staging: Answer[Staging]


def files_on_disk(wmi: Wmi, windows_directory: str, kernel_names: frozenset[str], kb: str) -> FilesOnDisk:
    """Ask for the kernel images in System32 and for the staging folder's manifest and payload at once.

    The names are exact: CIM_DataFile answers that fast, while LIKE walks the disk. No kernel at all among the rows
    means that the answer is empty, which proves no absence either: both questions are EMPTY then.
    """
    staged = Layout(windows_directory, kb)
    kernels = [f"{windows_directory}\\System32\\{name}" for name in sorted(kernel_names, reverse=True)]
    manifest, payload = staged.manifest, staged.payload
    where = " OR ".join(f"Name={literal(path)}" for path in (*kernels, manifest, payload))
    rows = ask_rows(wmi, f"SELECT Name, Version, FileSize FROM CIM_DataFile WHERE {where}")  # noqa: S608 - WQL, escaped
    if rows.value is None:
        return FilesOnDisk(Answer(cause=rows.cause, detail=rows.detail), Answer(cause=rows.cause, detail=rows.detail))
    by_name, nameless = _by_name(rows.value)
    if isinstance(by_name, str):
        return FilesOnDisk(Answer.unknown(Cause.INCONSISTENT, by_name), Answer.unknown(Cause.INCONSISTENT, by_name))
    found = [(path, by_name[path.casefold()]) for path in kernels if path.casefold() in by_name]
    if not found:
        cause, detail = _nothing_found(windows_directory, nameless)
        return FilesOnDisk(Answer.unknown(cause, detail), Answer.unknown(cause, detail))
    sizes = {path: _size(by_name, path) for path in (manifest, payload)}
    return FilesOnDisk(
        _kernels(found),
        Answer.known(Staging(staged.folder, manifest_size=sizes[manifest], payload_size=sizes[payload])),
    )


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


def _size(by_name: dict[str, Row], path: str) -> int | None:
    row = by_name.get(path.casefold())
    return None if row is None else properties.integer(row, "FileSize").value
