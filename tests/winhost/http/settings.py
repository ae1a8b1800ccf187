# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one listener allows: schemes of authentication, encryption, limits."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """The service's auth settings (MS-WSMV 2.2.4.34); Basic, CredSSP and Certificate are off by default."""

    basic: bool = False
    negotiate: bool = True
    kerberos: bool = True
    credssp: bool = False
    certificate: bool = False
    allow_unencrypted: bool = False

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> AuthSettings:
        known = {name: bool(value) for name, value in values.items() if name in cls.__slots__}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValueError(f"auth: unknown setting {unknown[0]!r}; there are: {', '.join(cls.__slots__)}")
        return cls(**known)

    def as_config(self) -> dict[str, bool]:
        """The names of the WS-Management configuration."""
        return {
            "Basic": self.basic,
            "Kerberos": self.kerberos,
            "Negotiate": self.negotiate,
            "Certificate": self.certificate,
            "CredSSP": self.credssp,
            "AllowUnencrypted": self.allow_unencrypted,
        }


@dataclass(slots=True)
class Limits:
    """HTTP-level limits. Sizes in octets, times in seconds."""

    max_body: int
    max_connections: int
    idle_seconds: float
    retrieval_seconds: float
    max_header: int = 16384


@dataclass(slots=True)
class Listener:
    """Where one host listens."""

    address: str
    port: int
    tls: ssl.SSLContext | None = None
    prefix: str = "/wsman"
    certificates: dict[str, str] = field(default_factory=dict)
    """Mapped client certificates: SHA-1 thumbprint in lower case to the account's name."""

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"
