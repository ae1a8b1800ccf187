# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a container's index agree with its members? Every row that a member denies is told by name."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

from .brought import Contradiction
from .container import CONTAINER_INDEX, DELTA, RAW, Container, Hash, Row, Source
from .names import shown
from .report import PackedFile

_TOLD_MAX = 50


def contradictions(
    container: Container, members: Mapping[str, PackedFile], deltas: Collection[str]
) -> tuple[Contradiction, ...]:
    """Each contradiction, the first 50. members: by lower-case name; deltas: those that start with the mark."""
    found = itertools.chain(
        container.denied,
        _names(container),
        _sources(container, members, deltas),
        _shared(container),
        _bases(container),
        _unnamed(container, members),
    )
    return tuple(itertools.islice(found, _TOLD_MAX))


def unknown_hashes(container: Container) -> tuple[str, ...]:
    """What could not be checked, as clauses: hashes of an algorithm that is not known here, or absent ones."""
    lacking: dict[str, list[str]] = {}
    for row in container.rows:
        for one in (row.hash, *(source.hash for source in row.sources)):
            if one is None or not one.known:
                what = "no hash" if one is None else f"a hash that is unknown here ({shown(one.algorithm)})"
                lacking.setdefault(what, []).append(row.name)
    return tuple(f"{len(names)} rows have {what}, {shown(names[0])} among them" for what, names in lacking.items())


def _names(container: Container) -> Iterator[Contradiction]:
    seen: set[str] = set()
    identifiers: set[str] = set()
    for row in container.rows:
        name = row.name.casefold()
        if name in seen:
            yield Contradiction("duplicate_name", row.name, "one row", "two rows")
        if row.id in identifiers:
            yield Contradiction("duplicate_id", row.name, "an id of its own", row.id)
        seen.add(name)
        identifiers.add(row.id)


def _told(member: PackedFile, algorithm: str) -> str:
    return member.checksums.sha1 if algorithm == "sha1" else member.checksums.sha256


def _differs(wanted: Hash | None, member: PackedFile) -> tuple[str, str] | None:
    """Expected and found, when a hash that is known here is not the member's."""
    if wanted is None or not wanted.known or _told(member, wanted.algorithm) == wanted.value:
        return None
    return f"{wanted.algorithm} {wanted.value}", _told(member, wanted.algorithm)


def _sources(
    container: Container, members: Mapping[str, PackedFile], deltas: Collection[str]
) -> Iterator[Contradiction]:
    for row in container.rows:
        if not row.sources and not row.bases:
            yield Contradiction("source_missing", row.name, "a source or a basis", None)
        for source in row.sources:
            member = members.get(source.member.lower())
            if member is None:
                yield Contradiction("source_missing", row.name, f"the member {source.member}", None)
            else:
                yield from _source(row, source, member, is_delta=source.member.lower() in deltas)


def _source(row: Row, source: Source, member: PackedFile, *, is_delta: bool) -> Iterator[Contradiction]:
    if differs := _differs(source.hash, member):
        yield Contradiction("source_hash", f"{row.name} (member {source.member})", *differs)
    elif source.kind == RAW:
        if member.file.size != row.size:
            yield Contradiction("source_size", row.name, f"{row.size} bytes", f"{member.file.size} bytes")
        elif differs := _differs(row.hash, member):
            yield Contradiction("source_hash", row.name, *differs)
    elif source.kind != DELTA:
        yield Contradiction("source_kind", row.name, f"{RAW} or {DELTA}", shown(source.kind) if source.kind else None)
    elif member.file.executable or not is_delta:
        told = "an executable" if member.file.executable else f"the member {source.member}, which does not start as one"
        yield Contradiction("source_kind", row.name, f"a difference ({DELTA})", told)


def _shared(container: Container) -> Iterator[Contradiction]:
    """One member makes one content, and a difference needs one basis for it."""
    first: dict[str, tuple[Row, Source]] = {}
    for row in container.rows:
        for source in row.sources:
            other, its = first.setdefault(source.member.lower(), (row, source))
            if other is not row and (_other(row, other) or (source.kind, row.bases) != (its.kind, other.bases)):
                yield Contradiction("source_shared", row.name, "a source of its own", f"that of {other.name}")


def _unnamed(container: Container, members: Mapping[str, PackedFile]) -> Iterator[Contradiction]:
    """In a container, every member under a name of its own is a row: an index with no rows denies them all."""
    if container.rows:
        return
    for name in members:
        if name != CONTAINER_INDEX:
            yield Contradiction("row_missing", name, "a row of the index", None)


def _bases(container: Container) -> Iterator[Contradiction]:
    """Each basis exists, a file without a source equals its basis, and no file is made from itself."""
    rows = {row.id: row for row in container.rows}
    settled: set[str] = set()
    for first in container.rows:
        for basis in first.bases:
            if basis not in rows:
                yield Contradiction("basis_missing", first.name, f"a file of the id {basis}", None)
            elif not first.sources and _other(first, rows[basis]):
                expected, found = (f"{one.size} bytes, {one.hash and one.hash.value}" for one in (rows[basis], first))
                yield Contradiction("basis_differs", first.name, expected, found)
        way: set[str] = set()
        row: Row | None = first
        while row is not None and row.id not in settled:
            if row.id in way:
                yield Contradiction("basis_circular", first.name, "a basis that can be made", "itself")
                break
            way.add(row.id)
            row = rows.get(row.bases[0]) if row.bases else None
        settled |= way


def _other(row: Row, basis: Row) -> bool:
    if row.hash is not None and basis.hash is not None and row.hash.algorithm == basis.hash.algorithm:
        return row.size != basis.size or row.hash.value != basis.hash.value
    return row.size != basis.size
