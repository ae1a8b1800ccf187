# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What needs work first: the order of everything that people read."""

from __future__ import annotations

from typing import Any

from .._verdict.status import Outcome
from .rows import is_symptomatic
from .statuses import OUTCOMES, STATUSES

_ORDER = (Outcome.MISSING, Outcome.PENDING, Outcome.NO_VERDICT, Outcome.DONE, Outcome.NOT_CONCERNED)
_RANKS = {outcome: rank for rank, outcome in enumerate(_ORDER)}
_AT = {status: at for at, status in enumerate(STATUSES)}


def by_urgency(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, those first where something is to be done; where nothing tells them apart, as they came."""
    return sorted(rows, key=_urgency)


def needs_work(row: dict[str, Any]) -> bool:
    """Whether something is to be done about the host, finding out included."""
    return _rank(row) < _RANKS[Outcome.DONE]


def _urgency(row: dict[str, Any]) -> tuple[int, bool, int, bool]:
    return _rank(row), not is_symptomatic(row), _AT[row["status"]], row["reboot_required"] is not True


def _rank(row: dict[str, Any]) -> int:
    rank = _RANKS[OUTCOMES[row["status"]]]
    return min(rank, _RANKS[Outcome.PENDING]) if row["reboot_required"] is True else rank
