# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the manifests of one payload agree with each other, and with the names that they have in it?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from .brought import Contradiction
from .manifests import ComponentManifest, PackageManifest

_GUESTS = {"x86": (), "amd64": ("x86", "wow64"), "ia64": ("x86", "wow64"), "wow64": ()}
"""Architectures of components that a Windows of that architecture runs beside its own and `msil`."""

_STEM = re.compile(
    r"(?P<architecture>[a-z0-9]+)_(?P<name>.*)_(?P<token>[0-9a-f]{16})_(?P<version>[0-9]+(?:\.[0-9]+){3})"
    r"_(?P<culture>[a-z-]+)_[0-9a-f]{16}",
    re.ASCII,
)
_NO_NAME = re.compile(r"[^a-z0-9._-]")
_TOLD_MAX = 50


def manifest_conflicts(
    root: PackageManifest | None, below: Iterable[PackageManifest], components: Iterable[ComponentManifest]
) -> list[Contradiction]:
    """What the manifests deny of each other, the first 50."""
    below, components = list(below), list(components)
    found = itertools.chain(
        _strangers(root, below), _misnamed(below), _foreign(root, components), _renamed(components), _twice(components)
    )
    return list(itertools.islice(found, _TOLD_MAX))


def _strangers(root: PackageManifest | None, below: list[PackageManifest]) -> Iterator[Contradiction]:
    """Sub-packages of another hotfix, architecture or version than the root's."""
    if root is None:
        return
    mine = root.identity
    for one in below:
        its = one.identity
        told = [(its.kb, mine.kb), (its.architecture, mine.architecture), (its.version, mine.version)]
        if any(left and right and left.upper() != right.upper() for left, right in told):
            yield Contradiction("other_package", one.member, mine.text, its.text)
        pairs = ((root.hotfix, one.hotfix), (root.release_type, one.release_type))
        if any(left.upper() != right.upper() for left, right in pairs):
            yield Contradiction("other_package", one.member, *(" ".join(texts) for texts in zip(*pairs, strict=True)))


def _misnamed(below: list[PackageManifest]) -> Iterator[Contradiction]:
    """CBS looks a sub-package up by the name of its file, and installs the identity inside."""
    for one in below:
        if "~" in one.member and one.member.lower() != f"{one.identity.text}.mum".lower():
            yield Contradiction("name_conflict", one.member, f"{one.identity.text}.mum", one.member)


def _foreign(root: PackageManifest | None, components: list[ComponentManifest]) -> Iterator[Contradiction]:
    """Components for a machine that the package's Windows does not run."""
    mine = root.identity.architecture if root is not None else ""
    for one in components if mine in _GUESTS else ():
        its = one.identity.architecture
        if its in _GUESTS and its != mine and its not in _GUESTS[mine]:
            yield Contradiction("wrong_architecture", one.stem, mine, its)


def _renamed(components: list[ComponentManifest]) -> Iterator[Contradiction]:
    """The folder of a component's files tells its version; what is installed is the identity inside the manifest."""
    for one in components:
        match, its = _STEM.fullmatch(one.stem.lower()), one.identity
        if match is None:
            continue
        culture = "none" if its.language.lower() in ("neutral", "*", "") else its.language.lower()
        inside = (its.architecture, its.token, its.version)
        if match.group("architecture", "token", "version") != inside or not culture.startswith(match["culture"][:5]):
            yield Contradiction("name_conflict", one.stem, "_".join(inside), one.stem)
        elif not _is_short_for(match["name"], its.name.lower()):
            yield Contradiction("name_conflict", one.stem, its.name, one.stem)


def _is_short_for(short: str, name: str) -> bool:
    """Folder names drop what is no letter, digit, dot, hyphen or underscore, and the middle of a long name."""
    plain = _NO_NAME.sub("", name)
    head, dots, tail = short.partition("..")
    if not dots or short == plain:
        return short == plain
    return len(plain) > len(head) + len(tail) and plain.startswith(head) and plain.endswith(tail)


def _twice(components: list[ComponentManifest]) -> Iterator[Contradiction]:
    """Two `file` elements of one name: which of them is installed, nobody can tell."""
    for one in components:
        seen: set[str] = set()
        for file in one.files:
            name = file.name.lower()
            if name in seen:
                yield Contradiction("duplicate_name", f"{one.stem}\\{file.name}", "one file of that name", "two")
            seen.add(name)
