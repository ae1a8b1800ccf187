# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a package: its families, sub-packages, updates, deployments, components and files, before any is written.

The terms are those of Microsoft's own packages: the root package (update.mum) names families (`..._client`), a family
its sub-packages (`..._client_0`), those the packages with updates (`Package_1_for_...`), an update a deployment, a
deployment a component, and a component the files.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from .pe import Version

_DIGITS = Path(__file__).with_name("kb942288_digits.json")
TOKEN = "31bf3856ad364e35"
CBS_ARCHITECTURE = {"x86": "x86", "x64": "amd64", "ia64": "ia64"}
SYSTEM32 = "$(runtime.system32)\\"
FOUNDATION = "Microsoft-Windows-Foundation-Package"
SERVER_CORE = "Microsoft-Windows-ServerCore-Package"
WINPE = "Microsoft-Windows-WinPE-Package"
RTM, SP1 = "6.0.6000.16386", "6.0.6001.18000"


@dataclass(frozen=True)
class Parent:
    """A package that must be there. form: how its identity is written (base package, language pack, update)."""

    name: str
    version: str
    form: Literal["base", "language", "package"] = "base"
    language: str = "neutral"


VISTA_SP1 = Parent("Package_30_for_KB936330", "6.0.1.18000", "package")


def service_pack_2(number: int = 30) -> Parent:
    """What a sub-package for Service Pack 2 names."""
    return Parent(f"Package_{number}_for_KB948465", "6.0.1.18005", "package")


@dataclass(frozen=True)
class PlannedFile:
    """A file of a component: what will lie on the disk.

    version is the file's own (None: no version resource); same_as names another file whose content it has. A
    destination of None leaves destinationPath out, as drivers do.
    """

    name: str
    size: int = 0
    version: Version | None = None
    destination: str | None = SYSTEM32
    lab: str = ""
    image: bool = True
    same_as: str | None = None
    alone: bool = False
    """Its delta needs no other file."""


@dataclass(frozen=True)
class Component:
    """A component. manifest_size of 0: as large as the text is."""

    name: str
    version: str
    architecture: str
    language: str = "neutral"
    files: tuple[PlannedFile, ...] = ()
    stem: str = ""
    """The folder's and the manifest's name; empty: made of the rest."""
    manifest_size: int = 0

    @property
    def folder(self) -> str:
        return self.stem or component_stem(self.architecture, self.name, self.version, self.language)


@dataclass(frozen=True)
class Deployment:
    """What brings components: on x64 those for 32-bit programs come beside the others. architecture: the package's."""

    components: tuple[Component, ...]
    architecture: str
    stem: str = ""
    size: int = 0

    @property
    def version(self) -> str:
        return self.components[0].version

    @property
    def name(self) -> str:
        """32 hexadecimal digits."""
        return self.stem.split("_")[1] if self.stem else _digits(32, *(one.folder for one in self.components))

    @property
    def folder(self) -> str:
        return self.stem or component_stem(self.architecture, self.name, self.version)


@dataclass(frozen=True)
class Update:
    """One `update` of a package: what it brings, on which branch."""

    deployment: Deployment
    branch: Literal["LDR", "GDR"] = "LDR"
    elevate: str = "distribution"


@dataclass(frozen=True)
class Part:
    """`Package_N_for_KB...`: its parents and updates."""

    parents: tuple[Parent, ...]
    updates: tuple[Update, ...]


@dataclass(frozen=True)
class Sub:
    """`Package_for_KB..._client_0`: its parents, its parts, and the base that its family is for."""

    family: str
    index: int
    base: Parent
    parents: tuple[Parent, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Plan:
    """A whole package, in the order in which its numbers are counted."""

    kb: str
    architecture: str
    subs: tuple[Sub, ...]
    mum_sizes: dict[str, int] = field(default_factory=dict)
    """Sizes of package manifests, by lower-case file name; others are as large as their text."""

    @property
    def families(self) -> dict[str, list[Sub]]:
        found: dict[str, list[Sub]] = {}
        for sub in self.subs:
            found.setdefault(sub.family, []).append(sub)
        return found

    def deployments(self) -> list[Deployment]:
        """Every deployment once, in the order in which the parts name them."""
        return list(dict.fromkeys(update.deployment for update in self.updates()))

    def components(self) -> list[Component]:
        """Every component once, in the same order."""
        return list(dict.fromkeys(one for deployment in self.deployments() for one in deployment.components))

    def updates(self) -> Iterator[Update]:
        for sub in self.subs:
            for part in sub.parts:
                yield from part.updates

    def with_twins(self) -> Plan:
        """The same with the sub-packages `..._bf` of the other way of installing."""
        return replace(self, subs=self.subs + tuple(replace(sub, family=f"{sub.family}_bf") for sub in self.subs))


def _digits(count: int, *facts: str) -> str:
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:count]


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    head = room // 2 - 1
    return f"{text[:head]}..{text[len(text) - (room - head - 2) :]}"


def component_stem(architecture: str, name: str, version: str, language: str = "neutral") -> str:
    """A component folder's name. Long names and languages are shortened, as Windows does; the hash tells them apart.

    The 16 digits are those of Windows where a genuine package told them (tools/component_digest.py), since the store's
    folders are found by them; else they are ours: how Windows computes them is not published.
    """
    culture = "none" if language == "neutral" else _shortened(language.lower(), 8)
    stem = f"{architecture}_{_shortened(name.lower(), 40)}_{TOKEN}_{version}_{culture}"
    return f"{stem}_{_genuine_digits().get(stem) or _digits(16, architecture, name, version, language)}"


@functools.cache
def _genuine_digits() -> dict[str, str]:
    found: dict[str, str] = json.loads(_DIGITS.read_text(encoding="utf-8"))
    return found
