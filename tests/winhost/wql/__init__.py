# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL: the query language of WMI. ``parse`` reads a data query, ``evaluate`` runs it over rows."""

from __future__ import annotations

from winhost.wql.evaluator import evaluate
from winhost.wql.model import And, Comparison, Condition, Literal, Not, Null, Or, Select, WqlError
from winhost.wql.parser import parse

__all__ = [
    "And",
    "Comparison",
    "Condition",
    "Literal",
    "Not",
    "Null",
    "Or",
    "Select",
    "WqlError",
    "evaluate",
    "parse",
]
