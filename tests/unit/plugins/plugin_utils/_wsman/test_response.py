# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers: whose they are, what they hold, which fault they carry."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults, messages, response
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.envelope import Envelope
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import read_identify_response
from unit.plugins.plugin_utils._wsman.fakes import ENUM, envelope, fault

ASKED = Envelope(b"", "uuid:AB", messages.enumerate_wql("root/cimv2", "SELECT * FROM X", 1))
IDENTIFY = Envelope(b"", "", messages.identify())


def read(text: str, asked: Envelope = ASKED) -> object:
    return response.read_body(text.replace("RELATES", "uuid:AB").encode(), asked)


@pytest.mark.parametrize("relates_to", ["uuid:AB", "uuid:ab", "  uuid:AB\n"])
def test_our_answer(relates_to: str) -> None:
    read(envelope("<x/>", answers=f"{ENUM}/EnumerateResponse", relates_to=relates_to))


@pytest.mark.parametrize("relates_to", ["uuid:CD", "", "AB"])
def test_another_messages_answer_is_refused(relates_to: str) -> None:
    with pytest.raises(errors.WrongRelatesTo, match="uuid:AB"):
        read(envelope("<x/>", answers=f"{ENUM}/EnumerateResponse", relates_to=relates_to))


def test_another_messages_fault_is_refused_but_one_without_relation_counts() -> None:
    with pytest.raises(errors.WrongRelatesTo):
        read(fault(5).replace("RELATES", "uuid:CD"))
    with pytest.raises(faults.AccessDenied):
        read(fault(5).replace("<a:RelatesTo>RELATES</a:RelatesTo>", ""))


def test_identify_relates_to_nothing() -> None:
    read(envelope("<x/>", relates_to=""), IDENTIFY)


def test_another_action_is_refused() -> None:
    with pytest.raises(errors.UnexpectedResponse, match="EnumerateResponse"):
        read(envelope("<x/>", answers=f"{ENUM}/PullResponse"))


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "<Envelope/>",
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>',
        envelope("<x/>")[:-30],
    ],
)
def test_no_soap_envelope(text: str) -> None:
    with pytest.raises(errors.MalformedResponse):
        read(text)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (2150858778, faults.ClassNotFound),
        (2147749902, faults.InvalidNamespace),
        (5, faults.AccessDenied),
        (2147942405, faults.AccessDenied),
        (2150858793, faults.OperationTimeout),
        (2150858843, faults.ShellOrCommandUnknown),
        (2147943418, faults.ShellNotFound),
        (995, faults.OperationAborted),
        (0x803381A6, faults.OperationQuotaExceeded),
        (0x803381A5, faults.ShellQuotaExceeded),
        (2150858790, faults.EnvelopeLimit),
        (2150858771, faults.MethodNotFound),
        (2150858802, faults.Concurrency),
        (999, faults.WSManFault),
    ],
)
def test_codes_choose_the_class(code: int, kind: type[faults.WSManFault]) -> None:
    with pytest.raises(faults.WSManFault) as caught:
        read(fault(code, "w:InternalError", text="outer text", inner="inner\n  text "))
    assert caught.type is kind
    assert (caught.value.code, caught.value.reason, caught.value.detail) == (code, "outer text", "inner text")
    assert "inner text" in str(caught.value)
    assert f"0x{code:08X}" in str(caught.value)


def test_the_innermost_known_code_wins_and_all_are_kept() -> None:
    inner = fault(2150858755, text="outer").replace(
        "<f:Message>outer</f:Message>",
        '<f:Message><f:ProviderFault><f:WSManFault Code="2150858778"><f:Message>class</f:Message></f:WSManFault>'
        "<f:ExtendedError><__ExtendedStatus><Description>why</Description><StatusCode>-2147217385</StatusCode>"
        "</__ExtendedStatus></f:ExtendedError></f:ProviderFault></f:Message>",
    )
    with pytest.raises(faults.InvalidQuery) as caught:
        read(inner)
    assert caught.value.codes == (0x80041017, 2150858778, 2150858755)
    assert caught.value.detail == "class why"


@pytest.mark.parametrize("outer", [2150858778, 2150859042, 2150858752, 2150858770, 2150858755, 999, None])
@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("The query cannot be parsed (HRESULT 0x80041058).", faults.InvalidQuery, 0x80041058),
        ("Fehler: HRESULT=0X80041017", faults.InvalidQuery, 0x80041017),
        ("Ошибка 0x8004100E …", faults.InvalidNamespace, 0x8004100E),
        ("unknown error: HRESULT 0x80041010 ", faults.ClassNotFound, 0x80041010),
        ("0x80041003", faults.AccessDenied, 0x80041003),
        ("HRESULT 0x80070005", faults.AccessDenied, 0x80070005),
    ],
)
def test_a_number_of_wmi_in_a_text_decides_where_the_services_own_code_is_vague(
    outer: int | None, said: str, kind: type[faults.WSManFault], code: int
) -> None:
    with pytest.raises(faults.WSManFault) as caught:
        read(fault(outer, "n:CannotProcessFilter", text="outer" if outer else said, inner=said))
    assert caught.type is kind
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("outer", "said", "kind"),
    [
        (2150858778, "no number at all", faults.ClassNotFound),
        (2150858778, "HRESULT 0x80041010 or 0x80041058", faults.ClassNotFound),  # two that differ: neither is believed
        (2150858778, "HRESULT 0x800410", faults.ClassNotFound),
        (2150858778, "object 0x80041058F or 10x80041058", faults.ClassNotFound),
        (2150858778, "HRESULT 0x80041FFF", faults.ClassNotFound),
        (2150858793, "HRESULT 0x80041010", faults.OperationTimeout),  # a plain code is not outvoted by a text
        (0x80041010, "HRESULT 0x80041058", faults.ClassNotFound),
    ],
)
def test_a_number_in_a_text_does_not_decide(outer: int, said: str, kind: type[faults.WSManFault]) -> None:
    with pytest.raises(faults.WSManFault) as caught:
        read(fault(outer, text="outer", inner=said))
    assert caught.type is kind
    assert caught.value.code == outer


def test_a_number_that_we_sent_ourselves_is_an_echo() -> None:
    asked = Envelope(b"... WHERE Name='0x80041003' ...", "uuid:AB", messages.enumerate_wql("root/cimv2", "x", 1))
    with pytest.raises(faults.ClassNotFound):
        read(fault(2150858778, text="outer", inner="SELECT x WHERE Name='0X80041003' failed"), asked)


@pytest.mark.parametrize(
    ("subcode", "kind"),
    [
        ("wsman:QuotaLimit", faults.QuotaExceeded),
        ("wsen:CannotProcessFilter", faults.FilterRejected),
        ("wsa:ActionNotSupported", faults.MethodNotFound),
        ("TimedOut", faults.OperationTimeout),
        ("wsman:EncodingLimit", faults.EnvelopeLimit),
        ("x:Unheard", faults.WSManFault),
    ],
)
def test_subcodes_choose_where_there_is_no_code(subcode: str, kind: type[faults.WSManFault]) -> None:
    with pytest.raises(faults.WSManFault) as caught:
        read(fault(None, subcode, text="words"))
    assert caught.type is kind
    assert (caught.value.code, caught.value.detail) == (None, "words")


def test_an_envelope_limit_is_what_413_is_too() -> None:
    assert issubclass(faults.EnvelopeLimit, errors.EnvelopeTooLarge)


def test_a_fault_of_nothing_at_all() -> None:
    with pytest.raises(faults.WSManFault, match="no text"):
        read(envelope("<s:Fault/>"))


@pytest.mark.parametrize("code", ["", "x", "0x", "99999999999999", "-1", "0x80338012"])
def test_odd_codes_do_not_disturb(code: str) -> None:
    with pytest.raises(faults.WSManFault):
        read(fault(7).replace('Code="7"', f'Code="{code}"'))


# --- identify -------------------------------------------------------------------------------------------------------


def identity(product: str, name: str = "i:IdentifyResponse") -> object:
    inner = f"<i:ProductVendor>V</i:ProductVendor><i:ProductVersion>{product}</i:ProductVersion>"
    text = envelope(f'<{name} xmlns:i="urn:any">{inner}</{name}>', relates_to="")
    return read_identify_response(response.read_body(text.encode(), IDENTIFY))


@pytest.mark.parametrize(
    ("product", "os_version", "service_pack", "stack"),
    [
        ("OS: 6.0.6001 SP: 1.0 Stack: 1.1", (6, 0, 6001), (1, 0), (1, 1)),
        ("OS: 6.0.6001 SP: 1.0 Stack:1.0", (6, 0, 6001), (1, 0), (1, 0)),
        ("OS: 10.0.17763 SP: 0.0 Stack: 3.0", (10, 0, 17763), (0, 0), (3, 0)),
        ("OS: 0.0.0 SP: 0.0 Stack: 1.1", None, None, (1, 1)),
        ("OS:6.0.6000\nSP:0.0\nStack:1.0", (6, 0, 6000), (0, 0), (1, 0)),
        ("1.2.3", None, None, None),
        ("OS: 6.0 SP: 1.0 Stack: 1.1", None, None, (1, 1)),
        ("OS: 6.0.6001.18000 SP: 1.0 Stack: 1.1", None, None, (1, 1)),
        ("OS: x.y.z", None, None, None),
        ("", None, None, None),
    ],
)
def test_identity(product: str, os_version: object, service_pack: object, stack: object) -> None:
    found = identity(product)
    assert (found.os_version, found.service_pack, found.stack) == (os_version, service_pack, stack)  # type: ignore[attr-defined]


def test_identity_in_the_soap_namespace() -> None:
    assert identity("OS: 6.0.6001 SP: 1.0 Stack: 1.1", "s:IdentifyResponse").vendor == "V"  # type: ignore[attr-defined]


def test_identity_absent() -> None:
    with pytest.raises(errors.UnexpectedResponse, match="IdentifyResponse"):
        read_identify_response(response.read_body(envelope("<x/>", relates_to="").encode(), IDENTIFY))
