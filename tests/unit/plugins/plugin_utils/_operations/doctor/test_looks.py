# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks of the doctor at real sockets, certificates, libraries and files; and at hosts that mean it ill."""

from __future__ import annotations

import datetime as dt
import importlib
import shutil
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check, Severity
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import InventorySeen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor import (
    controller,
    network,
    questions,
    service,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.examine import Examination, Reach
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import WINRM, LastAnswer
from hostile.servers import BEHAVIOURS, FIRST, HANDSHAKES, serving
from sampling import sampled
from unit.plugins.plugin_utils._windows.scripted import ScriptedClient

SECONDS = 1.0
HANGS = 60
"""Seconds after which a test has failed. What the looks are given is in test_budget.py, by a clock of its own."""


def reach(port: int, scheme: str = "http", **change: Any) -> Reach:
    def log_in(_method: str) -> NoReturn:
        raise errors.AuthenticationRefused("HTTP 401: the credentials were refused", do="Check them.")

    seen = InventorySeen(
        "winrm",
        host="127.0.0.1",
        port=port,
        scheme=scheme,
        path="wsman",
        methods=("ntlm",),
        user="anna",
        password=True,
        validates=False,
        **change,
    )
    return Reach(seen, log_in, connect_timeout=0.5, operation_timeout=0.7)


@pytest.mark.parametrize(
    "name",
    sampled([*FIRST, *HANDSHAKES], "silent", "header_drip", "body_drip", "gzip_bomb", "ssh_banner", "tls_drip"),
)
@pytest.mark.timeout(HANGS)
def test_no_server_holds_the_doctor(name: str) -> None:
    scheme = "https" if name in HANDSHAKES else "http"
    with serving(BEHAVIOURS[name], greet=name not in HANDSHAKES) as port:
        found = Examination(reach(port, scheme), SECONDS).run()
    stopped = [one for one in found.findings if one.severity is Severity.PROBLEM]
    assert found.healthy is False
    assert stopped[0].check in {Check.TLS, Check.IDENTIFY, Check.LOGIN}, stopped
    assert all(len(one.text) < 1000 and one.text.isprintable() for one in found.findings)
    assert {one.check for one in found.findings} >= {*Check} - {Check.PACKAGES, Check.OPENSSL, Check.KERBEROS}


def test_a_service_that_breaks_off_when_asked_what_it_offers_was_identified(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object, _seconds: float) -> NoReturn:
        raise errors.ConnectionLost("the connection broke")

    monkeypatch.setattr(service.Anonymous, "offered", broken)
    with serving(BEHAVIOURS["silent after Identify"]) as port:
        found = {one.check: one.severity for one in Examination(reach(port), SECONDS).run().findings}
    assert (found[Check.IDENTIFY], found[Check.AUTHENTICATION]) == (Severity.OK, Severity.UNKNOWN)
    assert found[Check.LOGIN] is Severity.PROBLEM  # it was tried


def test_ports_by_what_they_do() -> None:
    with socket.socket() as open_, socket.socket() as shut:
        open_.bind(("127.0.0.1", 0))
        open_.listen()
        shut.bind(("127.0.0.1", 0))
        port, closed = open_.getsockname()[1], shut.getsockname()[1]
        found = network.addresses("127.0.0.1", port, 1.0)
        seen = network.look_at_ports(found, (port, closed, port), 1.0)
    assert [(one.port, one.state) for one in seen] == [(port, "open"), (closed, "refused")]


def test_a_port_that_swallows_what_is_sent_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_self: object, _address: object) -> NoReturn:
        raise TimeoutError("timed out")

    class Dropping(socket.socket):
        pass

    monkeypatch.setattr(Dropping, "connect", connect)
    monkeypatch.setattr(socket, "socket", Dropping)
    found = [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 80))]
    assert network.look_at_ports(found, (80,), 0.2)[0].state == "silent"


def test_a_certificate_in_its_own_words() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vista\x1b[2J")])
    starts, ends = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(starts).not_valid_after(ends)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("vista.corp")]), critical=False)
    der = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    seen = network.read_certificate(der)
    assert (seen.starts, seen.ends, seen.self_signed) == (starts, ends, True)
    assert (seen.hash, seen.bits, seen.names[0]) == ("sha256", 256, "vista.corp")
    assert all("\x1b" not in text for text in (*seen.names, seen.subject, seen.issuer))


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (("Negotiate", "Kerberos", 'Basic realm="WSMAN"', "CredSSP"), ("Negotiate", "Kerberos", "Basic", "CredSSP")),
        (('Negotiate, Kerberos, Basic realm="a, b=c"',), ("Negotiate", "Kerberos", "Basic")),
        (("negotiate", "Negotiate oYG"), ("negotiate",)),
        ((), ()),
        (("",), ()),
    ],
)
def test_schemes(headers: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert tuple(one for one in service.schemes(headers) if one != 'b=c"') == found


@pytest.mark.parametrize(
    ("server", "date", "seconds"),
    [
        ("Microsoft-HTTPAPI/2.0", "Thu, 01 Jan 2026 00:05:00 GMT", 298),
        ("Microsoft-HTTPAPI/2.0", "Thu, 01 Jan 2026 01:05:00 +0100", 298),
        ("nginx", "Thu, 01 Jan 2026 00:05:00 GMT", None),
        ("Microsoft-HTTPAPI/2.0", "Thu, 01 Jan 2026 00:05:00", None),
        ("Microsoft-HTTPAPI/2.0", "yesterday", None),
        ("Microsoft-HTTPAPI/2.0", "Thu, 01 Jan 99999 00:05:00 GMT", None),
        ("Microsoft-HTTPAPI/2.0", "", None),
    ],
)
def test_a_clock_by_the_date_of_windows_own_server(server: str, date: str, seconds: int | None) -> None:
    begun = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = service.clock_of(LastAnswer(server=server, date=date), begun, begun + dt.timedelta(seconds=4))
    if seconds is None:
        assert found is None
        return
    assert found is not None
    assert (found.skew.total_seconds(), found.within.total_seconds()) == (seconds, 3)


def test_openssl_is_asked_for_a_first_message() -> None:
    seen = controller.look_at_controller(("pywinrm",), kerberos=False, programs=False)
    assert seen.openssl is not None
    assert seen.openssl.tls10 is not bool(seen.openssl.why_not)
    assert {one.name for one in seen.libraries} == {"pywinrm", "jmespath", "libarchive-c"}
    assert next(one.version for one in seen.libraries if one.name == "pywinrm")
    assert seen.kerberos is None


def test_an_openssl_without_tls_1_0_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import ssl

    def refuse(*_args: object, **_options: object) -> NoReturn:
        raise ssl.SSLError(1, "no protocols available")

    monkeypatch.setattr(ssl.SSLContext, "wrap_bio", refuse)
    seen = controller.look_at_controller((), kerberos=False, programs=False).openssl
    assert seen is not None
    assert not seen.tls10
    assert "no protocols available" in seen.why_not


def test_a_library_that_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> NoReturn:
        raise OSError(f"{name}: libarchive.so.13: cannot open\nshared object")

    monkeypatch.setattr(importlib, "import_module", broken)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    seen = controller.look_at_controller((), kerberos=False)
    assert [(one.name, one.version) for one in seen.libraries] == [
        ("jmespath", None),
        ("libarchive-c", None),
        ("osslsigncode", None),
    ]
    assert seen.libraries[1].problem == "libarchive: libarchive.so.13: cannot open shared object"


def test_the_kerberos_configuration_that_is_read_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = tmp_path / "one.conf", tmp_path / "two.conf"
    first.write_text("[libdefaults]\n  dns_lookup_kdc = true\n", encoding="utf-8")
    second.write_text("[libdefaults]\n  default_realm = CORP.EXAMPLE\n", encoding="utf-8")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setenv("KRB5_CONFIG", f"{tmp_path}/none:{first}:{second}")
    seen = controller.look_at_kerberos()
    assert (seen.config, seen.realm, seen.tools, seen.ticket) == (str(first), "CORP.EXAMPLE", False, None)
    monkeypatch.setenv("KRB5_CONFIG", f"{tmp_path}/none")
    assert controller.look_at_kerberos().config == ""


@pytest.fixture
def without_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted host has no wire for what is no WMI."""

    def refuse(_client: object) -> NoReturn:
        raise errors.UnexpectedResponse("no list of shells")

    monkeypatch.setattr(questions, "list_shells", refuse)


def asked(client: ScriptedClient, user: str = "anna") -> dict[Check, list[tuple[str, str]]]:
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.course import Course

    course = Course()
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    questions.HostQuestions(client, user, lambda: at, kerberos=False).run(course)
    found: dict[Check, list[tuple[str, str]]] = {}
    for one in course.findings:
        found.setdefault(one.check, []).append((one.severity.value, one.text))
    return found


@pytest.mark.usefixtures("without_shells")
def test_a_question_that_fails_costs_its_own_answer_only() -> None:
    """The scripted host knows no services, drives and shells at all."""
    found = asked(ScriptedClient())
    assert found[Check.WMI][0][0] == "ok"
    assert found[Check.TOKEN][0][0] == "ok"
    for check in (Check.SHELLS, Check.TASK_SERVICE, Check.FREE_SPACE):
        assert [severity for severity, _text in found[check]] == ["unknown"], found[check]
    assert set(found) == {Check.CLOCK, *list(Check)[list(Check).index(Check.WMI) :]}


@pytest.mark.usefixtures("without_shells")
def test_a_missing_property_of_the_kernels_file_is_a_filtered_token() -> None:
    client = ScriptedClient()
    client.rows["CIM_DataFile"] = [{"Name": "c:\\windows\\system32\\ntoskrnl.exe"}]
    severity, text = asked(client)[Check.TOKEN][0]
    assert severity == "problem"
    assert "the host returned no Version" in text


def test_a_closed_port_is_told_in_the_wires_own_words() -> None:
    anonymous = service.Anonymous("http://127.0.0.1:1/wsman", None, 0.3, WINRM, legacy_tls=False)
    with pytest.raises(errors.Unreachable):
        anonymous.identify(0.5)
    anonymous.close()
