# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text members of a package: answer file, package properties, package manifest, in whatever Unicode they are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .._hotfix.package_contents import PackageIdentity
from .errors import HostilePackage, PackageError

_DEPTH_MAX = 64
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_PROPERTY = re.compile(r'\s*([^="]{1,120}?)\s*=\s*"?(.*?)"?\s*')
_PROPERTIES_MAX = 200
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


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


def decode(data: bytes, what: str) -> str:
    """Text in UTF-8 or UTF-16 of either order, with a mark or without. Raises PackageError for anything else."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if not encoding:
        start = data[:64]  # ASCII in UTF-16: every other byte is zero
        even, odd = start[0::2].count(0), start[1::2].count(0)
        encoding = "utf-8" if even == odd else ("utf-16-be" if even > odd else "utf-16-le")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise PackageError(f"{what}: its text is neither UTF-8 nor UTF-16") from None


def parse_xml(data: bytes, what: str) -> Element:
    """The root of an XML document. Raises HostilePackage for a document type or absurd nesting, else PackageError."""
    text = decode(data, what)
    text = text[match.end() :] if (match := _DECLARATION.match(text)) else text
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8", "}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH_MAX:
            raise HostilePackage(f"{what}: its XML is nested more than {_DEPTH_MAX} deep")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def doctype(*_unused: object) -> None:
        raise HostilePackage(f"{what}: its XML has a document type declaration, which no package has")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode("utf-8", "strict"), True)
        root = builder.close()
    except UnicodeEncodeError:
        raise PackageError(f"{what}: its text is neither UTF-8 nor UTF-16") from None
    except expat.ExpatError as error:
        raise PackageError(f"{what} is no XML: {error}") from None
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _identity(parent: Element) -> PackageIdentity | None:
    for child in _children(parent, "assemblyIdentity"):
        told = {key.rpartition("}")[2]: value.strip()[:200] for key, value in child.attrib.items()}
        return PackageIdentity(
            name=told.get("name", ""),
            version=told.get("version", ""),
            architecture=told.get("processorArchitecture", "").lower(),
            token=told.get("publicKeyToken", "").lower(),
            language=told.get("language", ""),
        )
    return None


def answer_file(data: bytes, name: str) -> AnswerFile | None:
    """Read an answer file; None when the XML is something else. Raises as parse_xml does."""
    root = parse_xml(data, name)
    if _local(root) != "unattend":
        return None
    packages: list[AnswerPackage] = []
    others = [_local(child) for child in root if _local(child) != "servicing"]
    for servicing in _children(root, "servicing"):
        others += [_local(child) for child in servicing if _local(child) != "package"]
        for package in _children(servicing, "package"):
            others += [_local(child) for child in package if _local(child) not in ("assemblyIdentity", "source")]
            sources = [child.get("location", "") for child in _children(package, "source")]
            source = sources[0].replace("/", "\\").rpartition("\\")[2] if sources else None
            packages.append(AnswerPackage(package.get("action", ""), _identity(package), source))
    return AnswerFile(name, tuple(packages), tuple(others))


def manifest_identity(data: bytes, name: str) -> PackageIdentity | None:
    """The identity in a package manifest (.mum); None when it holds none. Raises as parse_xml does."""
    root = parse_xml(data, name)
    return _identity(root) if _local(root) == "assembly" else None


def properties(data: bytes, what: str) -> dict[str, str]:
    """The lines `name="value"` of pkgProperties.txt, in order; lines of another form are left out."""
    found: dict[str, str] = {}
    for line in decode(data, what).splitlines():
        match = _PROPERTY.fullmatch(line)
        if match is not None and len(found) < _PROPERTIES_MAX:
            found.setdefault(match[1], match[2])
    return found
