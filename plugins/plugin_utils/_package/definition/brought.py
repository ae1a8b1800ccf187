# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file that a hotfix brings to one build and architecture, wherever that was read: in a package or an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..._catalogue.definition import OsVersion
from ..._model.facts import Architecture
from ..._model.file_version import Branch, FileVersion, branches_of
from ..brought import Component, Destination, Place
from ..contents import ContainedFile
from ..report import PackageReport, PackedFile
from .known_files import KERNEL_COMPONENT


@dataclass(frozen=True)
class BroughtFile:
    """version: the file's own, where something tells it; doubt: why a told one does not count, as a clause.

    image: the architecture of its code.

    localized: a resource of one language, which lies only where that language is installed. size in bytes.
    """

    name: str
    build: OsVersion
    architecture: Architecture
    branch: Branch
    path: str | None = None
    version: FileVersion | None = None
    doubt: str | None = None
    component: str | None = None
    component_version: FileVersion | None = None
    store_folder: str | None = None
    size: int | None = None
    sha1: str | None = None
    sha256: str | None = None
    image: Architecture | None = None
    executable: bool = True
    localized: bool = False

    @property
    def guest(self) -> bool:
        """Whether it is the 32-bit copy on a 64-bit Windows."""
        return self.image is Architecture.X86 and self.architecture is not Architecture.X86

    @property
    def baseline(self) -> bool:
        """Whether it is the file that the build, or one before it, came with: by all versions that are told."""
        told = [one for one in (self.version, self.component_version) if one is not None]
        return bool(told) and all(one.came_with(self.build) for one in told)

    @property
    def as_clause(self) -> str:
        build = ".".join(map(str, self.build))
        return f"{self.name} for {build} {self.architecture.value} ({self.branch.value})"


@dataclass(frozen=True)
class Stray:
    """A changed file of which nothing tells for which build it is: it may be any of its architecture (None: of all).

    doubt: why, as a clause. other: the Windows that its version is of, where that is not the definition's own.
    packed: what a package tells of it; its build means nothing.
    """

    name: str
    architecture: Architecture | None
    doubt: str
    other: OsVersion | None = None
    packed: BroughtFile | None = None


class NotTold(dict[str, str]):
    """What could not be told: the field, and why as a clause. The first reason for a field stays."""

    def note(self, at: str, reason: str) -> None:
        self.setdefault(at, reason)


@dataclass
class Collected:
    """Files, those that have no certain place, and what could not be told."""

    files: list[BroughtFile] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    not_told: NotTold = field(default_factory=NotTold)


def of_package(report: PackageReport) -> Collected:
    """Every file that a package brings to a running Windows."""
    found = Collected()
    architecture = report.contents.architecture
    for packed in report.files or ():
        if architecture is not None and packed.file.component is not None:
            found.files += _placed(packed, architecture, found)
    return found


def _placed(packed: PackedFile, architecture: Architecture, found: Collected) -> Iterator[BroughtFile]:
    file = packed.file
    component, deployment, goal = file.component, file.deployment, file.destination
    if component is None or deployment is None or goal is None or goal.place is Place.PACKAGE:
        return
    if not deployment.builds and "winpe" not in " ".join(deployment.families):
        file_of = _brought(packed, component, goal, architecture)
        reason = f"no build: {', '.join(deployment.unknown) or 'no parent tells one'}"
        found.not_told.note(f"targets: {file.name}", reason)
        if file.executable and not file_of.localized:
            found.strays.append(Stray(file_of.name, architecture, reason, packed=file_of))
    for build in deployment.builds:
        brought = _brought(packed, component, goal, architecture)
        yield replace(brought, build=build, branch=_branch(deployment.branch, build))


def _brought(
    packed: PackedFile, component: Component, goal: Destination, architecture: Architecture
) -> BroughtFile:
    """The file for no build yet."""
    file, checksums = packed.file, packed.checksums
    return BroughtFile(
        name=(goal.path or file.name).rpartition("\\")[2],
        build=(0, 0, 0),
        architecture=architecture,
        branch=Branch.SINGLE,
        path=goal.path,
        version=_version(file),
        component=component.name,
        component_version=component.version,
        store_folder=file.folder,
        size=file.size,
        sha1=checksums.sha1 or None,
        sha256=checksums.sha256 or None,
        image=file.architecture or component.image_architecture,
        executable=file.executable,
        localized=_localized(component),
    )


def _localized(component: Component) -> bool:
    return component.language.lower() not in ("neutral", "*", "none", "")


def _branch(told: Branch | None, build: OsVersion) -> Branch:
    """A build of one branch has that one; where nothing tells, SINGLE stands for a branch that is not known."""
    if told is not None and told in (Branch.GDR, Branch.LDR) and Branch.SINGLE not in branches_of(build[2]):
        return told
    return Branch.SINGLE


def _version(file: ContainedFile) -> FileVersion | None:
    """The image's own; the component's only for the kernel, of which it is known that the two are one."""
    if file.delivery.visible:
        return file.version
    component = file.component
    if component is not None and component.name.lower() == KERNEL_COMPONENT:
        return component.version
    return None


def one_each(files: Sequence[BroughtFile], not_told: NotTold) -> list[BroughtFile]:
    """One file for each place and branch. Of two, that of the later component, or the one of the own architecture.

    Where the version of one of them is in doubt, so is that of both.
    """
    kept: dict[tuple[object, ...], BroughtFile] = {}
    for file in files:
        key = (file.build, file.architecture, (file.path or file.name).lower(), file.branch)
        other = kept.get(key)
        if other is None:
            kept[key] = file
            continue
        first, second = sorted((other, file), key=_rank)
        doubt = other.doubt or file.doubt
        kept[key] = replace(second, version=None, doubt=doubt) if doubt else second
        why = (
            "it has no path of its own beside the other one of its name"
            if file.path is None
            else "a later one has its place"
        )
        not_told.note(f"targets: {first.as_clause}", f"{why}: {first.store_folder or first.version}")
    return list(kept.values())


def _rank(file: BroughtFile) -> tuple[bool, FileVersion]:
    return (not file.guest, file.component_version or file.version or FileVersion(0, 0, 0, 0))
