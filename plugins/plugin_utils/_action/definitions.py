# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options kb, definition and definition_dir to definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._catalogue.catalogue import Source, load
from .._catalogue.definition import Definition
from .._catalogue.errors import CatalogueError
from .variables import BadInput, local_path

MOST = 50
"""Hotfixes that one task may ask for."""


def source_of(arguments: dict[str, Any], find: Callable[[str, str], Any]) -> Source:
    """Where the task's definitions are. find: ActionBase._find_needle. Raises BadInput."""
    try:
        return Source(
            folder=local_path(find, "definition_dir", arguments["definition_dir"]),
            file=local_path(find, "definition", arguments["definition"]),
        )
    except CatalogueError as error:
        raise BadInput(str(error)) from None


def definition_of(arguments: dict[str, Any], find: Callable[[str, str], Any]) -> Definition:
    """The one definition that the task names. Raises BadInput."""
    return _load(arguments["kb"], source_of(arguments, find))


def definitions_of(arguments: dict[str, Any], find: Callable[[str, str], Any]) -> tuple[Definition, ...]:
    """The definitions of a task whose kb may be a list, in its order. Raises BadInput."""
    named, source = arguments["kb"], source_of(arguments, find)
    if not isinstance(named, list):
        return (_load(None if named is None else str(named), source),)
    if not 1 <= len(named) <= MOST:
        raise BadInput(f"kb is a list of {len(named)} hotfixes: between 1 and {MOST} were expected")
    found = tuple(_load(str(one), source) for one in named)
    numbers = [one.kb for one in found]
    twice = next((kb for kb in numbers if numbers.count(kb) > 1), None)
    if twice is not None:
        raise BadInput(f"kb names {twice} twice")
    return found


def _load(kb: str | None, source: Source) -> Definition:
    try:
        return load(kb, source)
    except CatalogueError as error:
        raise BadInput(f"kb: {error}" if source.file is None else f"definition: {error}") from None
