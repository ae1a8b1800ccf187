# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading update packages: cabinets, update.mum, answer files, version resources. Nothing here knows any machine."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from winhost.machine.content import VersionInfo

_FOLDER_VERSION = re.compile(r"_(\d+\.\d+\.\d+\.\d+)_")
_MOST = 512 * 2**20


class PackageError(Exception):
    """The bytes are no package of this kind."""


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A file of a package, with the component folder that holds it (empty when it lies at the top)."""

    folder: str
    name: str
    data: bytes
    version: VersionInfo | None


@dataclass(frozen=True)
class Package:
    """One update package (a .cab with update.mum).

    Identities have the form ``name~token~architecture~language~version``.
    """

    identity: str
    architecture: str  # x86 | amd64 | ia64 | neutral
    subpackages: tuple[str, ...]
    parent_builds: frozenset[int]
    files: tuple[PayloadFile, ...]

    @property
    def builds(self) -> frozenset[int]:
        """The NT builds that the package is made for, from its parents or else from its files; empty: any."""
        return self.parent_builds or frozenset(file.version.quad[2] for file in self.files if file.version)


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer file asks for: install from a location, or remove an identity."""

    action: str
    identity: str
    location: str


def read_cab(data: bytes) -> dict[str, bytes]:
    """Member path (with backslashes) -> bytes. PackageError when it is no whole cabinet."""
    import libarchive

    if not data.startswith(b"MSCF"):
        raise PackageError("no cabinet")
    members: dict[str, bytes] = {}
    total = 0
    try:
        with libarchive.memory_reader(data) as archive:
            for entry in archive:
                content = b"".join(entry.get_blocks())
                total += len(content)
                if total > _MOST:
                    raise PackageError("the cabinet is too large")
                members[entry.pathname.replace("/", "\\")] = content
    except libarchive.ArchiveError as error:
        raise PackageError(str(error)) from error
    return members


def read_package(data: bytes) -> Package:
    """The package in a .cab. PackageError when it is none."""
    return _read_package(hashlib.sha256(data).digest(), _Held(data))


class _Held:
    """Bytes that the cache's key leaves out."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _read_package(digest: bytes, held: _Held) -> Package:
    members = read_cab(held.data)
    held.data = b""
    mums = {
        name.lower().rpartition("\\")[2]: content for name, content in members.items() if name.lower().endswith(".mum")
    }
    if "update.mum" not in mums:
        raise PackageError("no update.mum")
    identity, architecture, builds = _read_mum(mums.pop("update.mum"))
    subs = []
    for content in mums.values():
        sub, _unused, more = _read_mum(content)
        subs.append(sub)
        builds |= more
    files = tuple(
        _payload(name, content)
        for name, content in members.items()
        if not name.lower().endswith((".mum", ".cat", ".manifest", ".xml", ".txt"))
    )
    return Package(identity, architecture, tuple(subs), frozenset(builds), files)


def _read_mum(content: bytes) -> tuple[str, str, set[int]]:
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise PackageError(f"update.mum: {error}") from error
    own = root.find("{*}assemblyIdentity")
    if own is None:
        raise PackageError("update.mum has no assemblyIdentity")
    builds = set()
    for parent in root.iter():
        if parent.tag.rpartition("}")[2] == "parent":
            for identity in parent.findall("{*}assemblyIdentity"):
                parts = identity.get("version", "").split(".")
                if len(parts) == 4 and parts[2].isdigit():
                    builds.add(int(parts[2]))
    return identity_of(own), own.get("processorArchitecture", "neutral").lower(), builds


def identity_of(element: ET.Element) -> str:
    """``Package_for_KB952876~31bf3856ad364e35~x86~~6.0.1.0`` of an assemblyIdentity."""
    language = element.get("language", "neutral")
    return "~".join(
        (
            element.get("name", ""),
            element.get("publicKeyToken", ""),
            element.get("processorArchitecture", ""),
            "" if language == "neutral" else language,
            element.get("version", ""),
        )
    )


def _payload(path: str, content: bytes) -> PayloadFile:
    folder, _unused, name = path.rpartition("\\")
    return PayloadFile(folder, name, content, pe_version(content, folder))


def pe_version(content: bytes, folder: str = "") -> VersionInfo | None:
    """The version resource of a PE file; else the version in its component folder's name; else None."""
    import pefile

    found = _FOLDER_VERSION.search(folder)
    named = None
    if found:
        a, b, c, d = (int(part) for part in found[1].split("."))
        named = VersionInfo((a, b, c, d), found[1])
    if not content.startswith(b"MZ"):
        return None
    try:
        pe = pefile.PE(data=content, fast_load=True)
        pe.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        fixed = pe.VS_FIXEDFILEINFO[0]
    except (pefile.PEFormatError, AttributeError, IndexError):
        return named
    quad = (
        fixed.FileVersionMS >> 16,
        fixed.FileVersionMS & 0xFFFF,
        fixed.FileVersionLS >> 16,
        fixed.FileVersionLS & 0xFFFF,
    )
    strings = _strings(pe)
    return VersionInfo(
        quad, strings.get("FileVersion") or ".".join(map(str, quad)), description=strings.get("FileDescription", "")
    )


def _strings(pe: object) -> Mapping[str, str]:
    result = {}
    for group in getattr(pe, "FileInfo", None) or []:
        for entry in group:
            for table in getattr(entry, "StringTable", ()):
                for key, value in table.entries.items():
                    result[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return result


def read_answer_file(content: bytes) -> list[Step]:
    """The servicing steps of an unattend file. PackageError when there are none."""
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise PackageError(f"answer file: {error}") from error
    steps = []
    for element in root.iter():
        if element.tag.rpartition("}")[2] == "package" and element.get("action"):
            identity = element.find("{*}assemblyIdentity")
            source = element.find("{*}source")
            steps.append(
                Step(
                    element.get("action", "").lower(),
                    identity_of(identity) if identity is not None else "",
                    source.get("location", "") if source is not None else "",
                )
            )
    if not steps:
        raise PackageError("answer file: no servicing package")
    return steps
