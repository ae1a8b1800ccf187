# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text members of a package: answer file, package properties, package manifest, in whatever Unicode they are."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from .._hotfix.package_contents import PackageIdentity
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
]

_NAME_MAX = 120
_PROPERTIES_MAX = 200


@dataclass(frozen=True)
class AnswerPackage:
    """One `package` of an answer file: what to do (install), with which package, from which cabinet (base name)."""

    action: str
    identity: PackageIdentity | None
    source: str | None


@dataclass(frozen=True)
class AnswerFile:
    """An unattend file. others: elements beyond servicing and its packages, which a hotfix has no use for."""

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
    if local(root) != "unattend":
        return None
    packages: list[AnswerPackage] = []
    others = [local(child) for child in root if local(child) != "servicing"]
    for servicing in children(root, "servicing"):
        others += [local(child) for child in servicing if local(child) != "package"]
        for package in children(servicing, "package"):
            others += [local(child) for child in package if local(child) not in ("assemblyIdentity", "source")]
            sources = [child.get("location", "") for child in children(package, "source")]
            source = sources[0].replace("/", "\\").rpartition("\\")[2] if sources else None
            packages.append(AnswerPackage(package.get("action", ""), own_identity(package), source))
    return AnswerFile(name, tuple(packages), tuple(others))


def manifest_identity(data: bytes, name: str) -> PackageIdentity | None:
    """The identity in a package manifest (.mum); None when it holds none. Raises as parse_xml does."""
    root = parse_xml(data, name)
    return own_identity(root) if local(root) == "assembly" else None


def properties(data: bytes, what: str) -> dict[str, str]:
    """The lines `name="value"` of pkgProperties.txt, in order; lines of another form are left out."""
    found: dict[str, str] = {}
    for line in decode(data, what).splitlines():
        name, sign, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not sign or not 0 < len(name) <= _NAME_MAX or '"' in name or len(found) >= _PROPERTIES_MAX:
            continue
        found.setdefault(name, value.removeprefix('"').removesuffix('"'))
    return found
