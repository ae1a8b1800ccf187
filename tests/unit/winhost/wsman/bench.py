# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service over the small WMI of fakes.py, driven without a network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from unit.winhost.wsman import messages
from unit.winhost.wsman.fakes import FakeProvider, accounts
from winhost.wsman.caller import Answer, Caller
from winhost.wsman.service import Service
from winhost.wsman.shells import Shells
from winhost.wsman.stacks import STACKS
from winhost.wsman.streams import CommandStreams

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "r": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
}


class Time:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """One service and one caller. Commands: `echo X`, `cat`, `both`, `hang`, `exit N`."""

    def __init__(
        self,
        stack: str = "1.1",
        *,
        provider: FakeProvider | None = None,
        doubt: Mapping[str, str] | None = None,
        user: str = "Administrator",
        os_version: str = "6.0.6001",
        limits: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.stack = STACKS[stack].limited(**(limits or {}))
        self.provider = provider or FakeProvider()
        self.time = Time()
        self.doubt = dict(doubt or {})
        self.shells = Shells(
            self.stack,
            run=self._run,
            make_session=lambda *_unused: object(),
            monotonic=self.time,
            oem_code_page=lambda: 437,
            doubt=self.doubt,
        )
        auth = {"Basic": True, "Negotiate": True, "Kerberos": True, "Certificate": False}
        self.service = Service(
            self.stack,
            self.provider,
            computer_name="VISTA",
            os_version=lambda: os_version,
            service_pack=lambda: "1.0",
            monotonic=self.time,
            doubt=self.doubt,
            auth=auth,
            shells=self.shells,
            **options,
        )
        self.caller = self.as_user(user)
        self.log: list[str] = []

    @staticmethod
    def as_user(name: str, **values: Any) -> Caller:
        known = accounts()
        user = known.find(name)
        assert user is not None
        token = known.token(user)
        return Caller(
            user=token.account, token=token, authenticated=True, address="http://host:5985/wsman", host="host", **values
        )

    async def _run(self, session: Any, line: str, streams: CommandStreams, skip_cmd: bool) -> int:
        word, _unused, rest = line.partition(" ")
        if word == "echo":
            await streams.write_out(rest.encode() + b"\r\n")
        elif word == "both":
            await streams.write_out(b"out")
            await streams.write_err(b"err")
            await asyncio.sleep(30)
        elif word == "cat":
            while data := await streams.read(4096):
                await streams.write_out(data)
        elif word == "hang":
            await asyncio.sleep(30)
        elif word == "flood":
            await streams.write_out(b"x" * int(rest))
        return int(rest) if word == "exit" else 0

    async def ask(self, payload: bytes, caller: Caller | None = None) -> Answer:
        return await self.service.handle(payload, caller or self.caller)

    async def open(self, **headers: Any) -> str:
        """Create a shell; its id."""
        return shell_id(await self.ask(messages.create(**headers)))

    async def start(self, shell: str, line: str) -> str:
        answer = await self.ask(messages.command(shell, line))
        return tree(answer).xpath("string(//r:CommandId)", namespaces=NS)  # type: ignore[no-any-return]


def shell_id(answer: Answer) -> str:
    return tree(answer).xpath("string(//w:Selector[@Name='ShellId'])", namespaces=NS)  # type: ignore[no-any-return]


def tree(answer: Answer) -> Any:
    return etree.fromstring(answer.body)


def find(answer: Answer, path: str) -> Any:
    return tree(answer).xpath(path, namespaces=NS)


def fault(answer: Answer) -> tuple[str, int]:
    """(subcode without its prefix, outermost code) of a fault."""
    root = tree(answer)
    value = root.xpath("string(//s:Subcode/s:Value)", namespaces=NS) or root.xpath(
        "string(//s:Code/s:Value)", namespaces=NS
    )
    code = root.xpath("string(//s:Detail/f:WSManFault/@Code)", namespaces=NS)
    return re.sub(r"^\w+:", "", value), int(code or 0)
