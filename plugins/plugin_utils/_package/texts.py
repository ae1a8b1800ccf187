# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text members of a package: answer file, package properties, package manifest, in whatever Unicode they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from .contents import PackageIdentity
from .names import shown
from .xmltext import attributes_of, children, decode, local, parse_xml

__all__ = [
    "AnswerFile",
    "AnswerPackage",
    "answer_file",
    "decode",
    "identity_of",
    "manifest_identity",
    "own_identity",
    "parse_xml",
    "properties",
    "statements",
]

_NAME_MAX = 120
_PROPERTIES_MAX = 200
_OTHERS_MAX = 50
_UNATTEND = "urn:schemas-microsoft-com:unattend}"
_ROOT = "unattend"
_PACKAGE = ("servicing", "package")
_IDENTITY = "name version language processorArchitecture publicKeyToken buildType versionScope"
_KNOWN: dict[tuple[str, ...], str] = {
    _PACKAGE[:1]: "",
    _PACKAGE: "action",
    (*_PACKAGE, "assemblyIdentity"): _IDENTITY,
    (*_PACKAGE, "source"): "location",
}
"""Elements by their way from the root, with their attributes."""


@dataclass(frozen=True)
class AnswerPackage:
    """One `package` of an answer file: what to do (install), with which package, from which cabinet (base name).

    locations: of all its sources, whole. identities: how many it names; identity is the first one.
    """

    action: str
    identity: PackageIdentity | None
    source: str | None
    locations: tuple[str, ...] = ()
    identities: int = 0


@dataclass(frozen=True)
class AnswerFile:
    """An unattend file. others: elements and attributes beyond servicing and its packages, which a hotfix has no use
    for, and those of another namespace, which the host reads otherwise or not at all."""

    name: str
    packages: tuple[AnswerPackage, ...]
    others: tuple[str, ...]


def identity_of(element: Element) -> PackageIdentity:
    """What an assemblyIdentity tells; absent parts are empty."""
    told = attributes_of(element)
    return PackageIdentity(
        name=told.get("name", ""),
        version=told.get("version", ""),
        architecture=told.get("processorArchitecture", "").lower(),
        token=told.get("publicKeyToken", "").lower(),
        language=told.get("language", ""),
    )


def own_identity(parent: Element) -> PackageIdentity | None:
    """The first assemblyIdentity directly below an element."""
    return next((identity_of(child) for child in children(parent, "assemblyIdentity")), None)


def answer_file(data: bytes, name: str) -> AnswerFile | None:
    """Read an answer file; None when the XML is something else. Raises as parse_xml does."""
    root = parse_xml(data, name)
    if local(root).lower() != _ROOT:
        return None
    packages: list[AnswerPackage] = []
    others = [] if root.tag == f"{_UNATTEND}{_ROOT}" else [f"{shown(root.tag)} in place of {_ROOT}"]
    for path, element in _below(root, ()):
        if path not in _KNOWN or not element.tag.startswith(_UNATTEND):
            others.append(path[-1])
        else:
            others += [f"{path[-1]} {shown(name)}" for name in element.attrib if name not in _KNOWN[path].split()]
    for servicing in children(root, "servicing"):
        for package in children(servicing, "package"):
            locations = tuple(child.get("location", "") for child in children(package, "source"))
            source = locations[0].replace("/", "\\").rpartition("\\")[2] if locations else None
            count = sum(1 for _one in children(package, "assemblyIdentity"))
            packages.append(AnswerPackage(package.get("action", ""), own_identity(package), source, locations, count))
    return AnswerFile(name, tuple(packages), tuple(others[:_OTHERS_MAX]))


def _below(element: Element, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Elements with their way from the root; what lies below an unknown one is left out."""
    for child in element:
        way = (*path, local(child))
        yield way, child
        if way in _KNOWN:
            yield from _below(child, way)


def manifest_identity(data: bytes, name: str) -> PackageIdentity | None:
    """The identity in a package manifest (.mum); None when it holds none. Raises as parse_xml does."""
    root = parse_xml(data, name)
    return own_identity(root) if local(root) == "assembly" else None


def statements(data: bytes, what: str) -> Iterator[tuple[str, str]]:
    """Every line `name="value"` of pkgProperties.txt, in order; lines of another form are left out."""
    for line in decode(data, what).splitlines():
        name, sign, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if sign and 0 < len(name) <= _NAME_MAX and '"' not in name:
            yield name, value.removeprefix('"').removesuffix('"')


def properties(data: bytes, what: str) -> dict[str, str]:
    """The same as a dictionary: the first of each name, and at most 200."""
    found: dict[str, str] = {}
    for name, value in statements(data, what):
        if len(found) < _PROPERTIES_MAX:
            found.setdefault(name, value)
    return found
