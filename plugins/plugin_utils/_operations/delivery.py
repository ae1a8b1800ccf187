# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the operator's package to what may be staged: chosen by what it is, compared with the catalogue, or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .._catalogue.definition import Definition
from .._model.facts import Architecture
from .._package.choose import survey
from .._package.report import PackageKind
from .._package.request import Judged, PackageRequest, obtain
from .errors import OperationError
from .stage import Delivery
from .transfer.common import Payload

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,120}")
"""A name that says nothing but itself to cmd.exe, and no folder."""


class DeliveryError(OperationError, ValueError):
    """There is no package that may be used: which file, why, and what to do."""


@dataclass(frozen=True)
class Installable:
    """What is delivered, and the judgement of the package that it comes from."""

    delivery: Delivery
    judged: Judged

    def as_dict(self) -> dict[str, object]:
        """What is told of the package in results; package_info tells the rest."""
        report = self.judged.report
        return {
            "path": str(report.path),
            "size": report.size,
            "sha1": report.checksums.sha1,
            "sha256": report.checksums.sha256,
            "match": self.judged.match.status.value,
            "signature": report.signature.state.value,
        }


def deliver(definition: Definition, architecture: Architecture, wanted: PackageRequest | None) -> Installable:
    """The package for a host of this architecture.

    Raises DeliveryError (none was named, or it is refused) and the package reader's PackageError.
    """
    if wanted is None:
        raise DeliveryError(
            f"name its package for {architecture.value} with path or package_dir: {definition.kb} is staged from it, "
            "and what is staged already is proven against it before it is installed"
        )
    judged = obtain(wanted, definition, architecture, copy=True)
    if not judged.accepted:
        raise DeliveryError("; ".join(one.text for one in judged.refusals))
    copy = wanted.private_copy(judged.report)
    if copy is None:
        raise ValueError("a package that is to be sent needs a keep for its private copy")
    return _installable(judged, copy)


def look_at(definition: Definition, wanted: PackageRequest) -> None:
    """Judge a package as far as that needs no host: a file whole, a folder by what can be read in it.

    Raises as deliver() does.
    """
    if wanted.path is None:
        if wanted.folder is not None and not survey(wanted.folder):
            raise DeliveryError(f"the folder {wanted.folder} holds no package: name the one where your packages are")
        return
    judged = obtain(wanted, definition, None)
    if not judged.accepted:
        raise DeliveryError("; ".join(one.text for one in judged.refusals))


def _installable(judged: Judged, copy: Path) -> Installable:
    report = judged.report
    name = report.path.name
    if report.kind is not PackageKind.MSU or report.cabinet is None:
        raise DeliveryError(f"{name} is no .msu with one payload: give the package as Microsoft delivered it")
    answer = report.answer.name if report.answer is not None else None
    outer = {one.file.name: one for one in report.outer_files}
    wanted = [one for one in (report.cabinet, answer) if one is not None]
    strange = [one for one in wanted if not _PLAIN_NAME.fullmatch(one)]
    if strange:
        raise DeliveryError(f"{name} holds a file named {strange[0][:80]!r}: only plain file names can be staged")
    missing = [one for one in wanted if one not in outer]
    if missing:
        raise DeliveryError(f"{name} could not be unpacked here, so {missing[0]} could not be checked on the host")
    members = {one: (outer[one].checksums.sha1, outer[one].file.size) for one in wanted}
    payload = Payload(copy, report.size, report.checksums.sha1, report.checksums.sha256)
    expanded = report.installs.expanded_size if report.installs is not None else 0
    return Installable(Delivery(payload, name, members, expanded), judged)
