# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from a package file: the facts for people, for the comparison and for the transfer to a host."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .brought import Place
from .chain import Family
from .checksums import Checksums
from .contents import ContainedFile, PackageContents, PackageIdentity
from .signature import Signature
from .texts import AnswerFile

_SHORT = ("path", "sha256", "kb", "architecture", "signature")
"""Which file it is, of what, and by whom; all else is for somebody who looks into a package."""


class PackageKind(enum.Enum):
    """MSU: the form for wusa, with an answer file. CAB: the payload alone, for pkgmgr /ip."""

    MSU = "msu"
    CAB = "cab"


@dataclass(frozen=True)
class PackedFile:
    """A file with its checksums: of a member all of them, of a container's file those that the index tells (the others
    are empty)."""

    file: ContainedFile
    checksums: Checksums

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.file.name,
            "size": self.file.size,
            "sha1": self.checksums.sha1 or None,
            "sha256": self.checksums.sha256 or None,
            "executable": self.file.executable,
            "version": str(self.file.version) if self.file.version else None,
            "architecture": self.file.architecture.value if self.file.architecture else None,
            "problem": self.file.problem or None,
        }

    def as_brought(self) -> dict[str, Any]:
        """As a file of the payload: with its component, where it goes and which Windows it is for."""
        component, goal, deployment = self.file.component, self.file.destination, self.file.deployment
        branch = deployment.branch if deployment else None
        problems = [self.file.problem, goal.problem if goal else "", deployment.problem if deployment else ""]
        if deployment and deployment.unknown:
            problems.append(f"{', '.join(deployment.unknown)}: which build of Windows that is, is not known here")
        return {
            **self.as_dict(),
            "delivery": self.file.delivery.value,
            "component": component.name if component else None,
            "component_version": str(component.version) if component and component.version else None,
            "component_architecture": component.architecture if component else None,
            "language": component.language if component else None,
            "place": goal.place.value if goal else Place.UNKNOWN.value,
            "target": goal.path if goal else None,
            "branch": branch.value if branch else None,
            "builds": [".".join(map(str, one)) for one in deployment.builds] if deployment else [],
            "families": list(deployment.families) if deployment else [],
            "problem": "; ".join(filter(None, problems)) or None,
        }


@dataclass(frozen=True)
class Installs:
    """What the payload says of its installation. Everything is None or empty where it was not told.

    container: how the index calls the cabinet; None for a payload that holds the files themselves. expanded_size: of
    the files when installed, in bytes. release: 1, or the number of the re-release (`-v2`). restart: `required`,
    `possible`, `none` or what else stands there.
    """

    container: str | None
    expanded_size: int
    release: int | None
    release_type: str | None
    restart: str | None
    families: tuple[Family, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "container": self.container,
            "expanded_size": self.expanded_size,
            "release": self.release,
            "release_type": self.release_type,
            "restart": self.restart,
            "families": [
                {
                    "name": one.name,
                    "builds": [".".join(map(str, build)) for build in one.builds],
                    "parents": list(one.parents),
                }
                for one in self.families
            ],
        }


@dataclass(frozen=True)
class PackageReport:
    """One package file. size in bytes.

    cabinet: name of the payload within an .msu (the file's own name for a .cab), None when there is none to choose.
    compression: of the payload. names: its members by its directory. files: what it brings, None when it could not be
    unpacked; installs: what it says of its installation, None then too.
    outer_files: of the .msu, in its order. properties: pkgProperties.txt, empty when it is absent.
    """

    path: Path
    size: int
    checksums: Checksums
    kind: PackageKind
    cabinet: str | None
    compression: str | None
    answer: AnswerFile | None
    properties: Mapping[str, str]
    names: tuple[tuple[str, int], ...]
    files: tuple[PackedFile, ...] | None
    outer_files: tuple[PackedFile, ...]
    contents: PackageContents
    signature: Signature
    installs: Installs | None = None

    @property
    def kb(self) -> str | None:
        return self.contents.kb

    @property
    def applicability(self) -> str | None:
        return self.properties.get("ApplicabilityInfo")

    def as_dict(self, *, details: bool = True) -> dict[str, Any]:
        """The shape of package_info's result. details: everything; else only what is in _SHORT."""
        architecture = self.contents.architecture
        told = {
            "path": str(self.path),
            "size": self.size,
            "sha1": self.checksums.sha1,
            "sha256": self.checksums.sha256,
            "kind": self.kind.value,
            "kb": self.kb,
            "architecture": architecture.value if architecture else None,
            "identity": _identity(self.contents.identity),
            "applicability": self.applicability,
            "properties": dict(self.properties),
            "answer_file": _answer(self.answer),
            "cabinet": {"name": self.cabinet, "compression": self.compression} if self.cabinet else None,
            "files": None if self.files is None else [one.as_brought() for one in self.files],
            "installs": self.installs.as_dict() if self.installs else None,
            "names": [{"name": name, "size": size} for name, size in self.names],
            "outer_files": [one.as_dict() for one in self.outer_files],
            "signature": self.signature.as_dict(details=details),
            "not_looked_into": list(self.contents.not_looked_into),
        }
        return told if details else {name: told[name] for name in _SHORT}


def _identity(identity: PackageIdentity | None) -> dict[str, str] | None:
    if identity is None:
        return None
    return {
        "text": identity.text,
        "name": identity.name,
        "version": identity.version,
        "architecture": identity.architecture,
        "public_key_token": identity.token,
        "language": identity.language,
    }


def _answer(answer: AnswerFile | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "name": answer.name,
        "packages": [
            {"action": one.action, "identity": _identity(one.identity), "source": one.source} for one in answer.packages
        ],
        "other_elements": list(answer.others),
    }
