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
KNOWN_BUILDS = frozenset(build for builds in _BUILDS.values() for build in builds.values()) | {(6, 0, 6003)}
FIRST_REVISIONS: dict[OsVersion, int] = {
    (6, 0, 6000): 16386,
    (6, 0, 6001): 18000,
    (6, 0, 6002): 18005,
    (6, 1, 7600): 16385,
    (6, 1, 7601): 17514,
    (6, 2, 9200): 16384,
    (6, 3, 9600): 16384,
}
"""The revision that each build came with: a file of it is the unchanged one."""

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

    @property
    def builds(self) -> tuple[OsVersion, ...]:
        """The build that it names; without a service pack in its name, the first one."""
        build = _BUILDS.get(self.family, {}).get(self.service_pack or 0)
        return (build,) if build else ()


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


def builds_of(products: Iterable[Product]) -> tuple[OsVersion, ...]:
    """The builds that prerequisites name."""
    return tuple(sorted({build for one in products for build in one.builds}))
