# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a payload's root manifest to the components that it installs: root, family, package, update, deployment.

    `update.mum` > `..._client` > `..._client_0` > `Package_1_for_KB...` > update `..._LDR` > deployment > component

Packages named `..._bf` are the same for the other way of installing: they hang from a root of their own. Where this one
names them, they are followed as well, and may be absent. Folders and components are joined by the stem of the
.manifest file, never by the shortened name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from .._model.file_version import Branch, FileVersion
from .._model.kb import DIGITS, PACKAGE
from .brought import Contradiction, Deployment
from .contents import PackageIdentity
from .manifests import ComponentManifest, Key, PackageManifest, Update, key_of

Build = tuple[int, int, int]

# Service packs are parents as packages of their own; which build they make stands in no package.
_SERVICE_PACKS: dict[str, Build] = {"936330": (6, 0, 6001), "948465": (6, 0, 6002), "976932": (6, 1, 7601)}
_SERVICE_PACK = re.compile(f"{PACKAGE}(?:_.*)?", re.IGNORECASE)
_WINDOWS = re.compile(r"microsoft-windows-.+-package", re.IGNORECASE)
_FAMILY = re.compile(f"package_for_kb{DIGITS}_(.+)", re.IGNORECASE)
_TWIN = re.compile(r".*_bf", re.IGNORECASE)
_BRANCHES = {"LDR": Branch.LDR, "QFE": Branch.LDR, "GDR": Branch.GDR}
_WINDOWS_PE = re.compile(r"microsoft-windows-winpe-(?:.+-)?package", re.IGNORECASE)  # no running Windows
_STAGED = "staged"
_NO_PARENT = "no parent"
NO_END = "the package's chain: it has no end"
_DEPTH_MAX = 8
_STEPS_MAX = 100_000
_TOLD_MAX = 50
_UNKNOWN_MAX = 5


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
    unknown: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Way:
    """Where the walk is: family, the builds of running Windows so far and the parents that tell none, and whether they
    come from parents that must be staged."""

    family: str
    builds: frozenset[Build]
    unknown: frozenset[str]
    staged: bool
    depth: int


def follow(
    root: PackageManifest | None,
    packages: Iterable[PackageManifest],
    components: Iterable[ComponentManifest],
    check_time: Callable[[], object] = lambda: None,
) -> Chain:
    """Walk from the root to the components, in at most 100,000 steps. check_time is called on the way and may raise."""
    walk = _Walk(packages, components, check_time)
    if root is not None:
        walk.package(root, _Way("", frozenset(), frozenset({_NO_PARENT}), False, 0))
    return walk.chain(root)


class _Walk:
    def __init__(
        self,
        packages: Iterable[PackageManifest],
        components: Iterable[ComponentManifest],
        check_time: Callable[[], object],
    ) -> None:
        self._check_time = check_time
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
        self._deny("duplicate_identity", member, "an identity of its own", identity.text)

    def _deny(self, code: str, subject: str, expected: str, found: str) -> None:
        if len(self._contradictions) < _TOLD_MAX:
            self._contradictions.append(Contradiction(code, subject, expected, found))

    def _step(self, count: int = 1) -> bool:
        """Whether the walk may go on. Every loop asks."""
        before, self._steps = self._steps, self._steps + count
        if self._steps > _STEPS_MAX:
            self._missing[NO_END] = None
            return False
        if before // 1000 != self._steps // 1000:
            self._check_time()
        return True

    def _lacks(self, kind: str, identity: PackageIdentity) -> None:
        if len(self._missing) < _TOLD_MAX:
            self._missing[f"the {kind} {identity.text}: it is named and its manifest is not in the package"] = None

    def _family(self, way: _Way) -> tuple[set[Build], set[str]]:
        return self._families.setdefault(way.family, (set(), set()))

    def package(self, manifest: PackageManifest, way: _Way) -> None:
        if way.depth > _DEPTH_MAX:
            self._missing[NO_END] = None
            return
        if manifest.parents and (manifest.staged or not way.staged):
            way = _Way(way.family, *_meant(manifest.parents), manifest.staged, way.depth)
        if manifest.staged:
            builds, parents = self._family(way)
            parents.update(" ".join(one) for one in manifest.parents)
            builds.update(way.builds)
        for update in manifest.updates:
            for identity in update.packages:
                if not self._step():
                    return
                self._sub_package(identity, way)
            branch = _BRANCHES.get(update.name.rpartition("_")[2].upper())
            for identity in update.components:
                if not self._step():
                    return
                self._component(identity, branch, way, follow=True)
            if update.components:
                self._agreed(manifest, update)
            if update.others:
                found = ", ".join(f"the element {one}" for one in update.others)
                self._deny("update_conflict", f"{manifest.member}: {update.name}", "packages or components", found)

    def _sub_package(self, identity: PackageIdentity, way: _Way) -> None:
        twin = _TWIN.fullmatch(identity.name) is not None
        below = self._packages.get(key_of(identity))
        if below is None:
            if not twin:
                self._lacks("package", identity)
            return
        family = way.family
        if not way.depth and (match := _FAMILY.fullmatch(identity.name)):
            family = match[1].lower().removesuffix("_bf")
        self.package(below, replace(way, family=family, depth=way.depth + 1))

    def _component(self, identity: PackageIdentity, branch: Branch | None, way: _Way, *, follow: bool) -> None:
        manifest = self._components.get(key_of(identity))
        if manifest is None:
            self._lacks("component", identity)
            return
        reached = self._reached.setdefault(manifest.stem.lower(), _Reached())
        reached.branches.add(branch)
        reached.builds |= way.builds
        reached.unknown |= way.unknown
        if way.family:
            reached.families.add(way.family)
            self._family(way)[0].update(way.builds)
        if manifest.deployment and follow:
            for below in manifest.dependencies:
                if not self._step():
                    return
                self._component(below, branch, way, follow=False)

    def _agreed(self, manifest: PackageManifest, update: Update) -> None:
        """What an update says to update is what its deployments bring, in all genuine packages, and is `staged`."""
        deployed: set[Key] = set()
        for key in {key_of(one) for one in update.components}:
            found = self._components.get(key)
            if found is None or not self._step(len(found.dependencies)):
                return  # what is missing is told already
            deployed.update(map(key_of, found.dependencies) if found.deployment else [key])
        named = {key_of(one) for one in update.applicable}
        if update.disposition != _STAGED or named != deployed:
            subject, found_text = f"{manifest.member}: {update.name}", _listed(named)
            if update.disposition != _STAGED:
                found_text = f"{found_text} ({update.disposition or 'nothing'})"
            self._deny("update_conflict", subject, f"{_listed(deployed)} ({_STAGED})", found_text)

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


def _listed(keys: Iterable[Key]) -> str:
    names = sorted(" ".join(filter(None, key)) for key in keys)
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") or "nothing"


def _meant(parents: Iterable[tuple[str, str]]) -> tuple[frozenset[Build], frozenset[str]]:
    """The builds of running Windows that parents stand for, and those parents that tell none."""
    builds: set[Build] = set()
    unknown: set[str] = set()
    for name, version in parents:
        build = _build(name, version)
        if _WINDOWS_PE.fullmatch(name):
            continue
        if build is None:
            unknown.add(f"the parent {name} {version}")
        else:
            builds.add(build)
    return frozenset(builds), frozenset(unknown)


def _build(name: str, version: str) -> Build | None:
    """The build of Windows that a parent stands for; None for one that tells none."""
    if match := _SERVICE_PACK.fullmatch(name):
        return _SERVICE_PACKS.get(match["digits"])
    try:
        return FileVersion.parse(version).os_version if _WINDOWS.fullmatch(name) else None
    except ValueError:
        return None


def _deployment(reached: _Reached, version: str) -> Deployment:
    """The branch is told by the update's name and by the revision; the two must agree where both tell one."""
    try:
        by_revision = FileVersion.parse(version).branch
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
    builds, families = tuple(sorted(reached.builds)), tuple(sorted(reached.families))
    return Deployment(branch, builds, families, problem, tuple(sorted(reached.unknown)[:_UNKNOWN_MAX]))
