# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hotfix is: the frozen form of a catalogue entry. See catalogue.py for how one is loaded and checked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from .._model.facts import Architecture
from .._model.file_version import FileVersion

OsVersion = tuple[int, int, int]


class SymptomKind(enum.Enum):
    """What the thing that shows the symptom is to Windows."""

    KERNEL_DRIVER = "kernel_driver"
    SERVICE = "service"


@dataclass(frozen=True)
class Article:
    """The knowledge base article that the definition was taken from."""

    id: int
    revision: str
    last_review: date


@dataclass(frozen=True)
class SymptomDefinition:
    """Where the trouble shows: a service's or driver's name, and which of them it is."""

    service: str
    kind: SymptomKind


@dataclass(frozen=True)
class Advice:
    """The article's advice as facts."""

    only_if_symptomatic: bool
    preferred_service_pack: int
    unsupported_service_pack: int
    support_ended: date


@dataclass(frozen=True)
class Package:
    """One package file. identity_certain is False where the root identity is inferred; identity_source says from what,
    or where it was read. The package itself, or a host that lists it, makes it certain."""

    architecture: Architecture
    file_name: str
    identity: str
    identity_certain: bool
    identity_source: str


@dataclass(frozen=True)
class Target:
    """A build and architecture that the hotfix is for. File names are lower case.

    kernel_files: every kernel image that the package replaces there. pae_kernel_file: the one of them that runs with
    PAE; None where there is only one.
    """

    os_version: OsVersion
    service_pack: int
    architecture: Architecture
    fixed_kernel: FileVersion
    kernel_files: tuple[str, ...]
    pae_kernel_file: str | None


@dataclass(frozen=True)
class IncludingBuild:
    """A build that is too new for the hotfix and carries the fix already."""

    os_version: OsVersion
    service_pack: int


@dataclass(frozen=True)
class Edition:
    """One entry of the article's list of products; architecture is None where the entry names none."""

    product: str
    architecture: Architecture | None
    skus: tuple[int, ...]


@dataclass(frozen=True)
class FileEntry:
    """One row of a file table: size in bytes, time in UTC, version and platform None where the article has none."""

    name: str
    version: FileVersion | None
    size: int
    time: datetime
    platform: str | None


@dataclass(frozen=True)
class FileTable:
    """The files that the package brings for one build and architecture."""

    os_version: OsVersion
    architecture: Architecture
    files: tuple[FileEntry, ...]


@dataclass(frozen=True)
class Definition:
    """One hotfix. kb is the normal form, KB and the number.

    component_versions: every component's version is that of its files (it is not for Windows Installer, Internet
    Explorer, the driver frameworks and the C runtime), so that a package's kernels can be compared by it.
    release_type: what the package's own manifest calls it.
    """

    kb: str
    title: str
    article: Article
    restart_required: bool
    symptom: SymptomDefinition
    advice: Advice
    packages: tuple[Package, ...]
    targets: tuple[Target, ...]
    fixed_by_service_pack: tuple[IncludingBuild, ...]
    editions: tuple[Edition, ...]
    file_tables: tuple[FileTable, ...]
    component_versions: bool = False
    release_type: str = "Hotfix"

    @property
    def os_versions(self) -> frozenset[OsVersion]:
        """The builds that the hotfix is for."""
        return frozenset(target.os_version for target in self.targets)

    @property
    def kernel_names(self) -> frozenset[str]:
        """All kernel images' file names, lower case."""
        return frozenset(name for target in self.targets for name in target.kernel_files)

    @property
    def listed_skus(self) -> frozenset[int]:
        return frozenset(sku for edition in self.editions for sku in edition.skus)

    def targets_of(self, os_version: OsVersion) -> tuple[Target, ...]:
        """The targets of one build, one an architecture; empty when the hotfix is not for that build."""
        return tuple(target for target in self.targets if target.os_version == os_version)

    def target(self, os_version: OsVersion, architecture: Architecture) -> Target | None:
        return next((one for one in self.targets_of(os_version) if one.architecture is architecture), None)

    def package(self, architecture: Architecture) -> Package | None:
        return next((one for one in self.packages if one.architecture is architecture), None)

    def file_table(self, os_version: OsVersion, architecture: Architecture) -> FileTable | None:
        found = (t for t in self.file_tables if t.os_version == os_version and t.architecture is architecture)
        return next(found, None)

    def included_in(self, os_version: OsVersion) -> IncludingBuild | None:
        """The service pack that brought the fix to this build; None when it is no such build."""
        return next((one for one in self.fixed_by_service_pack if one.os_version == os_version), None)
