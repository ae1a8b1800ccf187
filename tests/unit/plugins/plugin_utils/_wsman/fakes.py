# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel without a network, and envelopes written by hand, for tests of everything above the channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
ENUM = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"

Answer = str | bytes | BaseException


def message_id(request: bytes) -> str:
    found = re.search(rb"<a:MessageID>([^<]+)<", request)
    return found[1].decode() if found else ""


def action(request: bytes) -> str:
    found = re.search(rb"<a:Action[^>]*>([^<]+)<", request)
    return found[1].decode().rpartition("/")[2] if found else "Identify"


def envelope(body: str, *, answers: str = "", relates_to: str = "RELATES", xmlns: str = "") -> str:
    """An answer. RELATES is replaced by the request's id; answers: the action URI."""
    relation = f"<a:RelatesTo>{relates_to}</a:RelatesTo>" if relates_to else ""
    said = f"<a:Action>{answers}</a:Action>" if answers else ""
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/'
        f'addressing" xmlns:n="{ENUM}" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="{RSP}" '
        f'xmlns:x="{TRANSFER}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {xmlns}>'
        f"<s:Header>{said}<a:To>{ANONYMOUS}</a:To>{relation}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def fault(code: int | None, subcode: str = "w:InternalError", *, text: str = "outer", inner: str = "") -> str:
    """A Windows fault; inner: a provider's text."""
    f = 'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"'
    message = f"<f:Message>{text}</f:Message>"
    if inner:
        message = (
            f'<f:Message><f:ProviderFault provider="p"><f:WSManFault Code="{code}"><f:Message>{inner}</f:Message>'
            "</f:WSManFault></f:ProviderFault></f:Message>"
        )
    detail = f'<s:Detail><f:WSManFault {f} Code="{code}">{message}</f:WSManFault></s:Detail>' if code else ""
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason>{detail}</s:Fault>'
    )


def row(**properties: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in properties.items())
    return f"<w:XmlFragment>{inner}</w:XmlFragment>"


def enumerate_response(inner: str) -> str:
    return envelope(f"<n:EnumerateResponse>{inner}</n:EnumerateResponse>", answers=f"{ENUM}/EnumerateResponse")


def pull_response(inner: str) -> str:
    return envelope(f"<n:PullResponse>{inner}</n:PullResponse>", answers=f"{ENUM}/PullResponse")


class FakeChannel:
    """Answers from a list (or a function of the request); an exception in it is raised."""

    endpoint = "http://host.example:5985/wsman"
    ends: float | None = None

    def __init__(self, answers: Iterable[Answer] | Callable[[bytes], Answer]) -> None:
        self._answers = answers if callable(answers) else None
        self._left = iter(()) if callable(answers) else iter(answers)
        self.sent: list[bytes] = []
        self.timeouts: list[float | None] = []
        self.reconnects = 0
        self.closed = False

    @property
    def actions(self) -> list[str]:
        return [action(request) for request in self.sent]

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        self.sent.append(envelope)
        self.timeouts.append(read_timeout)
        answer = self._answers(envelope) if self._answers else next(self._left)
        if isinstance(answer, BaseException):
            raise answer
        data = answer.encode() if isinstance(answer, str) else answer
        return data.replace(b"RELATES", message_id(envelope).encode())

    def reconnect(self) -> None:
        self.reconnects += 1

    def close(self) -> None:
        self.closed = True


class FakeClock:
    """A clock that moves by `step` seconds at every look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 1000.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now
