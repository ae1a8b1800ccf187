# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads JSON that somebody sent: each value of its type and within its bound, nothing missing, nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from .._wsman import errors, xmlread

MAX_LINES = 500_000
"""Lines of one message."""


class BadTranscript(ValueError):
    """A file that is no transcript, or is one that is damaged; the text says what and where."""


class Reader:
    """One object. where: its place, for messages. Every method raises BadTranscript."""

    def __init__(self, content: object, where: str) -> None:
        if not isinstance(content, dict):
            raise BadTranscript(f"{where} is {type(content).__name__}, expected an object")
        self._content: dict[str, object] = content
        self._taken: set[str] = set()
        self.where = where

    def _take(self, name: str, kind: type, *, none: bool = False) -> object:
        self._taken.add(name)
        if name not in self._content:
            raise BadTranscript(f"{self.where} has no {name}")
        value = self._content[name]
        if value is None and none:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BadTranscript(f"{self.where}: {name} is {type(value).__name__}, expected {kind.__name__}")
        return value

    def text(self, name: str, *, most: int) -> str:
        """A text of at most so many characters."""
        value = str(self._take(name, str))
        if len(value) > most:
            raise BadTranscript(f"{self.where}: {name} has {len(value)} characters, at most {most} are accepted")
        return value

    def integer(self, name: str, *, most: int, none: bool = False) -> int | None:
        """A number from 0 on."""
        value = self._take(name, int, none=none)
        if value is None or (isinstance(value, int) and 0 <= value <= most):
            return value
        raise BadTranscript(f"{self.where}: {name} is not between 0 and {most}")

    def truth(self, name: str) -> bool:
        """True or false."""
        return bool(self._take(name, bool))

    def inner(self, name: str, *, none: bool = False) -> Reader | None:
        """An object within."""
        value = self._take(name, dict, none=none)
        return None if value is None else Reader(value, f"{self.where}: {name}")

    def inners(self, name: str, *, most: int) -> list[Reader]:
        """A list of objects."""
        value = self._list(name, most)
        return [Reader(one, f"{self.where}: {name} {number}") for number, one in enumerate(value, 1)]

    def texts_by_name(self, name: str) -> Mapping[str, str]:
        """A small object of texts."""
        return {key: held.text(key, most=200) for held in [self._small(name)] for key in held._content}

    def numbers_by_name(self, name: str) -> Mapping[str, int]:
        """A small object of numbers."""
        held = self._small(name)
        return {key: held.integer(key, most=10**9) or 0 for key in held._content}

    def _small(self, name: str) -> Reader:
        held = Reader(self._take(name, dict), f"{self.where}: {name}")
        if len(held._content) > 20:
            raise BadTranscript(f"{held.where} has more than 20 entries")
        return held

    def _list(self, name: str, most: int) -> list[object]:
        value = self._take(name, list)
        if not isinstance(value, list) or len(value) > most:
            raise BadTranscript(f"{self.where}: {name} has more than {most} entries")
        return value

    def xml(self, name: str, *, none: bool = False) -> bytes | None:
        """An XML document in lines, that the collection reads."""
        if none and self._content.get(name, 0) is None:
            self._taken.add(name)
            return None
        lines = self._list(name, MAX_LINES)
        if not all(isinstance(line, str) for line in lines):
            raise BadTranscript(f"{self.where}: {name} holds something else than lines of text")
        try:
            data = "".join(map(str, lines)).encode()
            xmlread.parse(data)
        except (errors.MalformedResponse, UnicodeEncodeError) as error:
            raise BadTranscript(f"{self.where}: {name}: {error}") from None
        return data

    def nothing_else(self) -> None:
        """Refuse what was not asked for."""
        other = sorted(set(self._content) - self._taken)
        if other:
            raise BadTranscript(f"{self.where} has {other[0]!r}, which is not known")
