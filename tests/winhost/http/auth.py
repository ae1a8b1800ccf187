# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication of one TCP connection: Basic, Negotiate (NTLM, Kerberos), Kerberos, CredSSP, client certificates.

What Negotiate, Kerberos and CredSSP establish belongs to the connection; Basic and certificates are proven with
each request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from winhost.http import encryption
from winhost.http.credentials import NtlmStore, named
from winhost.http.settings import AuthSettings, Listener

log = logging.getLogger(__name__)

CERTIFICATE_PROFILE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


@dataclass(slots=True)
class Verdict:
    """What one request's credentials came to."""

    principal: Any = None
    token: Any = None
    challenge: str | None = None
    response_token: str | None = None

    @property
    def accepted(self) -> bool:
        return self.token is not None


class Authenticator:
    """The state of one connection."""

    def __init__(
        self, settings: AuthSettings, listener: Listener, accounts: Any, store: NtlmStore, *, credssp_available: bool
    ) -> None:
        self.settings = settings
        self.listener = listener
        self.accounts = accounts
        self.store = store
        self.credssp = settings.credssp and credssp_available
        self.context: Any = None
        self.protocol = encryption.SPNEGO
        self._scheme = ""
        self._verdict: Verdict | None = None

    @property
    def can_decrypt(self) -> bool:
        return self._verdict is not None and self.context is not None

    def offered(self) -> list[str]:
        """The WWW-Authenticate values of a refusal."""
        offers = []
        if self.settings.negotiate:
            offers.append("Negotiate")
        if self.settings.kerberos:
            offers.append("Kerberos")
        if self.settings.basic:
            offers.append('Basic realm="WSMAN"')
        if self.credssp:
            offers.append("CredSSP")
        return offers

    def judge(self, header: str | None, peer_certificate: bytes | None) -> Verdict:
        """Decide on one request by its Authorization header (None: none was sent)."""
        if header is None:
            return self._verdict if self._verdict is not None else Verdict()
        scheme, _unused, value = header.strip().partition(" ")
        kind = scheme.lower()
        if header.strip() == CERTIFICATE_PROFILE:
            return self._certificate(peer_certificate)
        if kind == "basic":
            return self._basic(value)
        allowed = {
            "negotiate": self.settings.negotiate,
            "ntlm": self.settings.negotiate,
            "kerberos": self.settings.kerberos,
            "credssp": self.credssp,
        }
        if not allowed.get(kind):
            return Verdict()
        return self._step(scheme, value)

    def _basic(self, value: str) -> Verdict:
        if not self.settings.basic:
            return Verdict()
        try:
            name, _unused, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return Verdict()
        user = self.accounts.authenticate(name, password)
        if user is None or user.domain:
            return Verdict()
        return Verdict(user, self.accounts.token(user, "network_cleartext"))

    def _certificate(self, der: bytes | None) -> Verdict:
        if not self.settings.certificate or der is None:
            return Verdict()
        name = self.listener.certificates.get(hashlib.sha1(der).hexdigest())
        user = self.accounts.find(name) if name else None
        if user is None or user.disabled or user.domain:
            return Verdict()
        return Verdict(user, self.accounts.token(user, "network_cleartext"))

    def _step(self, scheme: str, value: str) -> Verdict:
        try:
            token = base64.b64decode(value, validate=True)
        except binascii.Error:
            return Verdict()
        if not token:
            return Verdict()
        starts = self._verdict is not None or self.context is None or scheme.lower() != self._scheme
        if starts and not self._begun(scheme):
            return Verdict()
        self.store.select(self.accounts.users, self.accounts.computer_name)
        try:
            with named(self.accounts.computer_name):
                out = self.context.step(token)
        except Exception as error:
            log.debug("authentication failed: %s", error)
            self.context = None
            return Verdict()
        encoded = base64.b64encode(out).decode() if out else None
        if not self.context.complete:
            return Verdict(challenge=f"{scheme} {encoded}" if encoded else None)
        user = self.accounts.find(self._principal())
        if user is None or user.disabled:
            self.context = None
            return Verdict()
        self._verdict = Verdict(user, self.accounts.token(user, "network"))
        return Verdict(user, self._verdict.token, response_token=f"{scheme} {encoded}" if encoded else None)

    def _begun(self, scheme: str) -> bool:
        try:
            self._begin(scheme)
        except Exception as error:
            hint = " (Kerberos needs pyspnego[kerberos] and a keytab)" if self._scheme == "kerberos" else ""
            log.warning("no acceptor for %s%s: %s", scheme, hint, error)
            self.context = None
        return self.context is not None

    def _begin(self, scheme: str) -> None:
        import spnego

        self._verdict = None
        self._scheme = scheme.lower()
        if self._scheme == "credssp":
            self.protocol = encryption.CREDSSP
            self.context = spnego.server(protocol="credssp")
            return
        self.protocol = encryption.KERBEROS if self._scheme == "kerberos" else encryption.SPNEGO
        protocol = {"ntlm": "ntlm", "kerberos": "kerberos"}.get(self._scheme, "negotiate")
        options = spnego.NegotiateOptions.wrapping_winrm
        if protocol == "negotiate":
            options |= spnego.NegotiateOptions.use_negotiate
        self.context = spnego.server(protocol=protocol, options=options)

    def _principal(self) -> str:
        if self._scheme == "credssp":
            credential = self.context.get_extra_info("client_credential")
            if credential is not None:
                name = getattr(credential, "username", "")
                domain = getattr(credential, "domain_name", "")
                return f"{domain}\\{name}" if domain else name
        return str(self.context.client_principal or "")
