# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen dataclasses as JSON and back by their own type hints: enums, paths, moments, tuples, mappings and options.

Nothing of the text is run or imported: each value becomes what the field's type says, or DecodeError is raised.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from .errors import PackageError

T = TypeVar("T")
_PLAIN = (str, int, float, bool, types.NoneType)


class DecodeError(PackageError):
    """The text is not what dumps() makes of that type."""


def dumps(value: object) -> str:
    """JSON in ASCII. Raises TypeError for a value of a kind that loads() does not know."""
    return json.dumps(_plain(value), separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """The value of that dataclass. Raises DecodeError."""
    try:
        found = reader(kind)(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        raise DecodeError(f"no {kind.__name__}: {error}") from None
    return typing.cast(T, found)


def _plain(value: object) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, one.name)) for one in dataclasses.fields(value)]
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, collections.abc.Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    raise TypeError(f"{type(value).__name__} is not kept")


def reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of that type out of JSON's. Raises TypeError for a type that has a part of an unknown kind."""
    found: Callable[[Any], Any] = _reader(kind)
    return found


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in _PLAIN:
        return functools.partial(_checked, kind)
    if origin in (typing.Union, types.UnionType):
        return _option(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin in (frozenset, collections.abc.Sequence):
        made, member = frozenset if origin is frozenset else tuple, _reader(arguments[0])
        return lambda data: made(map(member, _checked(list, data)))
    if origin is collections.abc.Mapping or origin is dict:
        value = _reader(arguments[1])
        return lambda data: {_checked(str, key): value(one) for key, one in _checked(dict, data).items()}
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, type) and (issubclass(kind, enum.Enum) or issubclass(kind, Path)):
        return kind
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"{kind} is not kept")


def _checked(kind: type, data: Any) -> Any:
    if data.__class__ is not kind:  # exactly: a bool is no number here
        raise TypeError(f"{type(data).__name__} in place of {kind.__name__}")
    return data


def _option(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    inner = [one for one in arguments if one is not types.NoneType]
    if len(inner) != 1 or len(arguments) != 2:
        raise TypeError(f"one of {arguments} is not kept")
    reader = _reader(inner[0])
    return lambda data: None if data is None else reader(data)


def _tuple(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        reader = _reader(arguments[0])
        return lambda data: tuple(map(reader, _checked(list, data)))
    readers = tuple(_reader(one) for one in arguments)
    return lambda data: tuple(read(one) for read, one in zip(readers, _checked(list, data), strict=True))


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = tuple(_reader(hints[one.name]) for one in dataclasses.fields(kind))
    return lambda data: kind(*[read(one) for read, one in zip(readers, _checked(list, data), strict=True)])
