# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a payload member by member, then joins the container's index, the manifests and what they install."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .._model.facts import Architecture, architecture_of
from .brought import Contradiction, Delivery
from .cabinet import Entry
from .chain import NO_END, Chain, follow
from .checksums import Checksums
from .consistency import manifest_conflicts
from .container import CONTAINER_INDEX, RAW, Container, Hash, Row, read_container
from .container_check import contradictions, unknown_hashes
from .contents import ContainedFile
from .errors import HostilePackage, PackageError
from .inspector import Inspector, is_runnable
from .join import Join
from .limits import Budget, Limits
from .manifests import (
    MANIFEST,
    PACKAGE,
    ComponentManifest,
    PackageManifest,
    read_component_manifest,
    read_package_manifest,
)
from .report import PackedFile

ROOT_MANIFEST = "update.mum"
_DELTA_MARK = b"PA30"
_TOLD_MAX = 50


@dataclass(frozen=True)
class PayloadFacts:
    """Everything that a payload tells. files: what it brings (a plain payload's members, a container's rows).

    container: how the index calls the cabinet; None for a plain payload. expanded_size: of the files, in bytes.
    """

    files: tuple[PackedFile, ...]
    container: str | None
    root: PackageManifest | None
    chain: Chain
    contradictions: tuple[Contradiction, ...]
    not_looked_into: tuple[str, ...]

    @property
    def expanded_size(self) -> int:
        return sum(one.file.size for one in self.files)


class PayloadReader:
    """Give it every member with `look`, then ask `facts`. what: names the payload in messages. entries: its directory.

    Raises HostilePackage when that claims more text than any package has.
    """

    def __init__(self, what: str, entries: Sequence[Entry], inspector: Inspector, budget: Budget) -> None:
        _check_texts(what, entries, budget.limits)
        self._what = what
        self._inspector = inspector
        self._budget = budget
        self._members: dict[str, PackedFile] = {}
        self._deltas: set[str] = set()
        self._container: Container | None = None
        self._packages: list[PackageManifest] = []
        self._components: dict[str, ComponentManifest] = {}
        self._closed: list[str] = []
        self._statements = self._memory = 0

    def look(self, entry: Entry, pieces: Iterator[bytes]) -> None:
        """Read one member to its end. Raises PackageError for a broken root or index, HostilePackage, OSError."""
        name, limits = entry.name.lower(), self._budget.limits
        is_index, is_root = name == CONTAINER_INDEX, name == ROOT_MANIFEST
        is_text = is_root or name.endswith((PACKAGE, MANIFEST))
        most = limits.index_size if is_index else limits.text_size if is_text else 0
        seen = self._inspector.look(entry, pieces, text=most)
        self._members[name] = seen.packed
        if seen.start.startswith(_DELTA_MARK):
            self._deltas.add(name)
        if not most:
            return
        if seen.text is None:
            self._close(f"{entry.name}: it has {entry.size} bytes, too many for a text")
            return
        self._budget.check_time(self._what)
        what = f"{self._what}: {entry.name}"
        if is_index:
            self._container = read_container(seen.text, what, limits)
        elif is_root:
            self._take(read_package_manifest(seen.text, entry.name))
        else:
            self._manifest(entry.name, seen.text)

    def _manifest(self, name: str, text: bytes) -> None:
        """A manifest below the root: a damaged one closes what it tells, and nothing else."""
        read = read_package_manifest if name.lower().endswith(PACKAGE) else read_component_manifest
        try:
            found = read(text, name)
        except HostilePackage:
            raise
        except PackageError as error:
            self._close(str(error))
            return
        if found is None:
            self._close(f"{name}: it is no manifest with an identity")
        self._take(found)

    def _take(self, manifest: PackageManifest | ComponentManifest | None) -> None:
        if manifest is None:
            return
        self._statements += manifest.statements
        if self._statements > self._budget.limits.statements:
            raise HostilePackage(f"{self._what}: its manifests name more than {self._budget.limits.statements} things")
        self._memory += manifest.memory
        if self._memory > self._budget.limits.told_size:
            most = self._budget.limits.told_size
            raise HostilePackage(f"{self._what}: what its manifests tell takes more than {most} bytes")
        if isinstance(manifest, PackageManifest):
            self._packages.append(manifest)
        else:
            self._components[manifest.stem.lower()] = manifest

    def _close(self, clause: str) -> None:
        if len(self._closed) < _TOLD_MAX:
            self._closed.append(clause)

    def facts(self) -> PayloadFacts:
        """What the members tell together. Raises PackageError when the time is used up."""
        root = next((one for one in self._packages if one.member.lower() == ROOT_MANIFEST), None)
        below = [one for one in self._packages if one is not root]
        chain = follow(root, below, self._components.values(), self._check_time)
        denied = list(chain.contradictions)
        if self._container is not None:
            denied += contradictions(self._container, self._members, self._deltas)
            self._closed += unknown_hashes(self._container)
        self._check_time()
        joined = Join(self._components, chain, _architecture(root), self._check_time)
        files = tuple(joined.file(one) for one in self._brought())
        self._closed += [one for one in chain.missing if self._container is not None or one == NO_END]
        for clause in joined.closed if self._container is not None else ():
            self._close(clause)
        denied += [*joined.denied, *joined.unbrought(files)]
        denied += manifest_conflicts(root, below, self._components.values())
        return PayloadFacts(
            files=files,
            container=self._container.name if self._container is not None else None,
            root=root,
            chain=chain,
            contradictions=tuple(denied[:_TOLD_MAX]),
            not_looked_into=tuple(self._closed),
        )

    def _check_time(self) -> None:
        self._budget.check_time(self._what)

    def _brought(self) -> Iterator[PackedFile]:
        if self._container is None:
            yield from self._members.values()
            return
        used: set[str] = {CONTAINER_INDEX}
        for row in self._container.rows:
            used |= {one.member.lower() for one in row.sources}
            yield _of_row(row, self._members)
        for name, member in self._members.items():
            is_number = name.isascii() and name.isdigit()
            if name not in used and not (is_number and name in self._deltas):
                yield member  # a member that no row names, and no delta that was left over


def _check_texts(what: str, entries: Sequence[Entry], limits: Limits) -> None:
    total = sum(one.size for one in entries if one.name.lower().endswith((PACKAGE, MANIFEST)))
    if total > limits.texts_size:
        raise HostilePackage(f"{what}: its manifests have {total} bytes; at most {limits.texts_size} are accepted")
    size = next((one.size for one in entries if one.name.lower() == CONTAINER_INDEX), 0)
    if size > limits.index_size:
        raise HostilePackage(f"{what}: {CONTAINER_INDEX} has {size} bytes; at most {limits.index_size} are accepted")


def _architecture(root: PackageManifest | None) -> Architecture | None:
    return architecture_of(root.identity.architecture) if root else None


def _of_row(row: Row, members: dict[str, PackedFile]) -> PackedFile:
    """A row as a file. Where its bytes are a member, that one tells whether it is an image, and of which version."""
    checksums = Checksums(_digest(row.hash, "sha1"), _digest(row.hash, "sha256"))
    delivery = Delivery.DELTA if row.sources else Delivery.COPY
    raw = next((one for one in row.sources if one.kind == RAW), None)
    member = members.get(raw.member.lower()) if raw is not None else None
    if member is not None:
        if not checksums.sha256 and checksums.sha1 == member.checksums.sha1:
            checksums = member.checksums
        delivery = Delivery.PLAIN if member.file.name.lower() == row.name.lower() else Delivery.RAW
        runnable = member.file.executable or is_runnable(row.name)
        file = replace(member.file, name=row.name, size=row.size, executable=runnable, delivery=delivery)
        return PackedFile(file, checksums)
    return PackedFile(ContainedFile(row.name, row.size, executable=is_runnable(row.name), delivery=delivery), checksums)


def _digest(told: Hash | None, algorithm: str) -> str:
    return told.value if told is not None and told.algorithm == algorithm else ""
