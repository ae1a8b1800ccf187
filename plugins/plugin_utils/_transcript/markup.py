# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A message as a tree that keeps prefixes, order and texts, and as lines that a person reads and that join to XML.

What XML does not count is not kept: the declaration, comments, processing instructions, the kind of quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from .._wsman import xmlread
from .._wsman.xmlmend import BACK, mended

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ATTRIBUTE = {**_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


@dataclass
class Node:
    """An element. tag with its prefix; attributes in order, declarations of namespaces too; texts and elements."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Node | str] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def children(self) -> list[Node]:
        return [one for one in self.content if isinstance(one, Node)]

    @property
    def text(self) -> str:
        """Its own text."""
        return "".join(one for one in self.content if isinstance(one, str))

    def walk(self) -> Iterator[Node]:
        """This element and all below, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def find(self, *names: str) -> Node | None:
        """The element reached through first children of these local names."""
        node: Node | None = self
        for name in names:
            node = next((one for one in node.children if one.local == name), None) if node is not None else None
        return node


def read(data: bytes) -> Node:
    """The root. Raises errors.MalformedResponse for what the collection would not read either."""
    xmlread.parse(data)  # its bounds, and no document type
    try:
        return _tree(data)
    except expat.ExpatError:
        better = mended(data)
        if better is None:
            raise
    return _tree(better, BACK)


def _tree(data: bytes, table: dict[int, str] | None = None) -> Node:
    top = Node("")
    stack = [top]

    def text_of(text: str) -> str:
        return text if table is None else text.translate(table)

    def start(tag: str, attributes: list[str]) -> None:
        pairs = zip(attributes[::2], map(text_of, attributes[1::2]), strict=True)
        node = Node(tag, dict(pairs))
        stack[-1].content.append(node)
        stack.append(node)

    def text(data: str) -> None:
        stack[-1].content.append(text_of(data))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: stack.pop()
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    return top.children[0]


def _escaped(text: str, table: dict[str, str]) -> str:
    return re.sub("[" + "".join(table) + "]", lambda match: table[match[0]], text)


def _start(node: Node, *, empty: bool) -> str:
    attributes = "".join(f' {name}="{_escaped(value, _ATTRIBUTE)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{attributes}{'/' if empty else ''}>"


def lines(node: Node) -> list[str]:
    """One line an element without children, one for each start, end and text otherwise; joined they are the XML."""
    made: list[str] = []
    waiting: list[Node | str] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            made.append(item)
            continue
        if not item.children:
            text = _escaped(item.text, _TEXT)
            made.append(f"{_start(item, empty=False)}{text}</{item.tag}>" if text else _start(item, empty=True))
            continue
        made.append(_start(item, empty=False))
        waiting.append(f"</{item.tag}>")
        waiting.extend(one if isinstance(one, Node) else _escaped(one, _TEXT) for one in reversed(item.content))
    return made
