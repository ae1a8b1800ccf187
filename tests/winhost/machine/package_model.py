# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an update package consists of, once it is read: its root, and each update with the component that it brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from winhost.machine.content import Body, VersionInfo


class PackageError(Exception):
    """The bytes are no package of this kind."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An assembly's identity; names are compared without regard to case."""

    name: str
    version: str
    architecture: str
    language: str  # neutral | a culture
    token: str = ""

    @property
    def text(self) -> str:
        """``Package_for_KB952876~31bf3856ad364e35~x86~~6.0.1.0``"""
        language = "" if self.language == "neutral" else self.language
        return f"{self.name}~{self.token}~{self.architecture}~{language}~{self.version}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.name.casefold(), self.version, self.architecture.casefold(), self.language.casefold())

    @property
    def quad(self) -> tuple[int, ...]:
        """The version as numbers; empty when it is none."""
        parts = self.version.split(".")
        return tuple(map(int, parts)) if len(parts) == 4 and all(part.isdigit() for part in parts) else ()


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A file of a component.

    ``destination`` is the manifest's own text (``$(runtime.system32)\\``), or None for files that go to the driver
    store. ``version`` is that of the file's own resource: a component's version says nothing of it.
    """

    folder: str
    name: str
    body: Body
    version: VersionInfo | None
    destination: str | None


@dataclass(frozen=True, slots=True)
class Brought:
    """A component that an update brings, with its files."""

    component: Identity
    files: tuple[PayloadFile, ...]


@dataclass(frozen=True, slots=True)
class PackageUpdate:
    """An update of a package, and the packages that it stands below (root first, without the root itself)."""

    name: str
    above: tuple[Identity, ...]
    parents: tuple[tuple[Identity, ...], ...]  # of each of those packages: one of each must be there
    brought: tuple[Brought, ...]

    @property
    def branch(self) -> str:
        """``LDR``, ``GDR`` or whatever the update's name ends with."""
        return self.name.rpartition("_")[2].upper()


@dataclass(frozen=True)
class Package:
    """One update package (a .cab with update.mum)."""

    root: Identity
    restart: str  # required | possible | empty
    parents: tuple[Identity, ...]
    updates: tuple[PackageUpdate, ...]

    @property
    def identity(self) -> str:
        return self.root.text

    @property
    def architecture(self) -> str:
        """x86 | amd64 | ia64 | neutral"""
        return self.root.architecture.lower()

    def files(self) -> Iterator[PayloadFile]:
        """Every file that the package brings, for whatever machine."""
        seen: set[str] = set()
        for update in self.updates:
            for brought in update.brought:
                for file in brought.files:
                    path = f"{file.folder}\\{file.name}"
                    if path not in seen:
                        seen.add(path)
                        yield file


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer file asks for: install from a location, or remove an identity."""

    action: str
    identity: str
    location: str
