# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what a host says is kept: a bound on memory over all answers that one task keeps.

Counted before an answer's elements become values, and as what they cost until the result has left this process: an
answer of 4 MB can become 150,000 nested dictionaries, and Ansible copies a result several times. Weights from measuring
the worker of wql_info (tests/hostile): about 900 bytes for an instance, 500 for a row of one short value.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

from . import errors

SIZE = 64 * 1024 * 1024
"""Bytes. The rest of the 100 MB of a conversation is for the answer at hand: its bytes and its tree."""

_INSTANCE = 1024
"""Of an element with others in it: a dictionary or a list, in each copy."""

_SLOT = 64
_COPIES = 4
"""Of each text: typed, marked by Ansible, pickled, written."""


def cost(element: ET.Element | None) -> int:
    """Bytes that the values of an element, itself included, are counted as."""
    if element is None:
        return 0
    elements = list(element.iter())
    leaves = [one.text or "" for one in elements if not len(one)]
    inner = len(elements) - len(leaves)
    return inner * _INSTANCE + len(leaves) * _SLOT + _COPIES * sum(map(sys.getsizeof, leaves))


class Room:
    """What is left for the answers that are kept together. left: bytes; it may be set back to what it was."""

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.left = size

    def take(self, amount: int, asked: str = "") -> None:
        """Count bytes. Raises errors.TooMuch, which names the bound, where they are more than is left."""
        if amount > self.left:
            raise errors.TooMuch(
                f"what the host says would take more than the {self.size // 1024**2} MB of memory that all answers of "
                f"one task may take together ({(self.size - self.left) // 1024**2} MB are in use)",
                do="Ask for less in one task: name the properties and a condition.",
                asked=asked,
            )
        self.left -= amount
