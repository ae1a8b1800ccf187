# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NTLM through pyspnego: the two messages of a session, and what it seals. As requests_ntlm, which pywinrm uses, does.

The hash of a password is kept for the run: pyspnego would calculate it, and an LM hash that nothing uses, anew.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from . import sealed


def available() -> bool:
    """Whether pyspnego can be imported."""
    try:
        import spnego  # noqa: F401 - asked for
    except ImportError:
        return False
    return True


def warm_up() -> None:
    """Make what pyspnego and OpenSSL make on first use: OpenSSL loads a provider of its own for RC4."""
    from spnego._ntlm_raw.crypto import rc4init

    Session("user", "password", "host", None).negotiate()
    rc4init(bytes(16))


@functools.lru_cache(maxsize=256)
def _hash(password: str) -> str | None:
    """The NT hash in hexadecimal digits; None where this pyspnego keeps its function elsewhere."""
    try:
        from spnego._ntlm_raw.crypto import ntowfv1
    except ImportError:
        return None
    return bytes(ntowfv1(password)).hex()


def _credential(user: str, password: str) -> Any:
    """pyspnego's credential of the hash; None where the password itself is needed, which older dialects of NTLM do."""
    import spnego

    if not password or "LM_COMPAT_LEVEL" in os.environ or not hasattr(spnego, "NTLMHash"):
        return None
    digits = _hash(password)
    return None if digits is None else spnego.NTLMHash(username=user, nt_hash=digits)


class Session:
    """One connection's session. bindings: of the TLS session (tls_context.channel_bindings), None without.

    What pyspnego raises leaves the methods as it is.
    """

    def __init__(self, user: str, password: str, host: str, bindings: bytes | None) -> None:
        import spnego
        from spnego.channel_bindings import GssChannelBindings

        credential = _credential(user, password)
        self._context: Any = spnego.client(
            user if credential is None else credential,
            password if credential is None else None,
            protocol="ntlm",
            channel_bindings=None if bindings is None else GssChannelBindings(application_data=bindings),
            hostname=host,
            service="http",
            options=spnego.NegotiateOptions.use_ntlm,
        )

    def negotiate(self) -> bytes:
        """The first token."""
        return self._context.step() or b""

    def authenticate(self, challenge: bytes) -> bytes:
        """The second token, for the host's."""
        return self._context.step(challenge) or b""

    def seal(self, message: bytes) -> bytes:
        """The body of a request that carries a message."""
        made = self._context.wrap_winrm(message)
        return sealed.frame(len(message) + made.padding_length, made.header, made.data)

    def open(self, content_type: str, body: bytes) -> bytes:
        """The message in an answer. Raises sealed.Undeciphered for one that this session's host did not seal."""
        from spnego.exceptions import SpnegoError

        length, signature, data = sealed.unframe(content_type, body)
        try:
            message: bytes = self._context.unwrap_winrm(signature, data)
        except SpnegoError as exc:
            raise sealed.Undeciphered(f"the answer's seal is broken ({exc})") from None
        if len(message) != length:
            raise sealed.Undeciphered("the answer is not as long as it says")
        return message
