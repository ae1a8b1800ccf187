# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words for what a payload brings: how a file is delivered, by which component, to which place, for which Windows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._model.facts import Architecture, architecture_of
from .._model.file_version import Branch, FileVersion

_THIRTY_TWO_BIT = ("x86", "wow64")
_SYSTEM_32, _SYSTEM_WOW = "System32", "SysWOW64"

# What $(runtime.NAME) stands for: relative to the Windows folder, or a variable that Windows itself knows. Where
# 32-bit components of a 64-bit Windows have a place of their own, it is the second.
_ROOTS: dict[str, tuple[str, str]] = {
    "windows": ("", ""),
    "systemroot": ("", ""),
    "system32": (_SYSTEM_32, _SYSTEM_WOW),
    "syswow64": (_SYSTEM_WOW, _SYSTEM_WOW),
    "drivers": (f"{_SYSTEM_32}\\drivers", f"{_SYSTEM_WOW}\\drivers"),
    "wbem": (f"{_SYSTEM_32}\\wbem", f"{_SYSTEM_WOW}\\wbem"),
    "system": ("System", "System"),
    "inf": ("inf", "inf"),
    "fonts": ("Fonts", "Fonts"),
    "help": ("Help", "Help"),
    "apppatch": ("AppPatch", "AppPatch"),
    "programfiles": ("%ProgramFiles%", "%ProgramFiles(x86)%"),
    "programfilesx86": ("%ProgramFiles(x86)%", "%ProgramFiles(x86)%"),
    "commonfiles": ("%CommonProgramFiles%", "%CommonProgramFiles(x86)%"),
    "commonfilesx86": ("%CommonProgramFiles(x86)%", "%CommonProgramFiles(x86)%"),
    "programdata": ("%ProgramData%", "%ProgramData%"),
    "systemdrive": ("%SystemDrive%", "%SystemDrive%"),
    "public": ("%PUBLIC%", "%PUBLIC%"),
}


class Delivery(enum.Enum):
    """How the bytes of a file come: as the cabinet's member of that name (PLAIN) or of another name (RAW), as a
    difference to another file (DELTA), or as the same bytes as another file (COPY)."""

    PLAIN = "plain"
    RAW = "raw"
    DELTA = "delta"
    COPY = "copy"

    @property
    def visible(self) -> bool:
        """Whether the package holds the bytes themselves, so that an image's own version can be read."""
        return self in (Delivery.PLAIN, Delivery.RAW)


class Place(enum.Enum):
    """Where a file goes. PACKAGE is servicing data (manifests, catalogues) that CBS keeps for itself."""

    PATH = "path"
    DRIVER_STORE = "driver_store"
    COMPONENT_STORE = "component_store"
    PACKAGE = "package"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Component:
    """The identity in a component's manifest. architecture in the words of CBS (`amd64`, `x86`, `wow64`, `msil`)."""

    name: str
    version: FileVersion | None
    architecture: str
    language: str

    @property
    def image_architecture(self) -> Architecture | None:
        """The architecture of its images; None for one that names none (`msil`) or an unknown one."""
        return Architecture.X86 if self.architecture == "wow64" else architecture_of(self.architecture)


@dataclass(frozen=True)
class Destination:
    """path: relative to the Windows folder, or beginning with a variable as `%ProgramFiles%`; None where it is not a
    path or not known, and problem says why as a clause."""

    place: Place
    path: str | None = None
    problem: str = ""


@dataclass(frozen=True)
class Deployment:
    """Which updates of the package bring a file.

    branch: None where the updates tell none or contradict each other. builds: of running Windows, as the parents tell
    them; empty when they tell none that is known. families: `client`, `server`, `sc`, `winpe`, ...
    unknown: parents that stand for no build that is known here, or that there is no parent at all, as clauses.
    """

    branch: Branch | None
    builds: tuple[tuple[int, int, int], ...]
    families: tuple[str, ...]
    problem: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contradiction:
    """A row of the container that its own members deny. The texts are as in a comparison's difference."""

    code: str
    subject: str
    expected: str | None
    found: str | None


def destination(
    destination_path: str | None, name: str, component: Component, package: Architecture | None
) -> Destination:
    """Where a component's `file` goes, by its destinationPath (None: it has none).

    package: the package's architecture, which decides whether a 32-bit component is a guest.
    """
    if destination_path is None:
        if component.name.lower().endswith(".inf"):
            return Destination(Place.DRIVER_STORE)
        return Destination(Place.COMPONENT_STORE)
    root, closing, rest = destination_path.replace("/", "\\").partition(")")
    root = root.lower()
    if not closing or not root.startswith("$(runtime.") or root[10:] not in _ROOTS:
        return Destination(Place.UNKNOWN, None, f"its destination {destination_path[:120]!r} starts at no known folder")
    guest = package is not None and package is not Architecture.X86 and component.architecture in _THIRTY_TWO_BIT
    parts = [_ROOTS[root[10:]][guest], *rest.split("\\"), *name.replace("/", "\\").split("\\")]
    if any(part in (".", "..") or "$(" in part for part in parts):
        return Destination(Place.UNKNOWN, None, f"its destination {destination_path[:120]!r} leaves its folder")
    return Destination(Place.PATH, "\\".join(part for part in parts if part))
