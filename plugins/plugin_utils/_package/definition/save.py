# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a definition to its file: whole or not at all, and only where that changes what it says."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import DefinitionError

_MODE = 0o644
_WIDTH = 150
_LARGEST = 16 * 1024 * 1024
"""Bytes; no definition comes near it."""


def rendered(data: Mapping[str, Any]) -> str:
    """The text of a definition: what fits a line is one."""
    return f"{_value(data, '')}\n"


def _value(value: Any, indent: str) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (Mapping, list)) or (len(indent) + len(short) <= _WIDTH and not _holds_lists(value)):
        return short
    inner = indent + "  "
    if isinstance(value, Mapping):
        lines = [f"{inner}{json.dumps(key)}: {_value(one, inner)}" for key, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _value(one, inner) for one in value) + f"\n{indent}]"


def _holds_lists(value: Any) -> bool:
    """Lists of objects are never on one line with what holds them."""
    below = value.values() if isinstance(value, Mapping) else value
    return any(isinstance(one, list) and any(isinstance(two, Mapping) for two in one) for one in below)


def differs(path: Path, data: Mapping[str, Any]) -> bool:
    """Whether the file is not there or says something else. Raises DefinitionError when it cannot be read."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")) != data)
    except FileNotFoundError:
        return True
    except (ValueError, RecursionError):
        return True
    except OSError as error:
        raise DefinitionError(f"dest: {path} cannot be read: {error.strerror}") from error


def holds_definition(path: Path) -> bool:
    """Whether a file may be replaced: it is one of ours by its content, or at least by its name, or empty.

    Raises OSError when it cannot be looked at.
    """
    if path.suffix.lower() == ".json" or path.stat().st_size == 0:
        return True
    try:
        return "kb" in json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size < _LARGEST else False
    except (ValueError, RecursionError, TypeError):
        return False


def save(path: Path, data: Mapping[str, Any]) -> None:
    """Write the definition beside its place and rename it into it. Raises DefinitionError; nothing is half written.

    A link stays one: what it leads to is written.
    """
    path = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise DefinitionError(f"dest: nothing can be written to {path.parent}: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(rendered(data))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_MODE)
        temporary.replace(path)
    except OSError as error:
        raise DefinitionError(f"dest: {path} cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
