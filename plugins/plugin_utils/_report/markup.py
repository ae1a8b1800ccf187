# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of the page shares: numbers in words, and escaping. Until then what hosts said is hostile."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SCRIPT = re.compile("[<>&\u2028\u2029]")


def clean(text: str) -> str:
    """Text with U+FFFD for characters that are not seen and change what is."""
    return _UNSEEN.sub("\ufffd", text)


def html(value: Any, limit: int = 400) -> str:
    """A value as text of an element or a quoted attribute: escaped, at most `limit` characters of it; None is empty."""
    if value is None:
        return ""
    text = clean(str(value))
    return escape(text if len(text) <= limit else text[: limit - 1] + "\u2026", quote=True)


def script_json(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(_clean_tree(value), ensure_ascii=False, separators=(",", ":"))
    return _SCRIPT.sub(lambda match: _IN_SCRIPT[match.group()], text)


def _clean_tree(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _clean_tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_tree(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def hosts(count: int) -> str:
    """A number of hosts in words: `1 host`, `1,000 hosts`."""
    return f"{count:,} host{'' if count == 1 else 's'}"


def share(count: int, total: int) -> str:
    """A part of a whole in per cent; `<1%` for what is there and would round to nothing."""
    if not count:
        return "0%"
    rounded = round(100 * count / total)
    return "<1%" if rounded < 1 else f"{min(rounded, 99) if count < total else 100}%"
