# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the channel under test, from pywinrm's own Protocol: over pywinrm, or the lean one (conftest.either)."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER
from winrm.protocol import Protocol

KINDS: dict[str, type[HTTPChannel]] = {"pywinrm": WinRMChannel, "lean": LeanChannel}
chosen = ["pywinrm"]
"""The kind that a test is run with."""


def channel_over(endpoint: str, candidates: Any, **options: Any) -> Any:
    """A channel of the chosen kind."""
    return KINDS[chosen[0]](endpoint, candidates, **options)


def channel_to(port: int, *methods: str, password: str = PASSWORD, scheme: str = "http", **extra: Any) -> Any:
    endpoint = f"{scheme}://127.0.0.1:{port}/wsman"

    def maker(method: str) -> Any:
        return lambda: Protocol(endpoint, transport=method, username=USER, password=password).transport

    candidates = [(method, maker(method)) for method in methods or ("plaintext",)]
    return channel_over(endpoint, candidates, secrets=(password,), **extra)
