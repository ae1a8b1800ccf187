# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen, as data: of the controller, of the inventory, of the network, of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .finding import Trouble


@dataclass(frozen=True)
class Library:
    """A Python package or a program of the controller. version: None where it cannot be used, and problem says why.

    needed_for: what does not work without it.
    """

    name: str
    version: str | None
    install: str
    needed_for: str
    problem: str = ""


@dataclass(frozen=True)
class OpenSSLSeen:
    """version: OpenSSL's own. lowest: the oldest TLS that a default context speaks, as a name ("TLSv1.2").

    tls10: whether it can speak TLS 1.0 once that is asked for; why_not: its words where it cannot.
    """

    version: str
    lowest: str
    tls10: bool
    why_not: str = ""


@dataclass(frozen=True)
class KerberosSeen:
    """config: the path of the configuration that is read, empty without one. realm: its default_realm.

    tools: whether kinit was found. ticket: of the cache, None without one that is valid (klist -s).
    """

    config: str
    realm: str
    tools: bool
    ticket: bool | None


@dataclass(frozen=True)
class ControllerSeen:
    """The controller, once for all hosts."""

    python: str
    libraries: tuple[Library, ...]
    openssl: OpenSSLSeen | None
    kerberos: KerberosSeen | None = None


@dataclass(frozen=True)
class InventorySeen:
    """What the inventory says of a host's connection; never a secret: only whether there is one.

    kind: the connection plugin. named: whether ansible_connection is set at all. misspelt: names with the nearest known
    one (None: nothing is near). refused: what is wrong with the address, from those who would use it.
    unusable: other values that cannot be used. methods: of authentication, in order. proxy: its URL without login.
    """

    kind: str
    named: bool = True
    misspelt: Mapping[str, str | None] = field(default_factory=dict)
    refused: Trouble | None = None
    unusable: tuple[Trouble, ...] = ()
    host: str = ""
    port: int = 0
    scheme: str = ""
    scheme_said: bool = True
    path: str = ""
    methods: tuple[str, ...] = ()
    user: str = ""
    password: bool = False
    certificate: bool = False
    managed_ticket: bool = False
    validates: bool = True
    legacy_tls: bool = False
    proxy: str = ""
    proxy_from: str = ""
    scheme_variable: str = "ansible_winrm_scheme"
    transport_variable: str = "ansible_winrm_transport"

    @property
    def supported(self) -> bool:
        return self.kind in {"winrm", "psrp"}

    @property
    def tls(self) -> bool:
        return self.scheme == "https"

    @property
    def endpoint(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}/{self.path.strip('/')}"


@dataclass(frozen=True)
class PortSeen:
    """state: open | refused | silent | unreachable; said: the system's words for the last."""

    port: int
    state: str
    said: str = ""


@dataclass(frozen=True)
class CertificateSeen:
    """A host's certificate. names: of the subject's alternative names and its common name. bits: of its key."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts: datetime
    ends: datetime
    self_signed: bool
    hash: str
    bits: int | None


@dataclass(frozen=True)
class TLSSeen:
    """What the host speaks when nothing is demanded. version: "TLSv1.2" or so, empty where no session came about.

    problem: why there is no session or no certificate that can be read.
    """

    version: str = ""
    cipher: str = ""
    certificate: CertificateSeen | None = None
    problem: str = ""


@dataclass(frozen=True)
class ClockSeen:
    """host: a host's clock. here: this controller's, at that moment or within so much before or after it."""

    host: datetime
    here: datetime
    within: timedelta

    @property
    def skew(self) -> timedelta:
        """Positive where the host is ahead."""
        return self.host - self.here


@dataclass(frozen=True)
class ServiceSeen:
    """The service's answer without credentials. stack: of WinRM, None where it tells none."""

    vendor: str
    product_version: str
    stack: tuple[int, int] | None
