# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the package options of a module to one file that was read, compared and judged.

judged = obtain(request, definition, Architecture.X64)
if not judged.accepted: ...   # judged.refusals say why
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .._catalogue.definition import Definition
from .._model.facts import Architecture
from .choose import read_from_folder
from .difference import Difference, MatchStatus
from .errors import PackageError
from .keep import Keep
from .match import Match, compare
from .policy import Refusal, SignaturePolicy, doubts, refusals
from .read import ReadOptions, read_package
from .report import PackageReport


@dataclass(frozen=True)
class PackageRequest:
    """Which package is wanted: a file, or a folder to choose from. pins: `sha1:…`, `sha256:…`.

    keep: what the run knows of package files already; needed for a package that is to be sent. prefix: what the
    options' names begin with where the user writes them, as in a role.
    """

    path: Path | None = None
    folder: Path | None = None
    pins: Sequence[str] = ()
    policy: SignaturePolicy = SignaturePolicy.AUTO
    ca_file: Path | None = None
    allow_later: bool = False
    keep: Keep | None = None
    prefix: str = ""

    def __post_init__(self) -> None:
        if (self.path is None) == (self.folder is None):
            raise PackageError("give either path, one package file, or package_dir, a folder of them")
        if self.policy is SignaturePolicy.REQUIRE and self.ca_file is None:
            needs = f"{self.prefix}signature=require needs {self.prefix}ca_file"
            raise PackageError(f"{needs}: without trusted roots no signature can be proven")

    @property
    def reading(self) -> ReadOptions:
        return ReadOptions(
            pins=tuple(self.pins),
            ca_file=self.ca_file,
            microsoft_too=self.policy is SignaturePolicy.AUTO,
            look_at_signature=self.policy is not SignaturePolicy.IGNORE,
            keep=self.keep,
        )

    def private_copy(self, report: PackageReport) -> Path | None:
        """Where the bytes lie that were judged, when obtain() was to leave a copy of them."""
        return None if self.keep is None else self.keep.copy_of(report.checksums, report.path.name)


@dataclass(frozen=True)
class Judged:
    """A package with its comparison, and every reason not to use it."""

    report: PackageReport
    match: Match
    refusals: tuple[Refusal, ...]
    doubts: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.refusals

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences that an operator should see even when the package is accepted.

        That the tool is not the newest is none: no release of Debian has a newer one, and the warning would stand over
        every run. The report says it (docs/docsite/rst/guide_packages.rst).
        """
        return self.doubts

    def as_dict(self, *, details: bool = True) -> dict[str, Any]:
        return {
            "package": self.report.as_dict(details=details),
            "match": self.match.as_dict(details=details),
            "accepted": self.accepted,
            "refusals": [one.as_dict() for one in self.refusals],
        }


def obtain(
    request: PackageRequest, definition: Definition, architecture: Architecture | None, *, copy: bool = False
) -> Judged:
    """Read, compare and judge the wanted package. copy: leave a private copy of it, for sending.

    architecture: the host's; None compares a file with the tables of its own architecture, and a folder needs one.
    Raises PackageError when there is no such file, no choice or more than one, or the file cannot be read as a package.
    """
    entry = None if architecture is None else definition.package(architecture)
    if architecture is not None and entry is None:
        there = ", ".join(one.architecture.value for one in definition.packages)
        raise PackageError(
            f"the definition of {definition.kb} has no package for {architecture.value}: its packages are for {there}"
        )
    reading = replace(request.reading, copy=copy)
    if request.path is not None:
        report = read_package(request.path, reading)
    elif request.folder is None or architecture is None or entry is None:
        raise PackageError("package_dir needs the architecture that the package is for: x86, x64 or ia64")
    else:
        report = read_from_folder(request.folder, definition.kb, architecture, reading, entry.file_name)
    told = compare(definition, report.contents, architecture, sha256=report.checksums.sha256)
    match = _same_bytes(definition, report, told)
    pinned = bool(request.pins)  # a file that is none of the pinned ones was not read
    found = refusals(
        report,
        match,
        policy=request.policy,
        allow_later=request.allow_later,
        pinned=pinned,
        prefix=request.prefix,
    )
    unproven = () if found else doubts(report, policy=request.policy, pinned=pinned)
    return Judged(report, match, found, unproven)


def _same_bytes(definition: Definition, report: PackageReport, match: Match) -> Match:
    """The comparison, and whether the file is the one whose hash the definition knows: another one may be a later one.

    An inner .cab cannot be told by the hash of the .msu that it was in.
    """
    entry = None if match.architecture is None else definition.package(match.architecture)
    if entry is None or entry.sha256 in (None, report.checksums.sha256):
        return match
    if not entry.file_name.lower().endswith(f".{report.kind.value}"):
        return match
    found = Difference("other_bytes", MatchStatus.DIFFERS, "package", entry.sha256, report.checksums.sha256)
    return replace(match, differences=(*match.differences, found))
