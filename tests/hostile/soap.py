# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hostile servers read and say as text: HTTP, and SOAP of WS-Management."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ENUM = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"

Request = bytes
Behaviour = Callable[[socket.socket, Request], None]


def request_of(connection: socket.socket) -> Request:
    """One whole request; b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _unused, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return body or b"-"


def action_of(request: Request) -> str:
    found = re.search(rb"<a:Action[^>]*>([^<]+)<", request)
    return found[1].decode().rpartition("/")[2] if found else "Identify"


def envelope(request: Request, body: str, action: str, xmlns: str = "") -> bytes:
    """An answer that relates to the request."""
    found = re.search(rb"<a:MessageID>([^<]+)<", request)
    relates = found[1].decode() if found else ""
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:n="{ENUM}" xmlns:w="{WSMAN}" '
        f'xmlns:rsp="{SHELL}" xmlns:x="{TRANSFER}" {xmlns}><s:Header><a:Action>{action}</a:Action>'
        f"<a:RelatesTo>{relates}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def http(body: bytes, extra: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n{extra}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def identify(request: Request) -> bytes:
    """What a Vista says of itself."""
    inner = (
        f'<i:IdentifyResponse xmlns:i="{IDENTITY}"><i:ProtocolVersion>{WSMAN}</i:ProtocolVersion>'
        "<i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
        "<i:ProductVersion>OS: 6.0.6001 SP: 1.0 Stack: 1.1</i:ProductVersion></i:IdentifyResponse>"
    )
    return http(envelope(request, inner, ""))


def page(request: Request, rows: str, context: str = "more", xmlns: str = "") -> bytes:
    """A page of an enumeration that never ends."""
    name = "EnumerateResponse" if action_of(request) == "Enumerate" else "PullResponse"
    items = "w:Items" if name == "EnumerateResponse" else "n:Items"
    body = (
        f"<n:{name}><n:EnumerationContext>{context}</n:EnumerationContext><{items}>{rows}</{items}></n:{name}>"
    )
    return http(envelope(request, body, f"{ENUM}/{name}", xmlns))


def whole(request: Request, rows: str) -> bytes:
    """A page that is the last."""
    answer = page(request, rows).partition(b"\r\n\r\n")[2]
    name = b"</n:EnumerateResponse>" if action_of(request) == "Enumerate" else b"</n:PullResponse>"
    return http(answer.replace(name, b"<n:EndOfSequence/>" + name))
