# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines as programs of the C runtime split them, and switches as most programs read them."""

from __future__ import annotations


def crt_split(text: str) -> list[str]:
    """Split like the C runtime's main(): blanks outside quotes, and backslashes before a quote."""
    out: list[str] = []
    position, size = 0, len(text)
    while True:
        while position < size and text[position] in " \t":
            position += 1
        if position >= size:
            return out
        current: list[str] = []
        quoted = False
        while position < size and (quoted or text[position] not in " \t"):
            slashes = 0
            while position < size and text[position] == "\\":
                slashes += 1
                position += 1
            if position < size and text[position] == '"':
                current.append("\\" * (slashes // 2))
                if slashes % 2:
                    current.append('"')
                elif quoted and text[position + 1 : position + 2] == '"':
                    current.append('"')
                    position += 1
                else:
                    quoted = not quoted
                position += 1
                continue
            current.append("\\" * slashes)
            if position < size and (quoted or text[position] not in " \t"):
                current.append(text[position])
                position += 1
        out.append("".join(current))


def is_switch(word: str) -> bool:
    """`/x` or `-x`."""
    return len(word) > 1 and word[0] in "/-"


def switch_name(word: str) -> str:
    """The name of a switch in lower case, without its sign and value."""
    return word[1:].partition(":")[0].lower()


def switch_value(word: str) -> str:
    """What follows the colon of `/x:value`."""
    return word.partition(":")[2].strip('"')
