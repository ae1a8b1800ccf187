# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand, each seen from a client's side, and the host that serves again afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from winhost.testing import RunningFleet, RunningHost, running_fleet

AUTH = ("Administrator", "P@ssw0rd-sim")
GET = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:To>http://h/wsman</a:To><a:MessageID>uuid:42</a:MessageID>
 <a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>
 <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
 <w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem</w:ResourceURI></s:Header><s:Body/></s:Envelope>"""
OPEN = {"basic": True, "allow_unencrypted": True}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningFleet]:
    hosts = [
        {"name": "vista", "profile": "vista_sp1_x64", "auth": OPEN, "time_scale": 60},
        {"name": "encrypted", "profile": "vista_sp1_x64"},
        {"name": "web", "profile": "vista_sp1_x64", "faults": [{"kind": "html"}]},
        {"name": "third", "profile": "vista_sp1_x64", "auth": OPEN, "faults": [{"kind": "reset", "at": 3}]},
    ]
    with running_fleet({"hosts": hosts}) as fleet:
        yield fleet


@pytest.fixture
def host(running: RunningFleet) -> Iterator[RunningHost]:
    chosen = running.host("vista")
    yield chosen
    chosen.clear_faults()


def get(host: RunningHost, timeout: float = 5.0) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(host.endpoint, data=GET, auth=AUTH, timeout=timeout, allow_redirects=False)


def good(answer: requests.Response) -> bool:
    return answer.status_code == 200 and "<p:Version>6.0.6001</p:Version>" in answer.text and "uuid:42" in answer.text


@pytest.mark.parametrize("kind", ["reset", "reset_after", "cut"])
def test_a_broken_exchange_and_then_a_good_one(host: RunningHost, kind: str) -> None:
    before = host.messages
    host.fault(kind)
    with pytest.raises(requests.exceptions.RequestException):
        get(host)
    assert good(get(host))
    assert host.messages == before + 2
    assert [entry.get("struck") for entry in host.log(2)] == [kind, None]


def test_a_connection_dropped_while_the_message_comes_in_is_no_message(host: RunningHost) -> None:
    before = host.messages
    host.fault("drop_request", at=before + 1)
    with pytest.raises(requests.exceptions.RequestException):
        get(host)
    assert host.messages == before
    assert good(get(host))


@pytest.mark.parametrize(("name", "transport"), [("vista", "basic"), ("encrypted", "ntlm")])
def test_a_connection_dropped_in_the_middle_of_a_send(running: RunningFleet, name: str, transport: str) -> None:
    """Nothing of that input arrives; the shell lives on and takes the same input again."""
    winrm = pytest.importorskip("winrm.protocol", reason="pip install pywinrm")
    host = running.host(name)
    client, again = (
        winrm.Protocol(host.endpoint, transport=transport, username=AUTH[0], password=AUTH[1]) for _index in range(2)
    )
    shell = client.open_shell()
    command = client.run_command(shell, "findstr", ["x"])
    before = host.messages
    host.fault("drop_request", action="Send")
    with pytest.raises(requests.exceptions.RequestException):
        client.send_command_input(shell, command, b"x one\r\n" * 5000)
    # what is encrypted has to be whole before its action can be seen
    assert host.messages == before + (transport == "ntlm")
    again.send_command_input(shell, command, b"x two\r\n", end=True)
    stdout, _stderr, code = again.get_command_output(shell, command)
    again.cleanup_command(shell, command)
    again.close_shell(shell)
    assert (stdout, code) == (b"x two\r\n", 0)


def test_stalling_and_late_answers(host: RunningHost) -> None:
    host.fault("stall", seconds=3)
    with pytest.raises(requests.exceptions.ReadTimeout):
        get(host, timeout=0.5)
    host.fault("late", seconds=0.5)
    started = time.monotonic()
    assert good(get(host))
    assert time.monotonic() - started >= 0.5


def test_damaged_envelopes(host: RunningHost) -> None:
    import xml.etree.ElementTree as ET

    for kind in ("garbled", "truncated_xml"):
        host.fault(kind)
        answer = get(host)
        assert answer.status_code == 200
        with pytest.raises(ET.ParseError):
            ET.fromstring(answer.content)
    host.fault("wrong_relates_to")
    answer = get(host)
    assert "RelatesTo" in answer.text
    assert "uuid:42" not in answer.text
    host.fault("no_relates_to")
    assert "RelatesTo" not in get(host).text
    host.fault("empty")
    assert get(host).content == b""
    assert good(get(host))


def test_an_answer_sent_twice(host: RunningHost) -> None:
    import socket

    host.fault("twice")
    raw = requests.Request("POST", host.endpoint, data=GET, auth=AUTH).prepare()
    lines = ["POST /wsman HTTP/1.1\r\nHost: h\r\n"] + [f"{name}: {value}\r\n" for name, value in raw.headers.items()]
    with socket.create_connection((host.address, host.port), timeout=5) as stream:
        stream.sendall("".join(lines).encode() + b"\r\n" + GET.encode())
        time.sleep(0.5)
        assert stream.recv(1 << 20).count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("html", 200),
        ("not_found", 404),
        ("redirect", 302),
        ("too_large", 413),
        ("busy", 503),
        ("unauthorized", 401),
        ("error_page", 500),
    ],
)
def test_other_servers_in_its_place(host: RunningHost, kind: str, status: int) -> None:
    host.fault(kind, times=1)
    answer = get(host)
    assert answer.status_code == status
    assert "Envelope" not in answer.text
    assert good(get(host))


def test_busy_at_one_action_for_a_while(host: RunningHost) -> None:
    host.fault("busy", action="Get", at=host.messages + 1, times=2)
    assert [get(host).status_code for _unused in range(3)] == [503, 503, 200]


def test_a_host_that_is_a_web_server_for_good(running: RunningFleet) -> None:
    for _unused in range(3):
        assert "It works" in get(running.host("web")).text
    assert running.host("web").messages == 0


def test_a_fault_at_the_nth_message(running: RunningFleet) -> None:
    host = running.host("third")
    assert good(get(host))
    assert good(get(host))
    with pytest.raises(requests.exceptions.ConnectionError):
        get(host)
    assert good(get(host))


def test_a_reboot_is_seen_and_ends(host: RunningHost) -> None:
    before = host.state()
    host.change("reboot")
    down = host.wait_for(lambda state: not state["listening"], 10)
    assert down["boots"] in (before["boots"], before["boots"] + 1)
    if not down["listening"]:
        with pytest.raises(requests.exceptions.ConnectionError):
            get(host, timeout=0.2)
    after = host.wait_for(lambda state: state["listening"] and state["boots"] == before["boots"] + 1, 20)
    assert after["boot_time"] > before["boot_time"]
    assert good(get(host))


def test_a_reboot_in_the_middle_of_a_message(host: RunningHost) -> None:
    before = host.state()["boots"]
    host.fault("reboot", crash=True)
    with pytest.raises(requests.exceptions.ConnectionError):
        get(host)
    host.wait_for(lambda state: state["listening"] and state["boots"] == before + 1, 20)
    assert good(get(host))


def test_the_clock_steps_and_the_boot_time_with_it(host: RunningHost) -> None:
    from datetime import datetime

    before = datetime.fromisoformat(host.state()["boot_time"])
    host.change("clock_step", seconds=3600)
    after = datetime.fromisoformat(host.state()["boot_time"])
    assert 3590 < (after - before).total_seconds() < 3610


def test_faults_that_change_the_machine_when_a_message_arrives(host: RunningHost) -> None:
    from datetime import datetime

    free, boot = host.state()["free_space"], datetime.fromisoformat(host.state()["boot_time"])
    host.fault("clock_step", seconds=7200)
    host.fault("disk_full")
    assert host.state()["free_space"] == free > 0
    assert good(get(host))
    moved = datetime.fromisoformat(host.state()["boot_time"]) - boot
    assert 7190 < moved.total_seconds() < 7210
    assert good(get(host))
    assert host.state()["free_space"] == 0
    host.change("disk", free=free)
    host.fault("refuse", seconds=0.5)
    with pytest.raises(requests.exceptions.ConnectionError):
        get(host)
    with pytest.raises(requests.exceptions.ConnectionError):
        get(host)
    host.wait_for(lambda state: state["listening"], 5)
    assert good(get(host))


def test_a_server_that_says_nothing(host: RunningHost) -> None:
    host.fault("silent", times=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        get(host, timeout=0.4)
    assert good(get(host))


def test_a_full_disk_and_an_idle_shell(host: RunningHost) -> None:
    host.change("disk", free=0)
    assert host.state()["free_space"] == 0
    host.change("disk", free=1 << 30)
    assert host.state()["free_space"] == 1 << 30


def test_wrong_control_calls_say_what_is_wrong(host: RunningHost) -> None:
    with pytest.raises(RuntimeError, match="unknown kind"):
        host.fault("explode")
    with pytest.raises(RuntimeError, match="'do' must be one of"):
        host.change("dance")
    with pytest.raises(RuntimeError, match="no doubt switch"):
        host.change("doubt", id="none", value="x")


def test_a_question_starts_no_process_and_a_reset_forgets(host: RunningHost) -> None:
    host.reset()
    assert good(get(host))
    assert host.state()["processes_started"] == []
    assert host.messages == 1
    host.reset()
    assert host.messages == 0


def test_a_host_that_never_comes_back(running: RunningFleet) -> None:
    host = running.host("third")
    host.change("power_off")
    host.wait_for(lambda state: not state["listening"])
    time.sleep(0.3)
    with pytest.raises(requests.exceptions.ConnectionError):
        get(host, timeout=0.5)
