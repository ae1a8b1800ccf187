# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads hotfix definitions from the catalogue: JSON in, a checked and frozen Definition out."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from .._model.facts import Architecture
from .._model.file_version import Branch, FileVersion
from .._model.kb import normal_kb
from .definition import (
    Advice,
    Article,
    Definition,
    Edition,
    FileEntry,
    FileTable,
    IncludingBuild,
    OsVersion,
    Package,
    SymptomDefinition,
    SymptomKind,
    Target,
)
from .errors import CatalogueError
from .schema import problems

CATALOGUE = Path(__file__).resolve().parent
DEFAULT_KB = "KB952876"
_SCHEMA = "definition.schema.json"
T = TypeVar("T")


def known_kbs() -> tuple[str, ...]:
    """The hotfixes that the catalogue knows, in their normal form, sorted."""
    return tuple(sorted(path.stem.upper() for path in CATALOGUE.glob("kb*.json")))


def load(kb: str = DEFAULT_KB) -> Definition:
    """The definition of one hotfix. Raises CatalogueError when it is unknown (the known ones are listed) or broken."""
    name = normal_kb(kb)
    if name is None:
        raise CatalogueError(f"{kb[:40]!r} names no hotfix: write it as {DEFAULT_KB} or as the number alone")
    if name not in known_kbs():
        raise CatalogueError(f"{name} is not in the catalogue, which knows {', '.join(known_kbs())}")
    return _load(name)


@functools.cache
def _load(name: str) -> Definition:
    return load_file(CATALOGUE / f"{name.lower()}.json")


def load_file(path: Path) -> Definition:
    """Read, check and freeze one definition. Raises CatalogueError with file, field and reason."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} cannot be read: {error}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise CatalogueError(f"{path.name} is no JSON: {error}") from error
    return build(data, path.name)


def build(data: object, file: str) -> Definition:
    """Freeze a definition that was read from a file of that name. Raises CatalogueError with file, field and reason."""
    for field, reason in problems(data, _schema()):
        raise CatalogueError(f"{file}: {field}: {reason}")
    if not isinstance(data, dict):
        raise CatalogueError(f"{file}: it must be an object")
    definition = _Builder(file).definition(data)
    for field, reason in _disagreements(definition):
        raise CatalogueError(f"{file}: {field}: {reason}")
    return definition


@functools.cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((CATALOGUE / _SCHEMA).read_text(encoding="utf-8"))
    return schema


class _Builder:
    """Turns data that passed the schema into dataclasses; what a pattern cannot say (a real date) is checked here."""

    def __init__(self, file: str) -> None:
        self._file = file

    def _read(self, field: str, convert: Callable[[str], T], text: str) -> T:
        try:
            return convert(text)
        except ValueError as error:
            raise CatalogueError(f"{self._file}: {field}: it is {text!r}: {error}") from error

    def definition(self, data: dict[str, Any]) -> Definition:
        article, symptom, advice = data["article"], data["symptom"], data["advice"]
        ended = advice["support_ended"]
        return Definition(
            kb=data["kb"],
            title=data["title"],
            article=Article(
                int(article["id"]),
                article["revision"],
                self._read("article.last_review", date.fromisoformat, article["last_review"]),
            ),
            restart_required=data["restart_required"],
            symptom=SymptomDefinition(symptom["service"], SymptomKind(symptom["kind"])),
            advice=Advice(
                advice["only_if_symptomatic"],
                int(advice["preferred_service_pack"]),
                int(ended["service_pack"]),
                self._read("advice.support_ended.date", date.fromisoformat, ended["date"]),
            ),
            packages=tuple(
                Package(
                    Architecture(one["architecture"]),
                    one["file_name"],
                    one["identity"],
                    one["identity_certain"],
                    one["identity_source"],
                )
                for one in data["packages"]
            ),
            targets=tuple(self._target(f"targets[{i}]", one) for i, one in enumerate(data["targets"])),
            fixed_by_service_pack=tuple(
                IncludingBuild(_os_version(one["os_version"]), int(one["service_pack"]))
                for one in data["fixed_by_service_pack"]
            ),
            editions=tuple(
                Edition(
                    one["product"],
                    Architecture(one["architecture"]) if one["architecture"] else None,
                    tuple(int(sku) for sku in one["skus"]),
                )
                for one in data["editions"]
            ),
            file_tables=tuple(self._table(f"file_tables[{i}]", one) for i, one in enumerate(data["file_tables"])),
            component_versions=data["component_versions"],
        )

    def _target(self, field: str, data: dict[str, Any]) -> Target:
        return Target(
            os_version=_os_version(data["os_version"]),
            service_pack=int(data["service_pack"]),
            architecture=Architecture(data["architecture"]),
            fixed_kernel=self._read(f"{field}.fixed_kernel", FileVersion.parse, data["fixed_kernel"]),
            kernel_files=tuple(data["kernel_files"]),
            pae_kernel_file=data["pae_kernel_file"],
        )

    def _table(self, field: str, data: dict[str, Any]) -> FileTable:
        return FileTable(
            _os_version(data["os_version"]),
            Architecture(data["architecture"]),
            tuple(self._file_entry(f"{field}.files[{i}]", one) for i, one in enumerate(data["files"])),
        )

    def _file_entry(self, field: str, data: dict[str, Any]) -> FileEntry:
        version = data["version"]
        return FileEntry(
            name=data["name"],
            version=None if version is None else self._read(f"{field}.version", FileVersion.parse, version),
            size=int(data["size"]),
            time=self._read(f"{field}.time", _utc, data["time"]),
            platform=data["platform"],
        )


def _utc(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.utcoffset() != timedelta(0):
        raise ValueError("it is not in UTC")
    return time


def _os_version(text: str) -> OsVersion:
    major, minor, build_number = (int(part) for part in text.split("."))
    return (major, minor, build_number)


def _disagreements(definition: Definition) -> list[tuple[str, str]]:
    """What no schema can say: the parts of one definition must agree with each other."""
    found: list[tuple[str, str]] = []
    if definition.kb != f"KB{definition.article.id}":
        found.append(("kb", f"it is {definition.kb}, but the article's id is {definition.article.id}"))
    architectures = [one.architecture for one in definition.packages]
    if len(set(architectures)) != len(architectures):
        found.append(("packages", "two packages are for the same architecture"))
    keys = [(one.os_version, one.architecture) for one in definition.targets]
    if len(set(keys)) != len(keys):
        found.append(("targets", "two targets have the same os_version and architecture"))
    for index, target in enumerate(definition.targets):
        found += [(f"targets[{index}].{field}", reason) for field, reason in _target_disagreements(definition, target)]
    for index, table in enumerate(definition.file_tables):
        if (table.os_version, table.architecture) not in keys:
            found.append((f"file_tables[{index}]", "no target has its os_version and architecture"))
    for index, one in enumerate(definition.fixed_by_service_pack):
        if one.os_version in definition.os_versions:
            found.append((f"fixed_by_service_pack[{index}].os_version", "it is a target too"))
    return found


def _target_disagreements(definition: Definition, target: Target) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if target.fixed_kernel.os_version != target.os_version:
        found.append(("fixed_kernel", f"{target.fixed_kernel} is of another build than the target"))
    if target.fixed_kernel.branch is not Branch.LDR:
        found.append(("fixed_kernel", f"{target.fixed_kernel} is not on the LDR branch"))
    if target.pae_kernel_file is not None and target.pae_kernel_file not in target.kernel_files:
        found.append(("pae_kernel_file", f"{target.pae_kernel_file} is not among kernel_files"))
    if definition.package(target.architecture) is None:
        found.append(("architecture", f"no package is for {target.architecture.value}"))
    table = definition.file_table(target.os_version, target.architecture)
    if table is None:
        found.append(("os_version", "no file table is for this os_version and architecture"))
        return found
    versions = {entry.name.lower(): entry.version for entry in table.files}
    for name in target.kernel_files:
        if versions.get(name) != target.fixed_kernel:
            found.append(("kernel_files", f"{name} is not in the file table with version {target.fixed_kernel}"))
    return found
