# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a message costs the simulated host beside what it costs the client that sends it, and what 1,000 hosts hold.

The client is pywinrm, which does the least that a client can: it sends, receives and parses. Both sides' processor
time is counted over the same messages. The budget: the host costs less than the client for the messages of an
assessment (WQL, the registry), in plain HTTP with Basic and with NTLM's encryption; a thousand hosts stay below 500 MB.
"""

from __future__ import annotations

import sys
import time
import uuid
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import psutil  # type: ignore[import-untyped]
import winrm
from winhost.testing import RunningFleet, running_fleet

USER, PASSWORD = "Administrator", "P@ssw0rd-sim"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/"
ROUNDS = 400
LIMIT_MB = 500.0

ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header>
 <a:To>http://host/wsman</a:To><w:ResourceURI s:mustUnderstand="true">{uri}</w:ResourceURI>
 <a:Action s:mustUnderstand="true">{action}</a:Action>
 <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
 <w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize><a:MessageID>uuid:{id}</a:MessageID>
 <w:OperationTimeout>PT60S</w:OperationTimeout></s:Header><s:Body>{body}</s:Body></s:Envelope>"""


def _wql(query: str) -> str:
    body = (
        "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements>"
        f'<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{query}</w:Filter></n:Enumerate>'
    )
    return _message(WMI + "cimv2/*", "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate", body)


def _registry(path: str, name: str) -> str:
    uri = WMI + "default/StdRegProv"
    body = (
        f'<p:GetStringValue_INPUT xmlns:p="{uri}"><p:hDefKey>2147483650</p:hDefKey>'
        f"<p:sSubKeyName>{path}</p:sSubKeyName><p:sValueName>{name}</p:sValueName></p:GetStringValue_INPUT>"
    )
    return _message(uri, uri + "/GetStringValue", body)


def _message(uri: str, action: str, body: str) -> str:
    return ENVELOPE.format(uri=uri, action=action, body=body, id=uuid.uuid4())


def _kernel() -> str:
    return _wql("SELECT Version FROM CIM_DataFile WHERE Name='C:\\\\Windows\\\\System32\\\\ntoskrnl.exe'")


KINDS: dict[str, Callable[[], str]] = {
    "WQL, a row of five values": lambda: _wql(
        "SELECT Version, BuildNumber, ProductType, OperatingSystemSKU, LastBootUpTime FROM Win32_OperatingSystem"
    ),
    "WQL, a file's version": _kernel,
    "registry, one value": lambda: _registry("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "BuildLabEx"),
    "WQL, a whole row (60 values)": lambda: _wql("SELECT * FROM Win32_OperatingSystem"),
}


def _measure(client: Any, server: psutil.Process, make: Callable[[], str], rounds: int) -> tuple[float, float]:
    """(server, client) processor time of one message in ms."""
    for _index in range(20):
        client.send_message(make())
    before, started = server.cpu_times(), time.process_time()
    for _index in range(rounds):
        ET.fromstring(client.send_message(make()))
    spent, after = time.process_time() - started, server.cpu_times()
    return (after.user + after.system - before.user - before.system) / rounds * 1e3, spent / rounds * 1e3


def _costs(fleet: RunningFleet) -> bool:
    server, good = psutil.Process(fleet.process.pid), True
    for transport, name in (("basic", "plain"), ("ntlm", "encrypted")):
        client = winrm.Protocol(
            fleet.host(name).endpoint, transport=transport, username=USER, password=PASSWORD, message_encryption="auto"
        )
        figures = {kind: _measure(client, server, make, ROUNDS) for kind, make in KINDS.items()}
        for kind, (host, ours) in figures.items():
            print(f"   {transport:5} {kind:29} host {host:.2f} ms, pywinrm {ours:.2f} ms, ratio {host / ours:.2f}")
        total = sum(host for host, _ours in figures.values()) / sum(ours for _host, ours in figures.values())
        print(f"   {transport:5} all: ratio {total:.2f} (budget: below 1)")
        good = good and total < 1
    return good


def _thousand() -> bool:
    hosts = {"hosts": [{"name": "vista", "profile": "vista_sp1_x64", "count": 1000}]}
    started = time.monotonic()
    with running_fleet(hosts) as fleet:
        took = time.monotonic() - started
        memory = psutil.Process(fleet.process.pid).memory_info().rss / 2**20
        print(f"   {len(fleet.hosts)} hosts: listening after {took:.1f} s, {memory:.0f} MB (budget: {LIMIT_MB:.0f} MB)")
    return bool(memory < LIMIT_MB)


def main() -> int:
    """Returns 1 when a budget was missed."""
    warnings.simplefilter("ignore")
    hosts: list[dict[str, Any]] = [
        {"name": "plain", "profile": "vista_sp1_x64", "auth": {"basic": True, "allow_unencrypted": True}},
        {"name": "encrypted", "profile": "vista_sp1_x64"},
    ]
    with running_fleet({"hosts": hosts}) as fleet:
        cheap = _costs(fleet)
    small = _thousand()
    return 0 if cheap and small else 1


if __name__ == "__main__":
    sys.exit(main())
