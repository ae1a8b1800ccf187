# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the value of a variable rests on, without evaluating it: hosts for which that is the same have the same value.

A template costs Ansible about 0.5 ms for each host, and most are the same for all hosts of a fleet. What a template
reads is in its own syntax: variables, their templates in turn, down to plain values. Where it does more than read
(a lookup, a call, a filter that may answer otherwise the next time), or reads what differs from host to host, nothing
is said, and the host's own value is evaluated.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import ansible.template
from jinja2 import Environment, TemplateError, meta, nodes

_PURE = frozenset(
    {"bool", "d", "default", "float", "int", "join", "length", "lower", "string", "ternary", "trim", "upper"}
)
"""Filters whose result rests on their arguments alone."""

_HEADER = "#jinja2:"
"""Begins a template that names marks of its own."""

_DEEPEST = 12
_WHOLE = frozenset({"vars", "hostvars", "environment"})
"""Names by which a template reaches all variables."""
_CONNECTION = "ansible_"
"""Begins names that Ansible adds once there is a connection."""

_MORE = (nodes.Call, nodes.CallBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)

Footprint = tuple[Any, ...]

_trusted: Callable[[Any], bool] = getattr(ansible.template, "is_trusted_as_template", lambda _value: True)
"""Whether Ansible evaluates a text at all; before 2.19 its type tells that."""


class Unsaid(Exception):
    """The value may be another one for each host."""


def footprint(value: Any, variables: Mapping[str, Any], depth: int = _DEEPEST) -> Footprint:
    """Equal where the value is the same: of a value as it is written, and the host's variables. Raises Unsaid."""
    if isinstance(value, str):
        text = str.__str__(value)
        if "{" not in text and not text.startswith(_HEADER):
            return ("text", text)
        names = _reads(text)
        if depth <= 0 or names is None:
            raise Unsaid
        read = [(name, footprint(variables[name], variables, depth - 1)) for name in names if name in variables]
        return ("template", text, type(value).__name__, _trusted(value), *read)
    if value is None or isinstance(value, (bool, int, float)):
        return (type(value).__name__, value)
    if depth > 0 and isinstance(value, (list, tuple)):
        return ("list", *(footprint(item, variables, depth - 1) for item in value))
    if depth > 0 and isinstance(value, dict):
        return ("map", *((_key(key), footprint(item, variables, depth - 1)) for key, item in value.items()))
    locked = getattr(value, "_ciphertext", None)
    if isinstance(locked, (str, bytes)):  # vaulted: the same for every host, whatever it opens to
        return ("locked", locked)
    raise Unsaid


def _key(key: Any) -> tuple[str, str]:
    """1 and "1" are two keys, and a template finds one of them."""
    return ("text", str.__str__(key)) if isinstance(key, str) else (type(key).__name__, repr(key))


@functools.lru_cache(maxsize=512)
def _reads(text: str) -> tuple[str, ...] | None:
    """The variables that a template reads, in order; None where it does more than read them."""
    if text.startswith(_HEADER):
        return None
    try:
        tree = Environment(autoescape=True).parse(text)
        names = sorted(meta.find_undeclared_variables(tree))
    except TemplateError:
        return None
    more = any(one.name not in _PURE for one in tree.find_all(nodes.Filter)) or any(tree.find_all(_MORE))
    more = more or any(name in _WHOLE or name.startswith(_CONNECTION) for name in names)
    return None if more else tuple(names)
