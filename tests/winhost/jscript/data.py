# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ADODB.Stream and Scripting.Dictionary."""

from __future__ import annotations

import codecs
from typing import Any

from winhost.jscript.channel import ComError
from winhost.jscript.com import (
    BAD_CALL,
    TYPE_MISMATCH,
    ByteArray,
    ComObject,
    SafeArray,
    World,
    number,
    text,
)

NOT_ALLOWED = -2146825069  # adErrIllegalOperation
CLOSED = -2146824584  # adErrObjectClosed
OPEN = -2146824583  # adErrObjectOpen
WRITE_FILE = -2146825284  # adErrWriteFile
READ_FILE = -2146825286  # adErrCannotReadFile
BAD_ARGUMENT = -2146825287  # adErrInvalidArgument
_CHARSETS = {
    "unicode": "utf-16-le",
    "us-ascii": "ascii",
    "x-ansi": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
}
_GROW = 1 << 20


class AdoStream(ComObject):
    """ADODB.Stream over memory: type 1 binary, 2 text."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._data = bytearray()
        self._position = 0
        self._type = 2
        self._charset = "Unicode"
        self._open = False
        self._mode = 0
        self._counted = 0

    def _ready(self) -> None:
        if not self._open:
            raise ComError(CLOSED, "Operation is not allowed when the object is closed.")

    def _binary(self) -> None:
        self._ready()
        if self._type != 1:
            raise ComError(NOT_ALLOWED, "Operation is not allowed in this context.")

    def _text(self) -> str:
        self._ready()
        if self._type != 2:
            raise ComError(NOT_ALLOWED, "Operation is not allowed in this context.")
        name = self._charset.lower()
        try:
            return codecs.lookup(_CHARSETS.get(name, name)).name
        except LookupError as error:
            raise ComError(BAD_ARGUMENT, "Arguments are of the wrong type, are out of acceptable range.") from error

    def _count(self) -> None:
        if len(self._data) - self._counted >= _GROW:
            grown, self._counted = len(self._data) - self._counted, len(self._data)
            self.world.channel.ask("memory", size=grown)

    def g_type(self) -> int:
        return self._type

    def s_type(self, value: Any) -> None:
        if number(value) not in (1, 2):
            raise ComError(BAD_ARGUMENT, "Arguments are of the wrong type, are out of acceptable range.")
        if self._open and self._position:
            raise ComError(NOT_ALLOWED, "Operation is not allowed in this context.")
        self._type = number(value)

    def g_charset(self) -> str:
        return self._charset

    def s_charset(self, value: Any) -> None:
        if self._open and self._position:
            raise ComError(NOT_ALLOWED, "Operation is not allowed in this context.")
        self._charset = text(value)

    def g_mode(self) -> int:
        return self._mode

    def s_mode(self, value: Any) -> None:
        self._mode = number(value)

    def g_state(self) -> int:
        return int(self._open)

    def g_size(self) -> int:
        self._ready()
        return len(self._data)

    def g_eos(self) -> bool:
        self._ready()
        return self._position >= len(self._data)

    def g_position(self) -> int:
        self._ready()
        return self._position

    def s_position(self, value: Any) -> None:
        self._ready()
        wanted = number(value)
        if wanted < 0:
            raise ComError(BAD_ARGUMENT, "Arguments are of the wrong type, are out of acceptable range.")
        if wanted > len(self._data):
            self._data.extend(bytes(wanted - len(self._data)))
            self._count()
        self._position = wanted

    def m_open(self, *_arguments: Any) -> None:
        if self._open:
            raise ComError(OPEN, "Operation is not allowed when the object is open.")
        self._open, self._position, self._data = True, 0, bytearray()

    def m_close(self) -> None:
        self._ready()
        self._open, self._data = False, bytearray()

    def _put(self, data: bytes) -> None:
        end = self._position + len(data)
        if self._position == len(self._data):
            self._data += data
        else:
            self._data[self._position : end] = data
        self._position = end
        self._count()

    def m_write(self, value: Any) -> None:
        self._binary()
        if not isinstance(value, ByteArray):
            raise ComError(BAD_ARGUMENT, "Arguments are of the wrong type, are out of acceptable range.")
        self._put(value.data)

    def m_writetext(self, value: Any, option: Any = 0) -> None:
        codec = self._text()
        if self._position == 0 and not self._data:
            self._put({"utf-16-le": b"\xff\xfe", "utf-8": b"\xef\xbb\xbf"}.get(codec, b""))
        self._put((text(value) + ("\r\n" if number(option) == 1 else "")).encode(codec, "replace"))

    def m_read(self, count: Any = -1) -> ByteArray | None:
        self._binary()
        wanted = number(count) if count is not None else -1
        end = len(self._data) if wanted < 0 else min(self._position + wanted, len(self._data))
        part = bytes(self._data[self._position : end])
        self._position = end
        return ByteArray(self.world, part) if part else None

    def m_readtext(self, count: Any = -1) -> str:
        codec = self._text()
        raw = bytes(self._data[self._position :])
        for mark in (b"\xff\xfe",) if codec == "utf-16-le" else (b"\xef\xbb\xbf",) if codec == "utf-8" else ():
            if self._position == 0 and raw.startswith(mark):
                raw = raw[len(mark) :]
                self._position = len(mark)
        decoded = raw.decode(codec, "replace")
        wanted = number(count)
        if wanted == -2:
            line, separator, _unused = decoded.partition("\r\n")
            self._position += len((line + separator).encode(codec, "replace"))
            return line
        part = decoded if wanted == -1 else decoded[:wanted]
        self._position += len(part.encode(codec, "replace"))
        return part

    def m_skipline(self) -> None:
        self.m_readtext(-2)

    def m_seteos(self) -> None:
        self._ready()
        del self._data[self._position :]

    def m_flush(self) -> None:
        self._ready()

    def m_copyto(self, other: Any, count: Any = -1) -> None:
        self._ready()
        if not isinstance(other, AdoStream):
            raise ComError(TYPE_MISMATCH, "Type mismatch")
        wanted = number(count)
        end = len(self._data) if wanted < 0 else self._position + wanted
        other._put(bytes(self._data[self._position : end]))
        self._position = min(end, len(self._data))

    def m_loadfromfile(self, path: Any) -> None:
        self._ready()
        try:
            data = self.world.channel.ask("readfile", path=text(path))[1]
        except ComError as error:
            raise ComError(READ_FILE, "File could not be opened.") from error
        self._data, self._position, self._counted = bytearray(data), 0, 0
        self._count()

    def m_savetofile(self, path: Any, option: Any = 1) -> None:
        self._ready()
        try:
            self.world.channel.ask("writefile", bytes(self._data), path=text(path), new=number(option) != 2)
        except ComError as error:
            raise ComError(WRITE_FILE, "Write to file failed.") from error
        self._position = 0


class Dictionary(ComObject):
    """Scripting.Dictionary."""

    default = "item"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._values: dict[Any, Any] = {}

    def m_add(self, key: Any, value: Any) -> None:
        if key in self._values:
            raise ComError(-2146827831, "This key is already associated with an element of this collection")
        self._values[key] = value

    def m_exists(self, key: Any) -> bool:
        return key in self._values

    def m_item(self, key: Any) -> Any:
        return self._values.setdefault(key, None)

    def m_remove(self, key: Any) -> None:
        if key not in self._values:
            raise ComError(BAD_CALL, "Element not found")
        del self._values[key]

    def m_removeall(self) -> None:
        self._values.clear()

    def g_count(self) -> int:
        return len(self._values)

    def m_keys(self) -> SafeArray:
        return SafeArray(self.world, list(self._values))

    def m_items(self) -> SafeArray:
        return SafeArray(self.world, list(self._values.values()))

    def items(self) -> list[Any]:
        return list(self._values)
