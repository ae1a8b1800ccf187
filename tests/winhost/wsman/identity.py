# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identify: who answers here (MS-WSMV 3.1.4.1.23, notes 71 to 73)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from winhost.wsman import names as ns
from winhost.wsman.reply import text
from winhost.wsman.stacks import Stack


def product_version(stack: Stack, os_version: str, service_pack: str, doubt: Mapping[str, str]) -> str | None:
    """``OS: 6.0.6001 SP: 1.0 Stack: 1.1``; Vista RTM says what its doubt switch says (None: nothing)."""
    stack_text = f"Stack: {stack.name}"
    if os_version.rsplit(".", maxsplit=1)[-1] == "6000" and not stack.credssp:
        chosen = doubt.get("vista_rtm_identify", "stack_1.0")
        if chosen == "no_product_version":
            return None
        stack_text = {"stack_1.1": "Stack: 1.1", "stack_1.0_no_space": "Stack:1.0"}.get(chosen, "Stack: 1.0")
        if chosen == "os_zero":
            return f"OS: 0.0.0 SP: 0.0 {stack_text}"
    return f"OS: {os_version} SP: {service_pack} {stack_text}"


def answer(stack: Stack, version: str | None, *, authenticated: bool, profiles: Iterable[str]) -> bytes:
    """The whole envelope; Windows sends this one without addressing headers."""
    if not authenticated:
        version = f"OS: 0.0.0 SP: 0.0 Stack: {stack.name}"
    shown = f"<wsmid:ProductVersion>{text(version)}</wsmid:ProductVersion>" if version is not None else ""
    security = ""
    if authenticated and stack.security_profiles:
        names = "".join(
            f"<wsmid:SecurityProfileName>{ns.SECURITY_PROFILE}{name}</wsmid:SecurityProfileName>" for name in profiles
        )
        security = f"<wsmid:SecurityProfiles>{names}</wsmid:SecurityProfiles>" if names else ""
    language = ' xml:lang="en-US"' if authenticated else ""
    return (
        f'<s:Envelope{language} xmlns:s="{ns.SOAP}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{ns.IDENTITY}">'
        f"<wsmid:ProtocolVersion>{ns.WSMAN}</wsmid:ProtocolVersion>"
        f"<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"{shown}{security}</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()
