# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of WMI rows: a property that is missing, one that is null and one that cannot be read are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from .._hotfix.answer import Answer, Cause

T = TypeVar("T")

_INTEGER = re.compile(r"\s*(-?[0-9]{1,20})\s*", re.ASCII)
_MOMENT = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})\s*", re.ASCII
)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

_SHOWN = 60
"""Characters of a foreign value that a message repeats."""


def raw(row: Mapping[str, object], name: str) -> Answer[object]:
    """The value of a property, whatever its form. Names compare without case, as WMI's do.

    Unknown with PROPERTY_MISSING when the row has no such property (a filtered token, an older class), with
    VALUE_MISSING when it is null.
    """
    for key, value in row.items():
        if key.lower() == name.lower():
            if value is None:
                return Answer.unknown(Cause.VALUE_MISSING, f"{name} is null")
            return Answer.known(value)
    return Answer.unknown(Cause.PROPERTY_MISSING, f"the host returned no {name}")


def text(row: Mapping[str, object], name: str) -> Answer[str]:
    """A property that holds one text; UNPARSABLE for an array or an embedded object."""
    answer = raw(row, name)
    if answer.is_known and not isinstance(answer.value, str):
        return Answer.unknown(Cause.UNPARSABLE, f"{name} is no single value")
    return answer.map(str)


def integer(row: Mapping[str, object], name: str) -> Answer[int]:
    """A property that holds an integer in decimal."""
    return _parsed(row, name, "an integer", parse_integer)


def boolean(row: Mapping[str, object], name: str) -> Answer[bool]:
    """A property that holds an xs:boolean (true, false, 1, 0; without case)."""
    return _parsed(row, name, "a boolean", parse_boolean)


def moment(row: Mapping[str, object], name: str) -> Answer[datetime]:
    """A property that holds an ISO 8601 time with an offset, as an aware time in UTC."""
    return _parsed(row, name, "a time", parse_moment)


def strings(row: Mapping[str, object], name: str) -> Answer[tuple[str, ...]]:
    """A property that holds an array of texts; a single element counts as an array of one (XML cannot tell them apart)."""
    answer = raw(row, name)
    if not answer.is_known:
        return answer.map(lambda _: ())
    items = answer.value if isinstance(answer.value, list) else [answer.value]
    if not all(isinstance(item, str) for item in items):
        return Answer.unknown(Cause.UNPARSABLE, f"{name} is no list of texts")
    return Answer.known(tuple(str(item) for item in items))


def parse_integer(value: str) -> int | None:
    """A decimal integer, or None."""
    match = _INTEGER.fullmatch(value)
    return int(match.group(1)) if match else None


def parse_boolean(value: str) -> bool | None:
    """An xs:boolean, or None."""
    return _BOOLEANS.get(value.strip().lower())


def parse_moment(value: str) -> datetime | None:
    """An ISO 8601 time with any fraction and an offset (`Z` or `+08:00`) as an aware time in UTC, or None."""
    match = _MOMENT.fullmatch(value)
    if match is None:
        return None
    seconds, fraction, offset = match.groups()
    micros = ((fraction or "") + "000000")[:6]
    try:
        return datetime.fromisoformat(f"{seconds}.{micros}{'+00:00' if offset == 'Z' else offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def iso(time: datetime) -> str:
    """A time as results show it: UTC, `Z`, with a fraction only when there is one."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parsed(row: Mapping[str, object], name: str, what: str, parse: Callable[[str], T | None]) -> Answer[T]:
    answer = text(row, name)
    if answer.value is None:
        return Answer.unknown(answer.cause or Cause.VALUE_MISSING, answer.detail)
    value = parse(answer.value)
    if value is None:
        return Answer.unknown(Cause.UNPARSABLE, f"{name} is {answer.value[:_SHOWN]!r}, which is not {what}")
    return Answer.known(value)
