# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structural digest of an update package: names of elements and attributes, words of the format, forms of names.

    python tools/package_digest.py PACKAGE.msu OUTPUT.json

Genuine packages are not ours to publish; their structure is a fact. Digits and hexadecimal numbers are replaced in
names (``<n>``, ``<hash>``), versions by ``<version>``, and no text or free value is kept, only counts. The tests' own
packages go through the same functions, so that a test can hold one against the other.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

LIST = "_manifest_.cix.xml"
_NAMESPACES = {
    "urn:ContainerIndex": "c",
    "urn:schemas-microsoft-com:asm.v3": "a",
    "urn:schemas-microsoft-com:asm.v2": "a2",
    "urn:schemas-microsoft-com:unattend": "u",
    "urn:schemas-microsoft-com:rescache.v1": "r",
    "http://www.w3.org/2000/09/xmldsig#": "d",
    "http://www.w3.org/2001/XMLSchema": "x",
    "http://schemas.microsoft.com/win/2004/08/events": "e",
}
# Attributes whose values are words of the format itself.
_WORDS = frozenset(
    (
        "alg",
        "applicabilityEvaluation",
        "buildType",
        "dependencyType",
        "discoverable",
        "disposition",
        "elevate",
        "integrate",
        "manifestVersion",
        "publicKeyToken",
        "releaseType",
        "restart",
        "type",
        "version",
        "versionScope",
    )
)
_FORMS = (
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "<hash>"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])"), "<short hash>"),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+){3}(?![\w.])|(?<=[_~])\d+(?:\.\d+){3}"), "<version>"),
    (re.compile(r"_[a-z]{2}-[a-z.]{2,6}(?:-[a-z]{2})?_(?=<short)"), "_<culture>_"),
    (re.compile(r"(?<![a-zA-Z0-9])\d+(?![a-zA-Z0-9])|(?<=kb)\d+|(?<=KB)\d+|(?<=-v)\d+"), "<n>"),
)


@dataclass(frozen=True)
class Fact:
    """What is known of a member of the payload: its bytes may be absent."""

    name: str
    size: int
    sha1: str
    magic: str


def form(name: str) -> str:
    """A name with its digits, hexadecimal numbers, versions and cultures replaced."""
    for pattern, word in _FORMS:
        name = pattern.sub(word, name)
    return name


def read_cabinet(data: bytes) -> dict[str, bytes]:
    """The members of a cabinet in their order."""
    import libarchive  # noqa: PLC0415 - only whole packages need it

    with libarchive.memory_reader(data) as archive:
        return {entry.pathname.replace("/", "\\"): b"".join(entry.get_blocks()) for entry in archive}


def kind_of(name: str, content: bytes) -> str | None:
    """Which kind of document a member is; None: no document."""
    lowered = name.lower()
    if lowered == LIST:
        return "list"
    if lowered == "update.mum":
        return "root"
    if lowered.endswith(".mum"):
        if re.match(r"package_\d+_for_", lowered):
            return "part"
        return "sub" if re.match(r"package_for_kb\d+_[a-z]+_\d", lowered) else "family"
    if lowered.endswith(".manifest"):
        return "deployment" if b"<deployment" in content else "component"
    return None


def shape(documents: Iterable[bytes]) -> dict[str, Any]:
    """The paths of documents of one kind: attribute names in their order, orders of children, words of the format."""
    found: dict[str, dict[str, set[str]]] = {}
    for document in documents:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        _walk(root, "", found)
    return {
        path: {name: sorted(values) for name, values in facts.items() if values}
        for path, facts in sorted(found.items())
    }


def _walk(element: etree._Element, above: str, found: dict[str, dict[str, set[str]]]) -> None:
    path = f"{above}/{_short(str(element.tag))}"
    facts = found.setdefault(path, {"attributes": set(), "children": set(), "words": set(), "forms": set()})
    facts["attributes"].add(" ".join(_short(str(name)) for name in element.attrib))
    children = [child for child in element if isinstance(child.tag, str)]
    facts["children"].add(_order(_short(str(child.tag)) for child in children))
    for name, value in element.attrib.items():
        if str(name) in _WORDS and not re.search(r"\d\.\d", str(value)):
            facts["words"].add(f"{name}={value}")
    if path.endswith(("/a:update", "/a:package/a:assemblyIdentity", "/u:source")):
        facts["forms"].add(form(str(element.get("name") or element.get("location") or "")))
    for child in children:
        _walk(child, path, found)


def _order(names: Iterable[str]) -> str:
    """``a a a b`` -> ``a+ b``."""
    told: list[str] = []
    for name in names:
        if told and told[-1].rstrip("+") == name:
            told[-1] = f"{name}+"
        else:
            told.append(name)
    return " ".join(told)


def _short(name: str) -> str:
    qualified = etree.QName(name)
    if qualified.namespace is None:
        return str(qualified.localname)
    return f"{_NAMESPACES.get(qualified.namespace, '?')}:{qualified.localname}"


def list_digest(content: bytes, facts: Iterable[Fact]) -> dict[str, Any]:
    """What `_manifest_.cix.xml` says of the members, and the rules that hold between the two."""
    members = {fact.name: fact for fact in facts}
    space = "{urn:ContainerIndex}"
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    files = root.findall(f"{space}Files/{space}File")
    combinations: Counter[str] = Counter()
    named, rules = {LIST}, Counter[str]()
    for place, file in enumerate(files):
        sources, bases = file.findall(f".//{space}Source"), file.findall(f".//{space}Basis")
        where = "folder" if "\\" in file.get("name", "") else "top"
        kinds = [*(f"Source {one.get('type')}" for one in sources), *("Basis" for _one in bases)]
        combinations[f"{where}: {' + '.join(kinds)}"] += 1
        for source in sources:
            member = members.get(source.get("name", ""))
            named.add(source.get("name", ""))
            rules["source is no member"] += member is None
            digest = source.find(f"{space}Hash")
            rules["source has another hash"] += member is None or digest is None or digest.get("value") != member.sha1
            raw = source.get("type") == "RAW"
            rules["raw under another name"] += raw and source.get("name") != file.get("name")
            rules["delta not named by its place"] += not raw and source.get("name") != str(place)
            rules["delta without its mark"] += not raw and member is not None and member.magic != "PA30"
        known = {one.get("id") for one in files[:place]}
        rules["basis does not come before"] += any(one.get("file") not in known for one in bases)
    rules["identifiers twice"] = len(files) - len({one.get("id") for one in files})
    rules["names twice"] = len(files) - len({one.get("name", "").lower() for one in files})
    sizes = sum(fact.size for name, fact in members.items() if name != LIST)
    rules["length is not that of the other members"] = int(sizes != int(root.get("length", "-1")))
    return {
        "combinations": dict(sorted(combinations.items())),
        "broken rules": {name: count for name, count in sorted(rules.items()) if count},
        "members that no source names": len(members.keys() - named),
        "names": dict(sorted(Counter(form(one.get("name", "")) for one in files).items())),
        "container": form(root.get("name", "")),
    }


def facts_of(members: Mapping[str, bytes]) -> list[Fact]:
    """What there is to know of members whose bytes are at hand."""
    return [
        Fact(name, len(body), hashlib.sha1(body, usedforsecurity=False).hexdigest(), body[:4].decode("latin-1"))
        for name, body in members.items()
    ]


def inner_digest(members: Mapping[str, bytes]) -> dict[str, Any]:
    """The digest of a payload cabinet."""
    names = [one.get("name") for one in etree.fromstring(members[LIST]).iter("{urn:ContainerIndex}Source")]
    return {
        "list": list_digest(members[LIST], facts_of(members)),
        "members": dict(sorted(Counter(form(name) for name in members).items())),
        "in the list's order": [LIST, *names] == [name for name in members if name == LIST or name in set(names)],
        "updates": updates(members),
        "kinds": kinds(members),
        "line ends": line_ends(members),
    }


def kinds(members: Mapping[str, bytes]) -> dict[str, Any]:
    """The shape of every kind of document among these members."""
    found: dict[str, list[bytes]] = {}
    for name, body in members.items():
        kind = kind_of(name, body)
        if kind is not None:
            found.setdefault(kind, []).append(body)
    return {kind: shape(documents) for kind, documents in sorted(found.items())}


def updates(members: Mapping[str, bytes]) -> dict[str, Any]:
    """How packages are numbered and which parents each kind of sub-package names, told without languages."""
    space = "{urn:schemas-microsoft-com:asm.v3}"
    parents: dict[str, list[str]] = {}
    count: Counter[str] = Counter()
    for name, body in members.items():
        kind = kind_of(name, body)
        if kind not in {"root", "family", "sub", "part"}:
            continue
        root = etree.fromstring(body)
        own = root.find(f"{space}assemblyIdentity")
        count[f"{kind}: {len(root.findall(f'.//{space}update'))} updates"] += 1
        if own is not None and kind != "part":
            named = root.findall(f"{space}package/{space}parent/{space}assemblyIdentity")
            told = Counter(f"{one.get('name')} {one.get('version')}" for one in named)
            parents[form(own.get("name", ""))] = sorted(f"{number} {what}" for what, number in told.items())
    return {"counts": dict(sorted(count.items())), "parents": dict(sorted(parents.items()))}


def line_ends(members: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Per kind: whether lines end in CR LF, and whether the document ends with a line's end."""
    found: dict[str, set[str]] = {}
    for name, body in members.items():
        kind = kind_of(name, body)
        if kind is not None:
            ends = "crlf" if body.count(b"\n") == body.count(b"\r\n") else "mixed"
            end = "closed" if body.endswith(b"\n") else "open"
            found.setdefault(kind, set()).add(f"{ends}, {end}")
    return {kind: sorted(told) for kind, told in sorted(found.items())}


def outer_digest(names: Iterable[str], answer: bytes, properties: bytes) -> dict[str, Any]:
    """The digest of what lies around the payload."""
    lines = properties.decode("utf-8-sig").splitlines()
    pairs = [line.partition("=") for line in lines if line.strip()]
    return {
        "members": [form(name) for name in names],
        "answer": shape([answer]),
        "properties": [key for key, _equals, _value in pairs],
        "quoted": all(value[:1] == value[-1:] == '"' for _key, _equals, value in pairs),
        "applicability": ["closed" if value.endswith(';"') else "open" for key, _e, value in pairs if "Appl" in key][
            :1
        ],
    }


def digest(package: bytes) -> dict[str, Any]:
    """The digest of a whole .msu."""
    outer = read_cabinet(package)
    payload = next(body for name, body in outer.items() if name.endswith(".cab") and name.upper() != "WSUSSCAN.CAB")
    answer = next(body for name, body in outer.items() if name.endswith(".xml"))
    properties = next(body for name, body in outer.items() if name.endswith("pkgProperties.txt"))
    return {"outer": outer_digest(outer, answer, properties), "inner": inner_digest(read_cabinet(payload))}


def main() -> int:
    """Write the digest of one package."""
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    told = json.dumps(digest(source.read_bytes()), indent=1, sort_keys=True)
    output.write_text(told + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
