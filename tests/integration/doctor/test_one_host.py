# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor at one simulated host after another, in this process: every Windows, TLS of Vista, hosts lost half-way."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_reach import reach_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.course import Diagnosis
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check, Severity
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.examine import Examination
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from hostile.servers import BEHAVIOURS, LATER, serving
from integration.assess.commands import of_host
from integration.assess.driver import PASSWORD
from sampling import sampled
from unit.plugins.plugin_utils._action.test_connection import connection
from winhost.testing import RunningFleet, RunningHost, running_fleet

WELL = ("vista_rtm_x86", "vista_sp1_x64", "vista_ja", "srv2008_core_x64", "vista_sp1_stack2", "srv2008r2", "win2019")
TROUBLED = {
    "vista_task_service_off": (Check.TASK_SERVICE, Severity.PROBLEM),
    "vista_low_disk": (Check.FREE_SPACE, Severity.PROBLEM),
    "vista_wsh_disabled": (Check.SCRIPT_HOST, Severity.NOTICE),
    "vista_other_reboot_pending": (Check.SERVICING, Severity.NOTICE),
    "vista_rename_pending": (Check.SERVICING, Severity.NOTICE),
    "no_stdregprov": (Check.REGISTRY, Severity.PROBLEM),
    "no_data_file": (Check.SCRIPT_HOST, Severity.UNKNOWN),
    "vista_rtm_no_shell": (Check.SHELLS, Severity.UNKNOWN),
}
MOST_MESSAGES = 18
SHOWN = (Severity.PROBLEM, Severity.UNKNOWN, Severity.NOTICE)


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """One host of each kind."""
    hosts: list[dict[str, Any]] = [{"name": name, "profile": name} for name in (*WELL, *TROUBLED)]
    old = {"profile": "vista_sp1_x64", "scheme": "https", "tls": {"version": "1.0", "sha1": True}}
    hosts += [
        {"name": "tls10", **old},
        {"name": "tls", "profile": "srv2008r2", "scheme": "https"},
        {"name": "few-shells", "profile": "vista_sp1_x64", "limits": {"max_shells_per_user": 1}},
        {"name": "late", "profile": "vista_sp1_x64"},
        {"name": "stalls", "profile": "vista_sp1_x64"},
        {"name": "breaks", "profile": "vista_sp1_x64"},
    ]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def refuse(_method: str) -> NoReturn:
    raise errors.AuthenticationRefused(
        "authentication failed: Clock skew too great", do="Check user, password or ticket."
    )


def examined(host: RunningHost, deadline: float = 60.0, **variables: Any) -> Diagnosis:
    given: dict[str, Any] = of_host(host, **variables)
    plugin = connection(**{str(name): value for name, value in given.items() if name != "ansible_connection"})
    return Examination(reach_of(plugin, given, lambda value: value), deadline).run()


def shown(found: Diagnosis) -> list[tuple[Check, Severity]]:
    return [(one.check, one.severity) for one in found.having(*SHOWN)]


@pytest.mark.parametrize("profile", WELL)
def test_every_windows_is_healthy_and_nothing_is_started_there(fleet: RunningFleet, profile: str) -> None:
    host = fleet.host(profile)
    found = examined(host)
    assert shown(found) == [], [one.as_dict() for one in found.having(*SHOWN)]
    assert found.healthy is True
    assert host.messages <= MOST_MESSAGES
    assert host.state()["processes_started"] == []
    done = {str(one.get("action", "")).rpartition("/")[2] for one in host.log(1000)}
    assert not done & {"Create", "Command", "Put", "Delete", "Send"}
    assert len(json.dumps(found.as_dict(details=False), indent=4).splitlines()) <= 26


@pytest.mark.parametrize("profile", TROUBLED)
def test_a_trouble_is_one_finding_and_the_rest_goes_on(fleet: RunningFleet, profile: str) -> None:
    found = examined(fleet.host(profile))
    assert shown(found) == [TROUBLED[profile]]
    assert found.healthy is {Severity.PROBLEM: False, Severity.UNKNOWN: None}.get(TROUBLED[profile][1], True)


def test_tls_1_0_is_named_and_the_way_round_it(fleet: RunningFleet) -> None:
    found = examined(fleet.host("tls10")).having(Severity.PROBLEM)
    assert [one.check for one in found] == [Check.TLS]
    assert "seen without demands: TLSv1, a certificate for" in found[0].text
    assert "sha1" in found[0].text
    assert "winlegacy_legacy_tls: true" in found[0].cure
    assert examined(fleet.host("tls10"), winlegacy_legacy_tls=True).healthy is True


def test_a_clock_that_kerberos_refuses_comes_before_the_login(fleet: RunningFleet) -> None:
    """Told by the Date of what answers without credentials."""
    host = fleet.host("late")
    host.change("clock_step", seconds=-7200)
    given = of_host(host)
    plugin = connection(ansible_host=host.address, ansible_port=host.port, ansible_winrm_scheme="http")
    reach = reach_of(plugin, given, lambda value: value)
    seen = dataclasses.replace(reach.inventory, methods=("kerberos",))
    found = Examination(dataclasses.replace(reach, inventory=seen, log_in=refuse), 10).run()
    assert [one.check for one in found.having(Severity.PROBLEM)] == [Check.CLOCK, Check.LOGIN]
    assert found.summary.startswith("The host's clock is 2 hours behind this controller's; Kerberos takes at most 5")
    ntlm = examined(host, ansible_password="not-the-w0rd")
    assert [one.check for one in ntlm.having(Severity.PROBLEM)] == [Check.LOGIN]
    assert [one.check for one in ntlm.having(Severity.NOTICE)] == [Check.CLOCK]


def test_a_certificate_of_its_own_is_named(fleet: RunningFleet) -> None:
    found = examined(fleet.host("tls"), ansible_winrm_server_cert_validation="validate").having(Severity.PROBLEM)
    assert [one.check for one in found] == [Check.TLS]
    assert "of its own" in found[0].text
    assert "ansible_winrm_ca_trust_path" in found[0].cure


def test_a_user_without_a_shell_left(fleet: RunningFleet) -> None:
    from winrm.protocol import Protocol

    host = fleet.host("few-shells")
    protocol = Protocol(
        host.endpoint, transport="ntlm", username="Administrator", password=PASSWORD, message_encryption="always"
    )
    shell = protocol.open_shell()
    try:
        found = examined(host)
    finally:
        protocol.close_shell(shell)
    assert shown(found) == [(Check.SHELLS, Severity.PROBLEM)]
    assert "1 shells, and MaxShellsPerUser is 1" in found.having(Severity.PROBLEM)[0].text
    assert shown(examined(host)) == []


def test_a_host_that_goes_silent_half_way_costs_its_question_then_the_rest(fleet: RunningFleet) -> None:
    host = fleet.host("stalls")
    host.fault("stall", seconds=60, times=0, **{"in": 5})
    begun = time.monotonic()
    found = examined(host, deadline=1.5, winlegacy_operation_timeout=30)
    assert time.monotonic() - begun < 10
    left = [one for one in found.findings if one.severity is Severity.NOT_ASKED]
    assert left
    assert left[-1].text == "Not asked: the deadline is over."
    assert next(one.severity for one in found.findings if one.check is Check.LOGIN) is Severity.OK


def test_a_connection_that_breaks_again_and_again_ends_the_questions(fleet: RunningFleet) -> None:
    host = fleet.host("breaks")
    host.fault("reset", times=0, **{"in": 4})
    found = examined(host)
    broken = found.having(Severity.PROBLEM)
    assert len(broken) == 1
    assert broken[0].cure
    assert "connection" in broken[0].text
    assert found.findings[-1].text == "Not asked: the host was lost before."


@pytest.mark.parametrize("name", sampled(LATER, "silent after Identify", "endless_rows after Identify"))
@pytest.mark.timeout(60)  # how much time the questions are given is in the unit test of the budget, by its own clock
def test_whatever_a_host_does_after_the_login_the_doctor_ends(name: str) -> None:
    variables: dict[str, Any] = {
        "ansible_host": "127.0.0.1",
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": ["basic"],
        "winlegacy_operation_timeout": 1,
    }
    with serving(BEHAVIOURS[name]) as port:
        plugin = connection(**variables, ansible_port=port)
        found = Examination(reach_of(plugin, variables, lambda value: value), 1.5).run()
    assert found.healthy is not True
    assert all(one.cure for one in found.having(Severity.PROBLEM)), found.having(Severity.PROBLEM)
    assert {one.check for one in found.findings} >= {Check.LOGIN, Check.WMI, Check.SERVICING}


def test_a_wrong_password_is_sent_once() -> None:
    """By a server that counts: one NTLM or Basic login with a password, and no second one."""
    logins: list[str] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                made, _address = listener.accept()
            except OSError:
                return
            with made:
                answer(made)

    def answer(made: socket.socket) -> None:
        data = b""
        while piece := made.recv(65536):
            data += piece
            if b"\r\n\r\n" not in data:
                continue
            if b"authorization:" in data.lower():
                logins.append("login")
            data = b""
            made.sendall(
                b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="WSMAN"\r\nContent-Length: 0\r\n\r\n'
            )

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.77.2", 18986))
        listener.listen()
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        given: dict[str, Any] = {
            "ansible_host": "127.0.77.2",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": ["basic", "ntlm"],
        }
        plugin = connection(**given, ansible_port=18986)
        found = Examination(reach_of(plugin, given, lambda value: value), 5).run()
        listener.shutdown(socket.SHUT_RDWR)
    assert [one.check for one in found.having(Severity.PROBLEM)] == [Check.LOGIN]
    assert "one attempt" in found.having(Severity.PROBLEM)[0].cure
    assert logins == ["login"]
