# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row's assessment: what formats look at in it, and all of it, as it is or compressed until a format writes it.

As dictionaries the assessments of ten thousand hosts are 200 MB, most of which is looked at once, to be written.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

_LEVEL = 1
"""Of zlib: a quarter of the text is left; a ninth part less would cost three times the time."""


class Kept:
    """An assessment of plain values, compressed. symptomatic, first_reason: of the functions of these names."""

    __slots__ = ("_packed", "first_reason", "symptomatic")

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.symptomatic = symptomatic(result)
        self.first_reason = first_reason(result)
        self._packed = zlib.compress(json.dumps(result, ensure_ascii=False).encode("utf-8"), _LEVEL)

    def text(self) -> str:
        """As JSON writes it on one line."""
        return zlib.decompress(self._packed).decode("utf-8")

    def whole(self) -> dict[str, Any]:
        """All of it, made anew."""
        made: dict[str, Any] = json.loads(self.text())
        return made


def lean(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its assessment kept; one that a query has put together without one as it is."""
    result = row.get("result")
    return {**row, "result": Kept(result)} if isinstance(result, dict) else row


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its assessment as it was."""
    result = row.get("result")
    return {**row, "result": result.whole()} if isinstance(result, Kept) else row


def symptomatic(result: Any) -> bool:
    """Whether the assessment saw the trouble. Without details, a result has a symptom only where it was seen."""
    if isinstance(result, Kept):
        return result.symptomatic
    told = _mapping(result)
    return _mapping(_mapping(told.get("details")).get("symptom")).get("seen") is True or bool(told.get("symptom"))


def first_reason(result: Any) -> str:
    """The decisive reason in words; empty where the assessment has none, or no details."""
    if isinstance(result, Kept):
        return result.first_reason
    reasons = _mapping(_mapping(result).get("details")).get("reasons")
    first = reasons[0] if isinstance(reasons, list) and reasons else None
    text = _mapping(first).get("text")
    return text if isinstance(text, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
