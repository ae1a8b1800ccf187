# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error text of the collection, from its source: what is raised or returned as an error, and what a task says.

An error is a call of a class that is an exception by its bases, in plugins/; its text is the first argument, written
there or in a name that the same function sets. A text that is another error's, passed on, is told where that one is
made. What is filled in when it happens is an ellipsis here.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ROOT / "plugins"
GAP = "\u2026"
_ROOTS = frozenset({"Exception", "ValueError", "OSError", "LookupError", "RuntimeError"})
_ANSIBLES = frozenset({"AnsibleFilterError", "AnsibleActionFail", "AnsibleError"})
_LEAST_WORDS = 6
"""Letters of its own that a text must have: without, it is another error's with a frame around it."""

_MOST = 16
"""Texts that one expression makes; one with more choices in it is told with gaps."""


@dataclass(frozen=True, order=True)
class ErrorText:
    """text: with GAP for what is filled in. kind: the class. place: the file, below plugins/ or plugin_utils/."""

    place: str
    kind: str
    text: str


def error_texts(folder: Path = PLUGINS) -> list[ErrorText]:
    """All of them, each once, in order."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))}
    kinds = error_classes(trees.values())
    found: set[ErrorText] = set()
    for path, tree in trees.items():
        place = path.relative_to(folder).as_posix().removeprefix("plugin_utils/")
        found |= {ErrorText(place, kind, text) for kind, text in texts_of(tree, kinds)}
    return sorted(found)


def error_classes(trees: object) -> frozenset[str]:
    """Names of all classes that are exceptions, by bases that are."""
    bases: dict[str, set[str]] = {}
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(_last(base) for base in node.bases)
    known = set(_ROOTS)
    while more := {name for name, of in bases.items() if name not in known and of & known}:
        known |= more
    return frozenset(known - _ROOTS | _ANSIBLES)


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def texts_of(tree: ast.AST, kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Class and text of each error that a file makes."""
    yield from _in_scope(tree, kinds, {})


def _in_scope(scope: ast.AST, kinds: frozenset[str], outer: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    names: dict[str, set[str]] = {name: set(texts) for name, texts in outer.items()}
    inner: list[ast.AST] = []
    nodes: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            inner.append(node)
            continue
        nodes.append(node)
        waiting.extend(ast.iter_child_nodes(node))
    for node in nodes:
        for name, value in _assigned(node):
            names.setdefault(name, set()).update(_written(value, {}))
    for node in nodes:
        yield from _made(node, kinds, names)
    for one in inner:
        yield from _in_scope(one, kinds, names)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _made(node: ast.AST, kinds: frozenset[str], names: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call) and _last(node.func) in kinds and node.args:
        first = node.args[0]
        for text in _written(first, names):
            yield _last(node.func), text
    elif isinstance(node, ast.Dict):
        given = {key.value: value for key, value in zip(node.keys, node.values, strict=True)
                 if isinstance(key, ast.Constant)}  # fmt: skip
        if "failed" in given and "msg" in given:
            for text in _written(given["msg"], names):
                yield "msg", text


def _written(node: ast.expr, names: Mapping[str, set[str]]) -> set[str]:
    """The texts that an expression can be, as far as they are written there."""
    if isinstance(node, ast.IfExp):
        return _written(node.body, names) | _written(node.orelse, names)
    if isinstance(node, ast.Name):
        return names.get(node.id, set())
    texts = {" ".join(text.split()) for text in _literals(node, names)}
    return {text for text in texts if sum(map(str.isalpha, text)) >= _LEAST_WORDS}


def _literals(node: ast.expr, names: Mapping[str, set[str]]) -> set[str]:
    """The same, whatever there is of its own; a name inside a text stands for what it can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.FormattedValue):
        plain = isinstance(node.value, ast.Name) and node.conversion == -1 and node.format_spec is None
        return (names.get(node.value.id) if plain and isinstance(node.value, ast.Name) else None) or {GAP}
    if isinstance(node, ast.JoinedStr):
        return _joined([_literals(part, names) for part in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_literals(node.left, names), _literals(node.right, names)])
    return {GAP}


def _joined(parts: list[set[str]]) -> set[str]:
    """All that the parts make together; where that is too much, what varies is filled in."""
    if math.prod(map(len, parts)) > _MOST:
        parts = [part if len(part) == 1 else {GAP} for part in parts]
    return {"".join(each) for each in itertools.product(*parts)}
