# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checksums of a package file, and the pins that an operator gives: `sha1:…` or `sha256:…`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .errors import ChecksumMismatch
from .limits import Budget

_PIN = re.compile(r"\s*(sha1|sha256):\s*([0-9a-f]+)\s*", re.IGNORECASE)
_DIGITS = {"sha1": 40, "sha256": 64}
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Checksums:
    """SHA-1 and SHA-256 in lower-case hexadecimal digits."""

    sha1: str
    sha256: str


class Hasher:
    """Both checksums of a stream."""

    def __init__(self) -> None:
        self._sha1 = hashlib.sha1(usedforsecurity=False)  # what certutil on the target can tell
        self._sha256 = hashlib.sha256()

    def update(self, data: bytes) -> None:
        self._sha1.update(data)
        self._sha256.update(data)

    def result(self) -> Checksums:
        return Checksums(self._sha1.hexdigest(), self._sha256.hexdigest())


def hash_file(file: BinaryIO, what: str, budget: Budget) -> Checksums:
    """Both checksums of a whole file, read in pieces."""
    hasher = Hasher()
    file.seek(0)
    while piece := file.read(_CHUNK):
        budget.check_time(what)
        hasher.update(piece)
    return hasher.result()


def parse_pins(texts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Pins by algorithm. Raises ChecksumMismatch for one that is malformed: nobody may believe that it was checked."""
    pins: dict[str, set[str]] = {}
    for text in texts:
        match = _PIN.fullmatch(text)
        algorithm = match[1].lower() if match else ""
        if match is None or len(match[2]) != _DIGITS[algorithm]:
            raise ChecksumMismatch(
                f"the checksum {text[:80]!r} has no known form: sha1: with 40 or sha256: with 64 hexadecimal digits"
            )
        pins.setdefault(algorithm, set()).add(match[2].lower())
    return {algorithm: frozenset(values) for algorithm, values in pins.items()}


def pinned(pins: dict[str, frozenset[str]], found: Checksums) -> bool:
    """Whether a file is one of the pinned ones: of each algorithm that has pins, one is its checksum."""
    told = {"sha1": found.sha1, "sha256": found.sha256}
    return all(told[algorithm] in values for algorithm, values in pins.items())


def check_pins(pins: dict[str, frozenset[str]], found: Checksums, what: str) -> None:
    """Raises ChecksumMismatch when the file is none of the pinned ones."""
    if not pinned(pins, found):
        wanted = ", ".join(f"{algorithm}:{value}" for algorithm, values in pins.items() for value in sorted(values))
        raise ChecksumMismatch(
            f"{what} is not the pinned file: its checksum is sha256:{found.sha256} (sha1:{found.sha1}),"
            f" expected was {wanted}"
        )
