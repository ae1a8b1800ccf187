# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a package file says of itself, as far as it is compared with a definition. The package reader fills it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._model.facts import Architecture, architecture_of
from .._model.file_version import FileVersion
from .._model.kb import kb_in, normal_kb
from .brought import Component, Contradiction, Delivery, Deployment, Destination


@dataclass(frozen=True)
class PackageIdentity:
    """A CBS identity, part by part and as read: `Package_for_KB952876`, `6.0.1.0`, `amd64`, the token, `neutral`."""

    name: str
    version: str
    architecture: str
    token: str
    language: str

    @property
    def text(self) -> str:
        """The form that CBS and pkgmgr use: name~token~architecture~language~version; a neutral language is empty."""
        language = "" if self.language.lower() in ("neutral", "*") else self.language
        return "~".join((self.name, self.token, self.architecture, language, self.version))

    @property
    def release(self) -> int | None:
        """1, or the number of the re-release: the version's third number; None where the version has another form."""
        parts = self.version.split(".")
        return int(parts[2]) if len(parts) == 4 and re.fullmatch(r"[0-9]{1,5}", parts[2], re.ASCII) else None

    @property
    def kb(self) -> str | None:
        """The hotfix that the name tells, as KB and the number; None when it tells none."""
        return kb_in(self.name.replace("_", " "))


@dataclass(frozen=True)
class Reported:
    """One statement and where it stands, for example (`answer file`, `KB952876`)."""

    where: str
    value: str


@dataclass(frozen=True)
class ContainedFile:
    """A file that a payload brings: its name with folders and backslashes, its size in bytes when installed.

    executable: it starts as an image does, or its name says that Windows would run it. version (the image's own) and
    architecture are None when it is no executable or tells none; problem is the reason then, as a clause.
    component, destination, deployment: what the manifests tell; None where they tell nothing of this file.
    sha1, sha256: of the installed file, in lower case; empty where neither index nor manifest tells them.
    """

    name: str
    size: int
    executable: bool = False
    version: FileVersion | None = None
    architecture: Architecture | None = None
    problem: str = ""
    delivery: Delivery = Delivery.PLAIN
    component: Component | None = None
    destination: Destination | None = None
    deployment: Deployment | None = None
    sha1: str = ""
    sha256: str = ""

    @property
    def base_name(self) -> str:
        return self.name.rpartition("\\")[2].lower()

    @property
    def folder(self) -> str:
        return self.name.rpartition("\\")[0].lower()

    @property
    def installed_name(self) -> str:
        """The name that it will have on the disk, in lower case; its own where the manifests do not tell it."""
        path = self.destination.path if self.destination else None
        return path.rpartition("\\")[2].lower() if path else self.base_name


@dataclass(frozen=True)
class PackageContents:
    """Everything that a comparison needs.

    identities: by where each was read. kbs and architectures: what other members tell (`952876`, `x86`, `amd64`).
    files: what the payload brings; None when it was not looked into. container: it lists them in an index of its own,
    and contradictions are that index's rows which its members deny. outer_files: of the .msu, without the payload.
    instructions: what the answer file wants beyond installing one package, as clauses.
    not_looked_into: as clauses, with the reason. lacking: those of them whose reason is a library that is missing here.
    release_type, restart: as update.mum tells them (empty: it does not); None where it was not read.
    cabinet: the name of the payload inside of an .msu; None for a .cab, which may have any name now.
    """

    identities: tuple[tuple[str, PackageIdentity], ...] = ()
    kbs: tuple[Reported, ...] = ()
    architectures: tuple[Reported, ...] = ()
    files: tuple[ContainedFile, ...] | None = None
    outer_files: tuple[ContainedFile, ...] = ()
    instructions: tuple[str, ...] = ()
    not_looked_into: tuple[str, ...] = ()
    container: bool = False
    contradictions: tuple[Contradiction, ...] = ()
    lacking: tuple[str, ...] = ()
    release_type: str | None = None
    restart: str | None = None
    cabinet: str | None = None

    @property
    def all_kbs(self) -> tuple[Reported, ...]:
        """Every statement of the hotfix's number, as KB and the number (or as it stands, when it has another form)."""
        named = tuple(Reported(where, one.kb) for where, one in self.identities if one.kb is not None)
        return named + tuple(Reported(one.where, normal_kb(one.value) or one.value) for one in self.kbs)

    @property
    def all_architectures(self) -> tuple[Reported, ...]:
        """Every statement of the architecture, as hotfix files name it (or as it stands, when it is unknown)."""
        told = tuple(Reported(where, one.architecture) for where, one in self.identities if one.architecture)
        return tuple(Reported(one.where, _normal_architecture(one.value)) for one in (*told, *self.architectures))

    @property
    def kb(self) -> str | None:
        """The hotfix that all statements agree on; None when they do not or there is none."""
        return _only({one.value for one in self.all_kbs})

    @property
    def architecture(self) -> Architecture | None:
        """The architecture that all statements agree on; None when they do not or there is none."""
        name = _only({one.value for one in self.all_architectures})
        return next((one for one in Architecture if one.value == name), None)

    @property
    def identity(self) -> PackageIdentity | None:
        """The payload's own identity where it was read, else what the answer file installs."""
        return self.identities[-1][1] if self.identities else None


def _only(values: set[str]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def _normal_architecture(text: str) -> str:
    known = architecture_of(text)
    return known.value if known else text.lower()
