# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix in figures: by operation, by fault, and whatever was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

ERROR = "error"


@dataclass(frozen=True)
class Outcome:
    """How a case went. kind: "result" or "error"; problem: what must not be, "" when all is well."""

    case: str
    seconds: float
    second_seconds: float
    kind: str
    ended: str
    problem: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def figures(outcomes: Sequence[Outcome]) -> str:
    """Cases, results in spite of the fault, clear errors, problems and the longest faulty run; problems at the end."""
    lines = [_line("all", outcomes)]
    for part in (0, 1):
        names = sorted({one.case.split(" / ")[part] for one in outcomes})
        lines += [_line(name, [one for one in outcomes if one.case.split(" / ")[part] == name]) for name in names]
    lines += [f"PROBLEM {one.case}: {one.problem} (first run: {one.ended[:120]})" for one in outcomes if one.problem]
    return "\n".join(lines)


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    counted = Counter(one.kind for one in outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds, default=None)
    longest = f"longest {slowest.seconds:.1f} s ({slowest.case})" if slowest else ""
    return (
        f"{name:20} {len(outcomes):5} cases: {counted['result']:5} results, {counted[ERROR]:5} clear errors, "
        f"{sum(1 for one in outcomes if one.problem):3} problems, {longest}"
    )
