# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controls, escapes and marks of direction from hosts and servers, all the way to the terminal and the reports."""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile import servers, soap
from integration.assess.commands import ansible

UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
BAD = "\x1b[2J\x1b]0;owned\x07\u009b31m\u202egnp"
"""Clears the screen, sets the window's title, a C1 escape, and text that runs backwards."""

_WIRE = BAD.encode()


def _html(status: str, headers: bytes = b"") -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, _request: bytes) -> None:
        body = b"<html><title>" + _WIRE + b"</title></html>"
        head = b"HTTP/1.1 " + status.encode() + b" " + _WIRE + b"\r\nContent-Type: text/html\r\n" + headers
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return answer


def vendor(connection: socket.socket, request: bytes) -> None:
    """A service whose Identify, faults and rows hold such characters, raw, as XML 1.0 forbids them."""
    said = soap.action_of(request)
    if said == "Identify":
        answer = soap.identify(request).replace(b"Microsoft Corporation", b"Micro" + _WIRE)
        connection.sendall(soap.http(answer.partition(b"\r\n\r\n")[2].replace(b"OS: 6.0.6001", b"OS: 0.0.0")))
        return
    if said == "Enumerate" and b"Win32_Bad" in request:
        row = f"<w:XmlFragment><Caption>{BAD}</Caption><Plain>x</Plain></w:XmlFragment>"
        body = soap.page(request, row).partition(b"\r\n\r\n")[2]
        end = b"</n:EnumerateResponse>"
        connection.sendall(soap.http(body.replace(end, b"<w:EndOfSequence/>" + end)))
        return
    inner = (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>{BAD}</s:Text></s:Reason></s:Fault>"
    )
    connection.sendall(soap.http(soap.envelope(request, inner, "")))


SERVERS: dict[str, Callable[[socket.socket, bytes], None]] = {
    "status-line": _html("500"),
    "page": _html("200"),
    "via": _html("403", b"Via: " + _WIRE + b"\r\nServer: " + _WIRE + b"\r\n"),
    "location": _html("302", b"Location: http://x/" + _WIRE + b"\r\n"),
    "vendor": vendor,
}
WQL = ("-m", "winlegacy.servicing.wql_info", "-a", "query='SELECT * FROM Win32_Bad'")
PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "ignore_unreachable": True,
        "tasks": [
            {"name": "assess", "winlegacy.servicing.hotfix_info": {}, "register": "seen", "ignore_errors": True},
            {
                "name": "write",
                "ansible.builtin.copy": {
                    "dest": "{{ playbook_dir }}/report.{{ item }}",
                    "content": "{{ dict(ansible_play_hosts_all | zip(ansible_play_hosts_all "
                    "| map('extract', hostvars, 'seen'))) | winlegacy.servicing.report(format=item) }}",
                },
                "loop": ["json", "csv", "html", "junit", "text", "markdown"],
                "run_once": True,
                "delegate_to": "localhost",
                "vars": {"ansible_connection": "local"},
            },
        ],
    }
]


@pytest.fixture(scope="module")
def inventory() -> object:
    with contextlib.ExitStack() as stack:
        yield {
            name: {
                "ansible_connection": "winrm",
                "ansible_host": "127.0.0.1",
                "ansible_port": stack.enter_context(servers.serving(behaviour)),
                "ansible_winrm_scheme": "http",
                "ansible_winrm_transport": "basic",
                "ansible_user": "u",
                "ansible_password": "p",
            }
            for name, behaviour in SERVERS.items()
        }


@pytest.mark.parametrize("module", [("-m", "winlegacy.servicing.hotfix_info"), WQL], ids=["hotfix_info", "wql_info"])
def test_nothing_unfit_reaches_the_terminal(
    inventory: dict[str, dict[str, object]], module: tuple[str, ...], tmp_path: Path
) -> None:
    run = ansible(tmp_path, inventory, "all", *module, "-vvv")
    assert not UNFIT.findall(run.out), UNFIT.findall(run.out)[:5]
    assert set(run.results) == set(SERVERS)
    assert "\\x1b" in run.out, "nothing was made visible: the servers' words were lost"
    for name in ("location", "via"):
        assert "\\x1b[2J" in run.results[name][1]["msg"]


def test_raw_values_stay_available_as_data(inventory: dict[str, dict[str, object]], tmp_path: Path) -> None:
    run = ansible(tmp_path, {"vendor": inventory["vendor"]}, "all", *WQL)
    _outcome, result = run.results["vendor"]
    (first,) = result["results"]
    assert result["rows"] == [{"Caption": "\\x1b[2J\\x1b]0;owned\\x07\\x9b31m\\u202egnp", "Plain": "x"}]
    (damaged,) = first["unprintable"]
    assert (damaged["row"], damaged["property"]) == (0, "Caption")
    assert base64.b64decode(damaged["base64"]).decode() == BAD


def test_reports_hold_nothing_unfit(inventory: dict[str, dict[str, object]], tmp_path: Path) -> None:
    run = ansible(tmp_path, inventory, playbook=PLAY)
    for kind in ("json", "csv", "html", "junit", "text", "markdown"):
        text = (tmp_path / f"report.{kind}").read_text("utf-8")
        assert not UNFIT.findall(text.replace("\r\n", "\n").removeprefix("\ufeff")), (kind, run.out[-2000:])
    assert len(json.loads((tmp_path / "report.json").read_text("utf-8"))["hosts"]) == len(SERVERS)
    assert len(list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig"))))) == len(SERVERS)
    ET.fromstring((tmp_path / "report.junit").read_text("utf-8"))
