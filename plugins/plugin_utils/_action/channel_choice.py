# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which channel serves a host of the winrm connection: the lean one, or pywinrm's transport for what it does not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._wsman import errors, lean_channel, ntlm, proxies
from .._wsman.channel import Wanted
from .._wsman.http_channel import HTTPChannel
from .._wsman.winrm_channel import WinRMChannel

_FROM_ENVIRONMENT = "legacy_requests"
"""pywinrm's word for "no option said"."""


def channel_class(
    wanted: Wanted, methods: Sequence[str], endpoint: str, extras: Mapping[str, Any]
) -> type[HTTPChannel]:
    """The class of channel for a host.

    methods: of authentication, as pywinrm calls them; extras: inventory variables ansible_winrm_* that are pywinrm's
    own. Raises errors.ChannelUnavailable where the lean channel was asked for and cannot serve.
    """
    if wanted is Wanted.PYWINRM:
        return WinRMChannel
    problem = lean_problem(methods, endpoint, extras)
    if not problem:
        return lean_channel.LeanChannel
    if wanted is Wanted.LEAN:
        raise errors.ChannelUnavailable(
            f"winlegacy_channel is lean, and {problem}", do="Set winlegacy_channel: auto.", endpoint=endpoint
        )
    return WinRMChannel


def lean_problem(methods: Sequence[str], endpoint: str, extras: Mapping[str, Any]) -> str:
    """What the lean channel does not do of what this host needs, as a clause; "" where it does all."""
    foreign = [name for name in methods if name not in lean_channel.METHODS]
    if foreign:
        return f"{foreign[0]} authentication needs pywinrm"
    if "ntlm" in methods and not ntlm.available():
        return "the Python package pyspnego is missing on the controller"
    if extras.get("ansible_winrm_message_encryption") == "always" and set(methods) != {"ntlm"}:
        return "no method but ntlm encrypts messages"
    proxy = extras.get("ansible_winrm_proxy", _FROM_ENVIRONMENT)
    named = proxy is not None and str(proxy) != _FROM_ENVIRONMENT
    if named or (proxy is not None and proxies.in_use(endpoint)):
        return "a proxy is set for this address"
    return ""
