# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a WQL data query is made of, and what can be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass

Literal = str | int | float | bool | None


class WqlError(Exception):
    """A query that WMI refuses.

    ``kind``: ``unparsable`` (0x80041058), ``invalid_query`` (0x80041017) or ``not_supported``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """``name operator value``; operator is one of = <> < > <= >= like isa."""

    name: str
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Null:
    """``name IS [NOT] NULL``"""

    name: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    inner: Condition


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


Condition = Comparison | Null | Not | And | Or


@dataclass(frozen=True, slots=True)
class Select:
    """``SELECT fields FROM from_ WHERE where``; ``fields`` None is ``*``."""

    fields: tuple[str, ...] | None
    from_: str
    where: Condition | None = None
