# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WMI sends, as Python values, and look-ups that tell a missing property from a null one.

Row = one instance: property name (the server's case) -> value. None is xsi:nil, "" an empty element, a list a repeated
element, a dict an embedded instance; an array of one element arrives as that element (use `strings`).
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import operator
import re
import xml.etree.ElementTree as ET
from typing import Final, TypeAlias

from . import uris
from .xmlread import local, local_name

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Row: TypeAlias = "dict[str, Value]"

_TAG = operator.attrgetter("tag")
_NIL = f"{{{uris.XSI}}}nil"
_TIME_WRAPPERS = frozenset({"Datetime", "CIM_DateTime", "Interval", "Date", "Time"})


class Missing(enum.Enum):
    """The type of MISSING."""

    MISSING = "missing"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING


class UnparsableValue(ValueError):
    """A property holds something that is not of the type asked for. The text names the property and the value."""


class RepeatedValue(UnparsableValue):
    """A property that has one value stands in its row several times: none of them is believed."""


def element_value(element: ET.Element) -> Value:
    """The value of one property element (DSP0230, MS-WSMV 2.2.4)."""
    if element.get(_NIL, "").strip() in {"true", "1"}:
        return None
    children = list(element)
    if not children:
        return element.text or ""
    if len(children) == 1 and local(children[0]) in _TIME_WRAPPERS and not list(children[0]):
        return element_value(children[0])
    if local(element) == "SelectorSet":
        return {selector.get("Name", ""): element_value(selector) for selector in children}
    return element_row(element)


def element_row(element: ET.Element) -> Row:
    """The children of an instance, an XmlFragment or a method's output, as a row; a repeated name makes a list.

    Names are compared without case, as WMI does; the first spelling stands.
    """
    grouped: dict[str, list[Value]] = {}
    children = list(element)
    texts = not any(map(len, children)) and not any(map(ET.Element.keys, children))  # as in a list of all packages
    for tag, run in itertools.groupby(children, _TAG):
        values = ((item.text or "") if texts else element_value(item) for item in run)
        grouped.setdefault(local_name(tag), []).extend(values)
    if len({name.casefold() for name in grouped}) < len(grouped):
        grouped = _without_case(grouped)
    return {name: values[0] if len(values) == 1 else values for name, values in grouped.items()}


def _without_case(grouped: dict[str, list[Value]]) -> dict[str, list[Value]]:
    """The same with names that differ by case alone made one."""
    names: dict[str, str] = {}
    merged: dict[str, list[Value]] = {}
    for name, values in grouped.items():
        merged.setdefault(names.setdefault(name.casefold(), name), []).extend(values)
    return merged


def find(row: Row, name: str) -> Value | Missing:
    """A property by name, case-insensitively as WMI compares; MISSING when the row does not have it."""
    if name in row:
        return row[name]
    folded = name.casefold()
    return next((value for key, value in row.items() if key.casefold() == folded), MISSING)


def text(row: Row, name: str) -> str | Missing | None:
    """A string property without surrounding white space (captions may end in a space).

    UnparsableValue if it is no string, RepeatedValue if there are several.
    """
    value = find(row, name)
    if value is None or isinstance(value, Missing):
        return value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        said = " and ".join("null" if one is None else repr(str(one)[:60]) for one in value[:2])
        raise RepeatedValue(f"{name} is given {len(value)} times: {said}")
    raise UnparsableValue(f"{name} holds {type(value).__name__}, expected one string")


def integer(row: Row, name: str) -> int | Missing | None:
    """A whole number, signed or not. UnparsableValue for anything else, "" included."""
    value = text(row, name)
    if value is None or isinstance(value, Missing):
        return value
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", value):
        raise UnparsableValue(f"{name} holds {value[:60]!r}, expected a whole number")
    return int(value)


def boolean(row: Row, name: str) -> bool | Missing | None:
    """true/false (any case) or 1/0. UnparsableValue for anything else."""
    value = text(row, name)
    if value is None or isinstance(value, Missing):
        return value
    if value.lower() in {"true", "1"}:
        return True
    if value.lower() in {"false", "0"}:
        return False
    raise UnparsableValue(f"{name} holds {value[:60]!r}, expected true or false")


def strings(row: Row, name: str) -> list[str] | Missing | None:
    """An array of strings, kept as sent; one element and many look alike. Null members are left out."""
    value = find(row, name)
    if value is None or isinstance(value, Missing):
        return value
    members = value if isinstance(value, list) else [value]
    found = [member for member in members if member is not None]
    texts = [member for member in found if isinstance(member, str)]
    if len(texts) < len(found):
        raise UnparsableValue(f"{name} holds embedded instances, expected strings")
    return texts


def moment(row: Row, name: str) -> dt.datetime | Missing | None:
    """A date and time, aware, in UTC. UnparsableValue for anything else."""
    value = text(row, name)
    if value is None or isinstance(value, Missing):
        return value
    return parse_datetime(value)


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)
_DMTF = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})", re.ASCII)


def parse_datetime(value: str) -> dt.datetime:
    """A date and time in UTC, from ISO 8601 with 0 to 9 fraction digits and Z or an offset, or from a DMTF string.

    Digits beyond the microsecond are cut. UnparsableValue for anything else: a time without its zone, DMTF wildcards
    and intervals, an impossible date.
    """
    stripped = value.strip()
    iso, dmtf = _ISO.fullmatch(stripped), _DMTF.fullmatch(stripped)
    match = iso or dmtf
    if match is None:
        raise UnparsableValue(f"{value[:60]!r} is not a date and time with its zone")
    *fields, fraction, zone = match.groups()
    if dmtf:
        minutes = int(zone)
    elif zone in {"Z", "z"}:
        minutes = 0
    else:
        digits = zone[1:].replace(":", "")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    try:
        year, month, day, hour, minute, second = (int(field) for field in fields)
        zoned = dt.datetime(
            year, month, day, hour, minute, second, microsecond, dt.timezone(dt.timedelta(minutes=minutes))
        )
        return zoned.astimezone(dt.UTC)
    except (ValueError, OverflowError) as exc:
        raise UnparsableValue(f"{value[:60]!r} is no possible date and time: {exc}") from None
