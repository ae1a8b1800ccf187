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

_SEALING = frozenset({"ntlm", "kerberos", "credssp"})


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

    def _seals(self, transport: Any) -> bool:
        """By its options, as its build_session() reads them; not where its library turned out to have no seal."""
        wanted = transport.auth_method in _SEALING and str(transport.message_encryption) in {"auto", "always"}
        return wanted and (transport.session is None or transport.encryption is not None)

    def _opened(self, transport: Any) -> bool:
        """pywinrm opens what names its protocol and takes everything else in clear: Encryption's own condition."""
        encryption = transport.encryption
        return encryption is not None and f'protocol="{encryption.protocol_string.decode()}"' in self._last.content_type

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
