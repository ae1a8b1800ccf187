# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that look like a connection's and are none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

_OF_PLUGIN = re.compile(r"ansible_(?:winrm|psrp)_", re.IGNORECASE)
_NEAR = 0.6


def misspelt(names: Iterable[str], known: Collection[str]) -> dict[str, str | None]:
    """Names with the nearest known one; None where nothing is near. By the names alone.

    One that begins as a connection plugin's own (ansible_winrm_, ansible_psrp_) and is not known; and any other that
    is one slip away from a known one, as ansible_pasword is.
    """
    found: dict[str, str | None] = {}
    for name in sorted(set(map(str, names)) - {*known}):
        if prefix := _OF_PLUGIN.match(name):
            found[name] = _nearest(_folded(name), prefix[0].lower(), known)
            continue
        meant = next((one for one in known if is_slip(_folded(name), one)), None)
        if meant is not None:
            found[name] = meant
    return found


def _nearest(name: str, prefix: str, known: Collection[str]) -> str | None:
    """By what is behind the prefix, which all of them have."""
    rests = [one.removeprefix(prefix) for one in known if one.startswith(prefix)]
    near = difflib.get_close_matches(name.removeprefix(prefix), rests, n=1, cutoff=_NEAR)
    return prefix + near[0] if near else None


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
