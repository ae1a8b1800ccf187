# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of hotfix_definition to a definition on the disk: read, prove, compose, write.

written = write(request, check_only=False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._catalogue.article.article import ArticleFacts, read_article
from ..._catalogue.article.blocks import Limits
from ..._catalogue.errors import ArticleError
from ..._model.kb import normal_kb
from ..errors import DefinitionError, PackageError
from ..keep import Keep
from ..match import Match
from ..policy import SignaturePolicy, doubts, refusals
from ..read import ReadOptions, read_package
from ..report import PackageReport
from .make import Made, make, paths_of
from .save import differs, holds_definition, save
from .sources import Sources

_PACKAGES_MAX = 3
_WARNED_MAX = 5


@dataclass(frozen=True)
class DefinitionRequest:
    """dest: the file to write, or the folder to write `kbNUMBER.json` into; into_folder: only the latter is meant.

    The rest is as the module's options say.
    """

    dest: Path
    packages: Sequence[Path] = ()
    article: Path | None = None
    kb: str | None = None
    title: str | None = None
    paths: Mapping[str, Any] = field(default_factory=dict)
    pins: Sequence[str] = ()
    policy: SignaturePolicy = SignaturePolicy.AUTO
    ca_file: Path | None = None
    keep: Keep | None = None
    into_folder: bool = False


@dataclass(frozen=True)
class Written:
    """path: where the definition is, or would be in check mode. changed: it was not there with this content."""

    made: Made
    path: Path
    changed: bool
    doubts: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at: packages without proof, and what article and package tell otherwise."""
        told = [one.text for one in self.made.differences]
        shown = [f"article and package differ: {text}" for text in told[:_WARNED_MAX]]
        if len(told) > _WARNED_MAX:
            shown.append(f"article and package differ in {len(told) - _WARNED_MAX} more points: see differences")
        return (*self.doubts, *shown)

    def as_dict(self) -> dict[str, Any]:
        """The shape of the module's result."""
        return {
            "changed": self.changed,
            "dest": str(self.path),
            "kb": self.made.definition.kb,
            "definition": self.made.data,
            "not_told": [{"field": where, "text": why} for where, why in self.made.not_told],
            "differences": [one.as_dict() for one in self.made.differences],
        }


def write(request: DefinitionRequest, *, check_only: bool) -> Written:
    """Raises PackageError (DefinitionError among its kinds) or CatalogueError with file, field and reason.

    Nothing is written then, and nothing with check_only.
    """
    if not request.packages and request.article is None:
        raise DefinitionError("packages, article: give at least one package, or the article, or both")
    if len(request.packages) > _PACKAGES_MAX:
        raise DefinitionError(
            f"packages: there are {len(request.packages)}; a hotfix has one for each of x86, x64 and ia64"
        )
    kb = None if request.kb is None else normal_kb(request.kb)
    if request.kb is not None and kb is None:
        raise DefinitionError(f"kb: {request.kb[:40]!r} names no hotfix: write it as KB952876 or as the number alone")
    paths = paths_of(request.paths)
    article = _article(request.article)
    reports, unproven = _packages(request)
    name = request.article.name if request.article else ""
    made = make(Sources(tuple(reports), article, name, kb, request.title, paths))
    path = _place(request, made.definition.kb)
    changed = differs(path, made.data)
    if changed and not check_only:
        save(path, made.data)
    return Written(made, path, changed, tuple(unproven))


def _article(path: Path | None) -> ArticleFacts | None:
    if path is None:
        return None
    most = Limits().size
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ArticleError(f"article: {path} cannot be read: {error.strerror or error}") from error
    return read_article(data, path.name)


def _packages(request: DefinitionRequest) -> tuple[list[PackageReport], list[str]]:
    """The packages, read and proven as package_info proves them, and doubts about them as sentences."""
    reports: list[PackageReport] = []
    unproven: list[str] = []
    for path in request.packages:
        options = ReadOptions(
            pins=tuple(request.pins),
            ca_file=request.ca_file,
            microsoft_too=request.policy is SignaturePolicy.AUTO,
            look_at_signature=request.policy is not SignaturePolicy.IGNORE,
            keep=request.keep,
        )
        report = read_package(path, options)
        pinned = bool(request.pins)
        nothing_to_match = Match(report.kb or "", report.contents.architecture, ())
        found = refusals(report, nothing_to_match, policy=request.policy, allow_later=True, pinned=pinned)
        if found:
            raise PackageError("; ".join(one.text for one in found))
        unproven += doubts(report, policy=request.policy, pinned=pinned)
        reports.append(report)
    return reports, unproven


def _place(request: DefinitionRequest, kb: str) -> Path:
    """The file to write. Raises DefinitionError where there is none that may be."""
    dest = request.dest
    try:
        path = dest / f"{kb.lower()}.json" if dest.is_dir() else dest
        wrong = (_no_folder(dest) if request.into_folder and path is dest else "") or _wrong_with(path, request)
    except OSError as error:
        raise DefinitionError(f"dest: {dest} cannot be looked at: {error.strerror or error}") from error
    if wrong:
        raise DefinitionError(f"dest: {wrong}")
    return path


def _no_folder(dest: Path) -> str:
    return f"{dest} {'is no folder' if dest.exists() else 'does not exist: make the folder first'}"


def _wrong_with(path: Path, request: DefinitionRequest) -> str:
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist"
    if path.is_symlink() and not path.exists():
        return f"{path} is a link to {path.readlink()}, which does not exist"
    if path.exists() and not path.is_file():
        return f"{path} is no regular file"
    sources = [one for one in (*request.packages, request.article, request.ca_file) if one is not None]
    if path.exists() and any(path.samefile(one) for one in sources if one.exists()):
        return f"{path} is one of the files that the definition is made from: name another one"
    if path.exists() and not holds_definition(path):
        return f"{path} is there already and is no definition: name another file, or remove it first"
    return ""
