# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain values: results come from hosts, through Ansible, and leave as text that any reader can decode."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from typing import Any

from .._text.visible import visible

_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 100


def plain(value: Any, depth: int = _DEEPEST, *, shown: bool = False) -> Any:
    """The value in plain dicts, lists, strings, numbers, booleans and None; keys are strings.

    ansible-core 2.19 tags values and makes its containers lazy, which neither json nor jmespath know. Half a surrogate
    pair, which no encoding carries, is written out (`\\udcff`); a number that JSON has no word for becomes its text.
    Anything else becomes its text too. shown: every text is made visible besides (all_visible()), in the same pass.
    Raises ValueError for values nested deeper than 100, as a value inside itself is.
    """
    kind = value.__class__
    if kind is str:  # most of all values, and quickly seen
        return _visible_text(value) if shown else _text(value)
    if value is None or kind is bool or kind is int:
        return value
    if depth < 0:
        raise ValueError(f"the values are nested deeper than {_DEEPEST} levels")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    text = _visible_text if shown else _text
    if isinstance(value, (dict, Mapping)):  # dict first: asking an abstract class is slow
        return {text(key): plain(item, depth - 1, shown=shown) for key, item in value.items()}
    if isinstance(value, (list, tuple, Set)):
        return [plain(item, depth - 1, shown=shown) for item in value]
    return text(value)


def _visible_text(value: Any) -> str:
    if value.__class__ is str and value.isascii() and value.isprintable():
        return value
    return visible(_text(value))


def _text(value: Any) -> str:
    if value.__class__ is str and value.isascii():  # most of all texts, and quickly seen
        return value
    if isinstance(value, str):
        text = str.__str__(value)
    elif isinstance(value, (bytes, bytearray)):
        text = bytes(value).decode("utf-8", "backslashreplace")
    else:
        text = str(value)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")  # joins pairs
        text = _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    return str.__str__(text)  # of a subclass, a plain copy
