# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels to simulated hosts, made in this process: the lean one, which is the default of users, or pywinrm's.

WINLEGACY_TEST_CHANNEL=pywinrm runs every scenario that does not say which with the other one.
"""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from winhost.testing import RunningHost

KINDS: dict[str, type[HTTPChannel]] = {"lean": LeanChannel, "pywinrm": WinRMChannel}
KIND = os.environ.get("WINLEGACY_TEST_CHANNEL", "lean")
USER, PASSWORD = "Administrator", "P@ssw0rd-sim"


def channel(
    host: RunningHost,
    method: str = "plaintext",
    *,
    kind: str = KIND,
    user: str = USER,
    password: str = PASSWORD,
    connect_timeout: float = 5.0,
    **options: Any,
) -> HTTPChannel:
    """A channel as the connection plugin's options would make it. options: of pywinrm's Protocol."""
    import winrm.protocol

    def make() -> Any:
        protocol = winrm.protocol.Protocol(host.endpoint, method, username=user, password=password, **options)
        return protocol.transport

    return KINDS[kind](host.endpoint, [(method, make)], connect_timeout=connect_timeout, secrets=(password,))
