# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel over pypsrp's HTTP transport, for hosts of an inventory's psrp connection: no runspace is opened."""

from __future__ import annotations

from typing import Any

from .http_channel import HTTPChannel
from .place import PSRP

_SEALED = ("multipart/encrypted;", "multipart/x-multi-encrypted;")


class PSRPChannel(HTTPChannel):
    """channel.Channel over pypsrp.wsman.WSMan(...).transport."""

    NAMES = PSRP

    def _seals(self, transport: Any) -> bool:
        return bool(transport.wrap_required)

    def _opened(self, transport: Any) -> bool:
        """pypsrp opens what begins so and takes everything else in clear: its transport's own condition."""
        return transport.encryption is not None and self._last.content_type.startswith(_SEALED)

    def _set_timeouts(self, transport: Any, connect: float, read: float) -> None:
        transport.connection_timeout, transport.read_timeout = connect, read

    def _build_session(self, transport: Any) -> None:
        transport.session = transport._build_session()

    def _deliver(self, transport: Any, envelope: bytes, seconds: float) -> bytes:  # noqa: ARG002 - see _set_timeouts
        return bytes(transport.send(envelope))

    def _close_session(self, transport: Any) -> None:
        transport.close()
