# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of rules as text: what a cell of them may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from .servicing import Standing

T = TypeVar("T")

SILENT = (Standing.NOT_INSTALLED, Standing.FILES_DECIDE)
"""A package that tells nothing of what is on the host."""

STANDINGS: Mapping[str, tuple[Standing, ...]] = {
    **{one.value: (one,) for one in Standing},
    "any": tuple(Standing),
    "silent": SILENT,
}
YES_NO: Mapping[str, tuple[bool, ...]] = {"yes": (True,), "no": (False,), "any": (True, False)}


def cells(text: str, meanings: Mapping[str, tuple[T, ...]]) -> frozenset[T]:
    """What a cell means: words joined by `|`. Raises KeyError for a word that is none of its column."""
    return frozenset(meaning for word in text.split("|") for meaning in meanings[word])
