# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the operator's package to what may be staged: chosen by what it is, compared with the catalogue, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .._hotfix.definition import Definition
from .._hotfix.facts import Architecture
from .._hotfix.package_match import compare
from .._package.choose import read_from_folder
from .._package.policy import SignaturePolicy, refusals
from .._package.read import ReadOptions, read_package
from .._package.report import PackageKind, PackageReport
from .stage import Delivery
from .transfer.common import Payload


class DeliveryError(ValueError):
    """There is no package that may be used: which file, why, and what to do."""


@dataclass(frozen=True)
class PackageOptions:
    """Where the package is (one of path, folder) and what it must satisfy."""

    path: Path | None = None
    folder: Path | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    signature: SignaturePolicy = SignaturePolicy.PREFER
    allow_later: bool = False

    @property
    def given(self) -> bool:
        return self.path is not None or self.folder is not None


@dataclass(frozen=True)
class Installable:
    """A delivery, the names of its payload cabinet and answer file, and the report it comes from."""

    delivery: Delivery
    cabinet: str
    answer_file: str | None
    report: PackageReport


def obtain(definition: Definition, architecture: Architecture, options: PackageOptions) -> Installable:
    """The package for a host of this architecture.

    Raises DeliveryError (none was named, or it is refused) and the package reader's PackageError.
    """
    if options.path is not None:
        report = read_package(options.path, options.read)
    elif options.folder is not None:
        report = read_from_folder(options.folder, definition.kb, architecture, options.read)
    else:
        raise DeliveryError(
            f"{definition.kb} is not staged on the host: name its package for {architecture.value} "
            "with package or package_dir"
        )
    against = refusals(
        report,
        compare(definition, report.contents, architecture),
        policy=options.signature,
        allow_later=options.allow_later,
    )
    if against:
        raise DeliveryError("; ".join(one.text for one in against))
    return _installable(report)


def _installable(report: PackageReport) -> Installable:
    name = report.path.name
    if report.kind is not PackageKind.MSU or report.cabinet is None:
        raise DeliveryError(f"{name} is no .msu with one payload: give the package as Microsoft delivered it")
    answer = report.answer.name if report.answer is not None else None
    outer = {one.file.name: one for one in report.outer_files}
    wanted = [one for one in (report.cabinet, answer) if one is not None]
    missing = [one for one in wanted if one not in outer]
    if missing:
        raise DeliveryError(f"{name} could not be unpacked here, so {missing[0]} could not be checked on the host")
    members = {one: (outer[one].checksums.sha1, outer[one].file.size) for one in wanted}
    payload = Payload(report.path, report.size, report.checksums.sha1, report.checksums.sha256)
    return Installable(Delivery(payload, name, members), report.cabinet, answer, report)
