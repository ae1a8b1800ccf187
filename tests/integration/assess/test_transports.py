# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way into a host, through Ansible's winrm connection: TLS 1.0, CredSSP, certificates, Kerberos."""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import Ran, ansible, of_host
from integration.assess.driver import PASSWORD
from integration.winhost import kdc
from winhost.testing import RunningFleet, running_fleet

HOTFIX_INFO = ("all", "-m", "winlegacy.servicing.hotfix_info")
DOMAIN = {
    "domain": "corp.example",
    "users": [
        {"name": "Administrator", "password": PASSWORD, "rid": 500},
        {"name": "alice", "password": "al1ce-sim", "domain": "corp.example"},
    ],
}
TLS_1_0 = {"scheme": "https", "tls": {"version": "1.0", "sha1": True}}


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "2"]
    files = ["-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return key, certificate


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One ad hoc run over a host for each transport but Kerberos."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl missing (Debian: openssl)")
    folder = tmp_path_factory.mktemp("transports")
    known, strange = _certificate(folder, "operator"), _certificate(folder, "stranger")
    (folder / "ca.pem").write_text(known[1].read_text("utf-8") + strange[1].read_text("utf-8"), "utf-8")
    thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(known[1].read_text("utf-8"))).hexdigest()
    mapped = {
        "scheme": "https",
        "auth": {"certificate": True},
        "certificates": {thumbprint: "Administrator"},
        "tls": {"client_ca": str(folder / "ca.pem")},
    }
    hosts: list[dict[str, Any]] = [
        {"name": "tls-1.0", "profile": "vista_sp1_x64", **TLS_1_0},
        {"name": "tls-1.0-fixed", "profile": "srv2008_fixed", **TLS_1_0, "auth": {"basic": True}},
        {"name": "credssp", "profile": "vista_sp1_stack2", "auth": {"credssp": True}},
        {"name": "certificate", "profile": "vista_sp1_stack2", **mapped},
    ]
    with running_fleet({"hosts": hosts}) as fleet:

        def certified(pair: tuple[Path, Path]) -> dict[str, object]:
            return of_host(
                fleet.host("certificate"),
                ansible_winrm_transport="certificate",
                ansible_winrm_cert_key_pem=str(pair[0]),
                ansible_winrm_cert_pem=str(pair[1]),
            )

        legacy, credssp = fleet.host("tls-1.0"), fleet.host("credssp")
        inventory = {
            "tls-1.0": of_host(legacy, winlegacy_legacy_tls=True),
            "tls-1.0-basic": of_host(
                fleet.host("tls-1.0-fixed"), winlegacy_legacy_tls=True, ansible_winrm_transport="basic"
            ),
            "tls-1.0-refused": of_host(legacy),
            "credssp": of_host(credssp, ansible_winrm_transport="credssp"),
            "credssp-refused": of_host(credssp, ansible_winrm_transport="credssp", ansible_password="not-the-w0rd"),
            "certificate": certified(known),
            "certificate-refused": certified(strange),
        }
        return ansible(folder, inventory, *HOTFIX_INFO, "-a", "details=true")


@pytest.mark.parametrize(
    ("host", "status"),
    [("tls-1.0", "needs_fix"), ("tls-1.0-basic", "fixed"), ("credssp", "needs_fix"), ("certificate", "needs_fix")],
)
def test_a_verdict_over_each_transport(run: Ran, host: str, status: str) -> None:
    outcome, result = run.results[host]
    assert outcome == "ok", result["msg"]
    assert result["status"] == status
    assert result["details"]["messages"] <= 10


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("tls-1.0-refused", "needs winlegacy_legacy_tls: true, which weakens HTTPS to it"),
        ("credssp-refused", "authent"),
        ("certificate-refused", "HTTP 401"),
    ],
)
def test_who_is_refused_is_unreachable_and_told_why(run: Ran, host: str, says: str) -> None:
    outcome, result = run.results[host]
    assert outcome == "unreachable", result
    assert says in result["msg"]
    assert "Traceback" not in run.out
    assert "not-the-w0rd" not in run.out
    assert PASSWORD not in run.out


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kdc.Realm]:
    """A private realm with one user."""
    if lack := kdc.lacking("kerberos", "gssapi"):
        pytest.skip(lack)
    with kdc.realm(tmp_path_factory.mktemp("kdc"), {"alice": "al1ce-sim"}, ("HTTP/localhost",)) as running:
        yield running


@pytest.fixture(scope="module")
def member(realm: kdc.Realm) -> Iterator[RunningFleet]:
    """Hosts of that realm's domain, without any other way in."""
    hosts = [
        {"name": "vista", "profile": "vista_sp1_x64", "overrides": DOMAIN},
        {"name": "fixed", "profile": "srv2008_fixed", "overrides": DOMAIN},
    ]
    with running_fleet(
        {"keytab": str(realm.keytab), "hosts": hosts}, env={"KRB5_CONFIG": str(realm.folder / "krb5.conf")}
    ) as running:
        yield running


def test_kerberos_with_a_ticket_that_ansible_gets(realm: kdc.Realm, member: RunningFleet, tmp_path: Path) -> None:
    """Managed kinit: the right password assesses, the wrong one is unreachable, and neither is shown."""

    def with_password(name: str, password: str) -> dict[str, object]:
        return of_host(
            member.host(name),
            ansible_winrm_transport="kerberos",
            ansible_winrm_kinit_mode="managed",
            ansible_winrm_kinit_env_vars=["KRB5_CONFIG"],
            ansible_winrm_kerberos_hostname_override="localhost",
            ansible_user=f"alice@{kdc.REALM}",
            ansible_password=password,
        )

    inventory = {
        "vista": with_password("vista", "al1ce-sim"),
        "fixed": with_password("fixed", "al1ce-sim"),
        "mistyped": with_password("vista", "not-the-w0rd"),
    }
    environment = {name: realm.environment[name] for name in ("KRB5_CONFIG", "PATH")}
    run = ansible(tmp_path, inventory, *HOTFIX_INFO, environment=environment)
    assert {name: run.results[name][1].get("status") for name in ("vista", "fixed")} == {
        "vista": "needs_fix",
        "fixed": "fixed",
    }, run.out
    outcome, result = run.results["mistyped"]
    assert outcome == "unreachable"
    assert f"alice@{kdc.REALM}" in result["msg"]
    for word in ("al1ce-sim", "not-the-w0rd", "Traceback"):
        assert word not in run.out
