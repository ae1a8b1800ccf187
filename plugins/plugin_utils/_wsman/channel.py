# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to a host: envelope bytes out, envelope bytes in, over one TCP connection."""

from __future__ import annotations

import enum
from typing import Protocol


class Wanted(enum.StrEnum):
    """Which channel is to serve a host of the winrm connection: the inventory variable winlegacy_channel."""

    AUTO = "auto"
    LEAN = "lean"
    PYWINRM = "pywinrm"


class Channel(Protocol):
    """One connection to one host. Not safe for threads.

    ends: the moment (time.monotonic) after which no exchange goes on, whatever the other side does; None: none such.
    """

    ends: float | None

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """The answer's body whatever the HTTP status, if it is a SOAP envelope.

        read_timeout: seconds for the whole exchange once connected, authentication included: a host that drips bytes is
        as silent as one that sends none. Raises errors.Unreachable, AuthenticationRefused, NotWSMan, EnvelopeTooLarge,
        ServiceBusy, ServiceFailed, ConnectionLost (Silent among them), ChannelUnavailable.
        """

    def reconnect(self) -> None:
        """Drop the TCP connection and its authentication; the next send() makes both anew."""

    def close(self) -> None:
        """Close the connection. Never raises; may be called again."""

    @property
    def endpoint(self) -> str:
        """For example "http://host:5985/wsman": never holds a secret."""
