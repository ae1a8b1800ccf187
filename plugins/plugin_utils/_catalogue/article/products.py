# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows by the names that articles use: the list of products, and what the prerequisites want to be running."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..._model.facts import Architecture

OsVersion = tuple[int, int, int]
_MAX = 200
_NEAR = 120
"""Characters from a family's name on in which its service packs stand."""

_START = re.compile(r"(?=\b(?:Microsoft )?Windows (?:Vista|Server|XP|7|8|2000|RT)\b)")
_NAME = re.compile(
    r"(?:Microsoft )?(?P<family>Windows (?:Vista|XP|7|8\.1|8|2000|RT|Server 2003"
    r"|Server 2008 R2|Server 2008|Server 2012 R2|Server 2012))\b"
    r"(?P<rest>(?:[ ,(]*(?:Service Pack [0-9]|\(?SP[0-9]\)?|for Itanium-[Bb]ased Systems|without Hyper-V|x64|32-bit"
    r"|64-bit|Edition"
    r"|Ultimate|Home|Basic|Premium|Business|Enterprise|Starter|Standard|Datacenter|Web|Foundation|Professional|Core|HPC|N)\b\)?)*)"
)
_PACK = re.compile(r"(?:Service Pack |SP)([0-9])")

# major, minor, and the builds without a service pack and with each.
_BUILDS: dict[str, dict[int, OsVersion]] = {
    "Windows Vista": {0: (6, 0, 6000), 1: (6, 0, 6001), 2: (6, 0, 6002)},
    "Windows Server 2008": {0: (6, 0, 6001), 1: (6, 0, 6001), 2: (6, 0, 6002)},
    "Windows 7": {0: (6, 1, 7600), 1: (6, 1, 7601)},
    "Windows Server 2008 R2": {0: (6, 1, 7600), 1: (6, 1, 7601)},
    "Windows 8": {0: (6, 2, 9200)},
    "Windows Server 2012": {0: (6, 2, 9200)},
    "Windows 8.1": {0: (6, 3, 9600)},
    "Windows Server 2012 R2": {0: (6, 3, 9600)},
}
_BEFORE: dict[str, tuple[OsVersion, ...]] = {
    "Windows 2000": ((5, 0, 2195),),
    "Windows XP": ((5, 1, 2600), (5, 2, 3790)),
    "Windows Server 2003": ((5, 2, 3790),),
}
BUILDS_BEFORE = frozenset(build for builds in _BEFORE.values() for build in builds)
"""Windows before NT 6: its hotfixes are no subject here, but an article may be for it too."""
KNOWN_BUILDS = frozenset(build for builds in _BUILDS.values() for build in builds.values()) | {(6, 0, 6003)}
# The editions of NT 6.0 by the words of their names: SKU numbers, the core form second.
_EDITIONS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("Windows Vista", "Home Basic", (2,)),
    ("Windows Vista", "Home Premium", (3,)),
    ("Windows Vista", "Ultimate", (1,)),
    ("Windows Vista", "Enterprise", (4,)),
    ("Windows Vista", "Business", (6,)),
    ("Windows Vista", "Starter", (11,)),
    ("Windows Server 2008", "Datacenter without Hyper-V", (37, 39)),
    ("Windows Server 2008", "Enterprise without Hyper-V", (38, 41)),
    ("Windows Server 2008", "Standard without Hyper-V", (36, 40)),
    ("Windows Server 2008", "for Itanium", (15,)),
    ("Windows Server 2008", "Datacenter", (8, 12)),
    ("Windows Server 2008", "Enterprise", (10, 14)),
    ("Windows Server 2008", "Standard", (7, 13)),
    ("Windows Server 2008", "Web", (17,)),
)


@dataclass(frozen=True)
class Product:
    """One entry of a list of products. architecture: where the name tells one. skus: of the edition, by NT 6.0."""

    name: str
    family: str
    service_pack: int | None
    architecture: Architecture | None
    skus: tuple[int, ...]


def products_in(text: str) -> tuple[Product, ...]:
    """The products that a text names, each once, in its order."""
    found: dict[str, Product] = {}
    for piece in _START.split(text):
        match = _NAME.match(piece)
        if match is not None and len(found) < _MAX:
            name = " ".join(match[0].split()).removeprefix("Microsoft ").rstrip(" ,(")
            found.setdefault(name.lower(), _product(name, match["family"]))
    return tuple(found.values())


def _product(name: str, family: str) -> Product:
    pack = _PACK.search(name)
    architecture = None
    if "Itanium" in name:
        architecture = Architecture.IA64
    elif re.search("x64|64-bit", name, re.IGNORECASE):
        architecture = Architecture.X64
    skus = next((skus for of, words, skus in _EDITIONS if of == family and words.lower() in name.lower()), ())
    return Product(name, family, int(pack[1]) if pack else None, architecture, skus)


@dataclass(frozen=True)
class Named:
    """A family of Windows as a text names it. service_packs: those that stand beside it."""

    family: str
    service_packs: frozenset[int]
    architecture: Architecture | None = None


def named_in(text: str, architecture: Architecture | None = None) -> tuple[Named, ...]:
    """The families in a running text or a caption: "Windows Vista with SP1 or Windows Server 2008"."""
    found = []
    for piece in _START.split(text)[:_MAX]:
        if match := _NAME.match(piece):
            packs = frozenset(map(int, _PACK.findall(piece[:_NEAR])))
            found.append(Named(match["family"], packs, architecture))
    return tuple(found)


def named_by(products: Iterable[Product]) -> tuple[Named, ...]:
    """The families of a list of products."""
    return tuple(
        Named(one.family, frozenset(() if one.service_pack is None else (one.service_pack,)), one.architecture)
        for one in products
    )


def builds_named(*lists: Iterable[Named]) -> dict[OsVersion, set[Architecture | None]]:
    """The builds that these lists name, each with the architectures that the entries tell (None: they do not).

    Of a family the first list that has it counts: give the most exact one first. An entry without a service pack is
    the first build where others of its family have one, else every build: many articles name the family alone.
    """
    found: dict[OsVersion, set[Architecture | None]] = {}
    settled: set[str] = set()
    for names in map(list, lists):
        exact = {one.family for one in names if one.service_packs}
        for one in names:
            if one.family not in settled:
                for build in _builds(one, alone=one.family not in exact):
                    found.setdefault(build, set()).add(one.architecture)
        settled |= {one.family for one in names}
    return found


def _builds(one: Named, *, alone: bool) -> tuple[OsVersion, ...]:
    known = _BUILDS.get(one.family, {})
    packs = one.service_packs or (set(known) if alone else {0})
    return tuple(known[pack] for pack in sorted(packs) if pack in known) or _BEFORE.get(one.family, ())
