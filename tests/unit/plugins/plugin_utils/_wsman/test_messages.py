# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, read back by another XML library."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, messages, shell, uris
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.envelope import Message, Settings, build
from lxml import etree

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "reg": "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv",
}
SETTINGS = Settings("http://host:5985/wsman", operation_timeout=7.5, max_envelope_size=51200)


def sent(message: Message) -> etree._Element:
    return etree.fromstring(build(message, SETTINGS).data)


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(found) for found in root.xpath(path, namespaces=NS)]


def test_headers() -> None:
    root = sent(messages.enumerate_wql("root/cimv2", "SELECT Name FROM Win32_Service", 20))
    header = "/s:Envelope/s:Header"
    assert texts(root, f"{header}/a:To/text()") == ["http://host:5985/wsman"]
    assert texts(root, f"{header}/a:ReplyTo/a:Address/text()") == [uris.ANONYMOUS]
    assert texts(root, f"{header}/w:MaxEnvelopeSize/text()") == ["51200"]
    assert texts(root, f"{header}/w:OperationTimeout/text()") == ["PT7.500S"]
    assert texts(root, f"{header}/w:ResourceURI/text()") == [
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/*"
    ]
    assert texts(root, f"{header}/a:Action/text()") == ["http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate"]
    assert texts(root, f"{header}/w:Locale/@s:mustUnderstand") == ["false"]
    assert texts(root, f"{header}/a:MessageID/text()")[0].startswith("uuid:")
    names = {etree.QName(element).localname for element in root.find("s:Header", NS)}
    assert not names & {"DataLocale", "SessionId", "OperationID", "OperationId", "SequenceID", "SequenceId"}


def test_message_ids_differ() -> None:
    assert build(messages.get(("root/cimv2", "X"), {}), SETTINGS).message_id != (
        build(messages.get(("root/cimv2", "X"), {}), SETTINGS).message_id
    )


def test_identify_carries_no_header() -> None:
    root = sent(messages.identify())
    assert len(root.find("s:Header", NS)) == 0
    assert root.find("s:Body", NS)[0].tag == (
        "{http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd}Identify"
    )


def test_enumerate_and_pull() -> None:
    message = messages.enumerate_wql("root\\cimv2", "SELECT * FROM X WHERE A='<&>' AND B=\"q\"", 5)
    root = sent(message)
    filters = root.find(".//w:Filter", NS)
    assert filters is not None
    assert filters.get("Dialect") == "http://schemas.microsoft.com/wbem/wsman/1/WQL"
    assert filters.text == "SELECT * FROM X WHERE A='<&>' AND B=\"q\""
    assert texts(root, "//n:Enumerate/w:MaxElements/text()") == ["5"]
    assert root.find(".//n:Enumerate/w:OptimizeEnumeration", NS) is not None
    assert message.resource.endswith("/wmi/root/cimv2/*")
    pulled = sent(messages.pull(message, "uuid:C", 5))
    assert texts(pulled, "//n:Pull/n:EnumerationContext/text()") == ["uuid:C"]
    assert texts(pulled, "//n:Pull/n:MaxElements/text()") == ["5"]
    assert texts(pulled, "//w:ResourceURI/text()") == [message.resource]
    assert texts(sent(messages.release(message, "uuid:C")), "//n:Release/n:EnumerationContext/text()") == ["uuid:C"]


def test_invoke() -> None:
    message = messages.invoke(
        ("root/default", "StdRegProv"),
        "SetMultiStringValue",
        {"hDefKey": 2147483650, "sSubKeyName": "a\\b", "sValue": ["x", "y"], "flag": True, "none": None},
    )
    root = sent(message)
    assert message.action == f"{NS['reg']}/SetMultiStringValue"
    body = "//s:Body/reg:SetMultiStringValue_INPUT"
    assert texts(root, f"{body}/reg:hDefKey/text()") == ["2147483650"]
    assert texts(root, f"{body}/reg:sValue/text()") == ["x", "y"]
    assert texts(root, f"{body}/reg:flag/text()") == ["true"]
    assert texts(root, f"{body}/reg:none/@*") == ["true"]
    assert messages.invoke(NS["reg"], "EnumKey", {}).action == f"{NS['reg']}/EnumKey"


def test_selectors() -> None:
    root = sent(messages.get(("root/cimv2", "CIM_DataFile"), {"Name": "C:\\a & b"}))
    assert texts(root, "//w:SelectorSet/w:Selector/@Name") == ["Name"]
    assert texts(root, "//w:SelectorSet/w:Selector/text()") == ["C:\\a & b"]


@pytest.mark.parametrize("text", ["a\0b", "\x0b", "\ud800", "\ufffe", "\x1f"])
def test_characters_that_xml_cannot_carry_are_refused(text: str) -> None:
    with pytest.raises(errors.InvalidRequest, match=r"U\+[0-9A-F]{4} at position"):
        messages.enumerate_wql("root/cimv2", text, 1)


@pytest.mark.parametrize("text", ["Größe", "日本語", "\r\n\t", "😀", "&<>'\"", "]]>"])
def test_everything_else_arrives_as_it_was(text: str) -> None:
    root = sent(shell.command("S", text, [text]))
    assert texts(root, "//rsp:Command/text()") == [text]
    assert texts(root, "//rsp:Arguments/text()") == [text]
    attribute = sent(shell.create(environment={text: text}))
    assert texts(attribute, "//rsp:Variable/@Name") == [text]


@pytest.mark.parametrize(
    "call",
    [
        lambda: messages.invoke(("root/default", "Std Reg"), "EnumKey", {}),
        lambda: messages.invoke(("root/default", "StdRegProv"), "Enum/Key", {}),
        lambda: messages.invoke(("root/default", "StdRegProv"), "EnumKey", {"a b": 1}),
        lambda: messages.invoke(("root/default", "StdRegProv"), "EnumKey", {"a": 1.5}),  # type: ignore[dict-item]
    ],
)
def test_unusable_names_and_values_are_refused(call: object) -> None:
    with pytest.raises(errors.InvalidRequest):
        call()  # type: ignore[operator]


def test_shell_messages() -> None:
    created = sent(shell.create(working_directory="C:\\"))
    options = dict(zip(texts(created, "//w:Option/@Name"), texts(created, "//w:Option/text()"), strict=True))
    assert options == {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "437"}
    assert texts(created, "//rsp:Shell/rsp:InputStreams/text()") == ["stdin"]
    assert texts(created, "//rsp:Shell/rsp:OutputStreams/text()") == ["stdout stderr"]
    command = sent(shell.command("uuid:S", "ver"))
    options = dict(zip(texts(command, "//w:Option/@Name"), texts(command, "//w:Option/text()"), strict=True))
    assert options == {"WINRS_CONSOLEMODE_STDIN": "FALSE", "WINRS_SKIP_CMD_SHELL": "FALSE"}
    assert texts(command, "//w:Selector[@Name='ShellId']/text()") == ["uuid:S"]
    sending = sent(shell.send("S", "C", b"\0\xff", end=True))
    assert texts(sending, "//rsp:Send/rsp:Stream/@*") == ["stdin", "C", "true"]
    assert texts(sending, "//rsp:Send/rsp:Stream/text()") == ["AP8="]
    assert texts(sent(shell.send("S", "C", b"x")), "//rsp:Stream/@End") == []
    assert texts(sent(shell.receive("S", "C")), "//rsp:Receive/rsp:DesiredStream/@CommandId") == ["C"]
    signal = sent(shell.signal("S", "C", uris.SIGNAL_TERMINATE))
    assert texts(signal, "//rsp:Signal/rsp:Code/text()") == [f"{NS['rsp']}/signal/terminate"]
    assert len(sent(shell.delete("S")).find("s:Body", NS)) == 0
