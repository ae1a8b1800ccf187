# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads hotfix definitions: JSON in, a checked and frozen Definition out. See docs/docsite/rst/definitions.rst.

A definition comes from the collection's own catalogue, from a folder of the user's, or from one file. It is input like
any other: read with a bound, checked whole before anything uses it, and refused with file, field and reason.
"""

from __future__ import annotations

import functools
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._model.kb import DIGITS, normal_kb
from .builder import Builder
from .consistency import disagreements
from .definition import Definition
from .errors import CatalogueError
from .schema import problems

CATALOGUE = Path(__file__).resolve().parent
DEFAULT_KB = "KB952876"
SIZE_MAX = 16 * 1024 * 1024
"""Bytes of a definition: thousands of files fit many times over."""
FOLDER_MAX = 5000
"""Files that a folder of definitions may hold."""
_FIELDS_MAX = 100
"""Fields that an object of a file may have: a definition's have twenty at most."""
_SCHEMA = "definition.schema.json"
_FILE = re.compile(rf"(?:kb)?({DIGITS})\.json", re.IGNORECASE | re.ASCII)
_TOLD_MAX = 10


@dataclass(frozen=True)
class Source:
    """Where definitions are looked for before the collection's own: a folder of `kbNUMBER.json`, or one file.

    prefix: what the names of the two begin with where the user writes them.
    """

    folder: Path | None = None
    file: Path | None = None
    prefix: str = ""

    def __post_init__(self) -> None:
        if self.folder is not None and self.file is not None:
            one, many = f"{self.prefix}definition", f"{self.prefix}definition_dir"
            raise CatalogueError(f"give either {one}, one file, or {many}, a folder of them")


def known_kbs(source: Source | None = None) -> tuple[str, ...]:
    """The hotfixes that are known, in their normal form, sorted: the source's and the collection's own.

    Raises CatalogueError when the source cannot be read.
    """
    own = set(_listed(CATALOGUE))
    if source is not None and source.folder is not None:
        own |= set(_listed(source.folder))
    if source is not None and source.file is not None:
        own.add(load_file(source.file).kb)
    return tuple(sorted(own))


def load(kb: str | None = None, source: Source | None = None) -> Definition:
    """The definition of one hotfix; a source's own goes before the collection's.

    kb: None stands for the definition file's hotfix where the source is a file, else for the default.
    Raises CatalogueError when it is unknown (the known ones are listed) or broken.
    """
    if source is not None and source.file is not None:
        return _of_file(source.file, kb)
    wanted = DEFAULT_KB if kb is None else kb
    name = normal_kb(wanted)
    if name is None:
        raise CatalogueError(f"{wanted[:40]!r} names no hotfix: write it as {DEFAULT_KB} or as the number alone")
    found = {} if source is None or source.folder is None else _listed(source.folder)
    if name in found:
        return _of_kb(load_file(found[name]), name, found[name])
    if name in _listed(CATALOGUE):
        return _own(name)
    raise CatalogueError(f"there is no definition of {name}: {_available(source)}")


def _available(source: Source | None) -> str:
    own = ", ".join(_listed(CATALOGUE))
    if source is None or source.folder is None:
        prefix = source.prefix if source else ""
        return f"the collection has {own}; {prefix}definition_dir names a folder with others"
    names = sorted(_listed(source.folder))
    theirs = f"{', '.join(names[:_TOLD_MAX])}{', ...' if len(names) > _TOLD_MAX else ''}" or "none named kbNUMBER.json"
    return f"{source.folder} has {theirs}, the collection has {own}"


def _of_file(path: Path, kb: str | None) -> Definition:
    definition = load_file(path)
    wanted = definition.kb if kb is None else normal_kb(kb)
    if wanted != definition.kb:
        raise CatalogueError(f"{path.name}: kb: it is {definition.kb}, but {str(kb)[:40]} is wanted")
    return definition


def _of_kb(definition: Definition, kb: str, path: Path) -> Definition:
    if definition.kb != kb:
        raise CatalogueError(f"{path.name}: kb: it is {definition.kb}, but the file's name says {kb}")
    return definition


def _listed(folder: Path) -> dict[str, Path]:
    """The definitions of a folder, by hotfix, sorted; only names count. Two files of one hotfix are refused."""
    found: dict[str, Path] = {}
    for path in _files(folder):
        match = _FILE.fullmatch(path.name)
        if match is None:
            continue
        other = found.setdefault(f"KB{match[1]}", path)
        if other is not path:
            names = " and ".join(sorted((other.name, path.name)))
            raise CatalogueError(f"{folder} has two definitions of KB{match[1]}: {names}; leave one of them there")
    return dict(sorted(found.items()))


def _files(folder: Path) -> Iterator[Path]:
    try:
        for index, path in enumerate(folder.iterdir()):
            if index >= FOLDER_MAX:
                raise CatalogueError(f"{folder} holds more than {FOLDER_MAX} files: give a folder of definitions only")
            yield path
    except OSError as error:
        raise CatalogueError(f"the folder of definitions {folder} cannot be listed: {error.strerror}") from error


@functools.cache
def _own(name: str) -> Definition:
    return load_file(CATALOGUE / f"{name.lower()}.json")


def load_file(path: Path) -> Definition:
    """Read, check and freeze one definition. Raises CatalogueError with file, field and reason."""
    try:
        data = json.loads(_text(path), object_pairs_hook=_pairs, parse_constant=_constant)
    except CatalogueError:  # a ValueError too, and whole as it is
        raise
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CatalogueError(f"{path.name} cannot be read: {told}") from error
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{path.name} is no JSON: {str(error)[:200]}") from error
    return build(data, path.name)


def _text(path: Path) -> str:
    if not stat.S_ISREG(path.stat().st_mode):
        raise CatalogueError(f"{path.name} cannot be read: it is no regular file")
    with path.open("rb") as file:
        content = file.read(SIZE_MAX + 1)
    if len(content) > SIZE_MAX:
        raise CatalogueError(f"{path.name} cannot be read: it has more than {SIZE_MAX} bytes")
    return content.decode("utf-8-sig")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; two fields of one name would leave open which of them counts."""
    if len(pairs) > _FIELDS_MAX:
        raise ValueError(f"an object has {len(pairs)} fields, and those of a definition have {_FIELDS_MAX} at most")
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {name[:80]!r} stands twice in one object")
        found[name] = value
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def build(data: object, file: str) -> Definition:
    """Freeze a definition that was read from a file of that name. Raises CatalogueError with file, field and reason."""
    for field, reason in problems(data, _schema()):
        raise CatalogueError(f"{file}: {field}: {reason}")
    for field in _unprintable(data):
        raise CatalogueError(f"{file}: {field}: it holds a character that cannot be shown")
    if not isinstance(data, dict):
        raise CatalogueError(f"{file}: it must be an object")
    definition = Builder(file).definition(data)
    for field, reason in disagreements(definition):
        raise CatalogueError(f"{file}: {field}: {reason}")
    return definition


def _unprintable(value: object, at: str = "") -> Iterator[str]:
    """The fields whose text holds a control character or a lone surrogate: these texts are shown and sent to hosts."""
    if isinstance(value, str) and not value.isprintable():
        yield at or "(the whole)"
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _unprintable(one, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unprintable(one, f"{at}[{index}]")


@functools.cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((CATALOGUE / _SCHEMA).read_text(encoding="utf-8"))
    return schema
