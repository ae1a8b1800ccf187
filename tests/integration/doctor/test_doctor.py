# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says of a fleet in which each host has a trouble of its own, in one run of its playbook."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import Ran, ansible, of_host
from integration.assess.driver import PASSWORD
from winhost.testing import RunningFleet, running_fleet

WRONG = "not-the-w0rd"
OPERATOR = {"ansible_user": "operator", "ansible_password": "0perator-sim"}
LOOK, TABLE = "Look at the host", "Say what keeps hosts from being worked on"

EXPECTED: dict[str, tuple[bool | None, str, str, str]] = {
    # host: healthy, the first finding's id, what its text says, what its cure says
    "healthy": (True, "", "", ""),
    "wrong-password": (False, "login", "by a method that it offers", "attempts lock accounts"),
    "wrong-port": (False, "ports", "Port 81 refuses connections", "set ansible_port: 80"),
    "no-listener": (False, "ports", "Port 80 refuses connections", "winrm quickconfig"),
    "plain-to-tls": (False, "tls", "TLS is spoken at this port", "ansible_winrm_scheme: https"),
    "tls-to-plain": (False, "tls", "a port that does not speak it", "ansible_winrm_scheme: http"),
    "silent": (False, "identify", "went silent", "Check ansible_port"),
    "filtered": (False, "token", "withholds properties", "LocalAccountTokenFilterPolicy"),
    "denied": (False, "wmi", "This user may not read WMI", "administrator"),
    "clock": (True, "clock", "3 hours ahead of", "w32tm"),
    "expired": (False, "tls", "has expired", "renew it"),
    "not-windows": (False, "identify", "This is no Windows", "ansible_host"),
    "basic-refused": (False, "authentication", "Windows refuses basic", "ansible_winrm_transport: ntlm"),
    "no-password": (False, "credentials", "No password is set", "vault"),
    "no-name": (False, "resolution", "not known", "ansible_host"),
    "ssh": (False, "connection", "plugin is ssh", "ansible_connection: winrm"),
    "misspelt": (False, "variables", "did you mean ansible_winrm_transport?", "Correct it"),
    "slip": (True, "variables", "no variable ansible_prot", "ansible_port"),
    "task-service": (False, "task_service", "(Schedule) is disabled", "sc config Schedule"),
    "installer": (False, "servicing", "(TrustedInstaller) is disabled", "sc config TrustedInstaller"),
    "pending": (True, "servicing", "cbs_reboot_pending", "Restart the host"),
    "full": (False, "free_space", "0 MB free", "Make room"),
    "no-scripts": (True, "script_host", "Enabled of Windows Script Host is 0", "smb"),
    "no-registry": (False, "registry", "no StdRegProv", "Repair WMI"),
    "no-wmi": (False, "wmi", "does not know Win32_OperatingSystem", "Winmgmt"),
}

LOCKED = """ansible_password: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  33363965326261303234626463623963633531343539616564613036306535326534393335623530
  6234306130623565643439666538636666366163303066380a316266393331656335396465616164
  63376262323161363666633531353862363364306534376264393934353836643234356433626264
  3334653064666630630a313232623463393336393362386138623366653065386331336534336532
  3737
"""
"""A value whose vault this run does not unlock."""


class NotWindows(BaseHTTPRequestHandler):
    """What openwsman answers to Identify."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = (
            b'<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            b'xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body>'
            b"<wsmid:IdentifyResponse><wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
            b"</wsmid:ProtocolVersion><wsmid:ProductVendor>Openwsman Project</wsmid:ProductVendor>"
            b"<wsmid:ProductVersion>2.6.5</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body></s:Envelope>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def not_windows() -> Iterator[tuple[str, int]]:
    """Another WS-Management server."""
    server = ThreadingHTTPServer(("127.0.77.1", 18985), NotWindows)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "127.0.77.1", 18985
    server.shutdown()
    server.server_close()


def _certificate(folder: Path, starts: dt.datetime, ends: dt.datetime) -> dict[str, str]:
    """A key and a certificate of its own for localhost, valid from and to."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(starts).not_valid_after(ends)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form, cipher = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "host.pem").write_bytes(pem)
    (folder / "host.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, cipher))
    return {"certificate": str(folder / "host.pem"), "key": str(folder / "host.key")}


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate that has expired, and its key."""
    now = dt.datetime.now(dt.UTC)
    return _certificate(tmp_path_factory.mktemp("tls"), now - dt.timedelta(days=30), now - dt.timedelta(days=2))


@pytest.fixture(scope="module")
def fleet(expired: dict[str, str]) -> Iterator[RunningFleet]:
    """A host for each trouble that is a host's own."""
    services = {"task-service": "Schedule", "installer": "TrustedInstaller"}
    hosts: list[dict[str, Any]] = [
        {"name": name, "profile": "vista_sp1_x64"} for name in ("healthy", "clock", "pending", "full", *services)
    ]
    hosts += [
        {"name": "tls", "profile": "srv2008r2", "scheme": "https"},
        {"name": "expired", "profile": "srv2008r2", "scheme": "https", "address": "127.0.0.1", "tls": expired},
        {"name": "silent", "profile": "vista_sp1_x64", "faults": [{"kind": "silent"}]},
        {"name": "filtered", "profile": "vista_uac_filtered"},
        {"name": "denied", "profile": "vista_uac_filtered", "doubt": {"filtered_logon": "denied"}},
        {"name": "no-scripts", "profile": "vista_wsh_disabled"},
        {"name": "no-registry", "profile": "vista_sp1_x64", "overrides": {"missing_classes": ["StdRegProv"]}},
        {"name": "no-wmi", "profile": "vista_sp1_x64", "overrides": {"missing_classes": ["Win32_OperatingSystem"]}},
    ]
    with running_fleet({"hosts": hosts}) as running:
        running.host("clock").change("clock_step", seconds=3 * 3600)
        running.host("full").change("disk", free=1000)
        key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
        running.host("pending").change("registry", path=key)
        for host, service in services.items():
            running.host(host).change("service", name=service, start_mode="Disabled", state="Stopped")
        yield running


@pytest.fixture(scope="module")
def run(
    fleet: RunningFleet,
    expired: dict[str, str],
    not_windows: tuple[str, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    """The playbook over all of them."""
    healthy = fleet.host("healthy")
    own = ("healthy", "clock", "pending", "full", "task-service", "installer", "no-scripts", "no-registry", "no-wmi")
    inventory = {name: of_host(fleet.host(name)) for name in own}
    inventory |= {
        "wrong-password": of_host(healthy, ansible_password=WRONG),
        "wrong-port": of_host(healthy, ansible_port=81),
        "no-listener": of_host(healthy, ansible_host="127.0.99.99", ansible_port=80),
        "plain-to-tls": of_host(fleet.host("tls"), ansible_winrm_scheme="http"),
        "tls-to-plain": of_host(healthy, ansible_winrm_scheme="https"),
        "silent": of_host(fleet.host("silent"), winlegacy_operation_timeout=1),
        "filtered": of_host(fleet.host("filtered"), **OPERATOR),
        "denied": of_host(fleet.host("denied"), **OPERATOR),
        "expired": of_host(
            fleet.host("expired"), ansible_host="localhost", ansible_winrm_server_cert_validation="validate",
            ansible_winrm_ca_trust_path=expired["certificate"],
        ),
        "not-windows": of_host(healthy, ansible_host=not_windows[0], ansible_port=not_windows[1]),
        "basic-refused": of_host(healthy, ansible_winrm_transport="basic"),
        "no-password": of_host(healthy, ansible_password=""),
        "no-name": of_host(healthy, ansible_host="no-such-host.invalid"),
        "ssh": of_host(healthy, ansible_connection="ssh"),
        "misspelt": of_host(healthy, ansible_winrm_transprt="ntlm"),
        "slip": of_host(healthy, ansible_prot=81),
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("doctor")
    inventory |= {"no-plugin": of_host(healthy, ansible_connection="wimrm"), "vault": of_host(healthy)}
    del inventory["vault"]["ansible_password"]
    (folder / "host_vars").mkdir()
    (folder / "host_vars" / "vault.yml").write_text(LOCKED, encoding="utf-8")
    return ansible(folder, inventory, "-f", "8", playbook=[{"import_playbook": "winlegacy.servicing.doctor"}])


@pytest.mark.parametrize("host", EXPECTED)
def test_the_first_finding_names_the_trouble_and_its_cure(run: Ran, host: str) -> None:
    healthy, check, says, cure = EXPECTED[host]
    result = run.tasks[host, LOOK]
    assert result["healthy"] is healthy, result
    assert not result.get("failed")
    found = [one for one in result["findings"] if one["severity"] in {"problem", "notice"}]
    found.sort(key=lambda one: one["severity"] != "problem")
    problems = [one["id"] for one in found if one["severity"] == "problem"]
    assert len(problems) == {"denied": 2}.get(host, int(healthy is False)), "a problem that follows from another"
    if not check:
        assert found == [], found
        return
    assert (found[0]["id"], found[0]["severity"]) == (check, "notice" if healthy else "problem"), found
    assert says in found[0]["text"], found[0]
    assert cure in found[0]["cure"], found[0]
    assert "\n" not in found[0]["text"] + found[0]["cure"]


@pytest.mark.parametrize(
    ("host", "says", "cure"),
    [
        ("no-plugin", "wimrm", "Set ansible_connection: winrm (or psrp) for this host."),
        ("vault", "vault", "run with --ask-vault-pass or --vault-password-file"),
    ],
)
def test_what_ansible_itself_cannot_use_is_in_the_table(run: Ran, host: str, says: str, cure: str) -> None:
    """Such a task ends before it begins, with Ansible's own words."""
    told = run.tasks[host, LOOK]
    assert "healthy" not in told
    assert says in told["msg"].lower()
    shown = run.out.partition(TABLE)[2]
    assert f"\n{host} " in shown
    mine = shown.partition(f"\n{host} ")[2].partition("\n\n")[0]
    assert says in mine[:400].lower()
    own = [mine.splitlines()[0], *itertools.takewhile(lambda line: line.startswith(" "), mine.splitlines()[1:])]
    assert cure in " ".join(" ".join(own).split())


def test_the_table_and_the_exit_code(run: Ran) -> None:
    shown = run.out.partition(TABLE)[2].partition("TASK")[0]
    assert run.code == 2
    assert max(map(len, shown.splitlines()[1:])) <= 100
    sick = sum(1 for healthy, *_rest in EXPECTED.values() if healthy is False) + 2
    assert f"{len(EXPECTED) + 2} hosts: {sick} with a problem, {len(EXPECTED) + 2 - sick} healthy" in shown
    order = [shown.index(f"\n{host} ") for host in ("full", "wrong-port", "healthy", "pending")]
    assert order == sorted(order)


def test_nothing_is_started_and_no_second_password_is_tried(run: Ran, fleet: RunningFleet) -> None:
    healthy = fleet.host("healthy")
    actions = {str(one.get("action", "")).rpartition("/")[2] for one in healthy.log(1000)}
    assert actions & {"Create", "Command", "Send", "Put", "Delete"} == set(), actions
    assert actions & {"Get", "Enumerate"}
    assert healthy.state()["processes_started"] == []
    refused = [one for one in healthy.log(1000) if "credentials refused" in str(one)]
    assert len(refused) == 1, refused  # that of wrong-password; a method that is not offered is not tried


def test_no_secret_is_shown(run: Ran) -> None:
    for secret in (PASSWORD, WRONG, OPERATOR["ansible_password"]):
        assert secret not in run.out


def test_without_pywinrm_the_network_is_looked_at_nevertheless(fleet: RunningFleet, tmp_path: Path) -> None:
    """A package of that name which cannot be loaded stands in front of the real one."""
    (tmp_path / "path" / "winrm").mkdir(parents=True)
    (tmp_path / "path" / "winrm" / "__init__.py").write_text("raise ImportError('no winrm here')\n", encoding="utf-8")
    inventory = {"http": of_host(fleet.host("healthy")), "https": of_host(fleet.host("tls"))}
    environment = {"PYTHONPATH": str(tmp_path / "path")}
    run = ansible(
        tmp_path, inventory, "all", "-m", "winlegacy.servicing.doctor", "-a", "details=true", environment=environment
    )
    for host, answered in (("http", {"ports", "identify", "authentication"}), ("https", {"ports"})):
        result = run.results[host][1]
        (found,) = [one for one in result["findings"] if one["severity"] == "problem"]
        assert (found["id"], found["cure"]) == ("packages", "Run: pip install pywinrm")
        assert "no winrm here" in found["text"]
        assert "variables" not in {one["id"] for one in result["findings"]}
        checks = {one["id"]: one for one in result["details"]["checks"]}
        assert {one for one in answered if checks[one]["severity"] != "ok"} == set()
        assert checks["login"]["text"] == "Not asked: packages has a problem."


SECRET = "s3cr3t/w0rd"
IN_URL = "s3cr3t%2Fw0rd"


def test_secrets_in_every_variable_are_in_no_output(fleet: RunningFleet, tmp_path: Path) -> None:
    """Each way to log in, each of which fails in its own words; with the most that Ansible says."""
    healthy = fleet.host("healthy")
    proxy = f"http://anna:{IN_URL}@127.0.0.1:9"
    every = {
        "ansible_password": SECRET,
        "ansible_pasword": SECRET,
        "ansible_winrm_passwort": SECRET,
        "ansible_become_password": SECRET,
        "ansible_psrp_proxy": proxy,
    }
    shut = of_host(healthy, ansible_port=81, **every)
    inventory = {
        "ntlm": of_host(healthy, **every),
        "basic": of_host(healthy, ansible_winrm_transport="basic", **every),
        "proxied": of_host(healthy, ansible_winrm_proxy=proxy, **every),
        "certificate": of_host(
            fleet.host("tls"), ansible_winrm_transport="certificate", ansible_winrm_cert_pem="/no/cert.pem",
            ansible_winrm_cert_key_pem="/no/key.pem", **every,
        ),
        "kerberos": of_host(healthy, ansible_winrm_transport="kerberos", ansible_winrm_kinit_cmd="/bin/false", **every),
        "credssp": of_host(healthy, ansible_winrm_transport="credssp", **every),
        "psrp": {**shut, "ansible_connection": "psrp", "ansible_psrp_auth": "ntlm", "ansible_psrp_protocol": "http"},
        "closed": shut,
    }  # fmt: skip
    environment = {"http_proxy": "", "https_proxy": proxy.replace("anna", "otto"), "no_proxy": "*"}
    run = ansible(
        tmp_path, inventory, "all", "-m", "winlegacy.servicing.doctor", "-a", "details=true", "-vvv", "-f", "8",
        environment=environment,
    )  # fmt: skip
    assert {outcome for outcome, _result in run.results.values()} == {"ok"}, run.results
    assert set(run.results) == set(inventory)
    shown = run.out + str(run.results)
    for secret in (SECRET, IN_URL):
        assert secret not in shown, shown[max(0, shown.index(secret) - 300) : shown.index(secret) + 20]
    assert all(result["healthy"] is False for _outcome, result in run.results.values()), run.results
