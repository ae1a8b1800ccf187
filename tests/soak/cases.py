# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trials there are: seeded, so that each can be repeated by its number alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

COUNTS = {"kill": 340, "playbook_kill": 12, "clock": 100, "race": 200, "break": 100}
"""At least 300 kills (some of ansible-playbook itself), 100 clock steps and pauses, 200 races and 100 breaks."""

SAMPLE = {"kill": 24, "playbook_kill": 2, "clock": 10, "race": 14, "break": 10}
"""The fixed sample of make exhaustive."""


@dataclass(frozen=True)
class Case:
    """One trial. number: over all kinds; seed: of everything in it that is left to chance."""

    number: int
    kind: str
    seed: int

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.number}"

    def chance(self) -> random.Random:
        return random.Random(self.seed)  # noqa: S311 - no secret


def trials(seed: int, counts: dict[str, int]) -> list[Case]:
    """The trials of a seed, kinds mixed, so that a part of them is a fair one."""
    made = [
        Case(number, kind, hash_of(seed, kind, number)) for kind, count in counts.items() for number in range(count)
    ]
    random.Random(seed).shuffle(made)  # noqa: S311
    return made


def hash_of(seed: int, kind: str, number: int) -> int:
    """The same for the same three, in every process."""
    return random.Random(f"{seed} {kind} {number}").getrandbits(48)  # noqa: S311
