# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make(sources) -> Made: the definition that packages and article together tell, with what they do not tell.

Sources that contradict each other are refused before anything is made, and the finished definition is held against
the schema, against itself and against the packages that it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import Any

from ..._catalogue.article.article import ArticleFacts
from ..._catalogue.catalogue import build
from ..._catalogue.definition import Definition, Member, OsVersion
from ..._model.facts import Architecture
from ..difference import MatchStatus
from ..errors import DefinitionError
from ..match import compare
from ..report import PackageKind, PackageReport
from . import fields
from .article_files import of_article
from .brought import BroughtFile, NotTold, Stray, of_package
from .crosscheck import RowDifference, of_members, versioned
from .named import Builds, Unfilled
from .sources import Sources, architecture_of_package, check
from .targets import targets

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.(?:msu|cab)")
_MEMBER = re.compile(r"[A-Za-z0-9._~-]{1,250}")
_TOKEN = "31bf3856ad364e35"  # noqa: S105 - a publisher's public key token
_CBS = {Architecture.X86: "x86", Architecture.X64: "amd64", Architecture.IA64: "ia64"}
_PACKAGE_NAME = re.compile(r"[^~]+~[0-9a-f]{16}~[a-z0-9]+~[^~]*~([0-9.]+)\.mum", re.IGNORECASE)


@dataclass(frozen=True)
class Made:
    """data: the definition as it is written. definition: the same, checked and frozen."""

    data: dict[str, Any]
    definition: Definition
    not_told: tuple[tuple[str, str], ...]
    differences: tuple[RowDifference, ...]


@dataclass
class _Parts:
    files: list[BroughtFile] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    packages: list[dict[str, Any]] = field(default_factory=list)
    differences: list[RowDifference] = field(default_factory=list)
    not_told: NotTold = field(default_factory=NotTold)
    built: date | None = None


def make(sources: Sources) -> Made:
    """Raises DefinitionError (or the CatalogueError of a broken result) with file, field and reason."""
    kb = check(sources)
    order = list(Architecture)
    packages = sorted(sources.packages, key=lambda one: order.index(architecture_of_package(one)))
    sources = replace(sources, packages=tuple(packages))
    parts = _Parts()
    if sources.packages:
        _from_packages(sources, parts)
    else:
        _from_article(kb, sources, parts)
    data = _data(kb, sources, parts)
    if not data["targets"]:
        reasons = "; ".join(f"{where}: {why}" for where, why in list(parts.not_told.items())[:3])
        raise DefinitionError(f"{sources.where}: targets: no file can be told of any build of Windows ({reasons})")
    definition = build(data, f"{kb.lower()}.json")
    for report in sources.packages:
        _accepts(definition, report)
    return Made(data, definition, tuple(parts.not_told.items()), tuple(parts.differences))


def _accepts(definition: Definition, report: PackageReport) -> None:
    """A definition that would refuse its own package is none."""
    found = compare(definition, report.contents, report.contents.architecture, sha256=report.checksums.sha256)
    for one in found.differences:
        if one.weight is MatchStatus.MISMATCH:
            raise DefinitionError(f"{report.path.name}: the definition would contradict it: {one.text}")


def _from_packages(sources: Sources, parts: _Parts) -> None:
    article = sources.article
    for report in sources.packages:
        collected = of_package(report)
        architecture = architecture_of_package(report)
        files, members = collected.files, _members(report)
        for where, why in collected.not_told.items():
            parts.not_told.note(where, why)
        if article is not None:
            files, found = versioned(files, article.rows, architecture, sources.article_name)
            parts.differences += [*found, *of_members(members, article.rows, architecture)]
        parts.files += files
        parts.strays += collected.strays
        parts.packages.append(_package(report, members))
        parts.built = parts.built or _built(report)
    there = {architecture_of_package(report) for report in sources.packages}
    for one in sorted({row.architecture.value for row in (article.rows if article else ()) if row.architecture}):
        if Architecture(one) not in there:
            parts.not_told.note(f"packages: {one}", "the article has files for it, and its package was not given")


def _members(report: PackageReport) -> list[Member]:
    names = [one.file for one in report.files or () if not one.file.folder]
    return [Member(one.name, one.size) for one in names if one.name.lower().endswith((".mum", ".manifest"))]


def _package(report: PackageReport, members: list[Member]) -> dict[str, Any]:
    identity = report.contents.identity
    if identity is None:  # check() has seen to it
        raise DefinitionError(f"{report.path.name}: identity: it tells none")
    roots = {identity.text.lower()}
    subs = [one.name[: -len(".mum")] for one in members if _PACKAGE_NAME.fullmatch(one.name)]
    return {
        "architecture": architecture_of_package(report).value,
        "file_name": _file_name(report),
        "identity": identity.text,
        "identity_certain": True,
        "identity_source": "update.mum of the package",
        "sha256": report.checksums.sha256,
        "sub_packages": sorted(one for one in subs if one.lower() not in roots),
        "members": [{"name": one.name, "size": one.size} for one in sorted(members, key=lambda one: one.name.lower())],
    }


def _file_name(report: PackageReport) -> str:
    """What Microsoft called it: the payload's name tells it whatever the file is called now."""
    suffix = ".msu" if report.kind is PackageKind.MSU else ".cab"
    told = PurePath(report.cabinet or "").stem + suffix
    if report.kind is PackageKind.CAB or not _FILE_NAME.fullmatch(told):
        told = report.path.name
    return told if _FILE_NAME.fullmatch(told) else f"package-{architecture_of_package(report).value}{suffix}"


def _built(report: PackageReport) -> date | None:
    try:
        return date.fromisoformat(report.properties.get("Build Date", "").replace("/", "-"))
    except ValueError:
        return None


def _from_article(kb: str, sources: Sources, parts: _Parts) -> None:
    article = sources.article
    if article is None:
        raise DefinitionError("packages, article: give one of them or both")
    collected = of_article(article, sources.paths, sources.article_name)
    parts.files, parts.strays = collected.files, collected.strays
    for where, why in collected.not_told.items():
        parts.not_told.note(where, why)
    there = {file.architecture for file in collected.files}
    parts.packages = [
        _inferred(kb, one, {file.build for file in collected.files if file.architecture is one}, article)
        for one in Architecture
        if one in there
    ]
    parts.built = max((row.time.date() for row in article.rows if row.time), default=None)
    parts.not_told.note("packages", "identities are inferred and hashes are not known: the packages were not given")


def _inferred(kb: str, architecture: Architecture, builds: set[OsVersion], article: ArticleFacts) -> dict[str, Any]:
    """A package as the article lets it be inferred: its sub-packages' names tell the version of the root."""
    rows = [row for row in article.rows if row.architecture is architecture and row.is_servicing_data]
    listed = {row.name: row for row in rows if not row.name.lower().endswith(".cat")}
    versions = {match[1] for name in listed if (match := _PACKAGE_NAME.fullmatch(name))}
    windows = ".".join(map(str, min(builds)[:2]))
    version = next(iter(versions)) if len(versions) == 1 else f"{windows}.1.0"
    told = "the article's sub-packages have this version" if len(versions) == 1 else "first releases have this version"
    sized = [{"name": name, "size": row.size} for name, row in listed.items() if row.size]
    return {
        "architecture": architecture.value,
        "file_name": f"Windows{windows}-{kb}-{architecture.value}.msu",
        "identity": f"Package_for_{kb}~{_TOKEN}~{_CBS[architecture]}~~{version}",
        "identity_certain": False,
        "identity_source": f"inferred: {told}, and in genuine packages root and sub-packages share one",
        "sha256": None,
        "sub_packages": sorted(name[: -len(".mum")] for name in listed if _PACKAGE_NAME.fullmatch(name)),
        "members": sized if versions and len(sized) == len(listed) and all(map(_MEMBER.fullmatch, listed)) else None,
    }


def _data(kb: str, sources: Sources, parts: _Parts) -> dict[str, Any]:
    article, not_told = sources.article, parts.not_told
    restarts = [report.contents.restart or "" for report in sources.packages]
    restart = fields.restart(article.restart if article else None, restarts, not_told)
    _restart_differences(article, sources.packages, parts)
    title = fields.text(sources.title) or fields.text(article.title if article else None)
    if title is None:
        not_told.note("title", "no title was given, and the article's cannot be told from its text")
    for clause in article.unread if article else ():
        not_told.note(f"article: {clause}", "it could not be read")
    unfilled = Unfilled()
    files = targets(parts.files, parts.strays, not_told, unfilled)
    replaces, includes = fields.replaced(article, not_told)
    included = fields.included(_builds(article, files), parts.built, not_told)
    release = {report.contents.release_type for report in sources.packages if report.contents.release_type}
    return {
        "format": 2,
        "kb": kb,
        "title": title or f"Hotfix {kb}",
        "release_type": next(iter(release)) if len(release) == 1 else "Hotfix",
        "restart": restart.value,
        "article": _article(kb, article),
        "symptom": fields.symptom(article, not_told),
        "advice": fields.advice(article, not_told),
        "packages": [one for one in parts.packages if any(one["architecture"] == two["architecture"] for two in files)],
        "targets": files,
        "fixed_by_service_pack": included,
        "unfilled": _unfilled(sources, parts, unfilled, files, included),
        "products": fields.products(article, not_told),
        "prerequisites": fields.prerequisites(article, not_told),
        "replaces": replaces,
        "includes": includes,
        "registry": fields.registry(article, not_told),
    }


def _builds(article: ArticleFacts | None, files: list[dict[str, Any]]) -> set[OsVersion]:
    """The builds that the hotfix brings files to, in a target or not."""
    told = {_os_version(one["os_version"]) for one in files}
    own = Builds.of(article).own if article else {}
    return told.union(*own.values())


def _unfilled(
    sources: Sources, parts: _Parts, found: Unfilled, files: list[dict[str, Any]], included: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the sources name and no target is for. Each is told among what could not be."""
    if sources.article is not None:
        found.of_article(sources.article, {architecture_of_package(one) for one in sources.packages})
    found.of_strays(parts.strays, packed=bool(sources.packages))
    filled = {(_os_version(one["os_version"]), Architecture(one["architecture"])) for one in files}
    listed = found.listed(filled, {_os_version(one["os_version"]) for one in included})
    for one in listed:
        where = " ".join(filter(None, (one["os_version"], one["architecture"]))) or "other builds"
        parts.not_told.note(f"unfilled: {where}", one["text"])
    return listed


def _os_version(text: str) -> OsVersion:
    major, minor, number = map(int, text.split("."))
    return (major, minor, number)


def _article(kb: str, article: ArticleFacts | None) -> dict[str, Any] | None:
    if article is None:
        return None
    reviewed = article.last_review.isoformat() if article.last_review else None
    return {"id": int(kb[2:]), "revision": article.revision, "last_review": reviewed}


def _restart_differences(article: ArticleFacts | None, packages: tuple[PackageReport, ...], parts: _Parts) -> None:
    """update.mum wants a restart that the article denies."""
    for report in packages:
        told = report.contents.restart
        if article is not None and article.restart is not None and article.restart.value == "no" and told == "required":
            architecture = architecture_of_package(report)
            parts.differences.append(RowDifference("update.mum", architecture, "restart", article.restart.value, told))


def paths_of(told: Mapping[str, Any]) -> dict[str, str]:
    """The user's paths by file name in lower case. Raises DefinitionError for one that is no path below Windows."""
    found = {}
    for name, path in told.items():
        text = str(path).replace("/", "\\").strip()
        if not text or ":" in text or text.startswith("\\") or ".." in text.split("\\"):
            raise DefinitionError(
                f"paths: {name}: {str(path)[:80]!r} is not relative to the Windows folder, as System32\\{name} is"
            )
        if text.rpartition("\\")[2].lower() != str(name).lower():
            raise DefinitionError(f"paths: {name}: {str(path)[:80]!r} does not end in the file's name")
        found[str(name).lower()] = text
    return found
