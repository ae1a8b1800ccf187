# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that are one slip away from those that every connection reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_REFUSED = re.compile(r"(?:ansible_winrm|ansible_psrp|winlegacy)_", re.IGNORECASE)
"""Slips of these are refused by every module: they are no notices."""


def misspelt(names: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Names with the known one that was meant, as ansible_pasword is ansible_password. By the names alone."""
    found: dict[str, str] = {}
    for name in sorted(set(map(str, names)) - {*known}):
        if not _REFUSED.match(name):
            meant = next((one for one in sorted(known) if is_slip(_folded(name), one)), None)
            if meant is not None:
                found[name] = meant
    return found


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def is_slip(given: str, wanted: str) -> bool:
    """Whether a text is another one with a letter more, less or other, or with two neighbours swapped (or the same)."""
    if abs(len(given) - len(wanted)) > 1:
        return False
    longer, shorter = (given, wanted) if len(given) >= len(wanted) else (wanted, given)
    at = next((at for at, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    if len(longer) > len(shorter):
        return longer[at + 1 :] == shorter[at:]
    swapped = longer[at + 1 : at + 2] + longer[at : at + 1] + longer[at + 2 :]
    return longer[at + 1 :] == shorter[at + 1 :] or swapped == shorter[at:]
