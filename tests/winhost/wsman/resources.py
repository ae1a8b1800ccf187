# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI over WS-Management: Enumerate with and without WQL, Get by key, Invoke."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from winhost.wsman import faults, items
from winhost.wsman import names as ns
from winhost.wsman.caller import Caller
from winhost.wsman.enumeration import Enumerations, enumeration_mode, nil, wanted_filter
from winhost.wsman.reply import Reply
from winhost.wsman.request import Request
from winhost.wsman.stacks import Stack
from winhost.wsman.winmgmt import NOT_FOUND, Target, Winmgmt

_METHOD = re.compile(r"[A-Za-z_]\w*")
_FILTERING_REQUIRED = 0x8033804F
_WQL_NEEDS_ALL_CLASSES = 0x803380FB


class Resources:
    """The WMI resources of one host."""

    def __init__(self, winmgmt: Winmgmt, stack: Stack, enumerations: Enumerations) -> None:
        self.winmgmt = winmgmt
        self.stack = stack
        self.enumerations = enumerations

    async def enumerate(self, request: Request, where: Target, caller: Caller, shell_operations: int) -> Reply:
        self.enumerations.check_quota(caller.user, shell_operations)
        chosen = wanted_filter(request)
        if chosen is None:
            if where.class_name == "*":
                raise faults.Fault(
                    "w:UnsupportedFeature",
                    _FILTERING_REQUIRED,
                    "All classes can be enumerated with a filter only.",
                    detail="FilteringRequired",
                )
            info = self.winmgmt.class_info(where)
            return self._start(request, where, info, self.winmgmt.instances(where, caller.token), caller)
        dialect, wql = chosen
        if dialect != ns.DIALECT_WQL:
            raise faults.Fault(
                "n:FilterDialectRequestedUnavailable",
                faults.DIALECT_UNAVAILABLE,
                f"The filter dialect {dialect[:200]} is not supported.",
            )
        if where.class_name != "*":
            raise faults.Fault(
                "w:InvalidResourceURI",
                _WQL_NEEDS_ALL_CLASSES,
                "With a WQL filter the resource URI names all classes (*).",
                detail="InvalidResourceURI",
            )
        info, projected, rows = await self.winmgmt.query(wql, where.namespace, caller.token)
        return self._start(request, where, info, rows, caller, projected=projected)

    def _start(
        self, request: Request, where: Target, info: Any, rows: Any, caller: Caller, *, projected: bool = False
    ) -> Reply:
        uri = self.class_uri(where, info)
        mode = enumeration_mode(request)
        rendered = []
        for row in rows:
            if projected:
                rendered.append(items.fragment(row))
                continue
            whole = items.instance(uri, info.name, row, language="en-US" if self.stack.credssp else None)
            if mode:
                epr = items.reference(uri, {key: row.get(key) for key in info.keys})
                whole = epr if mode == "EnumerateEPR" else f"<w:Item>{whole}{epr}</w:Item>"
            rendered.append(whole)
        return self.enumerations.start(request, caller.user, rendered)

    def get(self, request: Request, where: Target, caller: Caller) -> Reply:
        info, row = self._instance(request, where, caller)
        body = items.instance(
            self.class_uri(where, info), info.name, row, language="en-US" if self.stack.credssp else None
        )
        return Reply(ns.GET + "Response", body, ("x", "p"))

    def _instance(self, request: Request, where: Target, caller: Caller) -> tuple[Any, Mapping[str, object]]:
        info = self.winmgmt.class_info(where)
        keys = {key.casefold(): key for key in info.keys}
        wanted = {name: value for name, value in request.selectors.items() if name != "__cimnamespace"}
        unknown = [name for name in wanted if name not in keys]
        if unknown:
            raise faults.selectors(faults.UNEXPECTED_SELECTORS, f"The class has no key {unknown[0][:100]}.")
        rows = list(self.winmgmt.instances(where, caller.token))
        if len(wanted) < len(keys) and not (not wanted and len(rows) == 1):
            raise faults.selectors(faults.INSUFFICIENT_SELECTORS, "The request does not name all keys.")
        for row in rows:
            if all(items.scalar(row.get(keys[name])).casefold() == value.casefold() for name, value in wanted.items()):
                return info, row
        raise self.winmgmt.fault(NOT_FOUND)

    async def invoke(self, request: Request, where: Target, caller: Caller) -> Reply:
        prefix, _unused, method = request.action.rpartition("/")
        if prefix != request.resource_uri or not _METHOD.fullmatch(method):
            raise faults.action_not_supported(request.action)
        info = self.winmgmt.class_info(where)
        uri = self.class_uri(where, info)
        parameters = self._parameters(request, method)
        values = await self.winmgmt.invoke(where, method, parameters, caller.token, dict(request.selectors))
        return Reply(f"{request.resource_uri}/{method}Response", items.output(uri, method, values), ("x", "p"))

    @staticmethod
    def _parameters(request: Request, method: str) -> dict[str, object]:
        body = request.body
        if body is None:
            return {}
        if etree.QName(body).localname.casefold() != f"{method}_input".casefold():
            raise faults.schema(f"The body of the invocation is no {method}_INPUT.")
        found: dict[str, object] = {}
        for child in body:
            if not isinstance(child.tag, str):
                continue
            name = etree.QName(child).localname
            value = None if nil(child) else (child.text or "")
            if name in found:
                earlier = found[name]
                found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
            else:
                found[name] = value
        return found

    @staticmethod
    def class_uri(where: Target, info: Any) -> str:
        """The class's own URI, its name in the canonical case."""
        if where.uri.startswith(ns.WMI_ROOT):
            return f"{ns.WMI_ROOT}{where.namespace}/{info.name!s}"
        return f"{ns.DMTF_CLASSES}{info.name!s}"
