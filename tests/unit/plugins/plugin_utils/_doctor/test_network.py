# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the network, TLS, the service and the login, from what was seen of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor import network
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Finding, Trouble
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import (
    CertificateSeen,
    InventorySeen,
    PortSeen,
    ServiceSeen,
    TLSSeen,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEEN = InventorySeen(
    "winrm", host="vista.corp", port=80, scheme="http", path="wsman", methods=("ntlm",), user="anna", password=True
)
HTTPS = replace(SEEN, scheme="https", port=5986)
CERTIFICATE = CertificateSeen(
    "CN=vista.corp",
    "CN=CA",
    ("vista.corp",),
    NOW - timedelta(days=100),
    NOW + timedelta(days=100),
    False,
    "sha256",
    2048,
)
VISTA = ServiceSeen("Microsoft Corporation", "OS: 0.0.0 SP: 0.0 Stack: 1.1", (1, 1))
IN = replace(VISTA, product_version="OS: 6.0.6001 SP: 1.0 Stack: 1.1")


def one(findings: Iterable[Finding]) -> tuple[str, str, str]:
    found = list(findings)
    assert len(found) == 1, found
    return found[0].severity.value, found[0].text, found[0].cure


def ports(**states: str) -> tuple[PortSeen, ...]:
    given = {"p80": "refused", "p443": "refused", "p5985": "refused", "p5986": "refused", **states}
    return tuple(PortSeen(int(name[1:]), state, "No route to host") for name, state in given.items())


@pytest.mark.parametrize(
    ("port", "found", "severity", "says", "cure"),
    [
        (80, ports(p80="open"), "ok", "Open: 80.", ""),
        (80, ports(p80="open", p5985="open"), "ok", "Open: 80, 5985.", ""),
        (80, ports(), "problem", "Port 80 refuses connections; 443 refused", "nothing listens: run winrm quickconfig"),
        (80, ports(p80="silent", p443="silent"), "problem", "a firewall drops", "its firewall's rule"),
        (80, ports(p80="unreachable"), "problem", "cannot be reached (No route to host)", "Check the address"),
        (80, ports(p5985="open"), "problem", "5985 open", "ansible_port: 5985 and ansible_winrm_scheme: http."),
        (80, ports(p5986="open"), "problem", "5986 open", "ansible_port: 5986 and ansible_winrm_scheme: https."),
        (
            5985,
            ports(p80="open", p443="open"),
            "problem",
            "Port 5985",
            "Port 80 answers (443 too): set ansible_port: 80",
        ),
        (81, ports(p81="silent", p80="open"), "problem", "Port 81 does not answer", "set ansible_port: 80"),
    ],
)
def test_ports(port: int, found: tuple[PortSeen, ...], severity: str, says: str, cure: str) -> None:
    got = one(network.judge_ports(replace(SEEN, port=port), found))
    assert got[0] == severity
    assert says in got[1]
    assert cure in got[2]


def test_a_proxy_is_told_with_where_it_is_set() -> None:
    assert one(network.judge_proxy(SEEN))[0] == "ok"
    proxied = replace(SEEN, proxy="http://gate:3128", proxy_from="from the environment variable http_proxy")
    severity, text, cure = one(network.judge_proxy(proxied))
    assert severity == "notice"
    assert "http://gate:3128 (from the environment variable http_proxy)" in text
    assert "vista.corp to no_proxy" in cure


def shown(certificate: CertificateSeen | None = CERTIFICATE, version: str = "TLSv1.2") -> TLSSeen:
    return TLSSeen(version, "AES128-SHA", certificate)


@pytest.mark.parametrize(
    ("seen", "tls", "failure", "severity", "says", "cure"),
    [
        (HTTPS, shown(), None, "ok", "TLSv1.2, a certificate for vista.corp, of CN=CA, sha256, 2048 bits, valid", ""),
        (HTTPS, shown(None), None, "ok", "TLSv1.2.", ""),
        (HTTPS, shown(version="TLSv1"), None, "notice", "TLSv1 at most", "HTTP with ntlm"),
        (replace(HTTPS, legacy_tls=True), shown(version="TLSv1"), None, "ok", "TLSv1, a certificate", ""),
        (
            HTTPS,
            shown(replace(CERTIFICATE, ends=NOW + timedelta(days=9))),
            None,
            "notice",
            "expires on 2026-01-10",
            "Renew",
        ),
        (HTTPS, shown(replace(CERTIFICATE, ends=NOW - timedelta(days=1))), None, "notice", "expired on", "Renew"),
        (
            HTTPS,
            shown(replace(CERTIFICATE, starts=NOW + timedelta(days=1))),
            None,
            "notice",
            "not valid before",
            "clock",
        ),
        (
            replace(HTTPS, validates=False),
            shown(replace(CERTIFICATE, names=("other",))),
            None,
            "notice",
            "is for other",
            "name",
        ),
        (HTTPS, shown(replace(CERTIFICATE, names=("other",))), None, "ok", "for other", ""),
        (replace(HTTPS, validates=False), shown(replace(CERTIFICATE, names=("*.CORP",))), None, "ok", "*.CORP", ""),
        (
            HTTPS,
            shown(replace(CERTIFICATE, self_signed=True)),
            Trouble("it is not accepted.", "Name it."),
            "problem",
            "It is not accepted; seen without demands: TLSv1.2, a certificate for vista.corp, of its own",
            "Name it.",
        ),
        (
            HTTPS,
            TLSSeen(problem="EOF"),
            Trouble("no TLS session came about", "Check it."),
            "problem",
            "No TLS session came about.",
            "Check it.",
        ),
    ],
)
def test_tls(  # noqa: PLR0917 - a table
    seen: InventorySeen,
    tls: TLSSeen,
    failure: Trouble | None,
    severity: str,
    says: str,
    cure: str,
) -> None:
    got = one(network.judge_tls(seen, tls, failure, NOW))
    assert got[0] == severity, got
    assert says in got[1]
    assert cure in got[2]


@pytest.mark.parametrize(
    ("port", "service", "failure", "severity", "says"),
    [
        (80, VISTA, None, "ok", "WinRM 1.1 or older (Microsoft Corporation, OS: 0.0.0 SP: 0.0 Stack: 1.1)."),
        (5985, VISTA, None, "ok", "at port 5985, which is not one of its own"),
        (5985, replace(VISTA, stack=(2, 0)), None, "ok", "WinRM 2.0 ("),
        (80, replace(VISTA, stack=(3, 0)), None, "ok", "WinRM 3.0 (Microsoft"),
        (80, replace(VISTA, stack=None, product_version=""), None, "unknown", "does not tell its version"),
        (80, ServiceSeen("Openwsman Project", "2.6.5", None), None, "problem", "no Windows"),
        (80, ServiceSeen("", "", None), None, "problem", "A vendor without a name"),
        (80, None, None, "unknown", "nothing of itself without credentials"),
        (80, None, Trouble("HTTP 404: no WinRM at this path", "Check it."), "problem", "HTTP 404: no WinRM"),
    ],
)
def test_identify(port: int, service: ServiceSeen | None, failure: Trouble | None, severity: str, says: str) -> None:
    got = one(network.judge_identify(replace(SEEN, port=port), service, failure))
    assert got[0] == severity
    assert says in got[1]


@pytest.mark.parametrize(
    ("methods", "schemes", "severity", "says", "cure"),
    [
        (("ntlm",), ("Negotiate", "Kerberos"), "ok", "Offered: Negotiate, Kerberos; chosen: ntlm.", ""),
        (("kerberos",), ("negotiate",), "ok", "kerberos", ""),
        (("kerberos",), ("Kerberos",), "ok", "kerberos", ""),
        (("basic", "ntlm"), ("Negotiate",), "ok", "basic, ntlm", ""),
        (("basic",), ("Negotiate",), "problem", "Windows refuses basic", "ansible_winrm_transport: ntlm."),
        (("plaintext",), ("Negotiate",), "problem", "Windows refuses basic", "ntlm"),
        (("ntlm",), ("Basic",), "problem", "ntlm is chosen, and the service offers Basic.", "basic."),
        (("credssp",), ("Negotiate",), "problem", "credssp is chosen", "ntlm"),
        (("ntlm",), (), "problem", "offers nothing", "Allow a method"),
        (("certificate",), ("Negotiate",), "unknown", "a certificate is not among", ""),
        (("ntlm",), None, "unknown", "did not refuse", ""),
    ],
)
def test_authentication(
    methods: tuple[str, ...], schemes: tuple[str, ...] | None, severity: str, says: str, cure: str
) -> None:
    got = one(network.judge_authentication(replace(SEEN, methods=methods), schemes))
    assert got[0] == severity
    assert says in got[1]
    assert cure in got[2]


@pytest.mark.parametrize(
    ("methods", "schemes", "method"),
    [
        (("kerberos", "ntlm"), ("Negotiate",), "kerberos"),
        (("basic", "ntlm"), ("Negotiate",), "ntlm"),
        (("basic", "ntlm"), None, "basic"),
        (("certificate",), ("Negotiate",), "certificate"),
        ((), None, ""),
    ],
)
def test_one_method_is_tried(methods: tuple[str, ...], schemes: tuple[str, ...] | None, method: str) -> None:
    assert network.login_method(methods, schemes) == method


def test_a_refusal_of_an_offered_method_is_the_users() -> None:
    told = Trouble("HTTP 401: the credentials or the authentication method were refused", "Check them.")
    finding = network.judge_refusal(told, offered=True, user="anna")
    assert "anna" in finding.text
    assert "This was one attempt" in finding.cure
    other: Any = network.judge_refusal(told, offered=False, user="anna")
    assert (other.text, other.cure) == (f"{told.text}.", "Check them.")


def test_a_service_that_contradicts_itself_is_unknown() -> None:
    assert one(network.judge_login(SEEN, "ntlm", VISTA, IN))[0] == "ok"
    severity, text, _cure = one(
        network.judge_login(SEEN, "ntlm", VISTA, replace(IN, stack=(3, 0), product_version="3.0"))
    )
    assert severity == "unknown"
    assert "Stack: 1.1" in text
    assert "3.0" in text
    assert one(network.judge_login(SEEN, "ntlm", None, IN))[0] == "ok"
