# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redacts one exchange after the other: which form each text of a message may stay in, by where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from . import allowed, wql
from .forms import Form, Forms, is_class
from .markup import Node

_Rule: TypeAlias = Callable[[Node], "tuple[Form, _Rule]"]
"""Of an element: the form of its text, and the rule for what is below it."""

_CONFIGURATION = frozenset({"config", "winrs", "client", "service"})
"""The service's own configuration, and its parts, as resources."""


_TEXTS = allowed.folded(allowed.REGISTRY_TEXTS)
_OUTPUT = allowed.folded(allowed.REGISTRY_OUTPUT)
_INPUT = allowed.folded(allowed.REGISTRY_INPUT)
_SETTINGS = allowed.folded(allowed.CONFIGURATION)
_ATTRIBUTES = frozenset(name.casefold() for name in allowed.ATTRIBUTES)


@dataclass(frozen=True)
class Subject:
    """What a request is about. key, value: of the registry."""

    action: str = ""
    class_name: str = ""
    key: str = ""
    value: str = ""


def action_of(request: Node) -> str:
    """The last part of the action; "Identify" for the message that has none."""
    action = request.find("Header", "Action")
    return "Identify" if action is None else action.text.strip().rpartition("/")[2]


def _text(node: Node | None) -> str:
    return "" if node is None else node.text.strip()


class Redactor:
    """Takes exchanges in their order. forms: of the transcript."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._classes: dict[str, str] = {}

    def exchange(self, request: Node, answer: Node | None) -> None:
        """Replace, in place, what may not stay."""
        subject = self._subject(request)
        self._envelope(request, subject)
        if answer is not None:
            for node in answer.walk():
                if node.local == "EnumerationContext" and node.text.strip():
                    self._classes[node.text.strip()] = subject.class_name
            self._envelope(answer, subject)

    def _subject(self, request: Node) -> Subject:
        action = action_of(request)
        body = request.find("Body")
        first = body.children[0] if body is not None and body.children else None
        if first is not None and first.local == "Enumerate":
            return Subject(action, wql.class_of(_text(first.find("Filter"))))
        if first is not None and first.local in ("Pull", "Release"):
            return Subject(action, self._classes.get(_text(first.find("EnumerationContext")), ""))
        class_name = _text(request.find("Header", "ResourceURI")).rpartition("/")[2]
        if first is not None and first.local.endswith("_INPUT"):
            return Subject(action, class_name, _text(first.find("sSubKeyName")), _text(first.find("sValueName")))
        return Subject(action, class_name)

    def _envelope(self, envelope: Node, subject: Subject) -> None:
        self._walk(envelope, Forms.private, _protocol(subject))

    def _walk(self, node: Node, form: Form, rule: _Rule) -> None:
        if node.local == "Filter" and "WQL" in node.attributes.get("Dialect", ""):
            node.content = [wql.redacted(node.text, self._forms)]
        elif not node.children:
            node.content = [self._forms.of(form, node.text)] if node.content else []
        else:
            node.content = [one if isinstance(one, Node) else self._forms.private(one) for one in node.content]
        node.attributes = {
            self._attribute(name): self._forms.of(_of_attribute(name), value) for name, value in node.attributes.items()
        }
        for child in node.children:
            self._walk(child, *rule(child))
        node.tag = self._named(node.tag, known=node.local.casefold() in allowed.NODES or is_class(node.local))

    def _attribute(self, name: str) -> str:
        """xmlns:PREFIX, or a name as an element's."""
        begin, _colon, rest = name.partition(":")
        if begin == "xmlns":
            return f"xmlns:{self._forms.prefix(rest)}" if rest else name
        return self._named(name, known=name.rpartition(":")[2].casefold() in _ATTRIBUTES)

    def _named(self, name: str, *, known: bool) -> str:
        prefix, colon, local = name.rpartition(":")
        return f"{self._forms.prefix(prefix)}{colon}{local if known else self._forms.stand_ins.tokens(local)}"


def _of_attribute(name: str) -> Form:
    if name == "xmlns" or name.startswith("xmlns:"):
        return Forms.uri
    return allowed.ATTRIBUTES.get(name.rpartition(":")[2], Forms.private)


def _protocol(subject: Subject) -> _Rule:
    """Headers, bodies and faults, down to where a row, an input or an output begins."""

    def rule(node: Node) -> tuple[Form, _Rule]:
        form = allowed.ELEMENTS.get(node.local, Forms.private)
        if node.local == "Items" or (node.local == "Body" and subject.action == "Get"):
            return form, instances
        if node.local.endswith("_INPUT"):
            return form, lambda child: (_INPUT.get(child.local.casefold(), Forms.private), _all_private)
        if node.local.endswith("_OUTPUT"):
            return form, _output(subject)
        return form, rule

    def instances(node: Node) -> tuple[Form, _Rule]:
        if node.local == "Fault":
            return Forms.private, rule
        if subject.class_name in _CONFIGURATION:
            return Forms.private, _configuration
        return Forms.private, _row(subject.class_name if node.local in ("XmlFragment", "Item") else node.local)

    return rule


def _configuration(node: Node) -> tuple[Form, _Rule]:
    return _SETTINGS.get(node.local.casefold(), Forms.private), _configuration


def _row(class_name: str) -> _Rule:
    """Properties of an instance; what lies below a property has its form too (a time does)."""

    def rule(node: Node) -> tuple[Form, _Rule]:
        form = allowed.form_of(class_name, node.local)
        return form, lambda _child: (form, _all_private)

    return rule


def _output(subject: Subject) -> _Rule:
    """Of a method: the registry's, by the value that was asked for."""
    value = subject.value.casefold()

    def rule(node: Node) -> tuple[Form, _Rule]:
        name = node.local.casefold()
        form = _OUTPUT.get(name, Forms.private)
        if name == "svalue":
            form = _TEXTS.get(value, Forms.private)
        elif name == "uvalue" and value in allowed.REGISTRY_NUMBERS:
            form = Forms.number
        return form, _all_private

    return rule


def _all_private(_node: Node) -> tuple[Form, _Rule]:
    return Forms.private, _all_private
