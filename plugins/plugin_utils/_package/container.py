# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a delta container, `_manifest_.cix.xml`: the files that a package brings, and what they are made from.

The payload of Microsoft's packages holds no images, but differences (PA30) under numbers; the files' real names, sizes
and hashes stand in the index alone. The differences are not undone here: the host's servicing stack does that.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from .brought import Contradiction
from .errors import HostilePackage, PackageError
from .limits import Limits
from .names import safe_name, shown
from .xmltext import stream_xml

CONTAINER_INDEX = "_manifest_.cix.xml"
RAW, DELTA = "RAW", "PA30"
_NAMESPACE = "urn:ContainerIndex}"
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_DIGITS = {"SHA1": 40, "SHA256": 64}
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_SOURCES_MAX = 8
_TEXT_MAX = 200
_DENIED_MAX = 20
_FILE = "Container/Files/File"
_HASHES = (f"{_FILE}/Hash", f"{_FILE}/Delta/Source/Hash")
_PATHS = frozenset(
    (
        "Container",
        "Container/Description",
        "Container/Files",
        _FILE,
        f"{_FILE}/Delta",
        f"{_FILE}/Delta/Source",
        f"{_FILE}/Delta/Basis",
        *_HASHES,
    )
)
"""Every element that an index has. Another one could mean to the host what it does not mean here."""


@dataclass(frozen=True)
class Hash:
    """algorithm: `sha1` or `sha256` with the value in lower-case digits; or as it stands, with an empty value."""

    algorithm: str
    value: str

    @property
    def known(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True)
class Source:
    """A member of the cabinet that a file is made from. kind: `RAW` (it is the file) or a kind of difference."""

    kind: str
    member: str
    hash: Hash | None


@dataclass(frozen=True)
class Row:
    """One file that the package brings. size in bytes when installed. bases: ids of files that it is made from."""

    id: str
    name: str
    size: int
    hash: Hash | None
    sources: tuple[Source, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True)
class Container:
    """name: what the index calls the cabinet (`kb942288.cab`). denied: what no index of a package has."""

    name: str
    rows: tuple[Row, ...]
    denied: tuple[Contradiction, ...] = ()


def read_container(data: bytes, what: str, limits: Limits) -> Container:
    """Read an index. Raises HostilePackage for counts, sizes and names that no package has, PackageError for a text
    that is no index of the known form."""
    reader = _Index(what, limits)
    stream_xml(data, what, reader.start, reader.end)
    if reader.name is None:
        raise PackageError(f"{what} is no container index")
    return Container(reader.name, tuple(reader.rows), tuple(reader.denied))


class _Index:
    """The handlers; at most one row is under construction."""

    def __init__(self, what: str, limits: Limits) -> None:
        self.name: str | None = None
        self.rows: list[Row] = []
        self.denied: list[Contradiction] = []
        self._what = what
        self._limits = limits
        self._path: list[str] = []
        self._row: dict[str, str] = {}
        self._hash: Hash | None = None
        self._sources: list[Source] = []
        self._bases: list[str] = []
        self._total = self._memory = self._statements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.removeprefix(_NAMESPACE) if name.startswith(_NAMESPACE) else f"?{name}"
        self._path.append(local)
        path = "/".join(self._path)
        if path == "Container":
            self.name = attributes.get("name", "")[:_TEXT_MAX]
            self._kind(attributes)
        elif len(self._path) == 1:
            raise PackageError(f"{self._what} is no container index: it starts with {shown(name)}")
        elif path not in _PATHS:
            self._deny("the elements of an index", shown(name))
        elif path == _FILE:
            self._row, self._hash, self._sources, self._bases = attributes, None, [], []
            if len(self.rows) >= self._limits.members:
                text = f"it lists more than {self._limits.members} files, as no package does"
                raise HostilePackage(f"{self._what}: {text}")
        elif path == _HASHES[0]:
            if self._hash is not None:
                self._deny("one hash", f"two of {shown(self._row.get('name', ''))}")
            self._hash = _hash(attributes)
        elif path == f"{_FILE}/Delta/Source":
            member = safe_name(attributes.get("name", ""), self._what)
            self._sources.append(Source(attributes.get("type", "")[:_TEXT_MAX], member, None))
        elif path == f"{_FILE}/Delta/Basis":
            self._bases.append(attributes.get("file", "")[:_TEXT_MAX])
        elif path == _HASHES[1]:
            last = self._sources[-1]
            if last.hash is not None:
                self._deny("one hash", f"two of a source of {shown(self._row.get('name', ''))}")
            self._sources[-1] = Source(last.kind, last.member, _hash(attributes))
        if len(self._sources) > _SOURCES_MAX or len(self._bases) > _SOURCES_MAX:
            raise HostilePackage(f"{self._what}: a file is made from more than {_SOURCES_MAX} others")

    def _kind(self, told: dict[str, str]) -> None:
        for name, known in (("type", "CAB"), ("version", "1")):
            if told.get(name) != known:
                self._deny(f"the {name} {known}", shown(told.get(name, "nothing")))
        length = told.get("length", "nothing")
        if not _NUMBER.fullmatch(length) or int(length) > self._limits.total_size:
            self._deny("a length in bytes", shown(length))

    def _deny(self, expected: str, found: str) -> None:
        if len(self.denied) < _DENIED_MAX:
            self.denied.append(Contradiction("index_kind", CONTAINER_INDEX, expected, found))

    def _weigh(self, row: Row) -> None:
        texts = (row.id, row.name, *row.bases, *(one.member for one in row.sources))
        self._memory += sum(map(sys.getsizeof, texts))
        self._statements += len(row.sources) + len(row.bases)
        if self._memory > self._limits.told_size:
            raise HostilePackage(f"{self._what}: its names take more than {self._limits.told_size} bytes")
        if self._statements > self._limits.statements:
            raise HostilePackage(f"{self._what}: it names more than {self._limits.statements} sources and bases")

    def end(self, _name: str) -> None:
        if self._path == ["Container", "Files", "File"]:
            told = self._row
            name = safe_name(told.get("name", ""), self._what)
            size = self._size(told.get("length", ""), name)
            identifier = told.get("id", "")[:_TEXT_MAX]
            row = Row(identifier, name, size, self._hash, tuple(self._sources), tuple(self._bases))
            self._weigh(row)
            self.rows.append(row)
        self._path.pop()

    def _size(self, text: str, name: str) -> int:
        size = int(text) if _NUMBER.fullmatch(text) else -1
        self._total += size
        if not 0 <= size <= self._limits.member_size or self._total > self._limits.total_size:
            claim = f"{shown(name)} claims a length of {shown(text)} bytes"
            raise HostilePackage(f"{self._what}: {claim}, as no package does")
        return size


def _hash(attributes: dict[str, str]) -> Hash:
    told, value = attributes.get("alg", "")[:_TEXT_MAX], attributes.get("value", "").strip().lower()
    algorithm = told.upper().replace("-", "")
    if len(value) == _DIGITS.get(algorithm) and _HEX.fullmatch(value):
        return Hash(algorithm.lower(), value)
    return Hash(told, "")
