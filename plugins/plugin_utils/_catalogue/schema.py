# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few keywords of JSON Schema (draft 2020-12) that the catalogue's schema uses, checked at run time.

The collection may not depend on the jsonschema package; tests hold this checker against it. A schema with a keyword
that is not known here is refused, so that nothing goes unchecked in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import CatalogueError

Schema = Mapping[str, Any]
Problem = tuple[str, str]

_ANNOTATIONS = frozenset({"$schema", "$defs", "title", "description"})
_KNOWN = frozenset(
    {
        "$ref",
        "type",
        "enum",
        "const",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)


class SchemaError(CatalogueError):
    """The schema itself asks for something that this checker does not know."""


def problems(value: object, schema: Schema, root: Schema | None = None, at: str = "") -> Iterator[Problem]:
    """Yield (field, reason) for each departure of a JSON value from the schema; a field is a path: `targets[0].kb`.

    Raises SchemaError for a keyword or reference that is not supported.
    """
    root = schema if root is None else root
    strange = set(schema) - _KNOWN - _ANNOTATIONS
    if strange:
        raise SchemaError(f"the schema uses {', '.join(sorted(strange))}, which is not checked here")
    if "$ref" in schema:
        yield from problems(value, _resolve(str(schema["$ref"]), root), root, at)
    reason = _scalar_reason(value, schema)
    if reason:
        yield at or "(the whole)", reason
        return
    if isinstance(value, dict):
        yield from _object_problems(value, schema, root, at)
    elif isinstance(value, list):
        yield from _array_problems(value, schema, root, at)


def _resolve(reference: str, root: Schema) -> Schema:
    prefix = "#/$defs/"
    found = root.get("$defs", {}).get(reference.removeprefix(prefix)) if reference.startswith(prefix) else None
    if not isinstance(found, dict):
        raise SchemaError(f"the schema refers to {reference}, which is not there")
    return found


def _scalar_reason(value: object, schema: Schema) -> str:
    types = schema.get("type")
    names = [types] if isinstance(types, str) else list(types or [])
    if names and not any(_is_type(value, name) for name in names):
        return f"it is {_type_name(value)}, it must be {' or '.join(names)}"
    if "const" in schema and not _same(value, schema["const"]):
        return f"it is {_shown(value)}, it must be {_shown(schema['const'])}"
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return f"it is {_shown(value)}, it must be one of {', '.join(_shown(one) for one in schema['enum'])}"
    if isinstance(value, str):
        if "pattern" in schema and re.search(schema["pattern"], value) is None:
            return f"it is {_shown(value)}, it must match {schema['pattern']}"
        if len(value) < schema.get("minLength", 0):
            return f"it is shorter than {schema['minLength']} characters"
        if len(value) > schema.get("maxLength", len(value)):
            return f"it is longer than {schema['maxLength']} characters"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_reason(value, schema)
    return ""


def _number_reason(value: float, schema: Schema) -> str:
    if value < schema.get("minimum", value):
        return f"it is {value}, it must be at least {schema['minimum']}"
    if value > schema.get("maximum", value):
        return f"it is {value}, it must be at most {schema['maximum']}"
    return ""


def _object_problems(value: dict[str, Any], schema: Schema, root: Schema, at: str) -> Iterator[Problem]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield _join(at, name), "it is missing"
    for name, one in value.items():
        if name in properties:
            yield from problems(one, properties[name], root, _join(at, name))
        elif schema.get("additionalProperties") is False:
            yield _join(at, name), "it is not a field of this form"


def _array_problems(value: list[Any], schema: Schema, root: Schema, at: str) -> Iterator[Problem]:
    if len(value) < schema.get("minItems", 0):
        yield at, f"it has {len(value)} entries, it must have at least {schema['minItems']}"
    if len(value) > schema.get("maxItems", len(value)):
        yield at, f"it has {len(value)} entries, it may have at most {schema['maxItems']}"
        return
    if schema.get("uniqueItems") and any(_same(one, other) for i, one in enumerate(value) for other in value[:i]):
        yield at, "it has the same entry twice"
    if "items" in schema:
        for index, one in enumerate(value):
            yield from problems(one, schema["items"], root, f"{at}[{index}]")


def _is_type(value: object, name: str) -> bool:
    if name == "null":
        return value is None
    if name == "boolean":
        return isinstance(value, bool)
    if name == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    types: dict[str, type] = {"string": str, "object": dict, "array": list}
    if name not in types:
        raise SchemaError(f"the schema names the type {name}, which is not checked here")
    return isinstance(value, types[name])


def _type_name(value: object) -> str:
    names = ("null", "boolean", "integer", "string", "object", "array")
    return next((name for name in names if _is_type(value, name)), "a number that is not whole")


def _same(one: object, other: object) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


def _join(at: str, name: str) -> str:
    shown = name[:80] if name.isprintable() else ascii(name[:80])
    return f"{at}.{shown}" if at else shown
