# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for the tests of the simulated service, written out by hand from MS-WSMV section 4."""

from __future__ import annotations

import uuid

CIMV2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CMD = SHELL + "/cmd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_NAMESPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
    'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" '
    'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" '
    'xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/windows/shell" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
IDENTIFY = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>'
)


def message(
    action: str,
    uri: str,
    body: str = "",
    *,
    selectors: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    timeout: str = "PT20S",
    size: int | None = 153600,
    extra: str = "",
    message_id: str | None = None,
    reply_to: str | None = ANONYMOUS,
    to: str = "http://host:80/wsman",
) -> bytes:
    """One request; every header can be left out."""
    parts = [
        f"<a:To>{to}</a:To>" if to else "",
        f'<w:ResourceURI s:mustUnderstand="true">{uri}</w:ResourceURI>' if uri else "",
    ]
    if reply_to is not None:
        parts.append(f'<a:ReplyTo><a:Address s:mustUnderstand="true">{reply_to}</a:Address></a:ReplyTo>')
    if action:
        parts.append(f'<a:Action s:mustUnderstand="true">{action}</a:Action>')
    if size is not None:
        parts.append(f'<w:MaxEnvelopeSize s:mustUnderstand="true">{size}</w:MaxEnvelopeSize>')
    chosen = f"uuid:{uuid.uuid4()}" if message_id is None else message_id
    if chosen:
        parts.append(f"<a:MessageID>{chosen}</a:MessageID>")
    if selectors:
        parts.append(
            "<w:SelectorSet>"
            + "".join(f'<w:Selector Name="{k}">{v}</w:Selector>' for k, v in selectors.items())
            + "</w:SelectorSet>"
        )
    if options:
        parts.append(
            "<w:OptionSet>"
            + "".join(f'<w:Option Name="{k}">{v}</w:Option>' for k, v in options.items())
            + "</w:OptionSet>"
        )
    if timeout:
        parts.append(f"<w:OperationTimeout>{timeout}</w:OperationTimeout>")
    header = "".join(parts) + extra
    return f"<s:Envelope {_NAMESPACES}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


def wql(
    query: str, *, maximum: int | None = 20, optimize: bool = True, namespace: str = "root/cimv2", **headers: object
) -> bytes:
    """An Enumerate with a WQL filter."""
    body = "<n:Enumerate>"
    body += "<w:OptimizeEnumeration/>" if optimize else ""
    body += f"<w:MaxElements>{maximum}</w:MaxElements>" if maximum is not None else ""
    body += f'<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{query}</w:Filter></n:Enumerate>'
    uri = f"http://schemas.microsoft.com/wbem/wsman/1/wmi/{namespace}/*"
    return message(ENUMERATION + "Enumerate", uri, body, **headers)  # type: ignore[arg-type]


def pull(context: str, maximum: int = 20, **headers: object) -> bytes:
    body = f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>"
    body += f"<n:MaxElements>{maximum}</n:MaxElements></n:Pull>"
    return message(ENUMERATION + "Pull", CIMV2 + "*", body, **headers)  # type: ignore[arg-type]


def create(
    streams: str = "<r:InputStreams>stdin</r:InputStreams><r:OutputStreams>stdout stderr</r:OutputStreams>",
    **headers: object,
) -> bytes:
    headers.setdefault("options", {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "437"})
    return message(TRANSFER + "Create", CMD, f"<r:Shell>{streams}</r:Shell>", **headers)  # type: ignore[arg-type]


def shell_verb(verb: str, shell: str, body: str, **headers: object) -> bytes:
    return message(f"{SHELL}/{verb}", CMD, body, selectors={"ShellId": shell}, **headers)  # type: ignore[arg-type]


def command(shell: str, line: str, **headers: object) -> bytes:
    return shell_verb("Command", shell, f"<r:CommandLine><r:Command>{line}</r:Command></r:CommandLine>", **headers)


def receive(shell: str, command_id: str, **headers: object) -> bytes:
    body = f'<r:Receive><r:DesiredStream CommandId="{command_id}">stdout stderr</r:DesiredStream></r:Receive>'
    return shell_verb("Receive", shell, body, **headers)


def send(shell: str, command_id: str, data: str, *, end: bool = False) -> bytes:
    ends = ' End="true"' if end else ""
    return shell_verb(
        "Send", shell, f'<r:Send><r:Stream Name="stdin" CommandId="{command_id}"{ends}>{data}</r:Stream></r:Send>'
    )


def signal(shell: str, command_id: str, code: str = "terminate") -> bytes:
    return shell_verb(
        "Signal", shell, f'<r:Signal CommandId="{command_id}"><r:Code>{SHELL}/signal/{code}</r:Code></r:Signal>'
    )


def delete(shell: str) -> bytes:
    return message(TRANSFER + "Delete", CMD, "", selectors={"ShellId": shell})
