# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: which faults, at which message of which operation, and what must hold afterwards.

For every case: the run ends in bounded time, with a correct result or one clear error; a second run succeeds; nothing
of ours is left on the host. The operations are driven in this process, as the action plugins do.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

OPERATIONS = ("hotfix_info", "wql_info", "staged", "present", "absent", "reboot")

FAULTS: dict[str, dict[str, object]] = {
    "refused": {"kind": "refuse", "seconds": 0.5},
    "reset": {"kind": "reset"},
    "reset after": {"kind": "reset_after"},
    "stall": {"kind": "stall", "seconds": 0.3},
    "silence": {"kind": "stall"},
    "truncated": {"kind": "truncated_xml"},
    "cut": {"kind": "cut"},
    "duplicate": {"kind": "twice"},
    "late": {"kind": "late", "seconds": 0.4},
    "401 in mid-session": {"kind": "unauthorized", "times": 1},
    "413": {"kind": "too_large", "times": 1},
    "500 without SOAP": {"kind": "error_page", "times": 1},
    "503 for a while": {"kind": "busy", "times": 3},
    "TLS alert": {"kind": "tls_alert"},
    "shell gone": {"kind": "shell_gone"},
    "unknown command": {"kind": "unknown_command"},
    "995": {"kind": "aborted"},
    "quota": {"kind": "quota"},
    "w:TimedOut": {"kind": "timed_out"},
    "reboot": {"kind": "reboot", "crash": True},
    "clock step": {"kind": "clock_step", "seconds": 7200},
}

MOST_SECONDS = 90.0
"""For one faulty run: far less than any deadline, far more than any run here takes without a fault."""


@dataclass(frozen=True)
class Case:
    """One fault at one message (from 1) of one operation."""

    operation: str
    fault: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.operation} / {self.fault} / {self.number}"

    @property
    def channel(self) -> str:
        """Lean and pywinrm in turn; all cases over the one that WINLEGACY_TEST_CHANNEL names."""
        if forced := os.environ.get("WINLEGACY_TEST_CHANNEL"):
            return forced
        place = OPERATIONS.index(self.operation) + list(FAULTS).index(self.fault) + self.number
        return ("lean", "pywinrm")[place % 2]


def every_case(lengths: Mapping[str, int]) -> Iterator[Case]:
    """All cases; lengths: the messages of each operation without a fault."""
    for operation in OPERATIONS:
        for fault in FAULTS:
            for number in range(1, lengths[operation] + 1):
                yield Case(operation, fault, number)


def sample(lengths: Mapping[str, int], count: int, seed: int) -> list[Case]:
    """So many cases, the same for the same seed: each fault and each operation about equally often."""
    chance = random.Random(seed)
    pairs = [(operation, fault) for operation in OPERATIONS for fault in FAULTS]
    chance.shuffle(pairs)
    return [
        Case(operation, fault, chance.randint(1, lengths[operation]))
        for operation, fault in (pairs[number % len(pairs)] for number in range(count))
    ]


def shuffled(lengths: Mapping[str, int], seed: int) -> list[Case]:
    """All cases in the order of the seed, so that a run that is cut short has seen some of everything."""
    cases = list(every_case(lengths))
    random.Random(seed).shuffle(cases)
    return cases
