# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a package with the catalogue: is this the file that the article describes?

The article says "or later file attributes", so a later version or another size is a difference that an operator may
allow. Everything else (another hotfix, another architecture, an older version, a kernel missing, something more that
Windows would run) is a mismatch that nobody may.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .definition import Definition, FileEntry, FileTable, OsVersion
from .facts import Architecture
from .package_contents import CBS_ARCHITECTURES, ContainedFile, PackageContents
from .quad import Branch, Quad

_PUBLISHER = "31bf3856ad364e35"  # Windows' own packages: it stands in all names of the article's tables

_VERSION = r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)"
_PACKAGE_MANIFEST = re.compile(rf"(?P<key>[^~]+~[^~]*~[^~]*~[^~]*)~{_VERSION}\.mum")
_COMPONENT = re.compile(
    rf"(?P<architecture>[a-z0-9]+)_(?P<component>.+)_(?P<token>[0-9a-f]{{16}})_{_VERSION}_(?P<culture>[a-z-]+)"
    r"_[0-9a-f]{16}"
)
_GENERATED = re.compile(r"[0-9a-f]{32}")  # a policy's component: its name is a hash that changes with the version


class MatchStatus(enum.Enum):
    """The outcome, from best to worst. NOT_COMPARED: the payload could not be looked into; what could be is right."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_COMPARED = "not_compared"
    MISMATCH = "mismatch"


_ORDER = list(MatchStatus)


@dataclass(frozen=True)
class Difference:
    """One difference by name. weight: what it makes of the whole. expected and found are texts, None for absent."""

    code: str
    weight: MatchStatus
    subject: str
    expected: str | None
    found: str | None

    @property
    def text(self) -> str:
        """One clause for people."""
        expected, found = (value if value is not None else "nothing" for value in (self.expected, self.found))
        return f"{self.subject}: {self.code.replace('_', ' ')} (expected {expected}, found {found})"

    def as_dict(self) -> dict[str, str | None]:
        return {
            "code": self.code,
            "weight": self.weight.value,
            "subject": self.subject,
            "expected": self.expected,
            "found": self.found,
            "text": self.text,
        }


@dataclass(frozen=True)
class Match:
    """The comparison of one package with one definition."""

    kb: str
    architecture: Architecture | None
    differences: tuple[Difference, ...]

    @property
    def status(self) -> MatchStatus:
        return max((one.weight for one in self.differences), key=_ORDER.index, default=MatchStatus.MATCHES)

    def acceptable(self, *, allow_later: bool) -> bool:
        """Whether the package may be used. allow_later is the operator's word for later versions and other sizes."""
        return self.status is MatchStatus.MATCHES or (allow_later and self.status is MatchStatus.DIFFERS)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kb": self.kb,
            "architecture": self.architecture.value if self.architecture else None,
            "status": self.status.value,
            "differences": [one.as_dict() for one in self.differences],
        }


def compare(definition: Definition, package: PackageContents, architecture: Architecture | None = None) -> Match:
    """Compare a package with the tables of one architecture together (a package carries all of its builds).

    architecture: the one that is wanted; None takes the package's own.
    """
    wanted = architecture or package.architecture
    found = [*_identity_differences(definition, package, wanted), *_outer_differences(package)]
    if package.files is None:
        reason = "; ".join(package.not_looked_into) or "the payload was not looked into"
        found.append(Difference("not_looked_into", MatchStatus.NOT_COMPARED, "payload", "its files", reason))
    elif wanted is not None and _is_comparable(definition, package, wanted):
        tables = [table for table in definition.file_tables if table.architecture is wanted]
        if tables:
            found += _Files(tables, wanted, package.files).differences()
        else:
            text = f"no package of {definition.kb} exists"
            found.append(Difference("wrong_architecture", MatchStatus.MISMATCH, "package", text, wanted.value))
    return Match(definition.kb, wanted, tuple(sorted(found, key=lambda one: -_ORDER.index(one.weight))))


def _is_comparable(definition: Definition, package: PackageContents, wanted: Architecture) -> bool:
    """Whether anything says that it is this hotfix for this architecture; else every single file would differ."""
    kbs = {told.value for told in package.all_kbs}
    architectures = {told.value for told in package.all_architectures}
    return (not kbs or definition.kb in kbs) and (not architectures or wanted.value in architectures)


def _identity_differences(
    definition: Definition, package: PackageContents, wanted: Architecture | None
) -> Iterator[Difference]:
    mismatch = MatchStatus.MISMATCH
    if not package.all_kbs:
        yield Difference("kb_unknown", mismatch, "package", definition.kb, None)
    for told in package.all_kbs:
        if told.value != definition.kb:
            yield Difference("wrong_kb", mismatch, told.where, definition.kb, told.value)
    if not package.all_architectures:
        yield Difference("architecture_unknown", mismatch, "package", wanted.value if wanted else "one", None)
    for told in package.all_architectures:
        if wanted is None or told.value != wanted.value:
            expected = wanted.value if wanted else "one architecture"
            yield Difference("wrong_architecture", mismatch, told.where, expected, told.value)
    entry = definition.package(wanted) if wanted else None
    for where, identity in package.identities:
        if identity.kb != definition.kb or CBS_ARCHITECTURES.get(identity.architecture) is not wanted:
            continue
        if identity.token != _PUBLISHER:
            yield Difference("wrong_publisher", mismatch, where, _PUBLISHER, identity.token or None)
        if entry is not None and identity.text.lower() != entry.identity.lower():
            code, weight = _judge_version(_quad(identity.version), _quad(entry.identity.rpartition("~")[2]))
            if weight is MatchStatus.MATCHES:  # the same version under another name: ours is inferred
                code, weight = "other_identity", MatchStatus.DIFFERS
            yield Difference(code, weight, where, entry.identity, identity.text)
    for clause in package.instructions:
        yield Difference("unexpected_instruction", mismatch, "answer file", None, clause)


def _outer_differences(package: PackageContents) -> Iterator[Difference]:
    for file in package.outer_files:
        if file.executable:
            yield Difference("extra_executable", MatchStatus.MISMATCH, file.name, None, _told(file))
        elif file.base_name.endswith(".cab") and file.base_name != "wsusscan.cab":
            yield Difference("extra_cabinet", MatchStatus.MISMATCH, file.name, None, _told(file))
        elif not file.base_name.endswith((".cab", ".xml", ".txt")):
            yield Difference("extra_file", MatchStatus.DIFFERS, file.name, None, _told(file))


def _told(file: ContainedFile) -> str:
    return f"{file.version}, {file.size} bytes" if file.version else f"{file.size} bytes"


def _quad(text: str) -> Quad | None:
    try:
        return Quad.parse(text)
    except ValueError:
        return None


def _judge_version(found: Quad | None, expected: Quad | None) -> tuple[str, MatchStatus]:
    if found is None or expected is None:
        return "version_unknown", MatchStatus.MISMATCH
    if found < expected:
        return "older_version", MatchStatus.MISMATCH
    return ("same_version", MatchStatus.MATCHES) if found == expected else ("later_version", MatchStatus.DIFFERS)


@dataclass(frozen=True)
class _Name:
    """A member's name without what a later release of the same member changes, and the version that was in it."""

    key: tuple[str, ...]
    version: Quad | None = None
    os_version: OsVersion | None = None


def _name(text: str) -> _Name:
    if match := _PACKAGE_MANIFEST.fullmatch(text):
        return _Name(("package", match["key"]), _quad(match["version"]))
    if text.endswith(".manifest") and (component := _component(text.removesuffix(".manifest"))):
        return component
    return _Name(("file", text))


def _component(text: str) -> _Name | None:
    match = _COMPONENT.fullmatch(text)
    version = _quad(match["version"]) if match else None
    if match is None or version is None:
        return None
    component = "policy" if _GENERATED.fullmatch(match["component"]) else match["component"]
    build = ".".join(map(str, version.os_version))
    key = ("component", match["architecture"], component, match["token"], match["culture"], build)
    return _Name(key, version, version.os_version)


class _Files:
    """The files of one payload against the tables of one architecture."""

    def __init__(self, tables: list[FileTable], wanted: Architecture, files: tuple[ContainedFile, ...]) -> None:
        self._wanted = wanted
        self._executables: dict[tuple[OsVersion, str], FileEntry] = {}
        self._metadata: dict[tuple[str, ...], list[tuple[FileEntry, _Name]]] = {}
        for table in tables:
            for entry in table.files:
                if entry.version is not None:
                    self._executables[table.os_version, entry.name.lower()] = entry
                    continue
                name = _name(entry.name.lower())
                known = self._metadata.setdefault(name.key, [])
                if all(one.name != entry.name for one, _parsed in known):  # both builds list package manifests
                    known.append((entry, name))
        self._files = files
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
            yield Difference("extra_executable", mismatch, file.name, None, _told(file))
            return
        version = component.version if component else file.version
        os_version = version.os_version if version else (0, 0, 0)
        key = (os_version, file.base_name)
        entry = self._executables.get(key)
        if entry is None or entry.version is None or key in self._seen:
            yield Difference("extra_executable", mismatch, file.name, None, _told(file))
            return
        self._seen.add(key)
        if file.architecture is not self._wanted:
            told = file.architecture.value if file.architecture else file.problem or "another"
            yield Difference("wrong_architecture", mismatch, file.name, self._wanted.value, told)
        if file.version is None:
            yield Difference("version_unknown", mismatch, file.name, str(entry.version), file.problem or None)
            return
        if component and file.version != component.version:
            yield Difference("version_conflict", mismatch, file.name, str(component.version), str(file.version))
        code, weight = _judge_version(file.version, entry.version)
        if file.version.branch is not Branch.LDR:
            code, weight = "wrong_branch", mismatch
        if weight is not MatchStatus.MATCHES:
            yield Difference(code, weight, file.name, str(entry.version), str(file.version))
        elif file.size != entry.size:
            yield Difference("size", MatchStatus.DIFFERS, file.name, str(entry.size), str(file.size))

    def _plain(self, file: ContainedFile) -> Iterator[Difference]:
        name = _name(file.name.lower())
        left = self._metadata.get(name.key, [])
        if not left:
            if not _harmless(file):
                weight = MatchStatus.MISMATCH if file.base_name.endswith(".cab") else MatchStatus.DIFFERS
                yield Difference("extra_file", weight, file.name, None, _told(file))
            return
        entry, expected = min(left, key=lambda one: one[0].name.lower() != file.name.lower())
        left.remove((entry, expected))
        if expected.version is not None and name.version != expected.version:
            code, weight = _judge_version(name.version, expected.version)
            yield Difference(code, weight, file.name, str(expected.version), str(name.version))
        elif file.name.lower() != entry.name.lower():
            yield Difference("name", MatchStatus.DIFFERS, file.name, entry.name, file.name)
        elif file.size != entry.size:
            yield Difference("size", MatchStatus.DIFFERS, file.name, str(entry.size), str(file.size))


def _harmless(file: ContainedFile) -> bool:
    """Signature catalogues and the cabinet's own metadata: every package has them, and the article lists neither."""
    return file.base_name.endswith((".cat", ".cix.xml"))
