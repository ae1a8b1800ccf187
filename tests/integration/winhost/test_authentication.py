# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos against a private KDC, client certificates, UAC-filtered and domain accounts."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.winhost import kdc
from winhost.testing import RunningFleet, running_fleet

ADMIN = {"name": "Administrator", "password": "P@ssw0rd-sim", "rid": 500}
DOMAIN_ADMIN = {"name": "alice", "password": "al1ce-sim", "domain": "corp.example"}
DOMAIN_USERS = {
    "domain": "corp.example",
    "users": [ADMIN, {"name": "operator", "password": "0perator-sim"}, DOMAIN_ADMIN],
}

KERBEROS_CLIENT = """
import sys
from pypsrp.wsman import WSMan
address, port, scheme = sys.argv[1:]
client = WSMan(
    address, port=int(port), ssl=False, auth=scheme, encryption="always",
    negotiate_hostname_override="localhost", negotiate_service="HTTP"
)
with client:
    body = client.get("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem")
    print(next(element.text for element in body.iter() if element.tag.endswith("}Version")))
"""


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kdc.Realm]:
    if lack := kdc.lacking("gssapi", "krb5"):
        pytest.skip(lack)
    with kdc.realm(
        tmp_path_factory.mktemp("kdc"),
        {"alice": "al1ce-sim", "mallory": "mall0ry-sim"},
        ("HTTP/localhost", "WSMAN/localhost"),
    ) as running:
        yield running


@pytest.fixture(scope="module")
def member(realm: kdc.Realm) -> Iterator[RunningFleet]:
    fleet = {
        "keytab": str(realm.keytab),
        "hosts": [
            {"name": "vista", "profile": "vista_sp1_x64", "overrides": DOMAIN_USERS},
            {"name": "r2", "profile": "srv2008r2", "overrides": DOMAIN_USERS},
        ],
    }
    with running_fleet(fleet, env={"KRB5_CONFIG": str(realm.folder / "krb5.conf")}) as running:
        yield running


def _ask(realm: kdc.Realm, fleet: RunningFleet, name: str, scheme: str) -> subprocess.CompletedProcess[str]:
    host = fleet.host(name)
    command = [sys.executable, "-c", KERBEROS_CLIENT, host.address, str(host.port), scheme]
    return subprocess.run(command, env=realm.environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("name", "scheme", "version"), [("vista", "kerberos", "6.0.6001"), ("r2", "negotiate", "6.1.7601")]
)
def test_kerberos_with_message_encryption(
    realm: kdc.Realm, member: RunningFleet, name: str, scheme: str, version: str
) -> None:
    realm.kinit("alice", "al1ce-sim")
    answer = _ask(realm, member, name, scheme)
    assert answer.stdout.strip() == version, answer.stderr


def test_a_principal_that_the_host_does_not_know_is_refused(realm: kdc.Realm, member: RunningFleet) -> None:
    realm.kinit("mallory", "mall0ry-sim")
    answer = _ask(realm, member, "vista", "kerberos")
    assert answer.returncode != 0
    assert "401" in answer.stderr or "AuthenticationError" in answer.stderr


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-sha256",
            "-days",
            "2",
            "-subj",
            f"/CN={name}",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


def test_client_certificates_are_mapped_to_a_local_account(tmp_path: Path) -> None:
    winrm = pytest.importorskip("winrm.protocol", reason="pip install pywinrm")
    from winrm.exceptions import InvalidCredentialsError

    key, certificate = _certificate(tmp_path, "operator")
    other_key, other = _certificate(tmp_path, "stranger")
    (tmp_path / "ca.pem").write_text(certificate.read_text("utf-8") + other.read_text("utf-8"), "utf-8")
    thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(certificate.read_text("utf-8"))).hexdigest()
    host = {
        "name": "r2",
        "profile": "srv2008r2",
        "scheme": "https",
        "auth": {"certificate": True},
        "certificates": {thumbprint: "Administrator"},
        "tls": {"client_ca": str(tmp_path / "ca.pem")},
    }
    with running_fleet({"hosts": [host]}) as fleet:
        for pem, private, accepted in ((certificate, key, True), (other, other_key, False)):
            client = winrm.Protocol(
                fleet.host("r2").endpoint,
                transport="certificate",
                cert_pem=str(pem),
                cert_key_pem=str(private),
                server_cert_validation="ignore",
            )
            if accepted:
                client.close_shell(client.open_shell())
            else:
                with pytest.raises(InvalidCredentialsError):
                    client.open_shell()


def test_who_may_come_in_and_as_what() -> None:
    pypsrp = pytest.importorskip("pypsrp.wsman", reason="pip install pypsrp")
    from pypsrp.exceptions import AuthenticationError, WSManFaultError

    resource = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem"
    users = [*DOMAIN_USERS["users"], {"name": "plain", "password": "pla1n-sim", "administrator": False}]
    overrides = {"domain": "corp.example", "users": users, "remote_filter_off": False}
    hosts = [
        {"name": "partial", "profile": "vista_sp1_x64", "overrides": overrides},
        {"name": "denied", "profile": "vista_sp1_x64", "overrides": overrides, "doubt": {"filtered_logon": "denied"}},
        {
            "name": "basic",
            "profile": "vista_sp1_x64",
            "overrides": overrides,
            "auth": {"basic": True, "allow_unencrypted": True},
        },
    ]

    def boot_time(name: str, user: str, password: str, auth: str = "negotiate") -> bool:
        """Does this caller get to see LastBootUpTime?"""
        host = fleet.host(name)
        with pypsrp.WSMan(
            host.address,
            port=host.port,
            ssl=False,
            username=user,
            password=password,
            auth=auth,
            encryption="auto" if auth != "basic" else "never",
        ) as client:
            body = client.get(resource)
            return any(element.tag.endswith("}LastBootUpTime") for element in body.iter())

    with running_fleet({"hosts": hosts}) as fleet:
        assert boot_time("partial", "Administrator", "P@ssw0rd-sim")
        assert boot_time("partial", "corp\\alice", "al1ce-sim")
        assert boot_time("partial", "alice@corp.example", "al1ce-sim")
        assert not boot_time("partial", "operator", "0perator-sim")
        for name, user, password in (("denied", "operator", "0perator-sim"), ("partial", "plain", "pla1n-sim")):
            with pytest.raises(WSManFaultError) as caught:
                boot_time(name, user, password)
            assert caught.value.code == 5
        assert boot_time("basic", "Administrator", "P@ssw0rd-sim", "basic")
        with pytest.raises(AuthenticationError):
            boot_time("basic", "corp\\alice", "al1ce-sim", "basic")
