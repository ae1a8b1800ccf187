# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes that the service writes, in the shape of each stack (captures; MS-WSMV section 4)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from winhost.wsman import names as ns
from winhost.wsman.faults import Fault
from winhost.wsman.stacks import Stack

_PREFIX = {
    "x": ns.TRANSFER,
    "e": ns.EVENTING,
    "n": ns.ENUMERATION,
    "rsp": ns.SHELL,
    "p": ns.WSMV,
}
_CONTROL = {code: "?" for code in range(0x20) if code not in (0x9, 0xA, 0xD)} | {0xFFFE: "?", 0xFFFF: "?"}
_PLAIN = re.compile(r"[\t\n\r\x20-\x25\x27-;=?-\ufffd]*")  # neither escaped nor replaced


def text(value: str) -> str:
    """Element text; control characters leave as question marks (MS-WSMV 3.1.4.1.25)."""
    return value if _PLAIN.fullmatch(value) else escape(value.translate(_CONTROL))


def attribute(value: str) -> str:
    """A quoted attribute value."""
    return quoteattr(value.translate(_CONTROL))


def new_uuid() -> str:
    return str(uuid.uuid4()).upper()


@dataclass(slots=True)
class Reply:
    """What a handler answers: the action, the body and the prefixes that the body needs."""

    action: str
    body: str
    prefixes: tuple[str, ...] = ()
    status: int = 200
    relates_to: str = ""
    headers: str = field(default="")


def envelope(reply: Reply, stack: Stack, language: str = "en-US") -> bytes:
    """A whole answer with the addressing headers in the order that Windows writes them."""
    prefixes = reply.prefixes if stack.credssp else tuple(name for name in reply.prefixes if name != "p")
    declared = "".join(f' xmlns:{name}="{_PREFIX[name]}"' for name in prefixes)
    relates = f"<a:RelatesTo>{text(reply.relates_to)}</a:RelatesTo>" if reply.relates_to else ""
    return (
        f'<s:Envelope xml:lang="{language}" xmlns:s="{ns.SOAP}" xmlns:a="{ns.ADDRESSING}"'
        f' xmlns:w="{ns.WSMAN}"{declared}>'
        f"<s:Header><a:Action>{reply.action}</a:Action><a:MessageID>uuid:{new_uuid()}</a:MessageID>"
        f"<a:To>{ns.ANONYMOUS}</a:To>{relates}{reply.headers}</s:Header><s:Body>{reply.body}</s:Body></s:Envelope>"
    ).encode("utf-8", "replace")


def fault_envelope(
    fault: Fault, stack: Stack, *, relates_to: str, host: str, computer: str, language: str = "en-US"
) -> bytes:
    """A SOAP fault as this stack words it (reason, detail, the provider's wrapping)."""
    prefix = fault.subcode.partition(":")[0]
    plain_soap = prefix == "s"
    action = ns.FAULT_ACTION.get(prefix, ns.FAULT_ACTION["a"])
    value = "s:Receiver" if fault.receiver else "s:Sender"
    if plain_soap:
        code = f"<s:Value>{fault.subcode}</s:Value>"
    else:
        code = f"<s:Value>{value}</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode>"
    reason = f'<s:Reason><s:Text xml:lang="{language}">{text(fault.text)} </s:Text></s:Reason>'
    not_understood = ""
    if fault.not_understood:
        name = etree.QName(fault.not_understood)
        not_understood = f'<s:NotUnderstood qname="hdr:{name.localname}" xmlns:hdr={attribute(name.namespace or "")}/>'
    body = f"<s:Fault><s:Code>{code}</s:Code>{reason}{_detail(fault, stack, host, computer, language)}</s:Fault>"
    return envelope(
        Reply(action, body, ("x", "e", "n", "p"), fault.http_status, relates_to, not_understood), stack, language
    )


def _detail(fault: Fault, stack: Stack, host: str, computer: str, language: str) -> str:
    if fault.not_understood:
        return ""  # the header block NotUnderstood says it all (captured)
    named = f"<w:FaultDetail>{text(_detail_uri(fault.detail))}</w:FaultDetail>" if fault.detail else ""
    if fault.wmi_error and stack.wmi_error_detail:
        return f"<s:Detail>{named}{_wmi_error(fault)}</s:Detail>"
    outer_machine = host if stack.credssp else ""
    inner_machine = computer if stack.credssp else ""
    declared = f'xmlns:f="{ns.FAULT}"'
    if fault.provider is None:
        message = f"{text(fault.text)} "
    else:
        inner_text = fault.provider_text or fault.text
        inner_code = fault.provider_code if fault.provider_code is not None else fault.code
        lang = "" if stack.credssp else f' xml:lang="{language}"'
        if fault.provider == "Shell cmd plugin":
            inner = f"{text(inner_text)} "
        else:
            inner = (
                f'<f:WSManFault {declared} Code="{inner_code}" Machine={attribute(inner_machine)}{lang}>'
                f"<f:Message>{text(inner_text)} </f:Message></f:WSManFault>"
            )
        message = (
            f"<f:ProviderFault provider={attribute(fault.provider)} path={attribute(fault.provider_path or '')}>"
            f"{inner}{_extended(fault, stack)}</f:ProviderFault>"
        )
    return (
        f'<s:Detail>{named}<f:WSManFault {declared} Code="{fault.code}" Machine={attribute(outer_machine)}>'
        f"<f:Message>{message}</f:Message></f:WSManFault></s:Detail>"
    )


def _detail_uri(detail: str) -> str:
    return detail if "://" in detail else ns.FAULT_DETAIL + detail


def _extended(fault: Fault, stack: Stack) -> str:
    if not fault.extended or not stack.provider_extended_error:
        return ""
    values = "".join(
        f'<p:{name} xsi:nil="true"/>' if value is None else f"<p:{name}>{text(value)}</p:{name}>"
        for name, value in fault.extended
    )
    return (
        f'<f:ExtendedError><p:__ExtendedStatus xmlns:xsi="{ns.XSI}" xmlns:p="{ns.WMI_ROOT}root/cimv2/__ExtendedStatus"'
        f' xmlns:cim="{ns.CIM}" xsi:type="p:__ExtendedStatus_Type">{values}</p:__ExtendedStatus></f:ExtendedError>'
    )


def _wmi_error(fault: Fault) -> str:
    nil = ' xsi:nil="true"/>'
    rows = (
        ("CIMStatusCode", "UnsignedInt", "27"),
        ("CIMStatusCodeDescription", "String", None),
        ("ErrorSource", "String", None),
        ("ErrorSourceFormat", "UnsignedShort", "0"),
        ("ErrorType", "UnsignedShort", "0"),
        ("Message", "String", fault.text + " "),
        ("MessageID", "String", f"HRESULT 0x{fault.code:08x}"),
        ("OtherErrorSourceFormat", "String", None),
        ("OtherErrorType", "String", None),
        ("OwningEntity", "String", None),
        ("PerceivedSeverity", "UnsignedShort", "0"),
        ("ProbableCause", "UnsignedShort", "0"),
        ("ProbableCauseDescription", "String", None),
        ("error_Category", "UnsignedInt", "30"),
        ("error_Code", "UnsignedInt", str(fault.code)),
        ("error_Type", "String", "HRESULT"),
        ("error_WindowsErrorMessage", "String", fault.text + " "),
    )
    inner = "".join(
        f'<p:{name} xsi:type="cim:cim{kind}"' + (nil if value is None else f">{text(value)}</p:{name}>")
        for name, kind, value in rows
    )
    return (
        f'<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:b="{ns.BINDING}" xmlns:cim="{ns.CIM}"'
        ' xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"'
        f' xmlns:xsi="{ns.XSI}" xsi:type="p:MSFT_WmiError_Type">{inner}</p:MSFT_WmiError>'
    )
