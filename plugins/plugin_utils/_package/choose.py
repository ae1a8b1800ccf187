# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses the package for a host out of a folder, by what the files are: their names count for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .._model.facts import Architecture
from .cabinet import SIGNATURE
from .checksums import parse_pins
from .errors import ChecksumMismatch, PackageError, SelectionError
from .read import ReadOptions, read_package
from .report import PackageReport


@dataclass(frozen=True)
class Candidate:
    """One file of the folder: what it is, or in a clause why it is out of the question."""

    path: Path
    report: PackageReport | None
    problem: str = ""

    @property
    def text(self) -> str:
        if self.report is None:
            return f"{self.path.name} ({self.problem})"
        told = self.report.contents
        architecture = told.architecture.value if told.architecture else "unknown architecture"
        return f"{self.path.name} ({told.kb or 'unknown hotfix'}, {architecture}, {self.report.kind.value})"


def survey(folder: Path, options: ReadOptions | None = None) -> tuple[Candidate, ...]:
    """Every cabinet in a folder (not below it), read without its signature. One survey serves all architectures.

    Raises SelectionError when the folder cannot be listed or holds too many files.
    """
    wanted = options or ReadOptions()
    parse_pins(wanted.pins)
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise SelectionError(f"the folder of packages {folder} cannot be listed: {error.strerror}") from error
    if len(paths) > wanted.limits.folder_files:
        raise SelectionError(
            f"the folder {folder} holds {len(paths)} files; at most {wanted.limits.folder_files} are looked at:"
            " give a folder that holds packages only"
        )
    return tuple(one for path in paths if (one := _candidate(path, wanted)) is not None)


def _candidate(path: Path, options: ReadOptions) -> Candidate | None:
    """None for a file that is no cabinet at all."""
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                return None
        return Candidate(path, read_package(path, replace(options, look_at_signature=False, copy=False)))
    except ChecksumMismatch:
        return Candidate(path, None, "its checksum is not among the pinned ones")
    except OSError as error:
        return Candidate(path, None, f"it cannot be read: {error.strerror or error}")
    except PackageError as error:
        return Candidate(path, None, str(error))


def choose(
    folder: Path, candidates: Sequence[Candidate], kb: str, architecture: Architecture, called: str = ""
) -> Candidate:
    """The one candidate that is a package of this hotfix (`KB952876`) for this architecture.

    called: what Microsoft called the file, named where there is none.

    Raises SelectionError, listing what was found, when there is none or more than one.
    """
    fitting = [
        one
        for one in candidates
        if one.report is not None and one.report.contents.kb == kb and one.report.contents.architecture is architecture
    ]
    if len(fitting) == 1:
        return fitting[0]
    wanted = f"a package of {kb} for {architecture.value}"
    if fitting:
        names = ", ".join(one.text for one in fitting)
        raise SelectionError(f"{folder} holds {len(fitting)} files that are {wanted}: {names}; leave one of them there")
    names = ", ".join(one.text for one in candidates) or "no cabinet at all"
    lacking = next((clause for one in candidates if one.report for clause in one.report.contents.lacking), None)
    if lacking is not None:
        raise SelectionError(f"{lacking}; {folder} holds no file that is known to be {wanted}; found: {names}")
    name = f" (Microsoft called it {called})" if called else ""
    raise SelectionError(f"{folder} holds no file that is {wanted}; found: {names}{name}")


def read_from_folder(
    folder: Path, kb: str, architecture: Architecture, options: ReadOptions | None = None, called: str = ""
) -> PackageReport:
    """Choose and read a package, signature included. Raises SelectionError and what read_package raises."""
    wanted = options or ReadOptions()
    return read_package(choose(folder, survey(folder, wanted), kb, architecture, called).path, wanted)
