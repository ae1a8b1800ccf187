# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of a hotfix: its normal form, and where it stands in other names."""

from __future__ import annotations

import functools
import re
from typing import Any

DIGITS = "[0-9]{6,7}"
"""What a number of a hotfix of NT 6.0's time looks like; definition.schema.json says the same."""

PACKAGE = f"package_(?:[0-9]+_)?for_kb(?P<digits>{DIGITS})"
"""How the names of a hotfix's packages begin, without case: Package_for_KB952876, Package_1_for_KB952876."""

_INSIDE = re.compile(rf"(?<![a-z0-9])kb({DIGITS})(?![0-9])", re.IGNORECASE | re.ASCII)
_WHOLE = re.compile(rf"\s*(?:KB)?\s?({DIGITS})\s*", re.IGNORECASE | re.ASCII)


def normal_kb(text: str) -> str | None:
    """KB952876 for that, for kb952876, for "KB 952876" and for 952876; None for anything else."""
    match = _WHOLE.fullmatch(text)
    return None if match is None else f"KB{match[1]}"


def as_given(kb: Any) -> Any:
    """The option kb of a module as it is meant: a text with commas, as ad hoc options write a list, as that list."""
    return [one.strip() for one in kb.split(",")] if isinstance(kb, str) and "," in kb else kb


def kb_in(text: str) -> str | None:
    """The first hotfix that a name holds, as KB and the number: Windows6.0-KB952876-x64; None where it holds none."""
    match = _INSIDE.search(text)
    return None if match is None else f"KB{match[1]}"


def names_kb(text: str, kb: str) -> bool:
    """Whether a name holds the hotfix's own number, and not a longer one: Package_1_for_KB952876, without case."""
    return kb.removeprefix("KB") in text and _expression(kb).search(text) is not None  # most names hold no such number


@functools.cache
def _expression(kb: str) -> re.Pattern[str]:
    """Made once a KB: a host lists thousands of names."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(kb)}(?![0-9])", re.IGNORECASE)
