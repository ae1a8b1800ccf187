# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of one payload against the definition's targets of one architecture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .._catalogue.definition import BranchFile, Definition, Member, OsVersion, TargetFile
from .._model.facts import Architecture
from .._model.file_version import FileVersion
from .._model.kb import PACKAGE
from .brought import Delivery, Place
from .contents import ContainedFile, PackageContents
from .difference import Difference, MatchStatus
from .inspector import is_runnable
from .place import is_guest, placed
from .told_twice import of_file

_VERSION = r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)"
_PACKAGE_MANIFEST = re.compile(rf"(?P<key>[^~]+~[^~]*~[^~]*~[^~]*)~{_VERSION}\.mum")
_COMPONENT = re.compile(
    rf"(?P<architecture>[a-z0-9]+)_(?P<component>.+)_(?P<token>[0-9a-f]{{16}})_{_VERSION}_(?P<culture>[a-z.-]+)"
    r"_[0-9a-f]{16}"
)
_TWIN = re.compile(rf"update-bf\.mum|{PACKAGE}_(?:[a-z0-9_]+_)?bf~[^\\]*\.mum")
_INDEX = "_manifest_.cix.xml"
_GENERATED = re.compile(r"[0-9a-f]{32}")  # a policy's component: its name is a hash that changes with the version


def described(file: ContainedFile) -> str:
    return f"{file.version}, {file.size} bytes" if file.version else f"{file.size} bytes"


def quad(text: str) -> FileVersion | None:
    try:
        return FileVersion.parse(text)
    except ValueError:
        return None


def judge_version(found: FileVersion | None, expected: FileVersion | None) -> tuple[str, MatchStatus]:
    if found is None or expected is None:
        return "version_unknown", MatchStatus.MISMATCH
    if found < expected:
        return "older_version", MatchStatus.MISMATCH
    return ("same_version", MatchStatus.MATCHES) if found == expected else ("later_version", MatchStatus.DIFFERS)


@dataclass(frozen=True)
class _Name:
    """A member's name without what a later release of the same member changes, and the version that was in it."""

    key: tuple[str, ...]
    version: FileVersion | None = None
    os_version: OsVersion | None = None


def _name(text: str) -> _Name:
    if match := _PACKAGE_MANIFEST.fullmatch(text):
        return _Name(("package", match["key"]), quad(match["version"]))
    if text.endswith(".manifest") and (component := _component(text.removesuffix(".manifest"))):
        return component
    return _Name(("file", text))


def _component(text: str) -> _Name | None:
    match = _COMPONENT.fullmatch(text)
    version = quad(match["version"]) if match else None
    if match is None or version is None:
        return None
    component = "policy" if _GENERATED.fullmatch(match["component"]) else match["component"]
    build = ".".join(map(str, version.os_version))
    key = ("component", match["architecture"], component, match["token"], match["culture"], build)
    return _Name(key, version, version.os_version)


@dataclass(frozen=True)
class _Expected:
    """One file of one branch and build, as the definition lists it."""

    os_version: OsVersion
    file: TargetFile
    branch: BranchFile

    @property
    def counts_with_component(self) -> bool:
        """Whether its component's version is the file's own, so that a later component tells a later file."""
        return self.branch.version is not None and self.branch.version == self.branch.component_version

    def has_version_of(self, file: ContainedFile, component: _Name | None) -> bool:
        """Whether nothing tells that the package's file is of another version than the definition's."""
        folder = _component(self.branch.store_folder) if self.branch.store_folder else None
        told = self.branch.component_version or (folder.version if folder else None)
        found = component.version if component else None
        pairs = ((told, found), (self.branch.version, file.version))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)


class Files:
    """The targets of one architecture, all builds together, and what a package has of them."""

    def __init__(self, definition: Definition, wanted: Architecture, package: PackageContents) -> None:
        self._wanted = wanted
        self._container = package.container
        self._expected = tuple(
            _Expected(target.os_version, file, branch)
            for target in definition.targets_for(wanted)
            for file in target.files
            for branch in file.branches
        )
        self._by_name: dict[str, list[_Expected]] = {}
        for one in self._expected:
            self._by_name.setdefault(one.file.name.lower(), []).append(one)
        entry = definition.package(wanted)
        self._lists_members = entry is not None and entry.members is not None
        self._metadata: dict[tuple[str, ...], list[tuple[Member, _Name]]] = {}
        for member in (entry.members if entry is not None else None) or ():
            name = _name(member.name.lower())
            self._metadata.setdefault(name.key, []).append((member, name))
        self._files = package.files or ()
        self._seen: set[_Expected] = set()

    def differences(self) -> Iterator[Difference]:
        names = {file.installed_name for file in self._files}
        for file in self._files:
            yield from self._listed(file) if file.executable or self._is_listed(file) else self._plain(file)
        for one in self._expected:
            told = one.branch.version is not None or one.branch.component is not None
            if one not in self._seen and (told or one.file.key not in names):
                subject = f"{one.file.name} for {'.'.join(map(str, one.os_version))}"
                expected = str(one.branch.version or one.branch.component_version or one.file.name)
                yield Difference("executable_missing", MatchStatus.MISMATCH, subject, expected, None)
        for left in self._metadata.values():
            for member, _unused in left:
                yield Difference("file_missing", MatchStatus.MISMATCH, member.name, f"{member.size} bytes", None)

    def _meant(self, file: ContainedFile, version: FileVersion | None) -> list[_Expected]:
        """The entries that a file of the package is: by its component's folder, else name, build, place and branch."""
        found = [one for one in self._by_name.get(file.installed_name, ()) if one not in self._seen]
        own = [one for one in found if file.folder and one.branch.store_folder == file.folder]
        deployment = file.deployment
        builds = {version.os_version} if version else set()
        if not any(one.os_version in builds for one in found) and deployment is not None:
            builds = set(deployment.builds)
        found = own or [one for one in found if one.os_version in builds]
        place = file.destination.path if file.destination else None
        if place is not None and len({one.file.path for one in found}) > 1:
            found = [one for one in found if (one.file.path or "").casefold() == place.casefold()]
        if len({one.branch.branch for one in found}) > 1:
            branch = deployment.branch if deployment is not None and deployment.branch else None
            told = branch or (version.branch if version else None)
            found = [one for one in found if one.branch.branch is told]
        return found

    def _is_listed(self, file: ContainedFile) -> bool:
        """Whether a file that is no executable is one of the definition's that need not be one."""
        component = _component(file.folder) if file.folder else None
        if component is None or is_runnable(file.installed_name):
            return False
        meant = self._meant(file, component.version)
        return bool(meant) and all(one.branch.version is None for one in meant)

    def _listed(self, file: ContainedFile) -> Iterator[Difference]:
        mismatch = MatchStatus.MISMATCH
        component = _component(file.folder) if file.folder else None
        alien = component is None or (self._lists_members and component.key not in self._metadata)
        if file.folder and alien:
            yield Difference("extra_executable", mismatch, file.name, None, described(file))
            return
        version = component.version if component else file.version
        meant = self._meant(file, version)
        if not meant or (meant[0].branch.version is None and meant[0].branch.component_version is None):
            yield Difference("extra_executable", mismatch, file.name, None, described(file))
            return
        self._seen.update(meant)
        builds = {one.os_version for one in meant}
        for entry in meant:
            yield from placed(file, entry.file, version, self._wanted, builds)
            yield from self._compared(file, entry, component)
            yield from of_file(file, entry.branch, same_version=entry.has_version_of(file, component))

    def _compared(self, file: ContainedFile, entry: _Expected, component: _Name | None) -> Iterator[Difference]:
        """The versions, and of an image the machine that it is for."""
        mismatch = MatchStatus.MISMATCH
        if not file.executable:
            if component is not None:
                yield from self._component_version(file, entry, component)
            return
        wanted = Architecture.X86 if is_guest(entry.file) else self._wanted
        if file.architecture is not wanted:
            told = file.architecture.value if file.architecture else file.problem or "another"
            yield Difference("wrong_architecture", mismatch, file.name, wanted.value, told)
        yield from self._version(file, entry, component)

    def _version(self, file: ContainedFile, entry: _Expected, component: _Name | None) -> Iterator[Difference]:
        mismatch, wanted, known = MatchStatus.MISMATCH, entry.branch.version, file.version
        if wanted is None and component:
            yield from self._component_version(file, entry, component)
            return
        if known is None and not file.delivery.visible and component:
            # nothing in a container tells a file's own version; its component's stands for it where the two are one
            known = component.version if entry.counts_with_component else None
            if known is None:
                yield from self._component_version(file, entry, component)
                return
        if known is None:
            yield Difference("version_unknown", mismatch, file.name, str(wanted), file.problem or None)
            return
        if component and known != component.version and (entry.counts_with_component or not self._container):
            yield Difference("version_conflict", mismatch, file.name, str(component.version), str(known))
        code, weight = judge_version(known, wanted)
        if known.branch is not entry.branch.branch:
            code, weight = "wrong_branch", mismatch
        if weight is not MatchStatus.MATCHES:
            yield Difference(code, weight, file.name, str(wanted), str(known))
        elif component is not None and entry.branch.component_version is not None:
            yield from self._component_version(file, entry, component)

    def _component_version(self, file: ContainedFile, entry: _Expected, component: _Name) -> Iterator[Difference]:
        """A file that counts otherwise than its component: the component's version is compared."""
        told = entry.branch
        if told.component_version is None:
            weight = MatchStatus.NOT_COMPARED
            yield Difference("version_unknown", weight, file.name, str(told.version), file.problem)
            return
        code, weight = judge_version(component.version, told.component_version)
        if weight is not MatchStatus.MATCHES:
            yield Difference(code, weight, file.name, str(told.component_version), str(component.version))

    def _plain(self, file: ContainedFile) -> Iterator[Difference]:
        name = _name(file.name.lower())
        if not self._lists_members and file.destination is not None and file.destination.place is Place.PACKAGE:
            return
        left = self._metadata.get(name.key, [])
        if not left:
            if not _harmless(file):
                # what a component installs nobody may allow, nor bytes that nobody can see
                alien = file.folder or file.base_name.endswith(".cab") or file.delivery is Delivery.DELTA
                weight = MatchStatus.MISMATCH if alien else MatchStatus.DIFFERS
                yield Difference("extra_file", weight, file.name, None, described(file))
            return
        entry, expected = min(left, key=lambda one: one[0].name.lower() != file.name.lower())
        left.remove((entry, expected))
        if expected.version is not None and name.version != expected.version:
            code, weight = judge_version(name.version, expected.version)
            yield Difference(code, weight, file.name, str(expected.version), str(name.version))
        elif file.name.lower() != entry.name.lower():
            yield Difference("name", MatchStatus.DIFFERS, file.name, entry.name, file.name)
        elif file.size != entry.size:
            yield Difference("size", MatchStatus.DIFFERS, file.name, str(entry.size), str(file.size))


def _harmless(file: ContainedFile) -> bool:
    """Signature catalogues, the cabinet's own metadata, and the manifests of the other way of installing (`_bf`).

    Packages have them, and the article lists none. They are members of the package itself, in no component's
    folder, and no manifest installs them. Whatever such a twin brings is a file and compared as such.
    """
    if file.folder or (file.destination is not None and file.destination.place is not Place.PACKAGE):
        return file.base_name == _INDEX and not file.folder
    if file.base_name.endswith(".cat"):
        return file.delivery is not Delivery.DELTA
    return file.base_name == _INDEX or _TWIN.fullmatch(file.name.lower()) is not None
