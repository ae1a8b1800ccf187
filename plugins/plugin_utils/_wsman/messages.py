# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of WS-Management that the collection makes: Identify, WQL Enumerate, Pull, Release, Invoke, Get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from . import errors, uris
from .envelope import Message, checked_name, escape

ParamValue: TypeAlias = str | int | bool | Sequence[str | int] | None
Target: TypeAlias = str | tuple[str, str]

_SHOWN = 160


def identify() -> Message:
    """Identify (DSP0226 clause 11): carries no headers, so the answer relates to nothing."""
    body = f'<wsmid:Identify xmlns:wsmid="{uris.IDENTITY}"/>'
    return Message(action="", resource="", body=body, asked="Identify", expects="")


def enumerate_wql(namespace: str, wql: str, max_elements: int) -> Message:
    """Enumerate with a WQL filter, asking for the first items at once (DSP0226 8.2.3, MS-WSMV 3.1.4.1.13)."""
    body = (
        "<n:Enumerate><w:OptimizeEnumeration/>"
        f"<w:MaxElements>{int(max_elements)}</w:MaxElements>"
        f'<w:Filter Dialect="{uris.WQL_DIALECT}">{escape(wql)}</w:Filter></n:Enumerate>'
    )
    return Message(
        action=uris.ACTION_ENUMERATE,
        resource=uris.wmi_class(namespace, "*"),
        body=body,
        asked=f"{wql[:_SHOWN]} (namespace {namespace})",
        expects="EnumerateResponse",
    )


def pull(enumeration: Message, context: str, max_elements: int) -> Message:
    """The next page of an enumeration."""
    body = (
        f"<n:Pull><n:EnumerationContext>{escape(context)}</n:EnumerationContext>"
        f"<n:MaxElements>{int(max_elements)}</n:MaxElements></n:Pull>"
    )
    return Message(uris.ACTION_PULL, enumeration.resource, body, f"more of {enumeration.asked}", "PullResponse")


def release(enumeration: Message, context: str) -> Message:
    """Give up an enumeration."""
    body = f"<n:Release><n:EnumerationContext>{escape(context)}</n:EnumerationContext></n:Release>"
    return Message(uris.ACTION_RELEASE, enumeration.resource, body, "releasing an enumeration", "ReleaseResponse")


def resource_of(target: Target) -> str:
    """A class's resource URI, from itself or from (namespace, class name)."""
    if isinstance(target, str):
        return target
    namespace, class_name = target
    return uris.wmi_class(namespace, checked_name(class_name))


def _parameter(name: str, value: ParamValue) -> str:
    tag = f"p:{checked_name(name)}"
    if value is None:
        return f'<{tag} xsi:nil="true"/>'
    if isinstance(value, bool):
        return f"<{tag}>{'true' if value else 'false'}</{tag}>"
    if isinstance(value, (str, int)):
        return f"<{tag}>{escape(str(value))}</{tag}>"
    if isinstance(value, (list, tuple)):
        return "".join(_parameter(name, member) for member in value)
    raise errors.InvalidRequest(f"parameter {name} holds {type(value).__name__}, expected text, number or a list")


def invoke(
    target: Target, method: str, params: Mapping[str, ParamValue], selectors: Mapping[str, str] | None = None
) -> Message:
    """Call a method of a WMI class or instance (DSP0227 clause 9): action <class URI>/<method>."""
    resource = resource_of(target)
    name = checked_name(method)
    inner = "".join(_parameter(key, value) for key, value in params.items())
    return Message(
        action=f"{resource}/{name}",
        resource=resource,
        body=f'<p:{name}_INPUT xmlns:p="{escape(resource)}">{inner}</p:{name}_INPUT>',
        asked=f"{resource.rpartition('/')[2]}.{name}",
        expects=f"{name}Response",
        selectors=dict(selectors or {}),
    )


def get(target: Target, selectors: Mapping[str, str]) -> Message:
    """One instance by its keys (WS-Transfer Get)."""
    resource = resource_of(target)
    asked = f"Get {resource.rpartition('/')[2]}"
    return Message(uris.ACTION_GET, resource, "", asked, "GetResponse", selectors=dict(selectors))
