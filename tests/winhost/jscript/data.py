# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ADODB.Stream, MSXML's DOMDocument and Scripting.Dictionary."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape

from winhost.jscript.channel import ComError
from winhost.jscript.com import AUTOMATION, BAD_CALL, TYPE_MISMATCH, ByteArray, ComObject, SafeArray, World, number, text

NOT_ALLOWED = -2146825069  # adErrIllegalOperation
CLOSED = -2146824584  # adErrObjectClosed
OPEN = -2146824583  # adErrObjectOpen
WRITE_FILE = -2146825284  # adErrWriteFile
READ_FILE = -2146825286  # adErrCannotReadFile
BAD_ARGUMENT = -2146825287  # adErrInvalidArgument
_CHARSETS = {"unicode": "utf-16-le", "us-ascii": "ascii", "x-ansi": "cp1252", "windows-1252": "cp1252", "iso-8859-1": "latin-1"}
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
            line, separator, _ = decoded.partition("\r\n")
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


def decode_base64(value: str) -> bytes:
    """As MSXML's bin.base64: blanks are skipped, anything else that is not base64 is an error."""
    try:
        raw = value.encode("ascii")
        if any(blank in value for blank in " \r\n\t"):
            raw = re.sub(rb"[ \r\n\t]+", b"", raw)
        return binascii.a2b_base64(raw, strict_mode=True) if raw else b""
    except (ValueError, binascii.Error) as error:
        raise ComError(AUTOMATION, "Error parsing text as bin.base64 datatype.") from error


class XmlNode(ComObject):
    """An element (or text) of a DOM, with MSXML's data types."""

    default = "nodetypedvalue"

    def __init__(self, world: World, name: str, value: str = "") -> None:
        super().__init__(world)
        self.name = name
        self.value = value
        self.kind = ""
        self.attributes: dict[str, str] = {}
        self.children: list[XmlNode] = []

    def g_nodename(self) -> str:
        return self.name

    g_tagname = g_basename = g_nodename

    def g_datatype(self) -> str | None:
        return self.kind or None

    def s_datatype(self, value: Any) -> None:
        if text(value) not in ("bin.base64", "bin.hex", "string", "int", "boolean"):
            raise ComError(AUTOMATION, f"The data type '{text(value)}' is not valid.")
        self.kind = text(value)

    def g_text(self) -> str:
        return self.value + "".join(child.g_text() for child in self.children)

    def s_text(self, value: Any) -> None:
        self.value = text(value)
        self.children = []

    g_nodevalue, s_nodevalue = g_text, s_text

    def g_nodetypedvalue(self) -> Any:
        value = self.g_text()
        if self.kind == "bin.base64":
            return ByteArray(self.world, decode_base64(value))
        if self.kind == "bin.hex":
            try:
                return ByteArray(self.world, bytes.fromhex(value))
            except ValueError as error:
                raise ComError(AUTOMATION, "Error parsing text as bin.hex datatype.") from error
        if self.kind == "int":
            return number(value)
        return value

    def s_nodetypedvalue(self, value: Any) -> None:
        if self.kind in ("bin.base64", "bin.hex"):
            if not isinstance(value, ByteArray):
                raise ComError(TYPE_MISMATCH, "Type mismatch")
            self.value = value.data.hex()
            if self.kind == "bin.base64":
                encoded = base64.b64encode(value.data).decode()
                self.value = "\n".join(encoded[index : index + 72] for index in range(0, len(encoded), 72))
        else:
            self.value = text(value)

    def g_xml(self) -> str:
        if self.name == "#text":
            return escape(self.value)
        marks = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        inner = escape(self.value) + "".join(child.g_xml() for child in self.children)
        return f"<{self.name}{marks}>{inner}</{self.name}>" if inner else f"<{self.name}{marks}/>"

    def m_appendchild(self, child: Any) -> Any:
        self.children.append(child)
        return child

    def m_setattribute(self, name: Any, value: Any) -> None:
        self.attributes[text(name)] = text(value)

    def m_getattribute(self, name: Any) -> str | None:
        return self.attributes.get(text(name))

    def m_selectsinglenode(self, path: Any) -> Any:
        return next((node for node in self._below() if node.name == text(path).rpartition("/")[2]), None)

    def m_getelementsbytagname(self, name: Any) -> NodeList:
        return NodeList(self.world, [node for node in self._below() if text(name) in ("*", node.name)])

    def g_childnodes(self) -> NodeList:
        return NodeList(self.world, list(self.children))

    def _below(self) -> list[XmlNode]:
        return [node for child in self.children for node in (child, *child._below())]


class NodeList(ComObject):
    """Nodes in order."""

    default = "item"

    def __init__(self, world: World, nodes: list[XmlNode]) -> None:
        super().__init__(world)
        self._nodes = nodes

    def g_length(self) -> int:
        return len(self._nodes)

    def m_item(self, index: Any) -> XmlNode | None:
        return self._nodes[number(index)] if 0 <= number(index) < len(self._nodes) else None

    def items(self) -> list[Any]:
        return list(self._nodes)


class DomDocument(XmlNode):
    """Microsoft.XMLDOM and its versions."""

    default = "xml"

    def __init__(self, world: World) -> None:
        super().__init__(world, "#document")
        self._flags: dict[str, Any] = {"async": True, "validateonparse": True, "preservewhitespace": False, "resolveexternals": True}

    def g_async(self) -> bool:
        return bool(self._flags["async"])

    def s_async(self, value: Any) -> None:
        self._flags["async"] = value

    def s_validateonparse(self, value: Any) -> None:
        self._flags["validateonparse"] = value

    def s_preservewhitespace(self, value: Any) -> None:
        self._flags["preservewhitespace"] = value

    def s_resolveexternals(self, value: Any) -> None:
        self._flags["resolveexternals"] = value

    def m_setproperty(self, name: Any, value: Any) -> None:
        self._flags[text(name).lower()] = value

    def m_createelement(self, name: Any) -> XmlNode:
        if not re.fullmatch(r"[A-Za-z_][\w.\-]*(:[A-Za-z_][\w.\-]*)?", text(name)):
            raise ComError(AUTOMATION, "This name may not contain the character.")
        return XmlNode(self.world, text(name))

    def m_createtextnode(self, value: Any) -> XmlNode:
        return XmlNode(self.world, "#text", text(value))

    def g_documentelement(self) -> XmlNode | None:
        return self.children[0] if self.children else None

    def g_xml(self) -> str:
        return "".join(child.g_xml() for child in self.children)

    def m_loadxml(self, value: Any) -> bool:
        source = text(value)
        self.children = []
        if "<!DOCTYPE" in source:
            return False
        try:
            root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
        except ET.ParseError:
            return False
        self.children = [self._copy(root)]
        return True

    def _copy(self, element: ET.Element) -> XmlNode:
        node = XmlNode(self.world, element.tag.rpartition("}")[2], element.text or "")
        node.attributes = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        node.kind = node.attributes.get("dt", "")
        node.children = [self._copy(child) for child in element]
        return node


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
