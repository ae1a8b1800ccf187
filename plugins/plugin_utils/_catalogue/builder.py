# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From data that passed the schema to a frozen Definition; what a pattern cannot say (a real date) is checked here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from .._model.facts import Architecture
from .._model.file_version import Branch, FileVersion
from .definition import (
    Advice,
    Article,
    BranchFile,
    Definition,
    EventSource,
    IncludingBuild,
    Member,
    OsVersion,
    Package,
    Prerequisite,
    Product,
    RegistryKey,
    Restart,
    Role,
    SupportEnded,
    Symptom,
    SymptomClass,
    Target,
    TargetFile,
    Watched,
)
from .errors import CatalogueError
from .unfilled import Unfilled

T = TypeVar("T")
Data = dict[str, Any]


class Builder:
    """Builds the definition of one file, which errors name with the field and the reason."""

    def __init__(self, file: str) -> None:
        self._file = file

    def _read(self, field: str, convert: Callable[[str], T], text: str) -> T:
        try:
            return convert(text)
        except ValueError as error:
            raise CatalogueError(f"{self._file}: {field}: it is {text!r}: {error}") from error

    def _maybe(self, field: str, convert: Callable[[str], T], text: str | None) -> T | None:
        return None if text is None else self._read(field, convert, text)

    def definition(self, data: Data) -> Definition:
        """Raises CatalogueError, with file, field and reason."""
        return Definition(
            kb=data["kb"],
            title=data["title"],
            release_type=data["release_type"],
            restart=Restart(data["restart"]),
            article=None if data["article"] is None else self._article(data["article"]),
            symptom=None if data["symptom"] is None else _symptom(data["symptom"]),
            advice=None if data["advice"] is None else self._advice(data["advice"]),
            packages=tuple(_package(one) for one in data["packages"]),
            targets=tuple(self._target(f"targets[{i}]", one) for i, one in enumerate(data["targets"])),
            fixed_by_service_pack=tuple(
                IncludingBuild(_os_version(one["os_version"]), int(one["service_pack"]))
                for one in data["fixed_by_service_pack"]
            ),
            unfilled=tuple(
                Unfilled(_maybe_os_version(one["os_version"]), _maybe_architecture(one["architecture"]), one["text"])
                for one in data["unfilled"]
            ),
            products=tuple(
                Product(
                    one["name"],
                    _maybe_architecture(one["architecture"]),
                    tuple(int(sku) for sku in one["skus"]),
                )
                for one in data["products"]
            ),
            prerequisites=tuple(_prerequisite(one) for one in data["prerequisites"]),
            replaces=tuple(data["replaces"]),
            includes=tuple(data["includes"]),
            registry=tuple(_registry_key(one) for one in data["registry"]),
        )

    def _article(self, data: Data) -> Article:
        reviewed = self._maybe("article.last_review", date.fromisoformat, data["last_review"])
        return Article(int(data["id"]), data["revision"], reviewed)

    def _advice(self, data: Data) -> Advice:
        ended, pack = data["support_ended"], data["preferred_service_pack"]
        return Advice(
            data["only_if_symptomatic"],
            None if pack is None else int(pack),
            None
            if ended is None
            else SupportEnded(
                int(ended["service_pack"]),
                self._read("advice.support_ended.date", date.fromisoformat, ended["date"]),
            ),
        )

    def _target(self, field: str, data: Data) -> Target:
        return Target(
            os_version=_os_version(data["os_version"]),
            service_pack=int(data["service_pack"]),
            architecture=Architecture(data["architecture"]),
            files=tuple(
                self._file_of(f"{field}.files[{i}]", one, _os_version(data["os_version"]))
                for i, one in enumerate(data["files"])
            ),
        )

    def _file_of(self, field: str, data: Data, windows: OsVersion) -> TargetFile:
        return TargetFile(
            name=data["name"],
            path=data["path"],
            role=Role(data["role"]),
            pae=data["pae"],
            changed=data["changed"],
            branches=tuple(
                self._branch_file(f"{field}.branches[{i}]", one, windows) for i, one in enumerate(data["branches"])
            ),
        )

    def _branch_file(self, field: str, data: Data, windows: OsVersion) -> BranchFile:
        component = self._maybe(f"{field}.component_version", FileVersion.parse, data["component_version"])
        return BranchFile(
            branch=Branch(data["branch"]),
            version=self._maybe(f"{field}.version", FileVersion.parse, data["version"]),
            component=data["component"],
            component_version=component,
            store_folder=data["store_folder"],
            size=None if data["size"] is None else int(data["size"]),
            sha1=data["sha1"],
            sha256=data["sha256"],
            baseline=data["version"] is None and component is not None and component.came_with(windows),
        )


def _symptom(data: Data) -> Symptom:
    watch = data["watch"]
    return Symptom(
        data["text"],
        None if watch is None else Watched(SymptomClass(watch["class"]), watch["name"], watch["state"]),
        tuple(
            EventSource(one["source"], one["prefix"], tuple(int(code) for code in one["codes"]))
            for one in data["events"]
        ),
    )


def _package(data: Data) -> Package:
    members = data["members"]
    return Package(
        architecture=Architecture(data["architecture"]),
        file_name=data["file_name"],
        identity=data["identity"],
        identity_certain=data["identity_certain"],
        identity_source=data["identity_source"],
        sha256=data["sha256"],
        sub_packages=tuple(data["sub_packages"]),
        members=None if members is None else tuple(Member(one["name"], int(one["size"])) for one in members),
    )


def _prerequisite(data: Data) -> Prerequisite:
    pack = data["service_pack"]
    return Prerequisite(
        data["text"], _maybe_os_version(data["os_version"]), None if pack is None else int(pack), data["kb"]
    )


def _registry_key(data: Data) -> RegistryKey:
    version = _maybe_os_version(data["os_version"])
    return RegistryKey(data["key"], data["value"], data["kind"], data["data"], data["required"], version)


def _os_version(text: str) -> OsVersion:
    major, minor, build_number = (int(part) for part in text.split("."))
    return (major, minor, build_number)


def _maybe_architecture(text: str | None) -> Architecture | None:
    return None if text is None else Architecture(text)


def _maybe_os_version(text: str | None) -> OsVersion | None:
    return None if text is None else _os_version(text)
