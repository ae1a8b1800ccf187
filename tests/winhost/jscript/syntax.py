# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What JScript 5.7 does not understand, found before a script runs; and the script made ready for our engine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

RESERVED = frozenset(
    [
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
    ]
)
_YOUNG = {
    "ArrowFunctionExpression": "Syntax error",
    "ClassDeclaration": "Syntax error",
    "ClassExpression": "Syntax error",
    "TemplateLiteral": "Invalid character",
    "TaggedTemplateExpression": "Invalid character",
    "SpreadElement": "Syntax error",
    "ForOfStatement": "Expected ';'",
    "ObjectPattern": "Expected identifier",
    "ArrayPattern": "Expected identifier",
    "AssignmentPattern": "Expected ')'",
    "RestElement": "Expected identifier",
    "YieldExpression": "Expected ';'",
    "AwaitExpression": "Expected ';'",
    "MetaProperty": "Expected identifier",
    "ImportDeclaration": "Syntax error",
    "ExportNamedDeclaration": "Syntax error",
    "Super": "Syntax error",
}


class ScriptSyntaxError(Exception):
    """Where the compiler stops, and what it says."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.message = message


@lru_cache(maxsize=64)
def prepare(source: str) -> str:
    """Check a script and give what the engine is to run. Raises ScriptSyntaxError."""
    import esprima  # half a second, and most fleets run no script

    text = source.lstrip("\ufeff")
    try:
        tree = esprima.parseScript(text, range=True, loc=True)
    except esprima.Error as error:
        line, column = getattr(error, "lineNumber", 1) or 1, getattr(error, "column", 1) or 1
        raise ScriptSyntaxError(line, column, "Syntax error") from error
    except RecursionError as error:
        raise ScriptSyntaxError(1, 1, "Out of stack space") from error
    edits: list[tuple[int, int, str]] = []
    for node, parent, role in _walk(tree):
        _check(node, text)
        edits += _index_reads(node, parent, role, text)
    return _edited(text, edits)


def _walk(tree: Any) -> Iterator[tuple[Any, Any, str]]:
    todo: list[tuple[Any, Any, str]] = [(tree, None, "")]
    while todo:
        node, parent, role = todo.pop()
        yield node, parent, role
        for name, value in vars(node).items():
            if name in ("loc", "range", "regex", "type"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if hasattr(child, "type") and hasattr(child, "range"):
                    todo.append((child, node, name))


def _stop(node: Any, message: str) -> None:
    raise ScriptSyntaxError(node.loc.start.line, node.loc.start.column + 1, message)


def _check(node: Any, text: str) -> None:
    if node.type in _YOUNG:
        _stop(node, _YOUNG[node.type])
    if node.type == "VariableDeclaration" and node.kind != "var":
        _stop(node, "Expected ';'" if node.kind == "let" else "Syntax error")
    if node.type in ("FunctionDeclaration", "FunctionExpression") and (
        node.generator or getattr(node, "isAsync", False)
    ):
        _stop(node, "Expected '('")
    if node.type == "CatchClause" and node.param is None:
        _stop(node, "Expected '('")
    if node.type == "BinaryExpression" and node.operator == "**":
        _stop(node, "Syntax error")
    if node.type == "MemberExpression" and not node.computed and node.property.name in RESERVED:
        _stop(node.property, "Expected identifier")
    if node.type == "Literal" and isinstance(node.value, int | float) and node.raw[:2].lower() in ("0b", "0o"):
        _stop(node, "Expected ';'")
    if node.type == "ObjectExpression":
        for member in node.properties:
            plain = member.kind == "init" and not member.method and not member.shorthand and not member.computed
            if not plain or (member.key.type == "Identifier" and member.key.name in RESERVED):
                _stop(member, "Expected ':'" if not plain else "Expected identifier, string or number")
        if node.properties and "," in _without_comments(text[node.properties[-1].range[1] : node.range[1]]):
            _stop(node.properties[-1], "Expected identifier, string or number")


def _without_comments(text: str) -> str:
    out: list[str] = []
    position = 0
    while position < len(text):
        if text.startswith("//", position):
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif text.startswith("/*", position):
            end = text.find("*/", position)
            position = len(text) if end < 0 else end + 2
        else:
            out.append(text[position])
            position += 1
    return "".join(out)


def _index_reads(node: Any, parent: Any, role: str, text: str) -> list[tuple[int, int, str]]:
    """Edits that turn a read of `a[b]` into a call: a string has no characters by index before JScript 5.8."""
    if node.type != "MemberExpression" or not node.computed:
        return []
    if node.property.type == "Literal" and isinstance(node.property.value, str):
        return []
    if parent is not None:
        kind = parent.type
        if (kind == "CallExpression" and role == "callee") or (kind == "AssignmentExpression" and role == "left"):
            return []
        if kind == "UpdateExpression" or (kind == "UnaryExpression" and parent.operator == "delete"):
            return []
        if (kind == "ForInStatement" and role == "left") or (kind == "NewExpression" and role == "callee"):
            return []
    bracket = text.rfind("[", node.object.range[1], node.property.range[0])
    if bracket < 0:
        return []
    return [(node.range[0], 0, "__index__("), (bracket, 1, ","), (node.range[1] - 1, 1, ")")]


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    out: list[str] = []
    position = 0
    for where, length, replacement in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        out.append(text[position:where])
        out.append(replacement)
        position = where + length
    out.append(text[position:])
    return "".join(out)
