# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an exchange takes place: what tells a host's answer from a proxy's, and which inventory variables to name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from . import errors
from .proxies import ENVIRONMENT, without_login


@dataclass(frozen=True)
class Variables:
    """How a connection plugin calls what an advice speaks of."""

    scheme: str = "ansible_winrm_scheme"
    path: str = "ansible_winrm_path"
    transport: str = "ansible_winrm_transport"
    authority: str = "ansible_winrm_ca_trust_path"
    no_validation: str = "ansible_winrm_server_cert_validation: ignore"
    client_certificate: str = "ansible_winrm_cert_pem and ansible_winrm_cert_key_pem"
    proxy: str = "ansible_winrm_proxy"
    any_option: str = "ansible_winrm_*"
    library: str = "pywinrm"


WINRM = Variables()
PSRP = Variables(
    scheme="ansible_psrp_protocol",
    path="ansible_psrp_path",
    transport="ansible_psrp_auth",
    authority="ansible_psrp_ca_cert",
    no_validation="ansible_psrp_cert_validation: ignore",
    client_certificate="ansible_psrp_certificate_pem and ansible_psrp_certificate_key_pem",
    proxy="ansible_psrp_proxy",
    any_option="ansible_psrp_*",
    library="pypsrp",
)

_FROM_ENVIRONMENT = "from the environment variable"


@dataclass
class LastAnswer:
    """The HTTP status line and headers seen last on a channel, and the proxy used; status None before the first."""

    status: int | None = None
    content_type: str = ""
    location: str = ""
    server: str = ""
    via: str = ""
    date: str = ""
    proxy: str = ""
    heard: bool = False
    """Whether anything was ever answered on this channel."""

    HEADERS: ClassVar[tuple[str, ...]] = ("Content-Type", "Location", "Server", "Via", "Date")
    """What take() looks at."""

    def clear(self) -> None:
        self.status = None
        self.content_type = self.location = self.server = self.via = self.date = ""

    def take(self, status: int, headers: Mapping[str, str]) -> None:
        """Note an answer."""
        self.status, self.heard = status, True
        self.content_type = headers.get("Content-Type", "")
        self.location = headers.get("Location", "")
        self.server = headers.get("Server", "")
        self.via = headers.get("Via", "")
        self.date = headers.get("Date", "")


@dataclass(frozen=True)
class Place:
    """What is known when something goes wrong.

    established: this session has answered before. encrypted: messages are encrypted, or TLS is spoken.
    """

    endpoint: str = ""
    established: bool = False
    encrypted: bool = False
    method: str = ""
    legacy_tls: bool = False
    names: Variables = WINRM
    last: LastAnswer = field(default_factory=LastAnswer)
    secrets: tuple[str, ...] = ()
    in_clear: bool = False
    """The last answer came in clear in a session whose messages are encrypted and that no TLS protects."""

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).hostname or "the host"

    @property
    def path(self) -> str:
        return urlsplit(self.endpoint).path

    @property
    def tls(self) -> bool:
        return self.endpoint.lower().startswith("https:")

    @property
    def windows_http(self) -> bool:
        """Whether the last answer came from the kernel's HTTP server of a Windows."""
        return "httpapi" in self.last.server.lower()

    @property
    def proxy(self) -> str:
        """The proxy in use and where it is set, without its password; empty when there is none."""
        if not self.last.proxy:
            return ""
        return f"the proxy {without_login(self.last.proxy)} ({self._source})"

    @property
    def _source(self) -> str:
        return proxy_source(self.last.proxy, self.names, "https" if self.tls else "http")

    @property
    def between(self) -> str:
        """Who answered in the host's place: a proxy, or something that says Via; empty where nothing says so."""
        if self.windows_http:
            return ""
        if self.proxy:
            return self.proxy
        return f"something between here and the host (Via: {self.last.via[:80]})" if self.last.via else ""

    def of_proxy(self, came: str) -> errors.ProxyFailed:
        """The error for a proxy that could not be used."""
        return errors.ProxyFailed(f"{self.proxy or 'the proxy'}: {came}", do=self.past_proxy)

    def through(self, error: errors.WSManError) -> errors.WSManError:
        """The error; one of the connection, where a proxy is in use, names the proxy and the way past it."""
        fits = isinstance(error, errors.Unreachable | errors.ConnectionLost) or (
            isinstance(error, errors.NotWSMan | errors.EnvelopeTooLarge | errors.ServiceBusy) and not self.windows_http
        )
        if self.proxy and fits and self.past_proxy not in error.do:
            of_proxy = "" if self.proxy in error.reported else f"; the way to {self.host} is {self.proxy}"
            before = f"{error.do} " if isinstance(error, errors.TLSFailed) and error.do else ""
            error.amended(f"{error.reported}{of_proxy}", do=f"{before}{self.past_proxy}")
        return error

    @property
    def past_proxy(self) -> str:
        """What to do about a proxy. What the inventory names is used whatever no_proxy says."""
        if self.last.proxy and not self._source.startswith(_FROM_ENVIRONMENT):
            return (
                f"Correct {self.names.proxy}, let that proxy pass WS-Management, or do without: remove the variable, "
                f"and add {self.host} to no_proxy where the environment of Ansible names a proxy."
            )
        return (
            f"Add {self.host} to no_proxy in the environment of Ansible, or let the proxy pass WS-Management; "
            f"{self.names.proxy} names another."
        )


def proxy_source(url: str, names: Variables, scheme: str = "http") -> str:
    """Where a proxy was set: the environment variable that holds it, else the connection's own option.

    scheme: the endpoint's; its own variable is looked at first, as requests does.
    """

    def bare(text: str) -> str:
        return text.rpartition("://")[2].rstrip("/")

    for name in sorted(ENVIRONMENT, key=lambda name: not name.lower().startswith(f"{scheme}_")):
        if os.environ.get(name) and bare(os.environ[name]) == bare(url):
            return f"{_FROM_ENVIRONMENT} {name}"
    return f"from {names.proxy}"
