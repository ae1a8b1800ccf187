# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request asks for, whatever its ids, prefixes, time-outs and order of words: to find its recorded answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from . import wql
from .markup import Node
from .redact import action_of
from .times import DMTF

_Value: TypeAlias = "str | wql.Meaning | tuple[tuple[str, _Value], ...]"

_HOW = frozenset({"OptimizeEnumeration", "MaxElements", "MaxTime", "MaxCharacters"})
"""How to answer, not what is asked."""

READING = frozenset({"Identify", "Get", "Enumerate", "EnumKey", "EnumValues", "CheckAccess"})
_READS = ("Get",)


@dataclass(frozen=True)
class Asked:
    """action: the whole URI without case, "identify" for Identify. body: names and texts of what it holds."""

    action: str
    resource: str
    selectors: frozenset[tuple[str, str]]
    options: frozenset[tuple[str, str]]
    body: _Value
    repeatable: bool
    """Whether the same may be asked again and gets the same answer: it only reads, and needs no context."""


def asked(request: Node) -> Asked:
    """What a request means."""
    body = request.find("Body")
    action = action_of(request)
    return Asked(
        _text(request.find("Header", "Action")).casefold() or "identify",
        _text(request.find("Header", "ResourceURI")).casefold(),
        _named(request.find("Header", "SelectorSet")),
        _named(request.find("Header", "OptionSet")),
        () if body is None else tuple(_part(child) for child in body.children),
        action in READING or action.startswith(_READS),
    )


def label(request: Node) -> str:
    """A request in a few words, for a person."""
    action = action_of(request)
    body = request.find("Body")
    first = body.children[0] if body is not None and body.children else None
    if first is None or action == "Identify":
        return f"{action} {_text(request.find('Header', 'ResourceURI')).rpartition('/')[2]}".strip()
    query = first.find("Filter")
    if query is not None:
        return f"{action}: {' '.join(query.text.split())}"
    told = [_text(one) for one in first.children if one.local != "hDefKey" and _text(one)]
    return f"{action}: {' | '.join(told)}" if told else action


def context_of(message: Node) -> str:
    """The enumeration that a message goes on with; "" for one without."""
    return next((one.text.strip() for one in message.walk() if one.local == "EnumerationContext"), "")


def _text(node: Node | None) -> str:
    return "" if node is None else node.text.strip()


def _named(node: Node | None) -> frozenset[tuple[str, str]]:
    if node is None:
        return frozenset()
    return frozenset((one.attributes.get("Name", "").casefold(), _text(one)) for one in node.children)


def _part(node: Node) -> tuple[str, _Value]:
    if node.local == "Filter":
        return node.local, wql.meaning(node.text)
    if node.children:
        return node.local, tuple(_part(child) for child in node.children if child.local not in _HOW)
    text = _text(node)
    return node.local, "<time>" if DMTF.fullmatch(text) else text
