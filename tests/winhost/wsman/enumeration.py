# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Release: contexts with their idle time, and each stack's way of cutting the answer into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.reply import Reply, new_uuid
from winhost.wsman.request import Request, text_of, truth
from winhost.wsman.stacks import Stack

_ENVELOPE_ROOM = 1400
"""Octets of an answer that are not items: envelope, headers, context."""


@dataclass(slots=True)
class Context:
    """An enumeration that is not finished."""

    id: str
    user: str
    items: list[str]
    position: int
    expires: float
    resource_uri: str = ""
    pulling: bool = False


class Enumerations:
    """The contexts of one host."""

    def __init__(self, stack: Stack, monotonic: Callable[[], float], doubt: Mapping[str, str]) -> None:
        self.stack = stack
        self._monotonic = monotonic
        self._doubt = doubt
        self._contexts: dict[str, Context] = {}

    def __len__(self) -> int:
        self._expire()
        return len(self._contexts)

    def clear(self) -> None:
        """A reboot or a restart of the service loses them all."""
        self._contexts.clear()

    def check_quota(self, user: str, shell_operations: int) -> None:
        """Refuse an Enumerate above MaxConcurrentOperations or MaxConcurrentOperationsPerUser (MS-WSMV 3.1.4.1.19)."""
        self._expire()
        total = self.stack.max_concurrent_operations
        mine = sum(1 for context in self._contexts.values() if context.user == user) + shell_operations
        if (total is not None and len(self._contexts) >= total) or mine >= self.stack.max_operations_per_user:
            fault = faults.internal(
                faults.OPERATIONS_QUOTA, "The maximum number of concurrent operations for this user is reached."
            )
            fault.wmi_error = True
            raise fault

    def start(self, request: Request, user: str, items: list[str]) -> Reply:
        """Answer an Enumerate whose items are known."""
        body = request.body
        if body is None or body.tag != f"{{{ns.ENUMERATION}}}Enumerate":
            raise faults.schema("The body of an Enumerate holds no wsen:Enumerate.")
        optimize = body.find(f"{{{ns.WSMAN}}}OptimizeEnumeration") is not None
        context = Context(f"uuid:{new_uuid()}", user, items, 0, 0.0, request.resource_uri)
        page: list[str] = []
        if optimize:
            page = self._page(context, request, self._max_elements(body, default=1), first=True)
        finished = optimize and context.position >= len(items)
        shown = "" if finished else context.id
        inner = f"<n:EnumerationContext>{shown}</n:EnumerationContext>" if shown else "<n:EnumerationContext/>"
        if optimize:
            inner += f"<w:Items>{''.join(page)}</w:Items>" if page else "<w:Items/>"
        if finished:
            inner += "<w:EndOfSequence/>"
        else:
            self._keep(context)
        return Reply(ns.ENUMERATE + "Response", f"<n:EnumerateResponse>{inner}</n:EnumerateResponse>", ("n", "p"))

    def pull(self, request: Request, user: str) -> Reply:
        """Answer a Pull; the context stays good until EndOfSequence."""
        body = request.body
        if body is None or body.tag != f"{{{ns.ENUMERATION}}}Pull":
            raise faults.schema("The body of a Pull holds no wsen:Pull.")
        context = self._find(body, user)
        page = self._page(context, request, self._max_elements(body, default=1), first=False)
        inner = ""
        finished = context.position >= len(context.items)
        if not finished:
            self._keep(context)
            carried = self._doubt.get("pull_context", "new")
            if carried == "new":
                del self._contexts[context.id]
                context.id = f"uuid:{new_uuid()}"
                self._contexts[context.id] = context
            if carried != "absent":
                inner += f"<n:EnumerationContext>{context.id}</n:EnumerationContext>"
        inner += f"<n:Items>{''.join(page)}</n:Items>" if page else "<n:Items/>"
        if finished:
            self._contexts.pop(context.id, None)
            inner += "<n:EndOfSequence/>"
        return Reply(ns.PULL + "Response", f"<n:PullResponse>{inner}</n:PullResponse>", ("n", "p"))

    def release(self, request: Request, user: str) -> Reply:
        body = request.body
        if body is None or body.tag != f"{{{ns.ENUMERATION}}}Release":
            raise faults.schema("The body of a Release holds no wsen:Release.")
        context = self._find(body, user)
        del self._contexts[context.id]
        return Reply(ns.RELEASE + "Response", "", ("n", "p"))

    def _max_elements(self, body: object, *, default: int) -> int:
        found = None
        for namespace in (ns.WSMAN, ns.ENUMERATION):
            found = body.find(f"{{{namespace}}}MaxElements") if found is None else found  # type: ignore[attr-defined]
        if found is None:
            return default
        value = text_of(found)
        if not value.isascii() or not value.isdigit() or int(value) == 0:
            raise faults.schema("MaxElements is no positive number.")
        return min(int(value), self.stack.max_batch_items)

    def _page(self, context: Context, request: Request, count: int, *, first: bool) -> list[str]:
        """Items of the next page: never more than the client's envelope takes."""
        left = len(context.items) - context.position
        characters = self.stack.page_characters
        if first and self.stack.single_first_item:
            count = 1
        elif characters is not None:
            count = left
        room = (request.max_envelope_size or self.stack.max_envelope_kb * 1024) - _ENVELOPE_ROOM
        page: list[str] = []
        used = written = 0
        while context.position < len(context.items) and len(page) < count:
            item = context.items[context.position]
            size = len(item.encode("utf-8", "replace"))
            if used + size > room:
                if not page:
                    self._contexts.pop(context.id, None)
                    raise faults.response_too_large(size + _ENVELOPE_ROOM, request.max_envelope_size or 0)
                break
            if page and characters is not None and not first and written + len(item) > characters:
                break
            page.append(item)
            used += size
            written += len(item)
            context.position += 1
        return page

    def _keep(self, context: Context) -> None:
        context.expires = self._monotonic() + self.stack.enumeration_timeout_ms / 1000
        self._contexts[context.id] = context

    def _expire(self) -> None:
        now = self._monotonic()
        for stale in [key for key, context in self._contexts.items() if context.expires <= now]:
            del self._contexts[stale]

    def _find(self, body: object, user: str) -> Context:
        self._expire()
        wanted = text_of(body.find(f"{{{ns.ENUMERATION}}}EnumerationContext"))  # type: ignore[attr-defined]
        context = self._contexts.get(wanted)
        if context is None or context.user != user:
            raise faults.stale_context()
        return context


def enumeration_mode(request: Request) -> str:
    """EnumerateEPR, EnumerateObjectAndEPR or "" for the objects alone."""
    if request.body is None:
        return ""
    mode = text_of(request.body.find(f"{{{ns.WSMAN}}}EnumerationMode"))
    if mode not in ("", "EnumerateEPR", "EnumerateObjectAndEPR"):
        raise faults.Fault(
            "w:UnsupportedFeature",
            faults.ENUMERATION_MODE,
            "There is no such enumeration mode.",
            detail="EnumerationMode",
        )
    return mode


def wanted_filter(request: Request) -> tuple[str, str] | None:
    """(dialect, text) of the filter, or None. wsman:Filter and wsen:Filter count the same (MS-WSMV 3.1.4.1.13)."""
    if request.body is None:
        return None
    for namespace in (ns.WSMAN, ns.ENUMERATION):
        found = request.body.find(f"{{{namespace}}}Filter")
        if found is not None:
            return found.get("Dialect") or "http://www.w3.org/TR/1999/REC-xpath-19991116", text_of(found)
    return None


def nil(element: object) -> bool:
    """Is an element marked xsi:nil?"""
    return truth(element.get(f"{{{ns.XSI}}}nil"))  # type: ignore[attr-defined]
