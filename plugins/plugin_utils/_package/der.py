# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of DER (ITU-T X.690): one element at a time, nothing is copied but what is asked for.

The cryptography library reads certificates and not the signed data around them. Strict: what is no DER raises, so that
no two readers can see two things in the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import PackageError

INTEGER, OCTETS, OID, UTC_TIME, GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
_LONG_TAG = 0x1F
_LENGTH_BYTES = 4
_CHILDREN = 1000


class DerError(PackageError):
    """The bytes are no DER, or not the element that was expected."""


def context(number: int) -> int:
    """The tag of a constructed element [number]."""
    return 0xA0 | number


@dataclass(frozen=True)
class Element:
    """One element: bytes start to end of data, its content from body on."""

    data: bytes
    tag: int
    start: int
    body: int
    end: int

    @property
    def raw(self) -> bytes:
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.body : self.end]

    def expect(self, tag: int) -> Element:
        """Itself. Raises DerError when it has another tag."""
        if self.tag != tag:
            raise DerError(f"an element of type {self.tag:#04x} stands where {tag:#04x} was expected")
        return self

    def children(self) -> tuple[Element, ...]:
        """What is in it. Raises DerError when that is not exactly elements."""
        found: list[Element] = []
        place = self.body
        while place < self.end:
            if len(found) >= _CHILDREN:
                raise DerError(f"an element holds more than {_CHILDREN} others")
            found.append(_at(self.data, place, self.end))
            place = found[-1].end
        return tuple(found)

    def integer(self) -> int:
        """The value of an INTEGER."""
        content = self.expect(INTEGER).content
        if not content:
            raise DerError("a number has no digits")
        return int.from_bytes(content, "big", signed=True)

    def oid(self) -> str:
        """The value of an OBJECT IDENTIFIER in dotted form."""
        content = self.expect(OID).content
        if not content or content[-1] & 0x80:
            raise DerError("an object identifier has no end")
        numbers, value = [], 0
        for byte in content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def first_element(data: bytes) -> Element:
    """The element that data starts with; others may follow. Raises DerError."""
    return _at(data, 0, len(data))


def _at(data: bytes, start: int, limit: int) -> Element:
    if limit - start < 2:
        raise DerError("it is cut off")
    tag, length, body = data[start], data[start + 1], start + 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise DerError("an element has a tag of several bytes")
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= _LENGTH_BYTES or body + count > limit:
            raise DerError("the length of an element has no end or is absurd")
        length = int.from_bytes(data[body : body + count], "big")
        if length < 0x80 or not data[body]:
            raise DerError("the length of an element is not written as DER wants")
        body += count
    if body + length > limit:
        raise DerError("an element is longer than what holds it")
    return Element(data, tag, start, body, body + length)
