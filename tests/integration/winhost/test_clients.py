# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that nobody here wrote: what they accept is evidence for the simulated host."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from winhost.testing import RunningFleet

winrm = pytest.importorskip("winrm.protocol", reason="pip install pywinrm")
pypsrp_wsman = pytest.importorskip("pypsrp.wsman", reason="pip install pypsrp")
pypsrp_shell = pytest.importorskip("pypsrp.shell", reason="pip install pypsrp")
wsmanclient = pytest.importorskip("wsmanclient.client", reason="pip install python-wsmanclient")

USER, PASSWORD = "Administrator", "P@ssw0rd-sim"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/*"
STDREGPROV = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
NS = {
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "s": "http://www.w3.org/2003/05/soap-envelope",
}
IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)


def protocol(fleet: RunningFleet, name: str, transport: str, **options: Any) -> Any:
    return winrm.Protocol(fleet.host(name).endpoint, transport=transport, username=USER, password=PASSWORD, **options)


@pytest.mark.parametrize(
    ("name", "transport", "encryption"),
    [
        ("vista", "ntlm", "always"),
        ("vista-basic", "basic", "auto"),
        ("vista-basic", "ntlm", "never"),
        ("r2", "ntlm", "auto"),
        ("r2-basic", "plaintext", "auto"),
        ("r2", "credssp", "auto"),
        ("r2-tls", "ntlm", "auto"),
        ("r2-tls", "ssl", "auto"),
    ],
)
def test_pywinrm_runs_commands_in_a_shell(fleet: RunningFleet, name: str, transport: str, encryption: str) -> None:
    client = protocol(fleet, name, transport, message_encryption=encryption, server_cert_validation="ignore")
    shell = client.open_shell()
    assert shell.startswith("uuid:") == name.startswith("vista")
    try:
        for line, code, expected in (
            ("ver", 0, b"Microsoft Windows [Version 6."),
            ("echo out & exit 5", 5, b"out"),
            ("no-such-program", 9009, b""),
        ):
            identity = client.run_command(shell, line)
            stdout, stderr, returned = client.get_command_output(shell, identity)
            client.cleanup_command(shell, identity)
            assert returned == code
            assert expected in stdout
            assert bool(stderr) == (code == 9009)
    finally:
        client.close_shell(shell)
    assert fleet.host(name).state()["shells"] == 0


def test_pywinrm_sends_standard_input(fleet: RunningFleet) -> None:
    client = protocol(fleet, "r2", "ntlm")
    shell = client.open_shell()
    identity = client.run_command(shell, "findstr", ["x"])
    client.send_command_input(shell, identity, b"ax\r\nb\r\nxc\r\n", end=True)
    stdout, _unused, code = client.get_command_output(shell, identity)
    client.cleanup_command(shell, identity)
    client.close_shell(shell)
    assert (stdout, code) == (b"ax\r\nxc\r\n", 0)


def test_pywinrm_learns_of_a_wrong_password(fleet: RunningFleet) -> None:
    from winrm.exceptions import InvalidCredentialsError

    for name, transport in (("vista", "ntlm"), ("vista-basic", "basic")):
        client = winrm.Protocol(fleet.host(name).endpoint, transport=transport, username=USER, password="wrong")
        with pytest.raises(InvalidCredentialsError):
            client.open_shell()


def test_a_plain_body_is_refused_where_encryption_is_demanded(fleet: RunningFleet) -> None:
    from winrm.exceptions import WinRMTransportError

    with pytest.raises(WinRMTransportError) as caught:
        protocol(fleet, "vista", "ntlm", message_encryption="never").open_shell()
    assert caught.value.code == 500


def _wsman(fleet: RunningFleet, name: str, **options: Any) -> Any:
    host = fleet.host(name)
    return pypsrp_wsman.WSMan(
        host.address,
        port=host.port,
        ssl=host.scheme == "https",
        username=USER,
        password=PASSWORD,
        cert_validation=False,
        **options,
    )


def _enumerate(client: Any, query: str) -> list[ET.Element]:
    """WQL through pypsrp's own messages: Enumerate, then Pull to the end."""
    body = ET.Element(f"{{{NS['n']}}}Enumerate")
    ET.SubElement(body, f"{{{NS['w']}}}OptimizeEnumeration")
    ET.SubElement(body, f"{{{NS['w']}}}MaxElements").text = "20"
    ET.SubElement(body, f"{{{NS['w']}}}Filter", Dialect=WQL).text = query
    answer = client.enumerate(WMI, body)
    items = list(answer.find(".//w:Items", NS) or [])
    context = answer.findtext(".//n:EnumerationContext", "", NS)
    while answer.find(".//w:EndOfSequence", NS) is None and answer.find(".//n:EndOfSequence", NS) is None:
        pull = ET.Element(f"{{{NS['n']}}}Pull")
        ET.SubElement(pull, f"{{{NS['n']}}}EnumerationContext").text = context
        ET.SubElement(pull, f"{{{NS['n']}}}MaxElements").text = "20"
        answer = client.pull(WMI, pull)
        items += list(answer.find(".//n:Items", NS) or [])
    return items


@pytest.mark.parametrize(
    ("name", "auth"),
    [("vista", "negotiate"), ("r2", "negotiate"), ("modern", "ntlm"), ("r2-tls", "basic"), ("r2", "credssp")],
)
def test_pypsrp_pages_through_an_enumeration(fleet: RunningFleet, name: str, auth: str) -> None:
    host = fleet.host(name)
    before = host.counters()["by_action"].get("Pull", 0)
    with _wsman(fleet, name, auth=auth) as client:
        services = _enumerate(client, "select Name, State from Win32_Service")
    names = [item.findtext("Name") for item in services]
    assert len(names) > 20
    assert len(set(names)) == len(names)
    assert "WinRM" in names
    assert host.counters()["by_action"]["Pull"] > before


def test_pypsrp_runs_a_command_in_its_winrs_shell(fleet: RunningFleet) -> None:
    with _wsman(fleet, "r2", auth="negotiate") as client, pypsrp_shell.WinRS(client) as shell:
        process = pypsrp_shell.Process(shell, "echo", ["hello"])
        process.invoke()
        process.signal(pypsrp_shell.SignalCode.CTRL_C)
        assert process.stdout == b"hello\r\n"
        assert process.rc == 0


@pytest.mark.parametrize("name", ["vista-basic", "r2-basic"])
def test_python_wsmanclient_enumerates_pulls_and_invokes(fleet: RunningFleet, name: str) -> None:
    host = fleet.host(name)
    client = wsmanclient.Client(host.address, USER, PASSWORD, port=host.port, protocol="http")
    answer = client.enumerate(
        WMI, filter_query="select Name from Win32_Service", filter_dialect="wql", auto_pull=False, max_elems=5
    )
    seen = [item.findtext("Name") for item in answer.find(".//w:Items", NS)]
    context = answer.findtext(".//n:EnumerationContext", None, NS)
    ended = answer.find(".//w:EndOfSequence", NS) is not None
    while not ended:
        answer = client.pull(WMI, context, max_elems=5)
        seen += [item.findtext("Name") for item in answer.find(".//n:Items", NS)]
        context = answer.findtext(".//n:EnumerationContext", None, NS) or context  # a middle page brings a new one
        ended = answer.find(".//n:EndOfSequence", NS) is not None
    assert len(seen) > 5
    assert len(set(seen)) == len(seen)
    result = client.invoke(
        STDREGPROV,
        "GetStringValue",
        {},
        {
            "hDefKey": "2147483650",
            "sSubKeyName": "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
            "sValueName": "BuildLabEx",
        },
    )
    assert result.findtext(f".//{{{STDREGPROV}}}ReturnValue") == "0"
    assert result.findtext(f".//{{{STDREGPROV}}}sValue").split(".")[0] in ("6001", "7601")


def test_python_wsmanclient_sees_a_missing_key(fleet: RunningFleet) -> None:
    host = fleet.host("vista-basic")
    client = wsmanclient.Client(host.address, USER, PASSWORD, port=host.port, protocol="http")
    result = client.invoke(
        STDREGPROV, "EnumKey", {}, {"hDefKey": "2147483650", "sSubKeyName": f"SOFTWARE\\{uuid.uuid4()}"}
    )
    assert result.findtext(f".//{{{STDREGPROV}}}ReturnValue") == "2"


def _curl(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is missing (Debian: curl)")
    return subprocess.run(
        [program, "--silent", "--noproxy", "*", "--max-time", "20", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_curl_identifies_with_ntlm_and_without_credentials(fleet: RunningFleet) -> None:
    if "NTLM" not in _curl("--version").stdout:
        pytest.skip("this curl was built without NTLM")
    post = ["-H", "Content-Type: application/soap+xml;charset=UTF-8", "--data-binary", IDENTIFY]
    known = _curl("--ntlm", "-u", f"{USER}:{PASSWORD}", *post, fleet.host("vista-basic").endpoint)
    assert "OS: 6.0.6001 SP: 1.0 Stack: 1.1" in known.stdout
    wrong = _curl(
        "--ntlm",
        "-u",
        f"{USER}:wrong",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        *post,
        fleet.host("vista-basic").endpoint,
    )
    assert wrong.stdout == "401"
    stranger = _curl("-H", "WSMANIDENTIFY: unauthenticated", *post, fleet.host("vista").endpoint)
    assert "OS: 0.0.0 SP: 0.0 Stack: 1.1" in stranger.stdout


def test_wsl_identifies_enumerates_and_gets(fleet: RunningFleet, tmp_path: Path) -> None:
    program = shutil.which("wsl")
    if program is None:
        pytest.skip("wsl is missing (Debian: wsl libxml2-utils uuid-runtime xsltproc)")
    host = fleet.host("vista-basic")
    environment = {
        **os.environ,
        "WSNOSSL": "1",
        "WSENDPOINT": f"{host.address}:{host.port}",
        "WSUSER": USER,
        "WSPASS": PASSWORD,
        "no_proxy": "*",
    }

    def wsl(*arguments: str) -> str:
        command = [program, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60, check=False
        )
        return done.stdout

    assert "OS: 6.0.6001 SP: 1.0 Stack: 1.1" in wsl("id", "check")
    pages = wsl("enum", WMI, "-dialect", WQL, "-filter", "select Name from Win32_Service", "-opti", "5")
    assert pages.count("<Name>") > 10  # wsl goes on with the context that each page brings
    assert pages.count("EndOfSequence") >= 1
    whole = wsl("get", WMI.replace("*", "Win32_OperatingSystem"))
    assert "<p:Version>6.0.6001</p:Version>" in whole


def test_ansible_winrm_connects_opens_a_shell_and_is_told_that_there_is_no_powershell(fleet: RunningFleet) -> None:
    pytest.importorskip("ansible.plugins.loader", reason="pip install ansible-core")
    from ansible.playbook.play_context import PlayContext
    from ansible.plugins.loader import connection_loader, init_plugin_loader

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        init_plugin_loader()
    host = fleet.host("vista")
    connection = connection_loader.get("ansible.builtin.winrm", PlayContext(), "/dev/null")
    connection.set_options(
        var_options={
            "ansible_host": host.address,
            "ansible_port": host.port,
            "ansible_user": USER,
            "ansible_password": PASSWORD,
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "_extras": {},
        }
    )
    connection._connect()
    try:
        code, _unused, stderr = connection.exec_command("powershell -Version 1")
        assert code == 9009
        assert b"is not recognized" in stderr
    finally:
        connection.close()
