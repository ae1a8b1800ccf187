# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about controller and inventory, from what was seen of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.controller import (
    judge_controller,
    wanted,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check, Severity, Trouble
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.inventory import judge_inventory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import (
    ControllerSeen,
    InventorySeen,
    KerberosSeen,
    Library,
    OpenSSLSeen,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.variables import is_slip, misspelt

GOOD = InventorySeen(
    "winrm", host="vista", port=80, scheme="http", path="wsman", methods=("ntlm",), user="Administrator", password=True
)
NEW = OpenSSLSeen("OpenSSL 3.0.1", "TLSv1.2", tls10=True)
NO_TLS10 = OpenSSLSeen("OpenSSL 9", "TLSv1.2", tls10=False, why_not="no protocols available")
PYWINRM = Library("pywinrm", "0.5.0", "pip install pywinrm", "the winrm connection")
JMESPATH = Library("jmespath", "1.0", "pip install jmespath", "queries")
KERBEROS = KerberosSeen("/etc/krb5.conf", "CORP", tools=True, ticket=True)


def worst(findings: Any, check: Check) -> tuple[Severity, str, str]:
    """The one finding of a check that is not well, or that it is."""
    mine = [one for one in findings if one.check is check]
    sick = [one for one in mine if one.severity is not Severity.OK] or mine
    assert len(sick) == 1, sick
    return sick[0].severity, sick[0].text, sick[0].cure


@pytest.mark.parametrize(
    ("change", "check", "severity", "says", "cure"),
    [
        ({}, Check.ADDRESS, "ok", "http://vista:80/wsman", ""),
        ({"host": "fd00::1"}, Check.ADDRESS, "ok", "http://[fd00::1]:80/wsman", ""),
        ({}, Check.CREDENTIALS, "ok", "ntlm as Administrator", ""),
        ({"kind": "ssh"}, Check.CONNECTION, "problem", "is ssh, but", "ansible_connection: winrm"),
        ({"kind": "ssh", "named": False}, Check.CONNECTION, "problem", "ansible_connection is not set", "winrm"),
        (
            {"refused": Trouble("the address '' cannot be used", "Set ansible_host.")},
            Check.ADDRESS,
            "problem",
            "The address",
            "Set ansible_host.",
        ),
        (
            {"scheme": "https", "scheme_said": False},
            Check.ADDRESS,
            "notice",
            "is not set, so that HTTPS is spoken",
            "ansible_winrm_scheme: http",
        ),
        ({"scheme": "https", "port": 5985}, Check.ADDRESS, "notice", "Port 5985 is one of plain HTTP", "5986"),
        ({"port": 5986}, Check.ADDRESS, "notice", "Port 5986 is one of HTTPS", "https"),
        ({"port": 443}, Check.ADDRESS, "notice", "Port 443 is one of HTTPS", "https"),
        ({"port": 8080}, Check.ADDRESS, "ok", ":8080", ""),
        ({"password": False}, Check.CREDENTIALS, "problem", "No password", "--ask-vault-pass"),
        ({"user": ""}, Check.CREDENTIALS, "problem", "No user", "ansible_user"),
        ({"password": False, "methods": ("kerberos",)}, Check.CREDENTIALS, "ok", "kerberos", ""),
        ({"methods": ("certificate",)}, Check.CREDENTIALS, "problem", "no certificate is named", "cert_pem"),
        (
            {"methods": ("certificate",), "certificate": True, "user": "", "password": False, "scheme": "https"},
            Check.CREDENTIALS,
            "ok",
            "certificate",
            "",
        ),
        (
            {"methods": ("ssl",), "certificate": True, "user": "", "password": False, "scheme": "https", "port": 443},
            Check.CREDENTIALS,
            "ok",
            "ssl",
            "",
        ),
        ({"methods": ("basic",)}, Check.CREDENTIALS, "notice", "in the clear", "ntlm"),
        ({"methods": ("plaintext",)}, Check.CREDENTIALS, "notice", "in the clear", "ntlm"),
        ({"methods": ("basic",), "scheme": "https", "port": 443}, Check.CREDENTIALS, "ok", "basic", ""),
        (
            {"misspelt": {"winlegacy_chanel": "winlegacy_channel"}},
            Check.VARIABLES,
            "notice",
            "winlegacy_chanel",
            "Did you mean winlegacy_channel?",
        ),
        ({"misspelt": {"winlegacy_x": None}}, Check.VARIABLES, "notice", "winlegacy_x", "Remove it"),
        (
            {"unusable": (Trouble("the variable winlegacy_channel is 'x'", "Correct it."),)},
            Check.VARIABLES,
            "problem",
            "The variable",
            "Correct it.",
        ),
    ],
)
def test_inventory(change: dict[str, Any], check: Check, severity: str, says: str, cure: str) -> None:
    found = worst(judge_inventory(replace(GOOD, **change)), check)
    assert found[0] == severity, found
    assert says in found[1]
    assert cure in found[2]
    assert bool(found[2]) is (severity != "ok")


def test_of_another_connection_nothing_else_is_judged() -> None:
    assert {one.check for one in judge_inventory(replace(GOOD, kind="local"))} == {Check.VARIABLES, Check.CONNECTION}


def controller(**change: Any) -> ControllerSeen:
    return replace(ControllerSeen("3.11.2", (PYWINRM, JMESPATH), NEW, KERBEROS), **change)


def gone(library: Library) -> Library:
    return replace(library, version=None, problem="no module")


TICKETS = replace(GOOD, methods=("kerberos",), user="anna@CORP", managed_ticket=True)
LEGACY = replace(GOOD, scheme="https", port=443, legacy_tls=True)


@pytest.mark.parametrize(
    ("seen", "host", "check", "severity", "shown"),
    [
        (controller(), GOOD, Check.PACKAGES, "ok", ("Python 3.11.2, pywinrm 0.5.0, jmespath 1.0", "")),
        (
            controller(libraries=(gone(PYWINRM), JMESPATH)),
            GOOD,
            Check.PACKAGES,
            "problem",
            ("pywinrm cannot be used", "Run: pip install pywinrm"),
        ),
        (
            controller(libraries=(PYWINRM, gone(JMESPATH))),
            GOOD,
            Check.PACKAGES,
            "notice",
            ("jmespath cannot", "pip install"),
        ),
        (
            controller(libraries=(gone(PYWINRM), JMESPATH)),
            replace(GOOD, kind="psrp"),
            Check.PACKAGES,
            "ok",
            ("jmespath", ""),
        ),
        (controller(), GOOD, Check.OPENSSL, "ok", ("TLSv1.2 or later, and TLS 1.0", "")),
        (
            controller(openssl=NO_TLS10),
            GOOD,
            Check.OPENSSL,
            "notice",
            ("cannot speak TLS 1.0 (no protocols", "HTTP with ntlm"),
        ),
        (controller(openssl=NO_TLS10), LEGACY, Check.OPENSSL, "problem", ("cannot speak TLS 1.0", "HTTP with ntlm")),
        (controller(openssl=NO_TLS10), replace(LEGACY, legacy_tls=False), Check.OPENSSL, "notice", ("cannot", "HTTP")),
        (controller(), TICKETS, Check.KERBEROS, "ok", ("/etc/krb5.conf, realm CORP", "")),
        (
            controller(kerberos=replace(KERBEROS, config="")),
            TICKETS,
            Check.KERBEROS,
            "notice",
            ("no Kerberos conf", "realm"),
        ),
        (
            controller(kerberos=replace(KERBEROS, realm="")),
            replace(TICKETS, user="anna"),
            Check.KERBEROS,
            "problem",
            ("anna has no realm", "user@REALM"),
        ),
        (controller(kerberos=replace(KERBEROS, realm="")), TICKETS, Check.KERBEROS, "ok", ("by the user names", "")),
        (
            controller(kerberos=replace(KERBEROS, tools=False)),
            TICKETS,
            Check.KERBEROS,
            "problem",
            ("kinit is not", "krb5-user"),
        ),
        (
            controller(kerberos=replace(KERBEROS, ticket=False)),
            replace(TICKETS, managed_ticket=False),
            Check.KERBEROS,
            "problem",
            ("no valid ticket", "Run kinit"),
        ),
        (
            controller(kerberos=replace(KERBEROS, ticket=False)),
            TICKETS,
            Check.KERBEROS,
            "ok",
            ("with the password", ""),
        ),
        (
            controller(kerberos=replace(KERBEROS, ticket=None)),
            replace(TICKETS, managed_ticket=False),
            Check.KERBEROS,
            "ok",
            ("/etc/krb5.conf", ""),
        ),
    ],
)
def test_controller(
    seen: ControllerSeen, host: InventorySeen, check: Check, severity: str, shown: tuple[str, str]
) -> None:
    found = worst(judge_controller(seen, [host]), check)
    assert found[0] == severity, found
    assert shown[0] in found[1]
    assert shown[1] in found[2]


def test_kerberos_is_no_matter_where_nobody_chooses_it() -> None:
    asked = judge_controller(controller(kerberos=replace(KERBEROS, config="", tools=False)), [GOOD])
    assert Check.KERBEROS not in {one.check for one in asked}


@pytest.mark.parametrize(
    ("kind", "methods", "needs"),
    [
        ("winrm", ("ntlm",), {"pywinrm", "pyspnego"}),
        ("winrm", ("kerberos", "ntlm"), {"pywinrm", "pykerberos"}),
        ("winrm", ("credssp",), {"pywinrm", "requests-credssp"}),
        ("winrm", ("basic",), {"pywinrm"}),
        ("psrp", ("negotiate",), {"pypsrp"}),
        ("ssh", (), set()),
    ],
)
def test_what_a_host_takes(kind: str, methods: tuple[str, ...], needs: set[str]) -> None:
    assert wanted([InventorySeen(kind, methods=methods)]) == needs


KNOWN = ("ansible_host", "ansible_password", "ansible_port", "ansible_winrm_scheme", "ansible_winrm_transport")


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("ansible_pasword", "ansible_password"),
        ("ansible_passwrod", "ansible_password"),
        ("ansible_prot", "ansible_port"),
        ("ansible_Port", "ansible_port"),
        ("ansible-host", "ansible_host"),
        ("ansible_winrn_scheme", "ansible_winrm_scheme"),
    ],
)
def test_misspelt(name: str, means: str) -> None:
    assert misspelt([name, *KNOWN], KNOWN) == {name: means}


@pytest.mark.parametrize(
    "name",
    [
        "ansible_hostname",
        "ansible_winrm_transprt",
        "ansible_facts",
        "ansible_password_hash",
        "ansible_user",
        "hosts",
        "ansible_play_hosts",
    ],
)
def test_names_of_others_are_left_alone(name: str) -> None:
    assert misspelt([name], KNOWN) == {}


@pytest.mark.parametrize(
    ("given", "wanted_", "slip"),
    [
        ("port", "port", True),
        ("prot", "port", True),
        ("pot", "port", True),
        ("poort", "port", True),
        ("part", "port", True),
        ("ports", "port", True),
        ("tropical", "port", False),
        ("optr", "port", False),
        ("pr", "port", False),
        ("", "p", True),
    ],
)
def test_a_slip(given: str, wanted_: str, slip: bool) -> None:
    assert is_slip(given, wanted_) is slip
