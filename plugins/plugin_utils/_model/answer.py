# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of a host: known, unknown with its cause, or not asked. Only known answers are evidence."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Cause(enum.Enum):
    """Why an answer is unknown."""

    CLASS_MISSING = "class_missing"
    PROPERTY_MISSING = "property_missing"
    VALUE_MISSING = "value_missing"
    KEY_MISSING = "key_missing"
    METHOD_MISSING = "method_missing"
    ACCESS_DENIED = "access_denied"
    FAULT = "fault"
    EMPTY = "empty"
    UNPARSABLE = "unparsable"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    UNAUTHENTICATED = "unauthenticated"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True)
class Answer(Generic[T]):
    """One question's answer.

    value: what the host said; None unless known (a known answer may itself be None-free by construction).
    cause: set when the question was asked and gave no evidence. Neither value nor cause: it was not asked.
    detail: one clause for people, never decided upon.
    """

    value: T | None = None
    cause: Cause | None = None
    detail: str = ""

    @classmethod
    def known(cls, value: T) -> Answer[T]:
        return cls(value=value)

    @classmethod
    def unknown(cls, cause: Cause, detail: str = "") -> Answer[T]:
        return cls(cause=cause, detail=detail)

    @classmethod
    def not_asked(cls) -> Answer[T]:
        return cls()

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def is_unknown(self) -> bool:
        return self.cause is not None

    @property
    def was_asked(self) -> bool:
        return self.is_known or self.is_unknown

    def map(self, function: Callable[[T], U]) -> Answer[U]:
        """The answer to a derived question: function of a known value, the same cause otherwise."""
        if self.value is None:
            return Answer(cause=self.cause, detail=self.detail)
        return Answer.known(function(self.value))
