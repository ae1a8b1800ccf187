# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lean channel: Basic, client certificates and NTLM over one connection, without requests between us and it.

Options are pywinrm's: a candidate makes pywinrm's transport, whose attributes say how to authenticate, whom to trust
and whether to encrypt. It negotiates at once: the first answer takes 3 requests with encryption, 2 without, where
pywinrm waits for a refusal first.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import Any

from . import ntlm, sealed, tls_context
from .http_channel import HTTPChannel
from .http_status import is_soap
from .lean_http import Answer, LeanHTTP

METHODS = frozenset({"basic", "plaintext", "ssl", "certificate", "ntlm"})
"""pywinrm's names of what this channel can do."""

_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_PLAIN = "application/soap+xml;charset=UTF-8"
_AGENT = {"User-Agent": "Python WinRM client", "Connection": "Keep-Alive"}
_SCHEMES = ("Negotiate", "NTLM")


@dataclass(frozen=True)
class Login:
    """How to authenticate. scheme: basic | certificate | ntlm. encrypt: seal messages; bind: to the TLS session."""

    scheme: str
    user: str
    password: str
    encrypt: bool = False
    bind: bool = True

    def __repr__(self) -> str:
        return f"Login({self.scheme})"

    @classmethod
    def of(cls, transport: Any) -> Login:
        """What pywinrm's transport would do: its build_session()."""
        method = str(transport.auth_method)
        tls = str(transport.endpoint).lower().startswith("https")
        encryption = str(transport.message_encryption)
        if method == "certificate" or (method == "ssl" and (transport.cert_pem or transport.cert_key_pem)):
            method = "certificate"
        elif method != "ntlm":
            method = "basic"
        encrypt = method == "ntlm" and (encryption == "always" or (encryption == "auto" and not tls))
        return cls(
            method, str(transport.username or ""), str(transport.password or ""), encrypt, bool(transport.send_cbt)
        )


def tls_options(transport: Any, *, legacy: bool) -> tls_context.TLSOptions | None:
    """Whom pywinrm's transport would trust; None without TLS."""
    if not str(transport.endpoint).lower().startswith("https"):
        return None
    authority: str | None = None
    if transport.server_cert_validation == "validate":
        authority = "" if transport.ca_trust_path is None else str(transport.ca_trust_path)
        if authority == "legacy_requests":
            authority = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""
    certificate = str(transport.cert_pem or "") if Login.of(transport).scheme == "certificate" else ""
    return tls_context.TLSOptions(authority, certificate, str(transport.cert_key_pem or ""), legacy)


class LeanTransport:
    """Sends envelopes to one host as one user. early: the authenticate message carries the first encrypted envelope."""

    def __init__(self, transport: Any, *, legacy_tls: bool, connect_timeout: float, early: bool) -> None:
        self.login = Login.of(transport)
        tls = tls_options(transport, legacy=legacy_tls)
        self.http = LeanHTTP(str(transport.endpoint), tls, connect_timeout)
        self._early = early
        self._session: ntlm.Session | None = None
        self._fixed = self._authorization()
        self.opened = False
        """Whether the last answer was sealed for us."""

    @property
    def encryption(self) -> bool:
        """Whether messages are encrypted, as HTTPChannel asks a library's transport."""
        return self.login.encrypt

    def _authorization(self) -> dict[str, str]:
        login = self.login
        if login.scheme == "certificate":
            return {"Authorization": _MUTUAL}
        if login.scheme == "basic":
            pair = f"{login.user}:{login.password}".encode("latin-1")
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}

    def exchange(self, envelope: bytes, seconds: float) -> bytes:
        """The answer's body, in clear. Whatever its status: http.last tells; `opened` tells what was sealed."""
        self.opened = False
        if not self.http.connected:
            self._session = None
            self.http.connect()
        if self.login.scheme == "ntlm" and self._session is None:
            answer = self._negotiated(envelope, seconds)
            if answer is not None:
                return answer
        return self._sent(envelope, seconds)

    def _post(self, body: bytes, seconds: float, *, token: str = "", encrypted: bool = False) -> Answer:
        headers = {**_AGENT, "Content-Type": sealed.CONTENT_TYPE if encrypted else _PLAIN, **self._fixed}
        if token:
            headers["Authorization"] = token
        return self.http.post(body, headers, seconds)

    def _sent(self, envelope: bytes, seconds: float, token: str = "") -> bytes:
        session = self._session if self.login.encrypt else None
        body = session.seal(envelope) if session is not None else envelope
        answer = self._post(body, seconds, token=token, encrypted=session is not None)
        if session is None or (not _sealed(answer) and self._may_be_in_clear(answer)):
            return answer.body
        try:
            message = session.open(answer.content_type, answer.body)
        except BaseException:
            self.close()
            raise
        self.opened = True
        return message

    def _may_be_in_clear(self, answer: Answer) -> bool:
        """Whether an answer that was not sealed is looked at in a session that seals: TLS protects it (OMI answers so),
        it says what went wrong, or it is a message, which the channel then refuses.
        """
        return self.http.tls is not None or answer.status >= 300 or is_soap(answer.body)

    def _negotiated(self, envelope: bytes, seconds: float) -> bytes | None:
        """Authenticate the connection. The first answer where it came with that; None: the message is still to be sent.

        Negotiate first: every WinRM offers it. A gateway that takes NTLM alone says so in its refusal.
        """
        for scheme in _SCHEMES:
            session = self._new_session()
            answer = self._post(b"", seconds, token=f"{scheme} {_text(session.negotiate())}")
            if answer.status != 401:
                return self._without_challenge(answer)
            challenge = _challenge(answer, scheme)
            if challenge is not None:
                token = f"{scheme} {_text(session.authenticate(challenge))}"
                return self._authenticated(session, token, envelope, seconds)
            if not _offers(answer, "NTLM") or not self.http.connected:
                break
        return b""

    def _new_session(self) -> ntlm.Session:
        login, certificate = self.login, self.http.certificate if self.login.bind else None
        bindings = tls_context.channel_bindings(certificate) if certificate else None
        return ntlm.Session(login.user, login.password, self.http.host, bindings)

    def _without_challenge(self, answer: Answer) -> bytes | None:
        """The host wants no authentication, or has another answer altogether."""
        if answer.status >= 300:
            return answer.body
        if self.login.encrypt:
            self.close()
            raise sealed.Undeciphered("the host did not ask who we are")
        return None

    def _authenticated(self, session: ntlm.Session, token: str, envelope: bytes, seconds: float) -> bytes | None:
        early = self._early or not self.login.encrypt
        self._session = session
        if early:
            return self._sent(envelope, seconds, token)
        answer = self._post(b"", seconds, token=token)
        if answer.status >= 300:
            self._session = None
            return answer.body
        return None

    def close(self) -> None:
        """Close the connection and forget its authentication."""
        self._session = None
        self.http.close()


def _text(token: bytes) -> str:
    return base64.b64encode(token).decode()


def _challenge(answer: Answer, scheme: str) -> bytes | None:
    """The token of a scheme in a refusal; None where there is none."""
    for value in ",".join(answer.challenges).split(","):
        name, _unused, token = value.strip().partition(" ")
        if name.lower() == scheme.lower() and token:
            return base64.b64decode(token)
    return None


def _sealed(answer: Answer) -> bool:
    return "encrypted" in answer.content_type.lower()


def _offers(answer: Answer, scheme: str) -> bool:
    return any(value.strip().lower() == scheme.lower() for value in ",".join(answer.challenges).split(","))


class LeanChannel(HTTPChannel):
    """channel.Channel over one connection of our own. candidates: as WinRMChannel's, of METHODS."""

    early = False
    """Whether NTLM's authenticate message carries the first encrypted envelope: 2 requests to the first answer. Off
    until a real Windows has been seen to take it.
    """

    def _adopt(self, transport: Any) -> LeanTransport:
        return LeanTransport(
            transport, legacy_tls=self._legacy_tls, connect_timeout=self._connect_timeout, early=self.early
        )

    def _seals(self, transport: LeanTransport) -> bool:
        return transport.encryption

    def _opened(self, transport: LeanTransport) -> bool:
        return transport.opened

    def _ready(self, transport: LeanTransport, seconds: float) -> LeanTransport:  # noqa: ARG002 - see _deliver
        transport.http.watch, transport.http.last = self._watch, self._last
        transport.http.connect_timeout = self._connect_timeout
        return transport

    def _deliver(self, transport: LeanTransport, envelope: bytes, seconds: float) -> bytes:
        return transport.exchange(envelope, seconds)

    def _drop(self, transport: LeanTransport) -> None:
        transport.close()
