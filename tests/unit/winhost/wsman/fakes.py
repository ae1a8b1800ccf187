# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small WMI and a small set of accounts, for tests of the network rooms alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from winhost import wql
from winhost.machine.accounts import Accounts
from winhost.wmi.model import QueryResult


@dataclass
class Property:
    name: str


@dataclass
class ClassInfo:
    name: str
    properties: list[Property]
    keys: tuple[str, ...]
    ancestry: tuple[str, ...] = ()


class FakeError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(hex(code))
        self.code = code


@dataclass
class FakeProvider:
    """Two classes: a disk table of any length, and an operating system."""

    disks: int = 3
    padding: int = 0
    delay: float = 0.0
    unset: bool = True
    queries: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def class_info(self, namespace: str, class_name: str) -> ClassInfo | None:
        known = {
            "win32_logicaldisk": ClassInfo(
                "Win32_LogicalDisk",
                [Property(n) for n in ("Name", "Size", "FreeSpace", "Note", "When", "Tags")],
                ("Name",),
            ),
            "win32_operatingsystem": ClassInfo(
                "Win32_OperatingSystem", [Property(n) for n in ("Name", "Version")], ("Name",)
            ),
            "stdregprov": ClassInfo("StdRegProv", [], ()),
        }
        if namespace.casefold() not in ("root/cimv2", "root/default"):
            raise FakeError(0x8004100E)
        return known.get(class_name.casefold())

    def instances(self, namespace: str, class_name: str, token: Any) -> list[dict[str, object]]:
        if class_name.casefold() == "win32_operatingsystem":
            return [{"Name": "Microsoft Windows Vista|C:", "Version": "6.0.6001"}]
        when = datetime(2008, 6, 17, 8, 30, 5, 250000, tzinfo=timezone(timedelta(hours=2)))
        empty = {0, self.disks - 1}  # a drive without a disk: no size, no free space
        return [
            {
                "Name": f"D{number}:",
                "Size": None if number in empty else 1 << 40,
                "FreeSpace": None if number in empty else 1 << 30,
                "Note": "a\x01b" + "x" * self.padding,
                "When": when,
                "Tags": ["one", "two"],
            }
            for number in range(self.disks)
        ]

    async def query(self, namespace: str, text: str, token: Any) -> QueryResult:
        self.queries.append(text)
        try:
            select = wql.parse(text)
        except wql.WqlError:
            raise FakeError(0x80041058) from None
        info = self.class_info(namespace, select.from_)
        if info is None:
            raise FakeError(0x80041010)
        if self.delay:
            await asyncio.sleep(self.delay)
        rows = wql.evaluate(select, self.instances(namespace, select.from_, token), info)
        return QueryResult(cast(Any, info), select.fields is not None, rows)

    async def invoke(  # noqa: PLR0917
        self,
        namespace: str,
        class_name: str,
        method: str,
        params: dict[str, object],
        token: Any,
        selectors: dict[str, str],
    ) -> dict[str, object]:
        self.calls.append((method, params))
        if method == "Sleep":
            await asyncio.sleep(0.01)
        if method == "Missing":
            raise FakeError(0x8004102E)
        unset: dict[str, object] = {"uValue": None} if self.unset else {}
        return {"sNames": ["A", "B"], **unset, "ReturnValue": 0}


def accounts() -> Accounts:
    known = Accounts("VISTA")
    known.add("Administrator", "p:w ü", administrator=True, rid=500)
    known.add("operator", "secret", administrator=True)
    known.add("plain", "plain", administrator=False)
    return known
