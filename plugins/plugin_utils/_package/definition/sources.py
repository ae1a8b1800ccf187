# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a definition is made of, and whether its parts belong together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..._catalogue.article.article import ArticleFacts
from ..._catalogue.article.products import BUILDS_BEFORE
from ..._model.cbs import is_root_of_kb
from ..._model.facts import Architecture
from ..errors import DefinitionError
from ..report import PackageReport


@dataclass(frozen=True)
class Sources:
    """packages: one for each architecture. article_name: of its file. kb, title: the user's own word.

    paths: where files lie that no package and no table knows, by name in lower case.
    """

    packages: tuple[PackageReport, ...] = ()
    article: ArticleFacts | None = None
    article_name: str = ""
    kb: str | None = None
    title: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return ", ".join(
            [*(report.path.name for report in self.packages), *([self.article_name] if self.article else [])]
        )


def check(sources: Sources) -> str:
    """The hotfix that all sources are of. Raises DefinitionError, with file, field and reason, where they disagree."""
    told: dict[str, str] = {}
    if sources.kb is not None:
        told[sources.kb] = "the option kb"
    for report in sources.packages:
        _whole(report)
        told.setdefault(str(report.kb), report.path.name)
    if sources.article is not None and sources.article.kb is not None:
        told.setdefault(sources.article.kb, sources.article_name)
    if len(told) > 1:
        first, *others = [f"{where} is of {kb}" for kb, where in told.items()]
        raise DefinitionError(f"{'; '.join(others)}: kb: but {first}; give sources of one hotfix")
    _packages_together(sources.packages)
    if sources.article is not None:
        _is_hotfix(sources.article, sources.article_name)
    _of_paths(sources)
    if not told:
        raise DefinitionError(f"{sources.where}: kb: nothing tells the hotfix's number; give the option kb")
    return next(iter(told))


def _whole(report: PackageReport) -> None:
    """The package was read whole, contradicts itself nowhere and is a hotfix's."""
    contents, name = report.contents, report.path.name
    if report.kb is None:
        listed = ", ".join(f"{one.value} ({one.where})" for one in contents.all_kbs) or "nothing"
        raise DefinitionError(f"{name}: kb: its statements are not of one hotfix: {listed}")
    if report.contents.architecture is None:
        raise DefinitionError(f"{name}: architecture: its statements are not of one")
    if report.files is None or contents.not_looked_into:
        raise DefinitionError(
            f"{name}: files: it could not be read whole: {'; '.join(contents.not_looked_into) or 'no payload'}"
        )
    if contents.contradictions:
        one = contents.contradictions[0]
        raise DefinitionError(
            f"{name}: {one.subject}: it contradicts itself: {one.code}, expected {one.expected}, found {one.found}"
        )
    identity = contents.identity
    if identity is None or not is_root_of_kb(identity.text, report.kb):
        raise DefinitionError(
            f"{name}: identity: {identity.text if identity else 'none'} is not the root of {report.kb}"
        )


def _packages_together(packages: tuple[PackageReport, ...]) -> None:
    seen: dict[Architecture, PackageReport] = {}
    for report in packages:
        name, architecture = report.path.name, architecture_of_package(report)
        other = seen.get(architecture)
        if other is None:
            seen[architecture] = report
            continue
        if other.checksums.sha256 == report.checksums.sha256:
            again = "is given twice" if other.path == report.path else f"is the same file as {other.path}"
            raise DefinitionError(f"packages: {report.path} {again}; give one package for each architecture")
        first = other.path if other.path.name == name else other.path.name
        raise DefinitionError(
            f"{name}: architecture: {first} is for {architecture.value} as well; give one package for each"
        )
    versions = {report.contents.identity.version: report.path.name for report in packages if report.contents.identity}
    if len(versions) > 1:
        listed = ", ".join(f"{name} is {version}" for version, name in versions.items())
        raise DefinitionError(
            f"{packages[-1].path.name}: identity: the packages are of different re-releases: {listed}"
        )


def _of_paths(sources: Sources) -> None:
    """Each of the user's paths is of a file that is looked for by it."""
    if sources.paths and sources.packages:
        raise DefinitionError("paths: packages tell where their files lie; give paths with an article alone")
    rows = {row.name.lower() for row in (sources.article.rows if sources.article else ())}
    for name in sources.paths:
        if name not in rows:
            near = difflib.get_close_matches(name, sorted(rows), n=1)
            advice = f"; did you mean {near[0]}?" if near else ""
            raise DefinitionError(f"paths: {name}: {sources.article_name} has no file of that name{advice}")


def architecture_of_package(report: PackageReport) -> Architecture:
    """The architecture that all its statements agree on. Raises DefinitionError where they do not."""
    architecture = report.contents.architecture
    if architecture is None:
        raise DefinitionError(f"{report.path.name}: architecture: its statements are not of one")
    return architecture


def _is_hotfix(article: ArticleFacts, name: str) -> None:
    if not article.rows:
        unread = f" ({'; '.join(article.unread[:2])})" if article.unread else ""
        raise DefinitionError(
            f"{name}: file tables: it has none that can be read{unread}: it is no whole article about a hotfix"
        )
    told = [row for row in (*article.rows, *article.nameless) if row.version is not None or row.unread_version]
    if told and all(row.version is not None and row.version.os_version in BUILDS_BEFORE for row in told):
        raise DefinitionError(
            f"{name}: file tables: all files are of version 5.x: the hotfix is for Windows XP or Server 2003 only"
        )
