# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module over every way in: psrp (NTLM over HTTP, basic over HTTPS, certificate), CredSSP, certificate, Kerberos.

One play a way: ask, assess, stage, install, restart, assess, remove. A way whose packages are missing skips.
"""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import Ran, ansible, of_host
from integration.assess.driver import PASSWORD, USER
from integration.hotfix.driver import packages
from integration.winhost import kdc
from packages import proven
from winhost.testing import RunningFleet, running_fleet

POWER = {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 2}
OVERRIDES: dict[str, Any] = {"servicing": {"install_seconds": 1}}
ALICE = "al1ce-sim"
DOMAIN = {
    "domain": "corp.example",
    "users": [
        {"name": USER, "password": PASSWORD, "rid": 500},
        {"name": "alice", "password": ALICE, "domain": "corp.example"},
    ],
}
WAYS = ("psrp-ntlm", "psrp-https", "psrp-certificate", "credssp", "certificate", "kerberos", "psrp-kerberos")
KERBEROS = ("kerberos", "psrp-kerberos")
BINDINGS = ("kerberos", "gssapi")


def _certificate(folder: Path) -> tuple[Path, Path, str]:
    """Key, certificate and thumbprint of a client."""
    key, certificate = folder / "operator.key", folder / "operator.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "2", "-subj", "/CN=op"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return key, certificate, hashlib.sha1(ssl.PEM_cert_to_DER_cert(certificate.read_text("utf-8"))).hexdigest()


def _psrp(fleet: RunningFleet, name: str, **values: object) -> dict[str, object]:
    host = fleet.host(name)
    return {
        "ansible_connection": "psrp",
        "ansible_host": host.address,
        "ansible_port": host.port,
        "ansible_psrp_protocol": host.scheme,
        "ansible_psrp_cert_validation": "ignore",
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        **values,
    }


def _play(folder: Path) -> list[dict[str, Any]]:
    hotfix = "winlegacy.servicing.hotfix"
    origin = proven.proof(*folder.glob("*.msu"))
    given: dict[str, Any] = {"package_dir": str(folder), "transfer": "winrm", "allow_later": True, **origin}
    tasks: list[tuple[str, dict[str, Any]]] = [
        ("ask", {"winlegacy.servicing.wql_info": {"query": "SELECT Version FROM Win32_OperatingSystem"}}),
        ("doctor", {"winlegacy.servicing.doctor": {"details": True}}),
        ("assess", {"winlegacy.servicing.hotfix_info": {}}),
        ("sweep", {"winlegacy.servicing.fleet_hotfix_info": {}, "register": "swept", "run_once": True}),
        ("stage", {hotfix: {"state": "staged", **given}}),
        ("install", {hotfix: {"state": "present", **given}}),
        ("restart", {"winlegacy.servicing.reboot": {"delay": 0, "settle": 1, "timeout": 60}}),
        ("again", {"winlegacy.servicing.hotfix_info": {}}),
        ("remove", {hotfix: {"state": "absent"}}),
    ]
    return [
        {
            "hosts": "all",
            "gather_facts": False,
            "tasks": [{"name": name, "vars": {"winlegacy_connect_timeout": 10}, **task} for name, task in tasks],
        }
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One play over a host for each way that the packages here allow."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl missing (Debian: openssl)")
    folder = tmp_path_factory.mktemp("ways")
    key, certificate, thumbprint = _certificate(folder)
    mapped = {
        "scheme": "https",
        "auth": {"certificate": True},
        "certificates": {thumbprint: USER},
        "tls": {"client_ca": str(certificate)},
    }
    member = {"profile": "vista_sp1_x64", "overrides": {**OVERRIDES, **DOMAIN}}
    hosts: list[dict[str, Any]] = [
        {"name": "psrp-ntlm", "profile": "vista_sp1_x64"},
        {"name": "psrp-https", "profile": "vista_sp1_x64", "scheme": "https", "auth": {"basic": True}},
        {"name": "psrp-certificate", "profile": "vista_sp1_stack2", **mapped},
        {"name": "credssp", "profile": "vista_sp1_stack2", "auth": {"credssp": True}},
        {"name": "certificate", "profile": "vista_sp1_stack2", **mapped},
        {"name": "kerberos", **member},
        {"name": "psrp-kerberos", **member},
    ]
    with_kerberos = not kdc.lacking(*BINDINGS)
    hosts = [one for one in hosts if with_kerberos or one["name"] not in KERBEROS]
    defaults = {"overrides": {"power": POWER, **OVERRIDES}}
    for one in hosts:
        one["overrides"] = {**defaults["overrides"], **one.get("overrides", {})}
    (folder / "packages").mkdir()
    package = packages(folder / "packages")
    if not with_kerberos:
        with running_fleet({"time_scale": 1, "hosts": hosts}) as fleet:
            return ansible(folder, _inventory(fleet, key, certificate), playbook=_play(package))
    with kdc.realm(tmp_path_factory.mktemp("kdc"), {"alice": ALICE}, ("HTTP/localhost", "WSMAN/localhost")) as realm:
        environment = {name: realm.environment[name] for name in ("KRB5_CONFIG", "PATH")}
        fleet_file = {"time_scale": 1, "keytab": str(realm.keytab), "hosts": hosts}
        with running_fleet(fleet_file, env={"KRB5_CONFIG": str(realm.folder / "krb5.conf")}) as fleet:
            _ticket(realm)
            return ansible(
                folder, _inventory(fleet, key, certificate), playbook=_play(package), environment={
                    **environment, "KRB5CCNAME": f"FILE:{realm.folder}/ccache",
                },
            )  # fmt: skip


def _ticket(realm: kdc.Realm) -> None:
    """A ticket of the operator's own, for psrp, which gets none by itself."""
    environment = {**realm.environment, "KRB5CCNAME": f"FILE:{realm.folder}/ccache"}
    subprocess.run(
        ["kinit", f"alice@{kdc.REALM}"], input=ALICE.encode() + b"\n", env=environment, check=True, capture_output=True
    )


def _inventory(fleet: RunningFleet, key: Path, certificate: Path) -> dict[str, dict[str, object]]:
    pair = {"ansible_psrp_certificate_pem": str(certificate), "ansible_psrp_certificate_key_pem": str(key)}
    alice = {"ansible_user": f"alice@{kdc.REALM}", "ansible_password": ALICE}
    made: dict[str, dict[str, object]] = {
        "psrp-ntlm": _psrp(fleet, "psrp-ntlm", ansible_psrp_auth="ntlm"),
        "psrp-https": _psrp(fleet, "psrp-https", ansible_psrp_auth="basic"),
        "psrp-certificate": _psrp(fleet, "psrp-certificate", ansible_psrp_auth="certificate", **pair),
        "credssp": of_host(fleet.host("credssp"), ansible_winrm_transport="credssp"),
        "certificate": of_host(
            fleet.host("certificate"),
            ansible_winrm_transport="certificate",
            ansible_winrm_cert_pem=str(certificate),
            ansible_winrm_cert_key_pem=str(key),
        ),
    }
    if "kerberos" in fleet.hosts:
        made["kerberos"] = of_host(
            fleet.host("kerberos"),
            ansible_winrm_transport="kerberos",
            ansible_winrm_kinit_mode="managed",
            ansible_winrm_kinit_env_vars=["KRB5_CONFIG"],
            ansible_winrm_kerberos_hostname_override="localhost",
            **alice,
        )
        made["psrp-kerberos"] = _psrp(
            fleet,
            "psrp-kerberos",
            ansible_psrp_auth="kerberos",
            ansible_psrp_negotiate_hostname_override="localhost",
            **alice,
        )
    return made


@pytest.mark.parametrize("way", WAYS)
def test_every_module(run: Ran, way: str) -> None:
    lack = kdc.lacking(*BINDINGS) if way in KERBEROS else ""
    if lack:
        pytest.skip(lack)

    def result(task: str) -> dict[str, Any]:
        assert (way, task) in run.tasks, f"{way} did not come to {task}:\n{run.out[-3000:]}"
        return run.tasks[way, task]

    assert result("ask")["rows"] == [{"Version": "6.0.6001"}]
    doctor = result("doctor")
    assert doctor["healthy"] is not False, doctor["findings"]
    assert {one["id"] for one in doctor["findings"] if one["severity"] == "unknown"} <= {"authentication"}
    assert {one["severity"] for one in doctor["details"]["checks"] if one["id"] in {"login", "servicing"}} == {"ok"}
    assert result("assess")["status"] == "needs_fix"
    swept = next(one for (_host, task), one in run.tasks.items() if task == "sweep")["hosts"][way]
    assert (swept["outcome"], swept["status"]) == ("ok", "needs_fix"), swept
    assert (result("stage")["status"], result("stage")["changed"]) == ("staged", True), result("stage")["msg"]
    assert (result("install")["status"], result("install")["reboot_required"]) == ("install_pending", True)
    assert result("restart")["rebooted"] is True
    assert result("again")["status"] == "fixed"
    assert result("remove")["status"] == "removal_pending"


def test_no_secret_is_shown(run: Ran) -> None:
    for secret in (PASSWORD, ALICE):
        assert secret not in run.out
