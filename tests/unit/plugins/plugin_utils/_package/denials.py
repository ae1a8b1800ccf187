# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that are nearly right: how one is made of a whole one, and what the comparison must say of it."""

from __future__ import annotations

import functools
import re
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import Match, MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages.msu import Recipe, inner_members

from .conftest import Maker

KB = load("KB952876")
MISMATCH, NOT_COMPARED, DIFFERS = MatchStatus.MISMATCH, MatchStatus.NOT_COMPARED, MatchStatus.DIFFERS
KERNEL = "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_c8784aed85e63838"
MANIFEST = f"{KERNEL}.manifest"
SERVER = "package_for_kb952876_server_0~31bf3856ad364e35~amd64~~6.0.1.0.mum"
CABINET = "Windows6.0-KB952876-x64.cab"


@functools.cache
def member(name: str) -> str:
    """A member of the package as it is."""
    return next(one.data for one in inner_members(Recipe("x64")) if one.name == name).decode()


def edited(name: str, *changes: tuple[str, str], pattern: bool = False) -> dict[str, bytes]:
    """A member with texts changed wherever they stand, at the same size where that is possible."""
    text = before = member(name)
    for old, new in changes:
        made = re.sub(old, new, text, flags=re.DOTALL) if pattern else text.replace(old, new)
        assert made != text, old
        text = made
    end = text.rindex("</assembly>")
    blanks = len(before) - len(text)
    head = text[:end] + " " * blanks if blanks >= 0 else text[:end].rstrip(" ")
    return {name: (head + text[end:]).encode()}


def judged(make: Maker, **options: Any) -> Match:
    return compare(KB, read_package(make("x64", **options)).contents)


def weights(match: Match) -> dict[str, MatchStatus]:
    return {one.code: one.weight for one in match.differences}


def refused(match: Match, code: str, weight: MatchStatus = MISMATCH) -> None:
    assert weights(match).get(code) is weight, weights(match)
    assert not match.acceptable(allow_later=True)
