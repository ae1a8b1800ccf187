# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows that sources name, whether or not a file could be told for it: what a definition does not know of itself.

Silence is no evidence: an article that was cut off, a table that could not be read or a package that was not given
leave builds without a target, and a host of such a build must not be called one that the hotfix is not for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from ..._catalogue.article.article import ArticleFacts
from ..._catalogue.article.products import (
    BUILDS_BEFORE,
    KNOWN_BUILDS,
    Named,
    builds_named,
    named_by,
    named_in,
)
from ..._catalogue.article.rows import FileRow
from ..._catalogue.definition import OsVersion
from ..._model.builds import SERVICE_PACK_OF_BUILD
from ..._model.facts import Architecture
from ..._model.file_version import FileVersion
from .brought import Stray
from .fields import text

_WINDOWS_6_0 = (6, 0)
_SP2, _SP2_RENUMBERED = (6, 0, 6002), (6, 0, 6003)
_IN_NAME = re.compile(
    r"_([0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5})_[^_]{0,40}_[0-9a-f]{16}\.manifest", re.IGNORECASE
)
Where = tuple[OsVersion | None, Architecture | None]
"""A build and architecture; None: any."""


def build_version(row: FileRow) -> FileVersion | None:
    """The version that tells a row's build: the file's own, or a component manifest's in its name."""
    if row.version is not None:
        return row.version
    match = _IN_NAME.search(row.name)
    try:
        return FileVersion.parse(match[1]) if match else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Builds:
    """in_tables: the builds of changed files and of component manifests, by architecture. named: those that captions,
    prerequisites and products name. exact: of these the ones of captions and prerequisites that tell the service packs.
    tells_windows: whether prerequisites or products name any Windows.
    """

    in_tables: dict[Architecture, set[OsVersion]]
    named: dict[OsVersion, set[Architecture | None]]
    exact: dict[OsVersion, set[Architecture | None]]
    tells_windows: bool

    @classmethod
    def of(cls, article: ArticleFacts) -> Builds:
        rows = (*article.rows, *article.nameless)
        captions = dict.fromkeys((row.section, row.architecture) for row in rows if row.section)
        in_captions = [one for text, architecture in captions for one in named_in(text or "", architecture)]
        needs, products = named_in(article.needs or ""), named_by(article.products)
        found = builds_named(needs, in_captions, products)
        exact = builds_named(_with_packs(in_captions))
        for build, told in (*exact.items(), *builds_named(_with_packs(needs)).items()):
            exact.setdefault(build, set()).update(told)
            found.setdefault(build, set()).update(told)
        return cls(_in_tables(rows), found, exact, bool(needs or products))

    @property
    def own(self) -> dict[Architecture, set[OsVersion]]:
        """The builds in the tables; where NT 6.0 is among them without later ones, which have packages of their own."""
        found = {one: builds - BUILDS_BEFORE for one, builds in self.in_tables.items()}
        if any(build[:2] == _WINDOWS_6_0 for builds in found.values() for build in builds):
            found = {one: {build for build in builds if build[:2] == _WINDOWS_6_0} for one, builds in found.items()}
        return {one: builds for one, builds in found.items() if builds}

    def of_files(self, architecture: Architecture | None) -> set[OsVersion]:
        """The builds that a file of this architecture may be for: those of its tables and those of exact names."""
        own = self.own
        found = {build for one, builds in own.items() if architecture in (None, one) for build in builds}
        windows = {build[:2] for builds in own.values() for build in builds}
        for build, told in self.exact.items():
            if build[:2] in windows and (None in told or architecture is None or architecture in told):
                found.add(build)
        return found


def _with_packs(names: Iterable[Named]) -> list[Named]:
    """The entries of the families that stand somewhere with a service pack."""
    every = list(names)
    families = {one.family for one in every if one.service_packs}
    return [one for one in every if one.family in families]


def _in_tables(rows: Iterable[FileRow]) -> dict[Architecture, set[OsVersion]]:
    """A baseline row tells no build: an earlier one's files may be in a later one."""
    found: dict[Architecture, set[OsVersion]] = {}
    for row in rows:
        version = build_version(row)
        if row.architecture is None or version is None:
            continue
        if version.os_version in KNOWN_BUILDS | BUILDS_BEFORE and not version.came_with(version.os_version):
            found.setdefault(row.architecture, set()).add(version.os_version)
    return found


class Unfilled(dict[Where, str]):
    """The builds and architectures that have no target, each with the first reason, a clause."""

    def note(self, build: OsVersion | None, architecture: Architecture | None, reason: str) -> None:
        self.setdefault((build, architecture), reason)

    def of_article(self, article: ArticleFacts, packages: Set[Architecture]) -> None:
        """What the article names. packages: the architectures of those that were given; none for an article alone."""
        builds = Builds.of(article)
        for architecture, found in builds.in_tables.items():
            given = architecture in packages or not packages
            for build in found:
                placed = "the article's tables have files for it, and none of them could be placed there"
                self.note(build, architecture, placed if given else "its package was not given")
        for row in (*article.rows, *article.nameless):
            version = None if row.architecture is not None else build_version(row)
            of_build = version is not None and version.os_version in KNOWN_BUILDS
            if version is not None and of_build and not version.came_with(version.os_version):
                self.note(version.os_version, None, "the article has a file for it without an architecture")
        for row in article.rows:
            told = row.architecture is None or row.architecture in builds.in_tables
            if packages and not told and row.architecture not in packages:
                self.note(None, row.architecture, "its package was not given, and the article has files for it")
        for build, told_of in builds.named.items():
            for named in told_of:
                self.note(build, named, "the article names it, and no file of its tables could be placed there")
        if not packages and not builds.tells_windows:
            reason = "its article names no Windows in prerequisites or products, so that it may not be whole"
            self.note(None, None, reason)

    def of_strays(self, strays: Iterable[Stray], *, packed: bool) -> None:
        """A file that has no certain place may be for any build of Windows 6.0; for any at all where a package's
        parents are not known."""
        for stray in strays:
            if packed:
                self.note(None, stray.architecture, f"{stray.name} is for a build that is not known: {stray.doubt}")
            elif stray.other is None:
                for number in SERVICE_PACK_OF_BUILD:
                    self.note((6, 0, number), stray.architecture, f"{stray.name} may be for it: {stray.doubt}")

    def listed(self, targets: Set[Where], included: Set[OsVersion]) -> list[dict[str, Any]]:
        """The field of a definition. What has a target, or a service pack that carries the fix, is none of them."""
        filled = {build for build, _architecture in targets}
        kept = dict(self)
        for (build, architecture), reason in self.items():
            if build == _SP2:
                kept.setdefault((_SP2_RENUMBERED, architecture), reason)
        order = [None, *Architecture]
        return [
            {
                "os_version": ".".join(map(str, build)) if build else None,
                "architecture": architecture.value if architecture else None,
                "text": text(reason) or "it is not told why",
            }
            for (build, architecture), reason in sorted(
                kept.items(), key=lambda one: (one[0][0] or (0, 0, 0), order.index(one[0][1]))
            )
            if (build, architecture) not in targets
            and build not in included
            and (architecture is not None or build not in filled)
        ]
