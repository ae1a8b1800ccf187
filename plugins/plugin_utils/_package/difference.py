# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison of a package with the catalogue can find: one difference by name, and what it weighs."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class MatchStatus(enum.Enum):
    """The outcome, from best to worst. NOT_COMPARED: something could not be looked into."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_COMPARED = "not_compared"
    MISMATCH = "mismatch"


ORDER = list(MatchStatus)


@dataclass(frozen=True)
class Difference:
    """One difference by name. weight: what it makes of the whole. expected and found are texts, None for absent."""

    code: str
    weight: MatchStatus
    subject: str
    expected: str | None
    found: str | None

    @property
    def text(self) -> str:
        """One clause for people."""
        expected, found = (value if value is not None else "nothing" for value in (self.expected, self.found))
        return f"{self.subject}: {self.code.replace('_', ' ')} (expected {expected}, found {found})"

    def as_dict(self) -> dict[str, str | None]:
        return {
            "code": self.code,
            "weight": self.weight.value,
            "subject": self.subject,
            "expected": self.expected,
            "found": self.found,
            "text": self.text,
        }
