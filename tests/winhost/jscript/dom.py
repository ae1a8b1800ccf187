# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MSXML's DOMDocument, as far as scripts use it to carry bytes and small documents."""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape

from winhost.jscript.channel import ComError
from winhost.jscript.com import AUTOMATION, TYPE_MISMATCH, ByteArray, ComObject, World, number, text


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
        self._flags: dict[str, Any] = {
            "async": True,
            "validateonparse": True,
            "preservewhitespace": False,
            "resolveexternals": True,
        }

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
