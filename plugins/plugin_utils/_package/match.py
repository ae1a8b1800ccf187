# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a package with the catalogue: is this the file that the article describes?

The article says "or later file attributes", so a later version or another size is a difference that an operator may
allow. Everything else (another hotfix, another architecture, an older version, a kernel missing, something more that
Windows would run) is a mismatch that nobody may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .._catalogue.definition import Definition, Package, Restart
from .._model.facts import Architecture, architecture_of
from .contents import PackageContents
from .difference import ORDER, Difference, MatchStatus
from .table import Files, described, judge_version, quad
from .told_twice import of_builds, of_file_name, of_parts

__all__ = ["Difference", "Match", "MatchStatus", "RootIdentity", "compare"]

_PUBLISHER = "31bf3856ad364e35"  # Windows' own packages: it stands in all names of the article's tables

_RESTARTS = {
    Restart.REQUIRED: ("required", "possible"),
    Restart.POSSIBLE: ("possible", ""),
    Restart.NO: ("none", ""),
}
"""By what the definition says of a restart: what update.mum may tell."""


@dataclass(frozen=True)
class RootIdentity:
    """The identity of the hotfix's root package. certain: something that was read tells it; source: what, or why it is
    only inferred."""

    text: str
    certain: bool
    source: str

    def as_dict(self) -> dict[str, Any]:
        return {"text": self.text, "certain": self.certain, "source": self.source}


@dataclass(frozen=True)
class Match:
    """The comparison of one package with one definition."""

    kb: str
    architecture: Architecture | None
    differences: tuple[Difference, ...]
    identity: RootIdentity | None = None

    @property
    def status(self) -> MatchStatus:
        return max((one.weight for one in self.differences), key=ORDER.index, default=MatchStatus.MATCHES)

    def acceptable(self, *, allow_later: bool) -> bool:
        """Whether the package may be used. allow_later is the operator's word for later versions and other sizes."""
        return self.status is MatchStatus.MATCHES or (allow_later and self.status is MatchStatus.DIFFERS)

    def as_dict(self, *, details: bool = True) -> dict[str, Any]:
        """details: with what was compared and each difference."""
        told: dict[str, Any] = {"kb": self.kb, "status": self.status.value}
        if not details:
            return told
        return {
            **told,
            "architecture": self.architecture.value if self.architecture else None,
            "identity": self.identity.as_dict() if self.identity else None,
            "differences": [one.as_dict() for one in self.differences],
        }


def compare(
    definition: Definition,
    package: PackageContents,
    architecture: Architecture | None = None,
    *,
    sha256: str | None = None,
) -> Match:
    """Compare a package with the tables of one architecture together (a package carries all of its builds).

    architecture: the one that is wanted; None takes the package's own. sha256: of the whole file. Where it is the very
    file that the definition was made of, an article that says more than the package does is no difference, and
    whatever else differs contradicts it: no later release explains that.
    """
    wanted = architecture or package.architecture
    found = [*_identity_differences(definition, package, wanted), *_outer_differences(package)]
    found += _root_differences(definition, package)
    found += [
        Difference(one.code, MatchStatus.MISMATCH, one.subject, one.expected, one.found)
        for one in package.contradictions
    ]
    closed = package.not_looked_into or (() if package.files is not None else ("the payload was not looked into",))
    subject = "payload" if package.files is None else "package"
    found = [
        *(Difference("not_looked_into", MatchStatus.NOT_COMPARED, subject, "its files", one) for one in closed),
        *found,
    ]  # first among those of its weight: what else is unknown follows from it
    if package.files is None:
        pass
    elif wanted is not None and _is_comparable(definition, package, wanted):
        if definition.targets_for(wanted):
            found += dict.fromkeys(Files(definition, wanted, package).differences())
            found += _missing_targets(definition, package, wanted, found)
        else:
            text = f"no package of {definition.kb} exists"
            found.append(Difference("wrong_architecture", MatchStatus.MISMATCH, "package", text, wanted.value))
    entry = definition.package(wanted) if wanted is not None else None
    if entry is not None and package.files is not None and _is_comparable(definition, package, entry.architecture):
        found += of_parts(entry, package)
    if entry is not None:
        found += of_file_name(entry, package.cabinet)
    if entry is not None and entry.sha256 is not None and entry.sha256 == sha256:
        found = [_of_these_bytes(one) for one in found if not _says_less(one, entry)]
    found.sort(key=lambda one: -ORDER.index(one.weight))
    return Match(definition.kb, wanted, tuple(found), _root_identity(definition, package, wanted))


def _missing_targets(
    definition: Definition, package: PackageContents, wanted: Architecture, found: list[Difference]
) -> Iterator[Difference]:
    """Targets that the package lacks, but for those of which a missing file is named already."""
    named = {one.subject.rpartition(" ")[2] for one in found if one.code == "executable_missing"}
    builds = [one.os_version for one in definition.targets_for(wanted)]
    return (one for one in of_builds(builds, package) if one.expected not in named)


def _says_less(one: Difference, entry: Package) -> bool:
    """Whether one side only is silent: update.mum of a restart, or the definition of a data file or of its members."""
    if one.code == "restart":
        return one.weight is MatchStatus.DIFFERS
    if one.code != "extra_file" or one.weight is not MatchStatus.DIFFERS:
        return False
    return entry.members is None or not one.subject.lower().endswith((".mum", ".manifest"))


def _of_these_bytes(one: Difference) -> Difference:
    return replace(one, weight=MatchStatus.MISMATCH) if one.weight is MatchStatus.DIFFERS else one


def _root_identity(
    definition: Definition, package: PackageContents, wanted: Architecture | None
) -> RootIdentity | None:
    """The payload's own where it is of this hotfix and architecture; else the catalogue's."""
    for where, identity in reversed(package.identities):
        if identity.kb == definition.kb and wanted and architecture_of(identity.architecture) is wanted:
            return RootIdentity(identity.text, True, f"{where} of this package")
    entry = definition.package(wanted) if wanted else None
    return RootIdentity(entry.identity, entry.identity_certain, entry.identity_source) if entry else None


def _is_comparable(definition: Definition, package: PackageContents, wanted: Architecture) -> bool:
    """Whether anything says that it is this hotfix for this architecture; else every single file would differ."""
    kbs = {one.value for one in package.all_kbs}
    architectures = {one.value for one in package.all_architectures}
    return (not kbs or definition.kb in kbs) and (not architectures or wanted.value in architectures)


def _identity_differences(
    definition: Definition, package: PackageContents, wanted: Architecture | None
) -> Iterator[Difference]:
    mismatch = MatchStatus.MISMATCH
    silent = mismatch if package.files is not None else MatchStatus.NOT_COMPARED  # it may stand in what stayed closed
    if not package.all_kbs:
        yield Difference("kb_unknown", silent, "package", definition.kb, None)
    for one in package.all_kbs:
        if one.value != definition.kb:
            yield Difference("wrong_kb", mismatch, one.where, definition.kb, one.value)
    if not package.all_architectures:
        yield Difference("architecture_unknown", silent, "package", wanted.value if wanted else "one", None)
    for one in package.all_architectures:
        if wanted is None or one.value != wanted.value:
            expected = wanted.value if wanted else "one architecture"
            yield Difference("wrong_architecture", mismatch, one.where, expected, one.value)
    entry = definition.package(wanted) if wanted else None
    for where, identity in package.identities:
        if identity.kb != definition.kb or architecture_of(identity.architecture) is not wanted:
            continue
        if identity.token != _PUBLISHER:
            yield Difference("wrong_publisher", mismatch, where, _PUBLISHER, identity.token or None)
        if entry is not None and identity.text.lower() != entry.identity.lower():
            code, weight = judge_version(quad(identity.version), quad(entry.identity.rpartition("~")[2]))
            if weight is MatchStatus.MATCHES:  # the same version under another name: ours is inferred
                code, weight = "other_identity", mismatch if entry.identity_certain else MatchStatus.DIFFERS
            yield Difference(code, weight, where, entry.identity, identity.text)
    for clause in package.instructions:
        yield Difference("unexpected_instruction", mismatch, "answer file", None, clause)


def _root_differences(definition: Definition, package: PackageContents) -> Iterator[Difference]:
    """What the root manifest calls the package, and whether Windows restarts after it. None: it was not read."""
    if definition.kb not in {one.value for one in package.all_kbs}:
        return
    subject, told = "update.mum", package.release_type
    if told is not None and told.lower() != definition.release_type.lower():
        weight = MatchStatus.MISMATCH if told else MatchStatus.NOT_COMPARED
        yield Difference("release_type", weight, f"{subject} releaseType", definition.release_type, told or None)
    told = package.restart
    if told is not None and told not in _RESTARTS[definition.restart]:
        # an absent attribute is no denial: Windows finds out by itself that files are in use
        weight = MatchStatus.MISMATCH if told else MatchStatus.DIFFERS
        expected = " or ".join(filter(None, _RESTARTS[definition.restart]))
        yield Difference("restart", weight, f"{subject} restart", expected, told or None)


def _outer_differences(package: PackageContents) -> Iterator[Difference]:
    for file in package.outer_files:
        if file.executable:
            yield Difference("extra_executable", MatchStatus.MISMATCH, file.name, None, described(file))
        elif file.base_name.endswith(".cab") and file.base_name != "wsusscan.cab":
            yield Difference("extra_cabinet", MatchStatus.MISMATCH, file.name, None, described(file))
        elif not file.base_name.endswith((".cab", ".xml", ".txt")):
            yield Difference("extra_file", MatchStatus.DIFFERS, file.name, None, described(file))
