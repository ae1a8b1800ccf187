# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Independent clients in other languages, with NTLM and SOAP of their own: Go's masterzen/winrm, npm's winrm-client."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from winhost.testing import RunningFleet

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[2] / "build"
GO_SOURCES = Path("/usr/share/gocode")
USER, PASSWORD = "Administrator", "P@ssw0rd-sim"
Client = Callable[..., str]


def run(command: list[str], environment: dict[str, str], timeout: float = 60.0) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "WINRM_PASSWORD": PASSWORD, "no_proxy": "*", "NO_PROXY": "*", **environment},
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def masterzen(tmp_path_factory: pytest.TempPathFactory) -> Client:
    go = shutil.which("go")
    packages = "golang-go golang-github-masterzen-winrm-dev golang-github-azure-go-ntlmssp-dev"
    if go is None or not (GO_SOURCES / "src/github.com/masterzen/winrm").is_dir():
        pytest.skip(f"masterzen/winrm is missing (Debian: {packages})")
    program = tmp_path_factory.mktemp("masterzen") / "client"
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOCACHE": str(BUILD / "go-cache")}
    said = run([go, "build", "-o", str(program), str(HERE / "masterzen.go")], settings, 110)
    assert program.exists(), said
    return lambda host, auth, command, user=USER: run(
        [str(program), host.address, str(host.port), auth, user, command], {}
    )


@pytest.fixture(scope="module")
def winrm_client() -> Client:
    node = shutil.which("node")
    places = {"NODE_PATH": os.pathsep.join([str(BUILD / "node_modules"), os.environ.get("NODE_PATH", "")])}
    if node is None or run([node, "-e", "require('winrm-client')"], places):
        pytest.skip("npm's winrm-client is missing (npm install --prefix build winrm-client)")
    script = str(HERE / "winrm_client.js")
    return lambda host, user, command: run([node, script, host.address, str(host.port), user, command], places)


@pytest.mark.timeout(150)
@pytest.mark.parametrize("auth", ["basic", "ntlm"])
@pytest.mark.parametrize("name", ["vista-basic", "r2-basic"])
def test_masterzen_runs_commands(fleet: RunningFleet, masterzen: Client, name: str, auth: str) -> None:
    host = fleet.host(name)
    assert masterzen(host, auth, "echo out & exit 5") == "out \nexit code 5\n"
    unknown = masterzen(host, auth, "no-such-program")
    assert "is not recognized" in unknown
    assert "exit code 9009\n" in unknown
    assert "401" in masterzen(host, auth, "ver", user="Nobody")
    assert host.state()["shells"] == 0


@pytest.mark.parametrize("user", [USER, f".\\{USER}"])
@pytest.mark.parametrize("name", ["vista-basic", "r2-basic"])
def test_winrm_client_runs_commands(fleet: RunningFleet, winrm_client: Client, name: str, user: str) -> None:
    host = fleet.host(name)
    assert "Microsoft Windows [Version 6." in winrm_client(host, user, "ver")
    assert "is not recognized" in winrm_client(host, user, "no-such-program")
    assert winrm_client(host, "Nobody" if "\\" not in user else ".\\Nobody", "ver").startswith("error:")
    assert host.state()["shells"] == 0


def test_an_ntlm_challenge_names_the_simulated_computer(fleet: RunningFleet) -> None:
    """A client that was given no domain answers with the one that the challenge names."""
    import base64

    import requests

    host = fleet.host("vista")
    # NTLMSSP, NEGOTIATE, flags: Unicode, OEM, request target, NTLM, extended session security; no names
    hello = b"NTLMSSP\0\x01\0\0\0" + (0x00080207).to_bytes(4, "little") + bytes(16)
    with requests.Session() as session:
        session.trust_env = False
        token = "Negotiate " + base64.b64encode(hello).decode()
        answer = session.post(host.endpoint, headers={"Authorization": token, "Content-Length": "0"}, timeout=10)
    assert answer.status_code == 401
    challenge = base64.b64decode(answer.headers["WWW-Authenticate"].removeprefix("Negotiate "))
    length, at = int.from_bytes(challenge[12:14], "little"), int.from_bytes(challenge[16:20], "little")
    assert challenge[at : at + length].decode("utf-16-le") == host.state()["computer_name"].upper()
