# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header rules, Get and Invoke, Identify, and input that is not what it should be."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from unit.winhost.wsman import messages as m
from unit.winhost.wsman.bench import NS, Bench, fault, find
from winhost.wsman.caller import Caller

GET = m.TRANSFER + "Get"
DISK = m.CIMV2 + "Win32_LogicalDisk"
PROVIDER = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"


def ask(payload: bytes, stack: str = "1.1", **options: object) -> object:
    return asyncio.run(Bench(stack, **options).ask(payload))  # type: ignore[arg-type]


def get(**headers: object) -> bytes:
    headers.setdefault("selectors", {"Name": "D1:"})
    return m.message(GET, DISK, "", **headers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("payload", "subcode", "code"),
    [
        (get(message_id=""), "InvalidMessageInformationHeader", 2150858767),
        (get(message_id="x" * 2049), "InvalidMessageInformationHeader", 2150858767),
        (get(reply_to=None), "MessageInformationHeaderRequired", 2150858769),
        (get(reply_to="http://elsewhere/"), "UnsupportedFeature", 2150858870),
        (
            get(extra="<a:FaultTo><a:Address>http://elsewhere/</a:Address></a:FaultTo>"),
            "UnsupportedFeature",
            2150858870,
        ),
        (get(to=""), "MessageInformationHeaderRequired", 2150858769),
        (get(extra='<w:Locale s:mustUnderstand="true" xml:lang="en-US"/>'), "UnsupportedFeature", 2150858887),
        (get(extra='<p:Unheard s:mustUnderstand="true"/>'), "MustUnderstand", 0),
        (get(size=8191), "EncodingLimit", 2150858878),
        (get(timeout="soon"), "InvalidTimeout", 2150858881),
        (
            get(extra='<w:FragmentTransfer s:mustUnderstand="false">Name</w:FragmentTransfer>'),
            "InvalidMessageInformationHeader",
            2150858767,
        ),
        (get(extra="<a:MessageID>uuid:1</a:MessageID>"), "InvalidMessageInformationHeader", 2150858767),
        (m.message("", DISK), "MessageInformationHeaderRequired", 2150858769),
        (m.message(GET, ""), "InvalidResourceURI", 2150858811),
        (m.message(GET, "http://example.invalid/thing"), "DestinationUnreachable", 2150858752),
        (m.message(GET, m.CIMV2 + "Win32_Nothing"), "DestinationUnreachable", 2150858752),
        (m.message(m.TRANSFER + "Dance", DISK), "ActionNotSupported", 2150858771),
        (m.message(GET, DISK), "InvalidSelectors", 2150858842),
        (get(selectors={"Colour": "red"}), "InvalidSelectors", 2150858843),
        (get(selectors={"Name": "Z:"}), "DestinationUnreachable", 2150858752),
    ],
)
def test_what_is_refused(payload: bytes, subcode: str, code: int) -> None:
    answer = ask(payload)
    assert fault(answer) == (subcode, code)  # type: ignore[arg-type]
    assert answer.status == 500  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "refused_by"),
    [
        ('<p:DataLocale s:mustUnderstand="true" xml:lang="en-US"/>', {"1.0", "1.1", "2.0", "3.0"}),
        ('<p:SessionId s:mustUnderstand="true">uuid:1</p:SessionId>', {"1.0", "1.1", "2.0"}),
        ('<p:OperationID s:mustUnderstand="true">uuid:1</p:OperationID>', {"1.0", "1.1", "2.0"}),
        ('<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>', set()),
        ('<p:SessionId s:mustUnderstand="false">uuid:1</p:SessionId>', set()),
        ('<w:Locale s:mustUnderstand="false" xml:lang="de-DE"/>', set()),
        ("<w:RequestTotalItemsCountEstimate/>", set()),
    ],
)
def test_headers_by_version(header: str, refused_by: set[str]) -> None:
    refused = {stack for stack in ("1.0", "1.1", "2.0", "3.0") if ask(get(extra=header), stack).status == 500}  # type: ignore[attr-defined]
    assert refused == refused_by


def test_operation_id_comes_back_from_stack_3_0_alone() -> None:
    for stack, expected in (("2.0", 0), ("3.0", 1)):
        answer = ask(get(extra='<p:OperationID s:mustUnderstand="false">uuid:1</p:OperationID>'), stack)
        assert find(answer, "count(//p:OperationID)") == expected  # type: ignore[arg-type]


def test_relates_to_repeats_the_message_id_also_in_a_fault() -> None:
    for payload in (get(message_id="uuid:abc"), m.message(GET, DISK, message_id="uuid:abc")):
        assert find(ask(payload), "string(//a:RelatesTo)") == "uuid:abc"  # type: ignore[arg-type]


def test_selectors_do_not_mind_case() -> None:
    answer = ask(get(selectors={"nAmE": "d1:"}))
    assert answer.status == 200  # type: ignore[attr-defined]
    assert b'xsi:type="p:Win32_LogicalDisk_Type"' in answer.body  # type: ignore[attr-defined]


def test_invoke_gives_parameters_by_name_arrays_and_nil() -> None:
    bench = Bench()
    body = (
        f'<q:EnumKey_INPUT xmlns:q="{PROVIDER}"><q:hDefKey>2147483650</q:hDefKey><q:sSubKeyName>A&amp;B</q:sSubKeyName>'
        '<q:list>1</q:list><q:list>2</q:list><q:nothing xsi:nil="true"/></q:EnumKey_INPUT>'
    )
    answer = asyncio.run(bench.ask(m.message(PROVIDER + "/EnumKey", PROVIDER, body)))
    assert bench.provider.calls == [
        ("EnumKey", {"hDefKey": "2147483650", "sSubKeyName": "A&B", "list": ["1", "2"], "nothing": None})
    ]
    root = etree.fromstring(answer.body)
    output = root.find("s:Body", NS)[0]
    assert [(etree.QName(child).localname, child.text) for child in output] == [
        ("sNames", "A"),
        ("sNames", "B"),
        ("uValue", None),
        ("ReturnValue", "0"),
    ]
    assert root.find("s:Header/a:Action", NS).text == PROVIDER + "/EnumKeyResponse"


def test_invoke_refuses_a_missing_method_and_a_wrong_body() -> None:
    assert fault(ask(m.message(PROVIDER + "/Missing", PROVIDER)))[0] == "ActionNotSupported"  # type: ignore[arg-type]
    assert fault(ask(m.message(PROVIDER + "/EnumKey", PROVIDER, "<r:Other/>")))[0] == "SchemaValidationError"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stack", "doubt", "version", "expected"),
    [
        ("1.1", {}, "6.0.6001", "OS: 6.0.6001 SP: 1.0 Stack: 1.1"),
        ("3.0", {}, "6.3.9600", "OS: 6.3.9600 SP: 1.0 Stack: 3.0"),
        ("1.0", {"vista_rtm_identify": "stack_1.0"}, "6.0.6000", "OS: 6.0.6000 SP: 1.0 Stack: 1.0"),
        ("1.0", {"vista_rtm_identify": "stack_1.0_no_space"}, "6.0.6000", "OS: 6.0.6000 SP: 1.0 Stack:1.0"),
        ("1.0", {"vista_rtm_identify": "os_zero"}, "6.0.6000", "OS: 0.0.0 SP: 0.0 Stack: 1.0"),
        ("1.0", {"vista_rtm_identify": "no_product_version"}, "6.0.6000", ""),
    ],
)
def test_identify(stack: str, doubt: dict[str, str], version: str, expected: str) -> None:
    answer = ask(m.IDENTIFY, stack, doubt=doubt, os_version=version)
    shown = etree.fromstring(answer.body).xpath("string(//*[local-name()='ProductVersion'])")  # type: ignore[attr-defined]
    assert shown == expected


def test_only_identify_is_for_strangers() -> None:
    async def run() -> None:
        bench = Bench()
        stranger = Caller(anonymous_identify=True)
        assert b"OS: 0.0.0 SP: 0.0 Stack: 1.1" in (await bench.ask(m.IDENTIFY, stranger)).body
        assert (await bench.ask(get(), stranger)).status == 401

    asyncio.run(run())


def test_only_administrators_are_served_and_filtered_ones_as_the_host_is_set() -> None:
    assert fault(ask(get(), user="plain")) == ("AccessDenied", 5)  # type: ignore[arg-type]
    assert ask(get(), user="operator").status == 200  # type: ignore[attr-defined]
    assert fault(ask(get(), user="operator", doubt={"filtered_logon": "denied"})) == ("AccessDenied", 5)  # type: ignore[arg-type]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>&b;</s:Body></s:Envelope>'
)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00\xff\xfe",
        b"<",
        b"<a/>",
        BOMB,
        b"<a>" * 500 + b"</a>" * 500,
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
        m.IDENTIFY.replace(b"<s:Body>", b"<s:Torso>").replace(b"</s:Body>", b"</s:Torso>"),
        get().decode().encode("utf-16")[:-3],
        b"%PDF-1.4",
    ],
)
def test_what_is_no_request_gets_a_fault(payload: bytes) -> None:
    answer = ask(payload)
    assert answer.status == 500  # type: ignore[attr-defined]
    assert fault(answer)[0] in ("SchemaValidationError", "VersionMismatch", "InvalidBody")  # type: ignore[arg-type]


def test_utf_16_is_read() -> None:
    assert ask(get().decode().encode("utf-16")).status == 200  # type: ignore[attr-defined]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_any_damage_to_a_message_gets_an_answer_that_is_xml(noise: bytes, at: int) -> None:
    payload = get()
    damaged = payload[:at] + noise + payload[at + len(noise) :]
    answer = ask(damaged)
    assert answer.status in (200, 500)  # type: ignore[attr-defined]
    etree.fromstring(answer.body)  # type: ignore[attr-defined]
    assert b"internal error occurred" not in answer.body  # type: ignore[attr-defined]
