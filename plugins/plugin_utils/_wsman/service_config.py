# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of remote shells as the service tells it (MS-WSMV 2.2.4.10): read, never written."""

from __future__ import annotations

from . import response, uris
from .client import Client
from .envelope import Message
from .values import Row


def winrs_config(client: Client) -> Row:
    """winrm/config/winrs: MaxShellsPerUser, AllowRemoteShellAccess and others, as text. Raises the wire's errors."""
    asked = "Get winrm/config/winrs"
    message = Message(uris.ACTION_GET, f"{uris.CONFIG}/winrs", "", asked, "GetResponse")
    return response.read_instance(client.exchange(message, idempotent=True))
