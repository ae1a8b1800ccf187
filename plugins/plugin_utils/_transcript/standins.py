# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a transcript for what was removed: the same for the same, within one transcript.

A stand-in is drawn or counted, never computed from what it stands for, so that nobody can try names until one fits. It
keeps the class of length, the case, digits as digits, and whether there is a character beyond ASCII.
"""

from __future__ import annotations

import random
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Callable

_TOKEN = re.compile("[0-9]+|[A-Za-z\x80-\x9f\xa1-\xad\xaf-\u2121\u2123-\U0010ffff]+")
"""Runs of digits, and of letters or anything beyond ASCII but the no-break space and the marks (R) and (TM)."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = ((3, "n", 2), (8, "name", 2), (15, "standin", 3), (10**9, "standinforalong", 5))
"""Up to so many letters: the stand-in's beginning, and the letters that count."""


class StandIns:
    """The stand-ins of one transcript.

    removed: how many times each kind was replaced. private: all that was replaced and is long enough to be searched
    for, without case.
    """

    def __init__(self, random_: random.Random | None = None) -> None:
        self._random = random_ or secrets.SystemRandom()
        self._made: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()
        self.private: set[str] = set()

    def once(self, kind: str, given: str, make: Callable[[], str]) -> str:
        """The stand-in of that kind; made by make() where there is none yet, another one where it is taken."""
        key = (kind, unicodedata.normalize("NFKC", given).casefold())
        known = self._made.get(key)
        if known is None:
            for _try in range(50):
                known = make()
                if known not in self._taken and known.casefold() != key[1]:
                    break
            while known is None or known.casefold() == key[1]:  # all are taken: twice the same, but never itself
                known = make()
            self._made[key] = known
            self._taken.add(known)
        return known

    def number(self, digits: str) -> str:
        """As many other digits; a number without a leading zero keeps none."""
        self.removed["numbers"] += 1
        if len(digits) >= 6:
            self.private.add(digits)
        first = "0123456789" if digits.startswith("0") else "123456789"

        def draw() -> str:
            return self._random.choice(first) + "".join(self._random.choice("0123456789") for _each in digits[1:])

        return self.once("number", digits, draw)

    def word(self, word: str) -> str:
        """A word without digits."""
        self.removed["words"] += 1
        if len(word) >= 4:
            self.private.add(word.casefold())
        return _in_case_of(word, self.once(f"word{_class(word)}", word, lambda: self._counted(word)))

    def _counted(self, word: str) -> str:
        most, start, width = _CLASSES[_class(word)]
        number = self._counts[start]
        self._counts[start] += 1
        counted = ""
        while number or len(counted) < width:
            number, letter = divmod(number, 26)
            counted = _LETTERS[letter] + counted
        end = "" if word.isascii() else "\xe9"
        return f"{start}{counted}{end}" if most > 3 else f"n{counted}{end}"

    def tokens(self, text: str, keep: Callable[[str], bool] = lambda _token: False) -> str:
        """A text with each word and number replaced but those to keep; ASCII punctuation and spaces stay."""

        def replaced(match: re.Match[str]) -> str:
            token = match[0]
            if keep(token):
                return token
            return self.number(token) if token.isdecimal() and token.isascii() else self.word(token)

        return _TOKEN.sub(replaced, text)

    # --- what has a form of its own ---------------------------------------------------------------------------------

    def hexadecimal(self, kind: str, text: str) -> str:
        """Other hexadecimal digits, in the same places and the same case."""
        self.removed[kind] += 1
        bare = re.sub("[^0-9a-f]", "", text.lower())
        drawn = self.once(kind, bare, lambda: "".join(self._random.choice("0123456789abcdef") for _each in bare))
        if len(bare) >= 6:
            self.private.add(text.strip("{}").casefold())
        upper = any(one in "ABCDEF" for one in text)
        digits = iter(drawn.upper() if upper else drawn)
        return re.sub("[0-9a-fA-F]", lambda _match: next(digits), text)

    def ipv4(self, text: str) -> str:
        """An address of the blocks for documentation (RFC 5737)."""
        self.removed["addresses"] += 1
        self.private.add(text)

        def draw() -> str:
            return f"{self._random.choice(('192.0.2', '198.51.100', '203.0.113'))}.{self._random.randrange(1, 255)}"

        return self.once("ipv4", text, draw)

    def ipv6(self, text: str) -> str:
        """An address of the prefix for documentation (RFC 3849)."""
        self.removed["addresses"] += 1
        self.private.add(text.casefold())
        made = self.once("ipv6", text, lambda: f"2001:db8::{self._random.randrange(1, 0xFFFF):x}")
        return made.upper() if any(one in "ABCDEF" for one in text) else made

    def sid(self, authority: str, rid: str) -> str:
        """The three numbers of a domain or computer are others; so is an account's own from 1000 on."""
        self.removed["sids"] += 1
        self.private.add(authority.casefold())
        parts = "-".join(self.once("sid", part, lambda: str(self._random.randrange(10**8, 2**32)))
                         for part in authority.split("-"))  # fmt: skip
        own = rid if len(rid) < 4 else self.once("rid", rid, lambda: str(self._random.randrange(10**4, 10**5)))
        return f"{parts}-{own}"


def _class(word: str) -> int:
    return next(index for index, (most, _start, _width) in enumerate(_CLASSES) if len(word) <= most)


def _in_case_of(word: str, stand_in: str) -> str:
    if word.isupper():
        return stand_in.upper()
    return stand_in.capitalize() if word[:1].isupper() else stand_in
