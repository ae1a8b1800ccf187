# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads XML from an untrusted host: no DTD, no entities, bounded size, depth and number of elements.

What is plainly small and plain becomes a tree without Python in between, and its bounds are looked at afterwards;
everything else goes the long way, which ends at the first thing that is not accepted.
"""

from __future__ import annotations

import codecs
import functools
import itertools
import operator
import re
import xml.etree.ElementTree as ET
from typing import NoReturn
from xml.parsers import expat

from . import errors
from .xmlmend import BACK, mended

_FORBIDDEN_CHARACTER = frozenset(
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_BAD_CHAR_REF,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNDEFINED_ENTITY,
    )
)
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_NAME = 2048
MAX_NAMES = 512 * 1024
"""Characters of one name, its namespace included, and of all different names of a document together."""


_QUICK = 50_000
"""Marks (< and =) of a document that may be built before it is counted: as many elements and attributes at most."""

_OTHER_ENCODING = rb"""(?![^<>]*encoding\s*=\s*["'](?!utf-8["']))"""
_PLAIN = re.compile(rb"(?:<\?xml" + _OTHER_ENCODING + rb"[^<>?]*\?>\s*)?<[A-Za-z_]", re.IGNORECASE)
_LONG_NAMESPACE = re.compile(rb"""xmlns[^=<>]*=\s*(?:"[^"<]{300}|'[^'<]{300})""")


_TAG = operator.attrgetter("tag")


class _Refused(Exception):
    """Raised inside an expat callback: the document holds something that is not accepted."""


class _Builder:
    """Feeds expat's events into an ElementTree, counting depth and elements."""

    def __init__(self) -> None:
        self._tree = ET.TreeBuilder()
        self._depth = 0
        self._elements = 0
        self._names: dict[str, str] = {}
        self._room = MAX_NAMES
        self.table: dict[int, str] | None = None

    def _name(self, name: str) -> str:
        """A name in Clark's notation, one object for all its occurrences: its namespace may be long."""
        known = self._names.get(name)
        if known is None:
            self._room -= len(name)
            if len(name) > MAX_NAME:
                raise _Refused(f"a name of {len(name)} characters, its namespace included (at most {MAX_NAME})")
            if self._room < 0:
                raise _Refused(f"different names of more than {MAX_NAMES} characters together")
            known = self._names[name] = "{" + name if "}" in name else name
        return known

    def start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        self._elements += 1 + len(attributes) // 2
        if self._depth > MAX_DEPTH:
            raise _Refused(f"elements nested deeper than {MAX_DEPTH}")
        if self._elements > MAX_ELEMENTS:
            raise _Refused(f"more than {MAX_ELEMENTS} elements and attributes")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        self._tree.start(self._name(name), {self._name(key): self._text(value) for key, value in pairs})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(self._name(name))

    def data(self, text: str) -> None:
        self._tree.data(self._text(text))

    def _text(self, text: str) -> str:
        return text if self.table is None else text.translate(self.table)

    def close(self) -> ET.Element:
        return self._tree.close()


def _refuse_doctype(*_ignored: object) -> NoReturn:
    raise _Refused("a document type declaration")


def _refuse_entity(*_ignored: object) -> NoReturn:
    raise _Refused("an entity declaration or reference")


def parse(data: bytes) -> ET.Element:
    """The root element of a document.

    Characters that XML forbids are read as what they are, and what is no character so that it shows (xmlmend.py).
    Raises errors.MalformedResponse for anything that is empty, not well-formed otherwise, too large or too deep, or
    that holds a document type declaration or declares an entity.
    """
    if not data.strip():
        raise errors.MalformedResponse("the answer is empty")
    if len(data) > MAX_BYTES:
        raise errors.MalformedResponse(f"the answer has {len(data)} bytes, more than the {MAX_BYTES} accepted")
    quick = _quickly(data)
    if quick is not None:
        return quick
    try:
        return _parsed(data)
    except expat.ExpatError as exc:
        may = exc.code in _FORBIDDEN_CHARACTER or data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        better = mended(data) if may else None  # half a pair in UTF-16 swallows the next character
        if better is None:
            raise errors.MalformedResponse(f"the answer is not well-formed XML: {exc}") from None
    try:
        return _parsed(better, BACK)
    except expat.ExpatError as exc:
        raise errors.MalformedResponse(f"the answer is not well-formed XML: {exc}") from None


def _quickly(data: bytes) -> ET.Element | None:
    """The root element of a plain document that keeps all bounds; None for others, which are read the long way.

    Plain: UTF-8 without a declaration of types, few marks, and no long namespace, which each name would repeat.
    """
    if (
        not _PLAIN.match(data)
        or b"<!DOCTYPE" in data
        or data.count(b"<") + data.count(b"=") > _QUICK
        or _LONG_NAMESPACE.search(data)
    ):
        return None
    try:
        root = ET.fromstring(data)  # noqa: S314 - without a document type there is nothing to expand
    except (ET.ParseError, ValueError, LookupError, MemoryError):
        return None
    elements = list(root.iter())
    names = set(map(_TAG, elements)).union(*filter(None, map(ET.Element.keys, elements)))
    lengths = [len(name) for name in names]
    if max(lengths) > MAX_NAME or sum(lengths) > MAX_NAMES:
        return None
    level: list[ET.Element] = [root]
    for _depth in range(MAX_DEPTH):
        level = list(itertools.chain.from_iterable(filter(len, level)))
        if not level:
            return root
    return None


def _parsed(data: bytes, table: dict[int, str] | None = None) -> ET.Element:
    builder = _Builder()
    builder.table = table
    parser = expat.ParserCreate(None, "}", None)  # None: no dictionary of names beside ours
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = _refuse_entity
    try:
        parser.Parse(data, True)
        return builder.close()
    except _Refused as exc:
        raise errors.MalformedResponse(f"the answer holds {exc}, which is not accepted") from None
    except (ValueError, LookupError, AssertionError, MemoryError) as exc:
        raise errors.MalformedResponse(f"the answer cannot be decoded: {exc}") from None


@functools.lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """A tag without its namespace: one object for the same name again and again."""
    return tag.rpartition("}")[2]


def local(element: ET.Element) -> str:
    """An element's name without its namespace."""
    return local_name(element.tag)


def child(parent: ET.Element | None, name: str) -> ET.Element | None:
    """The first child of that local name, in any namespace; None when the parent is None or has none."""
    if parent is None:
        return None
    return next((element for element in parent if local(element) == name), None)


def descend(parent: ET.Element | None, *names: str) -> ET.Element | None:
    """The element reached through children of these local names, or None."""
    for name in names:
        parent = child(parent, name)
    return parent


def text_of(element: ET.Element | None) -> str:
    """An element's own text with runs of white space made one space; "" when there is none."""
    return " ".join((element.text or "").split()) if element is not None else ""
