# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""COM objects for scripts: names without regard to case, properties, methods and a default member."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from winhost.jscript.channel import Channel, ComError

if TYPE_CHECKING:
    Value = Any

NOT_SUPPORTED = -2146827850
TYPE_MISMATCH = -2146828275
BAD_ARGUMENTS = -2146828238
BAD_CALL = -2146828283
CANNOT_CREATE = -2146827859
FILE_NOT_FOUND = -2146828235
PATH_NOT_FOUND = -2146828212
PERMISSION_DENIED = -2146828218
FILE_EXISTS = -2146828230
END_OF_FILE = -2146828226
DISK_FULL = -2146828227
AUTOMATION = -2147467259


class ComObject:
    """A base: `m_name` is a method, `g_name` reads a property, `s_name` sets it, `default` names the default member."""

    default = ""

    def __init__(self, world: World) -> None:
        self.world = world

    def invoke(self, kind: str, name: str, arguments: list[Any]) -> Any:
        """Call, get or set a member; raises ComError."""
        name = name or self.default
        if kind == "items":
            return self.items()
        prefixes = {"call": ("m_", "g_"), "get": ("g_", "m_"), "set": ("s_",)}[kind]
        for prefix in prefixes:
            member: Callable[..., Any] | None = getattr(self, prefix + name, None)
            if member is not None:
                try:
                    return member(*arguments)
                except TypeError as error:
                    if "positional argument" in str(error):
                        raise ComError(
                            BAD_ARGUMENTS, "Wrong number of arguments or invalid property assignment"
                        ) from error
                    raise ComError(TYPE_MISMATCH, "Type mismatch") from error
        raise ComError(NOT_SUPPORTED, "Object doesn't support this property or method")

    def items(self) -> list[Any]:
        """What an Enumerator walks over."""
        raise ComError(NOT_SUPPORTED, "Object not a collection")


class ByteArray(ComObject):
    """A VARIANT array of bytes: scripts can only hand it on."""

    def __init__(self, world: World, data: bytes) -> None:
        super().__init__(world)
        self.data = data


class SafeArray(ComObject):
    """A VARIANT array, for VBArray."""

    def __init__(self, world: World, values: list[Any]) -> None:
        super().__init__(world)
        self.values = values

    def items(self) -> list[Any]:
        return self.values


class World:
    """The objects that a script holds, and the way to the machine."""

    def __init__(self, channel: Channel, facts: dict[str, Any]) -> None:
        self.channel = channel
        self.facts = facts
        self.codec: str = facts["codec"]
        self.ansi: str = facts["ansi"]
        self._objects: dict[int, ComObject] = {}
        self._next = 1
        self.at_exit: list[Callable[[], None]] = []
        self.makers: dict[str, Callable[[World], ComObject]] = {}
        self.types: dict[str, dict[str, Any]] = {}

    def hold(self, value: Any) -> Any:
        """A value as it goes to the engine: objects as handles."""
        if isinstance(value, ComObject):
            self._next += 1
            self._objects[self._next] = value
            return {"o": self._next, "t": self.type_name(value)}
        if isinstance(value, list):
            return {"a": [self.hold(item) for item in value]}
        return {"v": value}

    def type_name(self, value: ComObject) -> str:
        kind = type(value)
        if kind.__name__ not in self.types:
            names = dir(kind)
            self.types[kind.__name__] = {
                "m": [name[2:] for name in names if name.startswith("m_")],
                "p": sorted({name[2:] for name in names if name.startswith(("g_", "s_"))}),
                "d": bool(kind.default),
            }
        return kind.__name__

    def unpack(self, value: Any) -> Any:
        """A value that comes from the engine."""
        if isinstance(value, dict):
            if "o" in value:
                return self._objects[value["o"]]
            if "u" in value:
                return None
            raise ComError(TYPE_MISMATCH, "Type mismatch")
        return value

    def drop(self, handle: int) -> None:
        """The engine no longer holds this object."""
        self._objects.pop(handle, None)

    def invoke(self, handle: int, kind: str, name: str, arguments: list[Any]) -> Any:
        """What the engine calls; errors become a value that the engine throws."""
        try:
            if kind == "type":
                return self.types[name]
            if kind == "drop":
                self.drop(handle)
                return None
            if kind == "now":
                return self.channel.ask("now")[0]["now"]
            return self.hold(self._objects[handle].invoke(kind, name, [self.unpack(value) for value in arguments]))
        except ComError as error:
            return {"e": [error.number, error.description]}

    def create(self, name: str) -> ComObject:
        """CreateObject and new ActiveXObject."""
        maker = self.makers.get(str(name).lower())
        if maker is None:
            raise ComError(CANNOT_CREATE, "Automation server can't create object")
        return maker(self)


def text(value: Any) -> str:
    """A value as a string, as automation converts it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "-1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def number(value: Any) -> int:
    """A value as an integer; ComError for anything else."""
    try:
        return int(float(value)) if not isinstance(value, bool) else -int(value)
    except (TypeError, ValueError) as error:
        raise ComError(TYPE_MISMATCH, "Type mismatch") from error
