# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hotfix is: the frozen form of a definition. catalogue.py loads one; definitions.rst tells every field."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from datetime import date

from .._model.builds import RENUMBERED
from .._model.facts import Architecture
from .._model.file_version import Branch, FileVersion
from .unfilled import Unfilled

OsVersion = tuple[int, int, int]


class Restart(enum.Enum):
    """Whether the hotfix takes a restart."""

    REQUIRED = "required"
    POSSIBLE = "possible"
    NO = "no"


class Role(enum.Enum):
    """What a file is while it runs. KERNEL: BuildLabEx tells which one does. DRIVER, SERVICE: it is loaded at boot.

    NONE: programs load it whenever they start.
    """

    KERNEL = "kernel"
    DRIVER = "driver"
    SERVICE = "service"
    NONE = "none"

    @property
    def loaded_at_boot(self) -> bool:
        return self is not Role.NONE


class SymptomClass(enum.Enum):
    """The WMI class of what is looked at."""

    DRIVER = "Win32_SystemDriver"
    SERVICE = "Win32_Service"


@dataclass(frozen=True)
class Article:
    """The knowledge base article. revision and last_review are None where it does not tell them."""

    id: int
    revision: str | None
    last_review: date | None


@dataclass(frozen=True)
class EventSource:
    """Events of the System log that are weak evidence. prefix: the source's name only begins so."""

    source: str
    prefix: bool
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """The driver or service that shows the trouble, by its name, in the state in which it hangs (WMI's word)."""

    kind: SymptomClass
    name: str
    state: str


@dataclass(frozen=True)
class Symptom:
    """Where the trouble shows. text: what it is, a clause. watch: None where nothing can be looked at."""

    text: str | None
    watch: Watched | None
    events: tuple[EventSource, ...]


@dataclass(frozen=True)
class SupportEnded:
    """When the support of a service pack ended."""

    service_pack: int
    on: date


@dataclass(frozen=True)
class Advice:
    """The article's advice as facts. preferred_service_pack: one that carries the fix and is the better remedy."""

    only_if_symptomatic: bool
    preferred_service_pack: int | None
    support_ended: SupportEnded | None


@dataclass(frozen=True)
class Member:
    """A manifest that lies in the package (.mum, .manifest), with its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Package:
    """One package file.

    identity: of its root. identity_certain is False where it is inferred; identity_source says from what, or where it
    was read. The package itself, or a host that lists it, makes it certain. sub_packages: identities of its parts.
    sha256: of the whole file, in lower case; None where nobody had it. members: None where they are not listed.
    """

    architecture: Architecture
    file_name: str
    identity: str
    identity_certain: bool
    identity_source: str
    sha256: str | None
    sub_packages: tuple[str, ...]
    members: tuple[Member, ...] | None


@dataclass(frozen=True)
class BranchFile:
    """A file as one branch of the package brings it.

    version: the file's own FileVersion, from which the fix is there; None where only the component's is known (they
    differ for Windows Installer, Internet Explorer, the driver frameworks and the C runtime).
    store_folder: the component's folder in WinSxS. size in bytes; sha1 and sha256 in lower case, of the file on disk.
    baseline: no fix is on this branch, since its component is one that the build came with.
    """

    branch: Branch
    version: FileVersion | None
    component: str | None
    component_version: FileVersion | None
    store_folder: str | None
    size: int | None
    sha1: str | None
    sha256: str | None
    baseline: bool = False


@dataclass(frozen=True)
class TargetFile:
    """A file that the hotfix brings to a build and architecture.

    path: relative to the Windows folder, or with a variable before it (`%ProgramFiles%\\...`); None where it is not
    known. pae: of two kernels, whether this is the one that runs with PAE; None for all others.
    changed: False for a file that only comes along at its baseline; it proves nothing. branches: one entry a branch.
    """

    name: str
    path: str | None
    role: Role
    pae: bool | None
    changed: bool
    branches: tuple[BranchFile, ...]

    @functools.cached_property
    def key(self) -> str:
        """The name without case."""
        return self.name.casefold()

    def on(self, branch: Branch) -> BranchFile | None:
        """The file as this branch brings it; None when that branch does not bring it."""
        return next((one for one in self.branches if one.branch is branch), None)

    @functools.cached_property
    def fixed(self) -> dict[Branch, FileVersion | None]:
        """The first fixed FileVersion of each branch that brings the fix; None where it is not known."""
        return {one.branch: one.version for one in self.branches if not one.baseline}

    @functools.cached_property
    def thresholds(self) -> dict[Branch, FileVersion]:
        """The first fixed FileVersion of each branch that has a known one."""
        return {branch: version for branch, version in self.fixed.items() if version is not None}

    @functools.cached_property
    def unread(self) -> bool:
        """Whether no host can tell by this file's version that the fix is there: no version or no path is known."""
        return self.path is None or "%" in self.path or not self.thresholds


@dataclass(frozen=True)
class Target:
    """A build and architecture that the hotfix is for, with the files that it brings there."""

    os_version: OsVersion
    service_pack: int
    architecture: Architecture
    files: tuple[TargetFile, ...]

    @functools.cached_property
    def changed_files(self) -> tuple[TargetFile, ...]:
        return tuple(one for one in self.files if one.changed)

    @functools.cached_property
    def kernels(self) -> tuple[TargetFile, ...]:
        """The kernel images that the hotfix changes."""
        return tuple(one for one in self.changed_files if one.role is Role.KERNEL)

    @functools.cached_property
    def other_files(self) -> tuple[TargetFile, ...]:
        """The changed files that are no kernels."""
        return tuple(one for one in self.changed_files if one.role is not Role.KERNEL)

    @functools.cached_property
    def fixed_kernels(self) -> dict[Branch, FileVersion]:
        """The first fixed kernel of each branch (all kernels of a target share them); empty without a kernel."""
        return self.kernels[0].thresholds if self.kernels else {}

    @functools.cached_property
    def judged_by(self) -> frozenset[object]:
        """All that a verdict on this target rests on: targets that have the same need not be told apart."""
        others = ((one.path or one.name, tuple(one.fixed.items())) for one in self.other_files)
        return frozenset((tuple(self.fixed_kernels.items()), *others))


@dataclass(frozen=True)
class IncludingBuild:
    """A build that is too new for the hotfix and carries the fix already."""

    os_version: OsVersion
    service_pack: int


@dataclass(frozen=True)
class Product:
    """One entry of the article's list of products; architecture is None where the entry names none."""

    name: str
    architecture: Architecture | None
    skus: tuple[int, ...]


@dataclass(frozen=True)
class Prerequisite:
    """What a host must have first, a clause; os_version: the build that it is asked of, None: of all.

    service_pack, kb: the same as data where it is one of them.
    """

    text: str
    os_version: OsVersion | None
    service_pack: int | None
    kb: str | None


@dataclass(frozen=True)
class RegistryKey:
    """A value that the article asks for. value is None for a key alone; kind is `REG_DWORD` and the like.

    required: the fix does nothing without it. os_version: the build that it is asked of, None: of all.
    """

    key: str
    value: str | None
    kind: str | None
    data: str | None
    required: bool
    os_version: OsVersion | None


@dataclass(frozen=True)
class Definition:
    """One hotfix. kb is the normal form, KB and the number. release_type: what the package's own manifest calls it.

    replaces: hotfixes that this one takes the place of. includes: hotfixes whose fixes it carries. unfilled: what its
    sources name and do not tell.
    """

    kb: str
    title: str
    release_type: str
    restart: Restart
    article: Article | None
    symptom: Symptom | None
    advice: Advice | None
    packages: tuple[Package, ...]
    targets: tuple[Target, ...]
    fixed_by_service_pack: tuple[IncludingBuild, ...]
    unfilled: tuple[Unfilled, ...]
    products: tuple[Product, ...]
    prerequisites: tuple[Prerequisite, ...]
    replaces: tuple[str, ...]
    includes: tuple[str, ...]
    registry: tuple[RegistryKey, ...]

    @functools.cached_property
    def os_versions(self) -> frozenset[OsVersion]:
        """The builds that the hotfix is for."""
        return frozenset(target.os_version for target in self.targets)

    @functools.cached_property
    def kernel_names(self) -> frozenset[str]:
        """All kernel images' file names, lower case; empty when the hotfix changes no kernel."""
        return frozenset(one.key for target in self.targets for one in target.kernels)

    @functools.cached_property
    def changes_other_files(self) -> bool:
        """Whether it changes files that are no kernels."""
        return any(target.other_files for target in self.targets)

    @functools.cached_property
    def listed_skus(self) -> frozenset[int]:
        return frozenset(sku for product in self.products for sku in product.skus)

    @property
    def watched(self) -> Watched | None:
        """The driver or service that shows the trouble; None when there is nothing to look at."""
        return None if self.symptom is None else self.symptom.watch

    @property
    def only_if_symptomatic(self) -> bool:
        """Whether the article advises to install it only where the trouble shows."""
        return self.advice is not None and self.advice.only_if_symptomatic

    def targets_of(self, os_version: OsVersion) -> tuple[Target, ...]:
        """The targets of one build, one an architecture; empty when the hotfix is not for that build."""
        return tuple(target for target in self.targets if target.os_version == os_version)

    def target(self, os_version: OsVersion, architecture: Architecture) -> Target | None:
        return next((one for one in self.targets_of(os_version) if one.architecture is architecture), None)

    def targets_for(self, architecture: Architecture) -> tuple[Target, ...]:
        """The targets of one architecture: its package brings the files of all of them."""
        return tuple(target for target in self.targets if target.architecture is architecture)

    def package(self, architecture: Architecture) -> Package | None:
        return next((one for one in self.packages if one.architecture is architecture), None)

    def included_in(self, os_version: OsVersion) -> IncludingBuild | None:
        """The service pack that brought the fix to this build, under any of its numbers; None when it is no such."""
        numbers = (os_version, RENUMBERED.get(os_version))
        return next((one for one in self.fixed_by_service_pack if one.os_version in numbers), None)
