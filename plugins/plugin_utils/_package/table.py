# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of one payload against the article's tables of one architecture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .._catalogue.definition import Definition, FileEntry, OsVersion
from .._model.facts import Architecture
from .._model.file_version import Branch, FileVersion
from .._model.kb import PACKAGE
from .brought import Delivery, Place
from .contents import ContainedFile, PackageContents
from .difference import Difference, MatchStatus
from .place import placed

_VERSION = r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)"
_PACKAGE_MANIFEST = re.compile(rf"(?P<key>[^~]+~[^~]*~[^~]*~[^~]*)~{_VERSION}\.mum")
_COMPONENT = re.compile(
    rf"(?P<architecture>[a-z0-9]+)_(?P<component>.+)_(?P<token>[0-9a-f]{{16}})_{_VERSION}_(?P<culture>[a-z-]+)"
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


class Files:
    """The tables of one architecture, all builds together, and what a package has of them."""

    def __init__(self, definition: Definition, wanted: Architecture, package: PackageContents) -> None:
        self._definition = definition
        self._wanted = wanted
        self._container = package.container
        self._component_versions = definition.component_versions
        self._executables: dict[tuple[OsVersion, str], FileEntry] = {}
        self._metadata: dict[tuple[str, ...], list[tuple[FileEntry, _Name]]] = {}
        for table in (one for one in definition.file_tables if one.architecture is wanted):
            for entry in table.files:
                if entry.version is not None:
                    self._executables[table.os_version, entry.name.lower()] = entry
                    continue
                name = _name(entry.name.lower())
                known = self._metadata.setdefault(name.key, [])
                if all(one.name != entry.name for one, _parsed in known):  # both builds list package manifests
                    known.append((entry, name))
        self._files = package.files or ()
        self._seen: set[tuple[OsVersion, str]] = set()

    def differences(self) -> Iterator[Difference]:
        for file in self._files:
            yield from self._executable(file) if file.executable else self._plain(file)
        for (os_version, name), entry in self._executables.items():
            if (os_version, name) not in self._seen:
                subject = f"{entry.name} for {'.'.join(map(str, os_version))}"
                yield Difference("executable_missing", MatchStatus.MISMATCH, subject, str(entry.version), None)
        for left in self._metadata.values():
            for entry, _unused in left:
                yield Difference("file_missing", MatchStatus.MISMATCH, entry.name, f"{entry.size} bytes", None)

    def _executable(self, file: ContainedFile) -> Iterator[Difference]:
        mismatch = MatchStatus.MISMATCH
        component = _component(file.folder) if file.folder else None
        if file.folder and (component is None or component.key not in self._metadata):
            yield Difference("extra_executable", mismatch, file.name, None, described(file))
            return
        version = component.version if component else file.version
        os_version = version.os_version if version else (0, 0, 0)
        key = (os_version, file.installed_name)
        entry = self._executables.get(key)
        if entry is None or entry.version is None or key in self._seen:
            yield Difference("extra_executable", mismatch, file.name, None, described(file))
            return
        self._seen.add(key)
        is_kernel = file.installed_name in self._definition.kernel_names
        yield from placed(file, entry, version, self._wanted, is_kernel=is_kernel)
        if file.architecture is not self._wanted:
            told = file.architecture.value if file.architecture else file.problem or "another"
            yield Difference("wrong_architecture", mismatch, file.name, self._wanted.value, told)
        known = file.version
        if known is None and not file.delivery.visible and component:
            # nothing in a container tells a file's own version; its component's stands for it where the catalogue says
            known = component.version if self._component_versions else None
            if known is None:
                weight = MatchStatus.NOT_COMPARED
                yield Difference("version_unknown", weight, file.name, str(entry.version), file.problem)
                return
        if known is None:
            yield Difference("version_unknown", mismatch, file.name, str(entry.version), file.problem or None)
            return
        if component and known != component.version and (self._component_versions or not self._container):
            yield Difference("version_conflict", mismatch, file.name, str(component.version), str(known))
        code, weight = judge_version(known, entry.version)
        if known.branch is not Branch.LDR:
            code, weight = "wrong_branch", mismatch
        if weight is not MatchStatus.MATCHES:
            yield Difference(code, weight, file.name, str(entry.version), str(known))
        elif file.size != entry.size:
            yield Difference("size", MatchStatus.DIFFERS, file.name, str(entry.size), str(file.size))

    def _plain(self, file: ContainedFile) -> Iterator[Difference]:
        name = _name(file.name.lower())
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
