# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a payload's root manifest to the components that it installs: root, family, package, update, deployment.

    `update.mum` > `..._client` > `..._client_0` > `Package_1_for_KB...` > update `..._LDR` > deployment > component

Packages named `..._bf` are the same for the other way of installing: they hang from a root of their own, and are not
followed. Folders and components are joined by the stem of the .manifest file, never by the shortened name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .._hotfix.package_contents import PackageIdentity
from .._hotfix.payload import Contradiction, Deployment
from .._hotfix.quad import Branch, Quad
from .manifests import ComponentManifest, Key, PackageManifest, key_of

Build = tuple[int, int, int]

# Service packs are parents as packages of their own; which build they make stands in no package.
_SERVICE_PACKS: dict[str, Build] = {"936330": (6, 0, 6001), "948465": (6, 0, 6002), "976932": (6, 1, 7601)}
_SERVICE_PACK = re.compile(r"package_(?:[0-9]+_)?for_kb([0-9]{6,7})(?:_.*)?", re.IGNORECASE)
_WINDOWS = re.compile(r"microsoft-windows-.+-package", re.IGNORECASE)
_FAMILY = re.compile(r"package_for_kb[0-9]{6,7}_(.+)", re.IGNORECASE)
_TWIN = re.compile(r".*_bf", re.IGNORECASE)
_BRANCHES = {"LDR": Branch.LDR, "QFE": Branch.LDR, "GDR": Branch.GDR}
_NOT_RUNNING = "winpe"
_DEPTH_MAX = 8
_STEPS_MAX = 100_000
_TOLD_MAX = 50


@dataclass(frozen=True)
class Family:
    """A first sub-package of the root: `client` and the builds of running Windows that it is for.

    parents: those that must be staged, as `name version`, the unknown ones too.
    """

    name: str
    builds: tuple[Build, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """deployments: by the stem of the component's manifest. missing: what is named and not in the package, as clauses.

    followed: the root names updates, so that a component that no update reaches is never installed.
    """

    deployments: dict[str, Deployment]
    families: tuple[Family, ...]
    missing: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    followed: bool


@dataclass
class _Reached:
    branches: set[Branch | None] = field(default_factory=set)
    builds: set[Build] = field(default_factory=set)
    families: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Way:
    """Where the walk is: family, the builds so far, and whether they come from parents that must be staged."""

    family: str
    builds: frozenset[Build]
    staged: bool
    depth: int

    @property
    def running(self) -> bool:
        """Whether it is for a Windows that runs from its disk, and not for Windows PE."""
        return not self.family.startswith(_NOT_RUNNING)


def follow(
    root: PackageManifest | None, packages: Iterable[PackageManifest], components: Iterable[ComponentManifest]
) -> Chain:
    """Walk from the root to the components. Never raises; at most 100,000 steps."""
    walk = _Walk(packages, components)
    if root is not None:
        walk.package(root, _Way("", frozenset(), False, 0))
    return walk.chain(root)


class _Walk:
    def __init__(self, packages: Iterable[PackageManifest], components: Iterable[ComponentManifest]) -> None:
        self._packages: dict[Key, PackageManifest] = {}
        self._components: dict[Key, ComponentManifest] = {}
        self._reached: dict[str, _Reached] = {}
        self._families: dict[str, tuple[set[Build], set[str]]] = {}
        self._missing: dict[str, None] = {}
        self._contradictions: list[Contradiction] = []
        self._steps = 0
        for package in packages:
            if self._packages.setdefault(key_of(package.identity), package) is not package:
                self._twice(package.member, package.identity)
        for component in components:
            if self._components.setdefault(key_of(component.identity), component) is not component:
                self._twice(component.stem, component.identity)

    def _twice(self, member: str, identity: PackageIdentity) -> None:
        if len(self._contradictions) < _TOLD_MAX:
            told = Contradiction("duplicate_identity", member, "an identity of its own", identity.text)
            self._contradictions.append(told)

    def _lacks(self, kind: str, identity: PackageIdentity) -> None:
        if len(self._missing) < _TOLD_MAX:
            self._missing[f"the {kind} {identity.text}: it is named and its manifest is not in the package"] = None

    def _family(self, way: _Way) -> tuple[set[Build], set[str]]:
        return self._families.setdefault(way.family, (set(), set()))

    def package(self, manifest: PackageManifest, way: _Way) -> None:
        if way.depth > _DEPTH_MAX or self._steps > _STEPS_MAX:
            self._missing["the package's chain: it has no end"] = None
            return
        told = frozenset(build for one in manifest.parents if (build := _build(*one)) is not None)
        if told and (manifest.staged or not way.staged):
            way = _Way(way.family, told, manifest.staged, way.depth)
        if manifest.staged:
            builds, parents = self._family(way)
            parents.update(" ".join(one) for one in manifest.parents)
            builds.update(told if way.running else ())
        for update in manifest.updates:
            self._steps += 1 + len(update.packages) + len(update.components)
            for identity in update.packages:
                self._sub_package(identity, way)
            branch = _BRANCHES.get(update.name.rpartition("_")[2].upper())
            for identity in update.components:
                self._component(identity, branch, way, follow=True)

    def _sub_package(self, identity: PackageIdentity, way: _Way) -> None:
        if _TWIN.fullmatch(identity.name):
            return
        below = self._packages.get(key_of(identity))
        if below is None:
            self._lacks("package", identity)
            return
        family = way.family
        if not way.depth and (match := _FAMILY.fullmatch(identity.name)):
            family = match[1].lower()
        self.package(below, _Way(family, way.builds, way.staged, way.depth + 1))

    def _component(self, identity: PackageIdentity, branch: Branch | None, way: _Way, *, follow: bool) -> None:
        manifest = self._components.get(key_of(identity))
        if manifest is None:
            self._lacks("component", identity)
            return
        reached = self._reached.setdefault(manifest.stem.lower(), _Reached())
        reached.branches.add(branch)
        if way.family:
            reached.families.add(way.family)
        if way.running:
            reached.builds |= way.builds
            self._family(way)[0].update(way.builds)
        if manifest.deployment and follow:
            self._steps += len(manifest.dependencies)
            for below in manifest.dependencies:
                self._component(below, branch, way, follow=False)

    def chain(self, root: PackageManifest | None) -> Chain:
        versions = {one.stem.lower(): one.identity.version for one in self._components.values()}
        families = (
            Family(name, tuple(sorted(builds)), tuple(sorted(parents)))
            for name, (builds, parents) in sorted(self._families.items())
            if name
        )
        return Chain(
            deployments={stem: _deployment(one, versions[stem]) for stem, one in self._reached.items()},
            families=tuple(families),
            missing=tuple(self._missing),
            contradictions=tuple(self._contradictions),
            followed=root is not None and bool(root.updates),
        )


def _build(name: str, version: str) -> Build | None:
    """The build of Windows that a parent stands for; None for one that tells none."""
    if match := _SERVICE_PACK.fullmatch(name):
        return _SERVICE_PACKS.get(match[1])
    try:
        return Quad.parse(version).os_version if _WINDOWS.fullmatch(name) else None
    except ValueError:
        return None


def _deployment(reached: _Reached, version: str) -> Deployment:
    """The branch is told by the update's name and by the revision; the two must agree where both tell one."""
    try:
        by_revision = Quad.parse(version).branch
    except ValueError:
        by_revision = Branch.OTHER
    told = {one for one in reached.branches if one is not None}
    branch, problem = next(iter(told)) if len(told) == 1 else None, ""
    if len(told) > 1:
        problem = "its updates are of both branches"
    elif branch is not None and by_revision is not Branch.OTHER and by_revision is not branch:
        problem = f"its update says {branch.value} and its revision {by_revision.value}"
        branch = None
    elif branch is None and by_revision is not Branch.OTHER:
        branch = by_revision if reached.branches else None
    return Deployment(branch, tuple(sorted(reached.builds)), tuple(sorted(reached.families)), problem)
