# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of WMI rows as answers: missing, null, unreadable and repeated each have their own cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from .._model.answer import Answer, Cause
from .._wsman import values as wire
from .._wsman.values import Missing, Row

T = TypeVar("T")


def text(row: Row, name: str) -> Answer[str]:
    """A property that holds one text, without surrounding white space."""
    return _answer(row, name, wire.text)


def integer(row: Row, name: str) -> Answer[int]:
    """A property that holds a whole number."""
    return _answer(row, name, wire.integer)


def boolean(row: Row, name: str) -> Answer[bool]:
    """A property that holds true or false."""
    return _answer(row, name, wire.boolean)


def moment(row: Row, name: str) -> Answer[datetime]:
    """A property that holds a time with its zone, as an aware time in UTC."""
    return _answer(row, name, wire.moment)


def strings(row: Row, name: str) -> Answer[tuple[str, ...]]:
    """A property that holds an array of texts; one element alone counts as an array of one."""
    return _answer(row, name, wire.strings).map(tuple)


def iso(time: datetime) -> str:
    """A time as results show it: UTC with `Z`, and a fraction only when there is one."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _answer(row: Row, name: str, read: Callable[[Row, str], T | Missing | None]) -> Answer[T]:
    try:
        value = read(row, name)
    except wire.RepeatedValue as error:
        return Answer.unknown(Cause.INCONSISTENT, str(error))
    except wire.UnparsableValue as error:
        return Answer.unknown(Cause.UNPARSABLE, str(error))
    if isinstance(value, Missing):
        return Answer.unknown(Cause.PROPERTY_MISSING, f"the host returned no {name}")
    if value is None:
        return Answer.unknown(Cause.VALUE_MISSING, f"{name} is null")
    return Answer.known(value)
