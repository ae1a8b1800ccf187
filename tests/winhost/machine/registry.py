# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry.

Case-insensitive keys, typed values; a private tree over a shared default that is copied only where it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from winhost.machine import errors
from winhost.machine.errors import Win32Error

Data = int | str | bytes | list[str]


class RegType(IntEnum):
    """Registry value types, with the numbers of winnt.h."""

    NONE = 0
    SZ = 1
    EXPAND_SZ = 2
    BINARY = 3
    DWORD = 4
    MULTI_SZ = 7
    QWORD = 11


class Value(NamedTuple):
    """One value: its name as written, its type, its data (int, str, bytes or list of str)."""

    name: str
    type: RegType
    data: Data


HIVES = {
    "HKCR": 0x80000000,
    "HKCU": 0x80000001,
    "HKLM": 0x80000002,
    "HKU": 0x80000003,
    "HKCC": 0x80000005,
    "HKDD": 0x80000006,
}
LONG_NAMES = {
    "HKEY_CLASSES_ROOT": "HKCR",
    "HKEY_CURRENT_USER": "HKCU",
    "HKEY_LOCAL_MACHINE": "HKLM",
    "HKEY_USERS": "HKU",
    "HKEY_CURRENT_CONFIG": "HKCC",
    "HKEY_DYN_DATA": "HKDD",
}


def hive_name(hive: str | int) -> str | None:
    """``HKLM`` for ``HKLM``, ``HKEY_LOCAL_MACHINE`` or 0x80000002; None for anything else."""
    if isinstance(hive, int):
        return next((name for name, number in HIVES.items() if number == hive & 0xFFFFFFFF), None)
    upper = hive.upper()
    short = LONG_NAMES.get(upper, upper)
    return short if short in HIVES else None


class RegNode:
    """A node of the tree. It belongs to the tree that made it (``owner``); any other tree copies it before a change."""

    __slots__ = ("children", "name", "owner", "values", "volatile")

    def __init__(self, name: str, owner: object) -> None:
        self.name = name
        self.owner = owner
        self.values: dict[str, Value] = {}
        self.children: dict[str, RegNode] = {}
        self.volatile = False

    def copy(self, owner: object) -> RegNode:
        other = RegNode(self.name, owner)
        other.values = dict(self.values)
        other.children = dict(self.children)
        other.volatile = self.volatile
        return other


@dataclass(frozen=True, slots=True)
class Key:
    """A handle on an existing key. It stays good while the key exists."""

    registry: Registry
    hive: str
    path: tuple[str, ...]

    @property
    def _node(self) -> RegNode:
        node = self.registry._find(self.hive, self.path)
        if node is None:
            raise Win32Error(1018, "\\".join((self.hive, *self.path)))  # ERROR_KEY_DELETED
        return node

    @property
    def name(self) -> str:
        return self._node.name

    @property
    def values(self) -> list[Value]:
        """The values in the order in which they were made."""
        return list(self._node.values.values())

    @property
    def subkeys(self) -> list[str]:
        """The names of the keys below, sorted without case as the registry enumerates them."""
        return [child.name for _unused, child in sorted(self._node.children.items())]

    def get(self, name: str) -> Value | None:
        return self._node.values.get(name.casefold())

    def data(self, name: str, default: Data | None = None) -> Data | None:
        value = self.get(name)
        return default if value is None else value.data

    def subkey(self, path: str) -> Key | None:
        return self.registry.key(self.hive, "\\".join((*self.path, path)))

    def create(self, path: str, *, volatile: bool = False) -> Key:
        return self.registry.create(self.hive, "\\".join((*self.path, path)), volatile=volatile)

    def set(self, name: str, type_: RegType, data: Data) -> None:
        self.registry._own(self.hive, self.path).values[name.casefold()] = Value(name, type_, data)

    def remove(self, name: str) -> bool:
        """Delete a value; False when there is none."""
        if self.get(name) is None:
            return False
        del self.registry._own(self.hive, self.path).values[name.casefold()]
        return True


class Registry:
    """All hives of one machine."""

    def __init__(self, base: RegNode | None = None) -> None:
        self._base = base
        self._root = base or RegNode("", self)

    def freeze(self) -> RegNode:
        """The tree as a shared default for others; this registry must not be changed afterwards."""
        return self._root

    def key(self, hive: str | int, path: str = "") -> Key | None:
        """The key, or None. ``hive`` is a short or long name or its number."""
        short = hive_name(hive)
        parts = _split(path)
        if short is None or self._find(short, parts) is None:
            return None
        return Key(self, short, parts)

    def create(self, hive: str | int, path: str, *, volatile: bool = False) -> Key:
        """The key, made with its parents if need be. A volatile key is gone after a boot."""
        short = hive_name(hive)
        if short is None:
            raise Win32Error(errors.INVALID_PARAMETER, f"no hive {hive}")
        parts = _split(path)
        existed = self._find(short, parts) is not None
        node = self._own(short, parts, create=True)
        if not existed:
            node.volatile = volatile
        return Key(self, short, parts)

    def set(self, hive: str | int, path: str, name: str, data: Data, type_: RegType | None = None) -> None:
        """Write one value; the type follows from the Python type unless given."""
        if type_ is None:
            type_ = {int: RegType.DWORD, str: RegType.SZ, bytes: RegType.BINARY, list: RegType.MULTI_SZ}[type(data)]
        self.create(hive, path).set(name, type_, data)

    def value(self, hive: str | int, path: str, name: str, default: Data | None = None) -> Data | None:
        """The data of one value, or the default when key or value is absent."""
        key = self.key(hive, path)
        return default if key is None else key.data(name, default)

    def delete(self, hive: str | int, path: str, *, recursive: bool = False) -> int:
        """Delete a key: 0, 2 (no such key) or 5 (it has subkeys and ``recursive`` is off)."""
        short = hive_name(hive)
        parts = _split(path)
        node = self._find(short, parts) if short else None
        if node is None or short is None or not parts:
            return errors.FILE_NOT_FOUND
        if node.children and not recursive:
            return errors.ACCESS_DENIED
        del self._own(short, parts[:-1]).children[parts[-1].casefold()]
        return errors.SUCCESS

    def drop_volatile(self) -> None:
        """What a boot does to volatile keys."""
        doomed = list(_volatile(self._root, ()))
        for path in doomed:
            self.delete(path[0], "\\".join(path[1:]), recursive=True)

    def rebuild_hardware(self) -> None:
        """What a boot does to ``HKLM\\HARDWARE``: a hive that exists in memory only, made anew from the hardware."""
        fresh = self._base.children.get("hklm") if self._base else None
        hardware = fresh.children.get("hardware") if fresh else None
        if self._find("HKLM", ("HARDWARE",)) is not None and hardware is not None:
            self._own("HKLM", ()).children["hardware"] = hardware

    def _find(self, hive: str, path: tuple[str, ...]) -> RegNode | None:
        node: RegNode | None = self._root.children.get(hive.casefold())
        for part in path:
            if node is None:
                return None
            node = node.children.get(part.casefold())
        return node

    def _own(self, hive: str, path: tuple[str, ...], *, create: bool = False) -> RegNode:
        if self._root.owner is not self:
            self._root = self._root.copy(self)
        node = self._root
        for part in (hive, *path):
            child = node.children.get(part.casefold())
            if child is None:
                if not create:
                    raise Win32Error(errors.FILE_NOT_FOUND, part)
                child = RegNode(part, self)
            elif child.owner is not self:
                child = child.copy(self)
            node.children[part.casefold()] = child
            node = child
        return node


def _split(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("\\") if part)


def _volatile(node: RegNode, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for child in node.children.values():
        here = (*path, child.name)
        if child.volatile:
            yield here
        else:
            yield from _volatile(child, here)
