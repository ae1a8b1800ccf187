# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sent a message and over what: all that the HTTP room tells the WS-Management room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated caller, or an anonymous one who may only ask who is there."""

    user: str = ""
    token: Any = None
    authenticated: bool = False
    anonymous_identify: bool = False
    chunked: bool = False
    address: str = "http://localhost/wsman"
    host: str = "localhost"
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status, the envelope (b"" for none) and what the log says of it."""

    status: int
    body: bytes
    action: str = ""
    fault: str = ""
