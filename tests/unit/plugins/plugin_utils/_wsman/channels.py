# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the channel under test over pywinrm, straight from pywinrm's own Protocol."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER
from winrm.protocol import Protocol


def channel_to(port: int, *methods: str, password: str = PASSWORD, scheme: str = "http", **extra: Any) -> WinRMChannel:
    endpoint = f"{scheme}://127.0.0.1:{port}/wsman"

    def maker(method: str) -> Any:
        return lambda: Protocol(endpoint, transport=method, username=USER, password=password).transport

    candidates = [(method, maker(method)) for method in methods or ("plaintext",)]
    return WinRMChannel(endpoint, candidates, secrets=(password,), **extra)
