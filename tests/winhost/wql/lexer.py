# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of a WQL query."""

from __future__ import annotations

import re
from typing import NamedTuple

from winhost.wql.model import WqlError

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<operator><>|!=|<=|>=|=|<|>|\(|\)|,|\*|\.)
    """,
    re.X | re.S,
)
_MAXIMUM = 16384  # WBEM_MAX_QUERY of wbemcli.h


class Token(NamedTuple):
    """A word: its kind (string, number, name, operator, end), its text, where it stands."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """All words, then one of kind ``end``. WqlError at the first character that begins none."""
    if len(text) > _MAXIMUM:
        raise WqlError("invalid_query", "the query is too long")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise WqlError("unparsable", f"unexpected character at {position}")
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match.group(), position))
        position = match.end()
    found.append(Token("end", "", position))
    return found


def unescape(quoted: str) -> str:
    """The value of a string word: a backslash takes the next character as it is."""
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.S)
