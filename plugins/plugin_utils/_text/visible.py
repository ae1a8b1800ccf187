# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one edge for words: what a host, a server, a package or a file says, made fit for people's eyes.

A control character, an escape sequence or a mark of direction in a text can rewrite a terminal or turn a line round.
Every text passes visible() before it goes to a terminal, a log, the message of a result or a report. Data stays as it
is where a result offers it as data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# C0 but tab and line feed, DEL, C1, soft hyphen's kin of Unicode's categories Cf, Zl and Zp that move or hide text,
# surrogates (a byte that was no text), noncharacters. Joiners that words of living scripts need (U+200C, U+200D) stay.
_UNSAFE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff"
    "\\ufff9-\\ufffb\\ufdd0-\\ufdef\\ufffe\\uffff\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """The text with every control, escape and mark of direction written out (`\\x1b`, `\\u202e`); lines stay lines."""
    if text.isascii() and text.isprintable():  # most of all texts, and quickly seen
        return text
    return _UNSAFE.sub(_shown, text) if _UNSAFE.search(text) else text


def is_visible(text: str) -> bool:
    """Whether visible() leaves the text as it is."""
    return _UNSAFE.search(text) is None


def all_visible(value: object) -> object:
    """The same for every text in lists and mappings, keys too."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else visible(value)
    if value is None or value.__class__ is int or value.__class__ is bool:
        return value
    if isinstance(value, (dict, Mapping)):
        return {all_visible(key): all_visible(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_visible(item) for item in value]
    return value


def is_all_visible(value: object) -> bool:
    """Whether all_visible() leaves every text as it is."""
    if isinstance(value, str):
        return (value.isascii() and value.isprintable()) or is_visible(value)
    if isinstance(value, (dict, Mapping)):
        return all(is_all_visible(key) and is_all_visible(item) for key, item in value.items())
    return all(map(is_all_visible, value)) if isinstance(value, (list, tuple)) else True
