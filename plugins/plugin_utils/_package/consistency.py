# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the manifests of one payload agree with each other, and with the names that they have in it?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .._hotfix.payload import Contradiction
from .manifests import ComponentManifest, PackageManifest

_GUESTS = {"x86": (), "amd64": ("x86", "wow64"), "ia64": ("x86", "wow64"), "wow64": ()}
"""Architectures of components that a Windows of that architecture runs beside its own and `msil`."""

_STEM = re.compile(
    r"(?P<architecture>[a-z0-9]+)_.*_(?P<token>[0-9a-f]{16})_(?P<version>[0-9]+(?:\.[0-9]+){3})_(?P<culture>[a-z-]+)"
    r"_[0-9a-f]{16}",
    re.ASCII,
)
_TOLD_MAX = 50


def manifest_conflicts(
    root: PackageManifest | None, below: Iterable[PackageManifest], components: Iterable[ComponentManifest]
) -> list[Contradiction]:
    """What the manifests deny of each other, the first 50."""
    found: list[Contradiction] = []
    below, components = list(below), list(components)
    for one in (*_strangers(root, below), *_misnamed(below), *_foreign(root, components), *_renamed(components)):
        found.append(one)
        if len(found) == _TOLD_MAX:
            break
    return found


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
