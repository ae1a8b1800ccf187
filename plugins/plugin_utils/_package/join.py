# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the files that a payload brings with what the manifests tell of them: component, place, deployment.

What counts is where a file is installed and under which name, not what the payload calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from .._model.facts import Architecture
from .._model.file_version import FileVersion
from .brought import Component, Contradiction, Destination, Place, destination
from .chain import Chain
from .checksums import Checksums
from .contents import ContainedFile
from .inspector import is_runnable
from .manifests import MANIFEST, PACKAGE, ComponentManifest, ManifestFile
from .names import shown
from .report import PackedFile

_CATALOGUE = ".cat"
_TOLD_MAX = 50
_DELTA = "the package holds a delta of it, which tells no file version"
_RENAMED = "its name on the disk says that Windows would run it"


class Join:
    """Adds to each file what its component's manifest and the chain tell of it.

    denied: contradictions. closed: what could not be looked into, as clauses. check_time may raise.
    """

    def __init__(
        self,
        components: dict[str, ComponentManifest],
        chain: Chain,
        architecture: Architecture | None,
        check_time: Callable[[], object],
    ) -> None:
        self._components = components
        self._chain = chain
        self._architecture = architecture
        self._check_time = check_time
        self._goals: dict[str, dict[str, ManifestFile]] = {}
        self._brought: dict[tuple[str, str], str] = {}
        self._installed = {file.name.rpartition("\\")[2].lower() for one in components.values() for file in one.files}
        self.denied: list[Contradiction] = []
        self.closed: dict[str, None] = {}

    def file(self, packed: PackedFile) -> PackedFile:
        """The same file with its component, destination and deployment."""
        self._check_time()
        file = packed.file
        if not file.folder:
            return replace(packed, file=replace(file, destination=self._beside(file)))
        stem, _sign, inner = file.name.partition("\\")
        manifest = self._components.get(stem.lower())
        if manifest is None:
            self.closed[f"the component {shown(stem)}: its manifest is not in the package or cannot be read"] = None
            return packed
        component = _component(manifest)
        file = replace(file, component=component, deployment=self._chain.deployments.get(stem.lower()))
        told = self._told(manifest, file, inner)
        if told is None:
            goal = Destination(Place.UNKNOWN, None, "its component's manifest does not name it")
            return replace(packed, file=_seen(replace(file, destination=goal), component))
        goal = destination(told.destination, told.name, component, self._architecture)
        if is_runnable(told.name) and not file.executable:
            file = replace(file, executable=True, problem=_RENAMED)
        checksums = self._agreed(file, packed.checksums, told)
        return PackedFile(_seen(replace(file, destination=goal), component), checksums)

    def unbrought(self, files: Iterable[PackedFile]) -> Iterator[Contradiction]:
        """Files that a manifest installs and the payload does not bring, the first 50."""
        beside = {one.file.base_name for one in files if not one.file.folder}
        count = 0
        for stem, manifest in self._components.items():
            self._check_time()
            for file in manifest.files:
                name = file.name.lower()
                if (stem, name) in self._brought or (name in beside and not self._brought):
                    continue
                subject = f"{manifest.stem}\\{file.name}"
                yield Contradiction("row_missing", subject, "a file that the payload brings", None)
                count += 1
                if count == _TOLD_MAX:
                    return

    def _beside(self, file: ContainedFile) -> Destination:
        """Where a file outside of all component folders goes: nowhere, unless a manifest installs one of its name."""
        if file.base_name in self._installed:
            return Destination(Place.UNKNOWN, None, "a component installs a file of its name")
        known = file.base_name.endswith((PACKAGE, MANIFEST, _CATALOGUE))
        return Destination(Place.PACKAGE if known else Place.UNKNOWN)

    def _agreed(self, file: ContainedFile, checksums: Checksums, told: ManifestFile) -> Checksums:
        """The checksums with the manifest's own; it denies the file when they are not the same."""
        if not checksums.sha256 or not told.sha256:
            return replace(checksums, sha256=checksums.sha256 or told.sha256)
        if checksums.sha256 != told.sha256:
            self._deny("hash_conflict", file.name, f"sha256 {told.sha256}", checksums.sha256)
        return checksums

    def _told(self, manifest: ComponentManifest, file: ContainedFile, inner: str) -> ManifestFile | None:
        """The manifest's statement of a file: by the name that it installs, else by the one where it was built."""
        stem = manifest.stem.lower()
        if stem not in self._goals:
            built = {one.source.lower(): one for one in manifest.files}
            self._goals[stem] = {**built, **{one.name.lower(): one for one in manifest.files}}
        told = self._goals[stem].get(inner.lower())
        if told is None:
            self._deny("file_unknown", f"{manifest.stem}\\{inner}", "a file of its component's manifest", None)
        elif (other := self._brought.setdefault((stem, told.name.lower()), file.name)) != file.name:
            self._deny("duplicate_name", file.name, f"one file that is installed as {told.name}", f"{other} as well")
        return told

    def _deny(self, code: str, subject: str, expected: str, found: str | None) -> None:
        if len(self.denied) < _TOLD_MAX:
            self.denied.append(Contradiction(code, subject, expected, found))


def _seen(file: ContainedFile, component: Component) -> ContainedFile:
    """What stands for an executable whose bytes the package does not hold."""
    if file.delivery.visible or not file.executable:
        return file
    if file.architecture is None:
        file = replace(file, architecture=component.image_architecture)
    return file if file.problem and file.problem != _RENAMED else replace(file, problem=_DELTA)


def _component(manifest: ComponentManifest) -> Component:
    told = manifest.identity
    try:
        version = FileVersion.parse(told.version)
    except ValueError:
        version = None
    return Component(told.name, version, told.architecture, told.language)
