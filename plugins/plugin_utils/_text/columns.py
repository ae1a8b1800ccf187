# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in columns of a terminal: how many a text takes, cut and filled to a number of them.

By Unicode's own data (unicodedata): marks that combine take none, wide and full-width characters two. Where a terminal
joins several characters into one picture it shows fewer than counted here, so that a table is never too wide.
"""

from __future__ import annotations

import unicodedata

_NONE = ("Mn", "Me", "Cf")
_WIDE = ("W", "F")
_CUT = "\u2026"


def columns(text: str) -> int:
    """How many columns a line takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in _NONE:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def cut(text: str, most: int) -> str:
    """The text in at most that many columns, with an ellipsis where something is missing."""
    if columns(text) <= most:
        return text
    kept, used = [], 1
    for character in text:
        used += _columns(character)
        if used > most:
            break
        kept.append(character)
    return "".join(kept).rstrip() + _CUT


def fill(text: str, wanted: int) -> str:
    """The text with blanks behind it; unchanged where it is longer."""
    return text + " " * (wanted - columns(text))


def wrap(text: str, most: int, lines: int) -> list[str]:
    """The text at its blanks in at most so many lines of so many columns; the last one tells where it was cut."""
    words, found = text.split(), [""]
    for at, word in enumerate(words):
        longer = f"{found[-1]} {word}".strip()
        if columns(longer) <= most:
            found[-1] = longer
        elif len(found) == lines:
            found[-1] = cut(" ".join([found[-1], *words[at:]]).strip(), most)
            break
        elif found[-1]:
            found.append(cut(word, most))
        else:
            found[-1] = cut(word, most)
    return [one for one in found if one]
