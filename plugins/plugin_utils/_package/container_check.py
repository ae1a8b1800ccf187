# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a container's index agree with its members? Every row that a member denies is told by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._hotfix.payload import Contradiction
from .container import RAW, Container, Hash, Row, Source
from .names import shown
from .report import PackedFile

_TOLD_MAX = 50


def contradictions(container: Container, members: Mapping[str, PackedFile]) -> tuple[Contradiction, ...]:
    """Each contradiction, the first 50. members: by lower-case name."""
    found: list[Contradiction] = []
    for one in (*_names(container), *_sources(container, members), *_bases(container)):
        found.append(one)
        if len(found) == _TOLD_MAX:
            break
    return tuple(found)


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


def _sources(container: Container, members: Mapping[str, PackedFile]) -> Iterator[Contradiction]:
    for row in container.rows:
        if not row.sources and not row.bases:
            yield Contradiction("source_missing", row.name, "a source or a basis", None)
        for source in row.sources:
            member = members.get(source.member.lower())
            if member is None:
                yield Contradiction("source_missing", row.name, f"the member {source.member}", None)
            else:
                yield from _source(row, source, member)


def _source(row: Row, source: Source, member: PackedFile) -> Iterator[Contradiction]:
    if differs := _differs(source.hash, member):
        yield Contradiction("source_hash", f"{row.name} (member {source.member})", *differs)
    elif source.kind == RAW:
        if member.file.size != row.size:
            yield Contradiction("source_size", row.name, f"{row.size} bytes", f"{member.file.size} bytes")
        elif differs := _differs(row.hash, member):
            yield Contradiction("source_hash", row.name, *differs)
    elif member.file.executable:
        yield Contradiction("source_kind", row.name, f"a difference ({source.kind or 'no kind'})", "an executable")


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
