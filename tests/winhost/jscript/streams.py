# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripting.TextStream: the standard streams, and text files."""

from __future__ import annotations

from typing import Any

from winhost.jscript.channel import ComError
from winhost.jscript.com import BAD_CALL, END_OF_FILE, ComObject, World, number, text

BAD_MODE = -2146828234
_FLUSH_AT = 1 << 16


class StdInStream(ComObject):
    """WScript.StdIn (and the output of a program that was started by Exec)."""

    source = "stdin"

    def _ask(self, operation: str, **values: Any) -> tuple[dict[str, Any], bytes]:
        return self.world.channel.ask(operation, source=self.source, **values)

    def m_readline(self) -> str:
        head, data = self._ask("readline")
        if head.get("end"):
            raise ComError(END_OF_FILE, "Input past end of file")
        return data.decode(self.world.codec, "replace")

    def m_read(self, count: Any) -> str:
        wanted = number(count)
        if wanted < 0:
            raise ComError(BAD_CALL, "Invalid procedure call or argument")
        head, data = self._ask("read", count=wanted)
        if head.get("end") and wanted:
            raise ComError(END_OF_FILE, "Input past end of file")
        return data.decode(self.world.codec, "replace")

    def m_readall(self) -> str:
        return self._ask("readall")[1].decode(self.world.codec, "replace")

    def m_skipline(self) -> None:
        self.m_readline()

    def m_skip(self, count: Any) -> None:
        self.m_read(count)

    def g_atendofstream(self) -> bool:
        return bool(self._ask("ateof")[0]["end"])

    def g_atendofline(self) -> bool:
        return bool(self._ask("ateol")[0]["end"])

    def m_close(self) -> None:
        return None


class StdOutStream(ComObject):
    """WScript.StdOut or StdErr."""

    target = "stdout"

    def m_write(self, value: Any = "") -> None:
        self.world.channel.tell("write", text(value).encode(self.world.codec, "replace"), target=self.target)

    def m_writeline(self, value: Any = "") -> None:
        self.m_write(text(value) + "\r\n")

    def m_writeblanklines(self, count: Any) -> None:
        self.m_write("\r\n" * number(count))

    def m_close(self) -> None:
        return None


class StdErrStream(StdOutStream):
    """WScript.StdErr."""

    target = "stderr"


class TextFile(ComObject):
    """A text file opened by FileSystemObject: mode 1 reads, 2 writes, 8 appends."""

    def __init__(self, world: World, path: str, mode: int, *, unicode: bool, content: bytes = b"") -> None:
        super().__init__(world)
        self.path = path
        self.mode = mode
        self.codec = "utf-16-le" if unicode else world.ansi
        decoded = content.decode("utf-16" if unicode else self.codec, "replace") if mode == 1 else ""
        self._text = decoded
        self._position = 0
        self._pending = bytearray()
        self._line = 1
        self._open = True
        if unicode and mode == 2:
            self._pending += b"\xff\xfe"
        world.at_exit.append(self.flush)

    def _reading(self) -> None:
        if not self._open or self.mode != 1:
            raise ComError(BAD_MODE, "Bad file mode")

    def m_readline(self) -> str:
        self._reading()
        if self._position >= len(self._text):
            raise ComError(END_OF_FILE, "Input past end of file")
        end = self._text.find("\n", self._position)
        line = self._text[self._position : end if end >= 0 else len(self._text)]
        self._position = end + 1 if end >= 0 else len(self._text)
        self._line += 1
        return line.removesuffix("\r")

    def m_read(self, count: Any) -> str:
        self._reading()
        if self._position >= len(self._text):
            raise ComError(END_OF_FILE, "Input past end of file")
        part = self._text[self._position : self._position + number(count)]
        self._position += len(part)
        return part

    def m_readall(self) -> str:
        self._reading()
        if self._position >= len(self._text):
            raise ComError(END_OF_FILE, "Input past end of file")
        part, self._position = self._text[self._position :], len(self._text)
        return part

    def m_skipline(self) -> None:
        self.m_readline()

    def m_skip(self, count: Any) -> None:
        self.m_read(count)

    def g_atendofstream(self) -> bool:
        self._reading()
        return self._position >= len(self._text)

    def g_atendofline(self) -> bool:
        self._reading()
        return self._text[self._position : self._position + 1] in ("", "\r", "\n")

    def g_line(self) -> int:
        return self._line

    def m_write(self, value: Any = "") -> None:
        if not self._open or self.mode == 1:
            raise ComError(BAD_MODE, "Bad file mode")
        try:
            self._pending += text(value).encode(self.codec)
        except UnicodeEncodeError as error:
            # An ANSI text stream cannot hold the character, and says so.
            raise ComError(BAD_CALL, "Invalid procedure call or argument") from error
        if len(self._pending) >= _FLUSH_AT:
            self.flush()

    def m_writeline(self, value: Any = "") -> None:
        self.m_write(text(value) + "\r\n")

    def m_writeblanklines(self, count: Any) -> None:
        self.m_write("\r\n" * number(count))

    def flush(self) -> None:
        if self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            self.world.channel.ask("append", data, path=self.path)

    def m_close(self) -> None:
        if self._open:
            self.flush()
            self._open = False
            self.world.channel.ask("release", path=self.path)
