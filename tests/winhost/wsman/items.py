# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI values as XML: whole instances (`p:Class`, `xsi:type`), projections (`w:XmlFragment`), nil, arrays, datetimes."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from winhost.wsman import names as ns
from winhost.wsman.reply import text


def moment(value: datetime) -> str:
    """ISO 8601 with the fraction that is there (0 to 6 digits) and Z or the offset."""
    stamp = value.strftime("%Y-%m-%dT%H:%M:%S")
    if value.microsecond:
        stamp += "." + f"{value.microsecond:06d}".rstrip("0")
    offset = value.utcoffset() or timedelta()
    if not offset:
        return stamp + "Z"
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{stamp}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def scalar(value: object) -> str:
    """One value as element text, not escaped."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return str(value)


def element(tag: str, value: object, *, prefix: str = "cim:") -> str:
    """One property: nil, text, a datetime, or one element for each member of an array."""
    if isinstance(value, str | int):  # by far the commonest, so first
        return f"<{tag}>{text(scalar(value))}</{tag}>"
    if value is None:
        return f'<{tag} xsi:nil="true"/>'
    if isinstance(value, (list, tuple)):
        members = [member for member in value if member is not None]
        return (
            "".join(element(tag, member, prefix=prefix) for member in members)
            if members
            else f'<{tag} xsi:nil="true"/>'
        )
    if isinstance(value, datetime):
        return f"<{tag}><{prefix}Datetime>{moment(value)}</{prefix}Datetime></{tag}>"
    if isinstance(value, Mapping):
        return f"<{tag}>" + "".join(element(f"p:{name}", inner) for name, inner in value.items()) + f"</{tag}>"
    return f"<{tag}>{text(scalar(value))}</{tag}>"


@functools.lru_cache(maxsize=512)
def _alphabetical(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))


def _ordered(row: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    return ((name, row[name]) for name in _alphabetical(tuple(row)))


def instance(class_uri: str, class_name: str, row: Mapping[str, object], *, language: str | None = None) -> str:
    """A whole instance, its properties in alphabetical order."""
    lang = f' xml:lang="{language}"' if language else ""
    inner = "".join(element(f"p:{name}", value) for name, value in _ordered(row))
    return (
        f'<p:{class_name} xmlns:xsi="{ns.XSI}" xmlns:p="{class_uri}" xmlns:cim="{ns.CIM}"'
        f' xsi:type="p:{class_name}_Type"{lang}>{inner}</p:{class_name}>'
    )


def fragment(row: Mapping[str, object]) -> str:
    """A projection: the selected properties in alphabetical order and in no namespace."""
    inner = "".join(element(name, value, prefix="") for name, value in _ordered(row))
    return f'<w:XmlFragment xmlns:xsi="{ns.XSI}" xmlns:w="{ns.WSMAN}" xmlns:m="{ns.WSMV}">{inner}</w:XmlFragment>'


def reference(class_uri: str, selectors: Mapping[str, object]) -> str:
    """An endpoint reference to one instance."""
    chosen = "".join(
        f'<w:Selector Name="{name}">{text(scalar(value))}</w:Selector>' for name, value in selectors.items()
    )
    return (
        f"<a:EndpointReference><a:Address>{ns.ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{text(class_uri)}</w:ResourceURI><w:SelectorSet>{chosen}</w:SelectorSet>"
        "</a:ReferenceParameters></a:EndpointReference>"
    )


def output(class_uri: str, method: str, values: Mapping[str, object]) -> str:
    """What a method gave back. What the method left unset is absent or nil as WMI has it; ReturnValue is last."""
    ordered = [pair for pair in values.items() if pair[0].casefold() != "returnvalue"]
    ordered += [pair for pair in values.items() if pair[0].casefold() == "returnvalue"]
    inner = "".join(element(f"p:{name}", value) for name, value in ordered)
    declared = f'xmlns:xsi="{ns.XSI}" xmlns:p="{class_uri}" xmlns:cim="{ns.CIM}"'
    return f"<p:{method}_OUTPUT {declared}>{inner}</p:{method}_OUTPUT>"
