# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel over pywinrm's transport: its authentication and encryption, our envelopes.

Managed Kerberos (kinit by Ansible or by our fallback) sets KRB5CCNAME for the whole process: safe in Ansible's forks,
not in threads with several identities.
"""

from __future__ import annotations

from typing import Any

from .http_channel import HTTPChannel


class WinRMChannel(HTTPChannel):
    """channel.Channel over winrm.transport.Transport."""

    def _adopt(self, transport: Any) -> Any:
        """pywinrm authenticates inside build_session() when it encrypts: the session must be bounded before that."""
        encrypt = transport.setup_encryption

        def setup_encryption(*args: Any) -> Any:
            self._prepare(transport.session)
            return encrypt(*args)

        transport.setup_encryption = setup_encryption
        return transport

    def _set_timeouts(self, transport: Any, connect: float, read: float) -> None:
        transport.read_timeout_sec = (connect, read)

    def _build_session(self, transport: Any) -> None:
        import winrm.transport

        winrm.transport.DISPLAYED_PROXY_WARNING = True  # its warning shows a proxy's password
        transport.build_session()

    def _deliver(self, transport: Any, envelope: bytes, seconds: float) -> bytes:  # noqa: ARG002 - see _set_timeouts
        return bytes(transport.send_message(envelope))

    def _close_session(self, transport: Any) -> None:
        transport.close_session()
