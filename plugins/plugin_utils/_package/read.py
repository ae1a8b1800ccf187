# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a package file: read_package(path, options) -> PackageReport.

The file is copied once to where only its reader can write, and all that follows reads that copy. Checksum pins come
first, then the directory with its bounds, the signature, and only then anything is unpacked: as a stream, into a
private temporary folder, under names of our own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .._model.kb import kb_in
from .cabinet import Directory, Entry, is_cabinet, read_directory
from .certificates import read_ca_file
from .checksums import Checksums, check_pins, parse_pins
from .container import CONTAINER_INDEX
from .contents import ContainedFile, PackageContents, PackageIdentity, Reported
from .errors import DecoderMissing, PackageError
from .inspector import Inspector
from .instructions import instructions
from .judgements import NOT_WANTED, Judgements, Trust
from .keep import Keep
from .limits import Budget, Limits
from .names import shown
from .other_files import instead_of_cabinet
from .payload import ROOT_MANIFEST, PayloadFacts, PayloadReader
from .private_copy import PrivateCopy, mark_of, take
from .report import Installs, PackageKind, PackageReport, PackedFile
from .signature import Signature, check_signature
from .texts import AnswerFile, answer_file, properties, statements
from .unpack import members

_SCAN_CABINET = "wsusscan.cab"
_NAMES_SHOWN = 8
_STATEMENTS = {"kb article number": "kbs", "processor architecture": "architectures"}
_STATEMENTS_MAX = 10


@dataclass(frozen=True)
class ReadOptions:
    """pins: `sha1:…` or `sha256:…`; the file must be one of them. ca_file: trusted roots in PEM form.

    microsoft_too: Microsoft's own signature counts beside a ca_file; without one it always does.
    look_at_signature: False leaves the signature out (`not_checked`, reason `not_wanted`).
    keep: what the run knows already, and where it is added to. Without one everything is in a private folder that goes
    when the file is read; temporary: where that is made, None: the system's own place.
    copy: leave a private copy of the file in the keep, for sending (PackageReport.path stays the operator's file).
    """

    pins: Sequence[str] = ()
    ca_file: Path | None = None
    microsoft_too: bool = False
    look_at_signature: bool = True
    keep: Keep | None = None
    copy: bool = False
    temporary: Path | None = None
    limits: Limits = field(default_factory=Limits)


def read_package(path: Path, options: ReadOptions | None = None) -> PackageReport:
    """Read one .msu or .cab: once, into a private copy, and only where the run's keep does not know it yet.

    Raises PackageError (ChecksumMismatch, HostilePackage among its kinds) with one sentence when the file is missing,
    not the pinned one, no package, broken or hostile. A missing decoder is no error: the report's not_looked_into says
    what stayed closed.
    """
    wanted = options or ReadOptions()
    pins = parse_pins(wanted.pins)
    try:
        if wanted.keep is not None:
            return _read_once(path, wanted, pins, wanted.keep)
        with tempfile.TemporaryDirectory(prefix="winlegacy-", dir=wanted.temporary) as folder:
            return _read_once(path, wanted, pins, Keep(Path(folder)))
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror or error}") from error


def _read_once(path: Path, wanted: ReadOptions, pins: dict[str, frozenset[str]], keep: Keep) -> PackageReport:
    trust = _trust(wanted)
    mark = mark_of(path, wanted.limits)

    def judgements(checksums: Checksums) -> Judgements:
        check_pins(pins, checksums, path.name)
        return Judgements(keep, checksums, path.name, wanted.limits, trust)

    with keep.turn(mark.name, wanted.limits.seconds):
        known = keep.checksums(mark)
        if known is not None:
            found = judgements(known).report()
            if found is not None and (not wanted.copy or keep.has_copy(known, path.name, mark.size)):
                return replace(found, path=path)
        with tempfile.TemporaryDirectory(prefix="reading-", dir=keep.folder) as folder:
            budget = Budget.start(wanted.limits)
            copy = take(path, Path(folder), budget)
            keep.remember(copy.checksums, copy.mark.name)
            report = _judge(copy, budget, judgements(copy.checksums), trust)
            if wanted.copy:
                keep.adopt(copy)
    return replace(report, path=path)


def _judge(copy: PrivateCopy, budget: Budget, judgements: Judgements, trust: Trust | None) -> PackageReport:
    """The copy's report, of parts that are known and parts that are looked into now."""
    report, signature, what = judgements.contents(), judgements.signature(), copy.path.name
    with copy.path.open("rb") as file, judgements.noting_refusal():
        if not is_cabinet(file):
            raise PackageError(f"{what} is no .msu or .cab: {instead_of_cabinet(file)}")
        directory = read_directory(file, what, budget)
    with tempfile.TemporaryDirectory(prefix="judging-", dir=copy.path.parents[1]) as folder:
        if signature is None:
            signature = _signature(copy, directory, trust, Path(folder))
            judgements.note_signature(signature)
        if report is None:
            with judgements.noting_refusal():
                reading = _Reading(copy.path, directory, Path(folder), budget)
                reading.read()
            report = reading.report(copy.mark.size, copy.checksums, NOT_WANTED)
            judgements.note_contents(report)
    return replace(report, signature=signature)


def _trust(wanted: ReadOptions) -> Trust | None:
    """None when the signature is not wanted."""
    if not wanted.look_at_signature:
        return None
    if wanted.ca_file is None:
        return Trust(None, b"", wanted.microsoft_too)
    try:
        with wanted.ca_file.open("rb") as file:
            return Trust(wanted.ca_file, file.read(wanted.limits.ca_file_size), wanted.microsoft_too)
    except OSError as error:
        raise PackageError(f"ca_file {wanted.ca_file} cannot be read: {error.strerror}") from error


def _signature(copy: PrivateCopy, directory: Directory, trust: Trust | None, folder: Path) -> Signature:
    """By a private copy of the trusted roots too: those whose digest stands in the judgement's key."""
    if trust is None:
        return NOT_WANTED
    roots = None
    if trust.ca_file is not None:
        read_ca_file(trust.ca_file)  # what is wrong with it is told of the file that the user named
        roots = folder / "roots.pem"
        roots.write_bytes(trust.pem)
    return check_signature(
        copy.path, signature_size=directory.signature_size, ca_file=roots, microsoft_too=trust.microsoft_too
    )


class _Reading:
    """The state of one reading; names of the package never become names on disk."""

    def __init__(self, path: Path, directory: Directory, folder: Path, budget: Budget) -> None:
        self._path = path
        self._directory = directory
        self._budget = budget
        self._inspector = Inspector(folder)
        self._payloads: dict[str, Path] = {}
        self._answers: list[AnswerFile] = []
        self._identities: list[tuple[str, PackageIdentity]] = []
        self._strangers: list[str] = []
        self._properties: dict[str, str] = {}
        self._told: dict[str, dict[Reported, None]] = {key: {} for key in _STATEMENTS.values()}
        self._outer: list[PackedFile] = []
        self._facts: PayloadFacts | None = None
        self._names: tuple[tuple[str, int], ...] = ()
        self._cabinet: str | None = None
        self._compression: str | None = None
        self._closed: list[str] = []
        self._lacking: list[str] = []
        names = {entry.name.lower() for entry in directory.entries}
        self._kind = PackageKind.CAB if ROOT_MANIFEST in names else PackageKind.MSU
        if self._kind is PackageKind.MSU and not any(name.endswith(".cab") for name in names - {_SCAN_CABINET}):
            raise PackageError(
                f"{path.name} is a cabinet but no Windows update: it holds neither {ROOT_MANIFEST} nor a cabinet"
            )

    def read(self) -> None:
        if self._kind is PackageKind.CAB:
            self._payload(self._path.name, self._path, self._directory)
            return
        try:
            for entry, pieces in members(self._path, self._directory, self._path.name, self._budget):
                self._outer_member(entry, pieces)
        except DecoderMissing as missing:
            names = ", ".join(entry.name for entry in self._directory.entries[:_NAMES_SHOWN])
            self._lack(f"{missing}; it holds {names}")
            return
        self._choose_payload()

    def _outer_member(self, entry: Entry, pieces: Iterator[bytes]) -> None:
        name = entry.name.lower()
        is_payload = name.endswith(".cab") and name != _SCAN_CABINET
        is_text = name.endswith((".xml", ".txt"))
        if is_payload and len(self._payloads) >= self._budget.limits.cabinets:
            raise PackageError(f"{self._path.name} holds more than {self._budget.limits.cabinets} cabinets")
        seen = self._inspector.look(entry, pieces, keep=is_payload, text=self._budget.limits.text_size * is_text)
        self._outer.append(seen.packed)
        if seen.kept is not None:
            self._payloads[entry.name] = seen.kept
        if seen.text is None:
            if is_text:
                self._closed.append(f"{entry.name}: it has {entry.size} bytes, too many for a text")
        elif name.endswith(".xml"):
            answer = answer_file(seen.text, entry.name)
            if answer is not None:
                self._answers.append(answer)
            else:
                self._strangers.append(entry.name)
        elif name.endswith("pkgproperties.txt"):
            self._state(seen.text, entry.name)

    def _lack(self, clause: str) -> None:
        self._closed.append(clause)
        self._lacking.append(clause)

    def _state(self, text: bytes, what: str) -> None:
        """Every value that the properties tell of number and architecture, as often as they do, in whichever file."""
        self._properties = {**properties(text, what), **self._properties}
        for name, value in statements(text, what):
            told = self._told.get(_STATEMENTS.get(name.lower(), ""))
            if told is not None and value and len(told) < _STATEMENTS_MAX:
                told[Reported(f"pkgProperties {name}", value)] = None

    def _choose_payload(self) -> None:
        """The cabinet that the answer file installs; without one, the only cabinet that there is."""
        by_name = {name.lower(): name for name in self._payloads}
        sources = {one.source.lower() for answer in self._answers for one in answer.packages if one.source}
        named = [by_name[source] for source in sorted(sources) if source in by_name]
        chosen = named or list(self._payloads)
        for answer in self._answers:
            for package in answer.packages:
                if package.identity is not None:
                    self._identities.append(("answer file", package.identity))
        if len(chosen) != 1:
            self._closed.append(f"the payload: {len(chosen)} cabinets could be it ({', '.join(sorted(chosen))})")
            return
        what = f"{self._path.name}: {chosen[0]}"
        payload = self._payloads[chosen[0]]
        with payload.open("rb") as file:
            if not is_cabinet(file):
                raise PackageError(f"{what} is no cabinet: it does not start with MSCF")
            directory = read_directory(file, what, self._budget)
        self._payload(chosen[0], payload, directory)

    def _payload(self, name: str, path: Path, directory: Directory) -> None:
        self._cabinet, self._compression = name, directory.compression
        self._names = tuple((entry.name, entry.size) for entry in directory.entries)
        what = name if self._kind is PackageKind.CAB else f"{self._path.name}: {name}"
        reader = PayloadReader(what, directory.entries, self._inspector, self._budget)
        try:
            for entry, pieces in members(path, directory, what, self._budget):
                reader.look(entry, pieces)
        except DecoderMissing as missing:
            self._lack(str(missing))
            return
        self._facts = reader.facts()
        self._closed += self._facts.not_looked_into
        if self._facts.root is not None:
            self._identities.append((ROOT_MANIFEST, self._facts.root.identity))

    def report(self, size: int, checksums: Checksums, signature: Signature) -> PackageReport:
        facts = self._facts
        contents = PackageContents(
            identities=tuple(self._identities),
            kbs=(*self._told["kbs"], *_kb_of_index(facts), *_kb_of_root(facts)),
            architectures=tuple(self._told["architectures"]),
            files=None if facts is None else tuple(_with_checksums(one) for one in facts.files),
            outer_files=tuple(one.file for one in self._outer if one.file.name != self._cabinet),
            instructions=instructions(self._answers, self._strangers, self._payloads),
            not_looked_into=tuple(self._closed),
            container=facts is not None and facts.container is not None,
            contradictions=facts.contradictions if facts is not None else (),
            lacking=tuple(self._lacking),
            release_type=facts.root.release_type if facts is not None and facts.root is not None else None,
            restart=facts.root.restart if facts is not None and facts.root is not None else None,
            cabinet=self._cabinet if self._kind is PackageKind.MSU else None,
        )
        return PackageReport(
            path=self._path,
            size=size,
            checksums=checksums,
            kind=self._kind,
            cabinet=self._cabinet,
            compression=self._compression,
            answer=self._answers[0] if self._answers else None,
            properties=self._properties,
            names=self._names,
            files=None if facts is None else facts.files,
            outer_files=tuple(self._outer),
            contents=contents,
            signature=signature,
            installs=None if facts is None else _installs(facts),
        )


def _with_checksums(packed: PackedFile) -> ContainedFile:
    return replace(packed.file, sha1=packed.checksums.sha1, sha256=packed.checksums.sha256)


def _kb_of_index(facts: PayloadFacts | None) -> tuple[Reported, ...]:
    """The hotfix's number in the name that the index gives the cabinet, or the name as it stands."""
    if facts is None or facts.container is None:
        return ()
    return (Reported(CONTAINER_INDEX, kb_in(facts.container) or shown(facts.container)),)


def _kb_of_root(facts: PayloadFacts | None) -> tuple[Reported, ...]:
    """What update.mum calls the package beside its identity; none where it does not say."""
    told = facts.root.hotfix if facts is not None and facts.root is not None else ""
    return (Reported(f"{ROOT_MANIFEST} package identifier", told),) if told else ()


def _installs(facts: PayloadFacts) -> Installs:
    root = facts.root
    return Installs(
        container=facts.container,
        expanded_size=facts.expanded_size,
        release=root.identity.release if root else None,
        release_type=(root.release_type or None) if root else None,
        restart=(root.restart or "none") if root and root.updates else None,
        families=facts.chain.families,
    )
