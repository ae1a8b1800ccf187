# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's process: start line, ports, stop, broken fleet files, and what a thousand hosts cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from winhost.__main__ import main
from winhost.testing import running_fleet

psutil = pytest.importorskip("psutil", reason="pip install psutil")
TESTS = Path(__file__).resolve().parents[2]
ONE = "hosts: [{name: vista, profile: vista_sp1_x64}]\n"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "winhost", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TESTS)}


def start(path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("--fleet", str(path), *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


@pytest.fixture
def fleet_file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.yml"
    path.write_text(ONE, encoding="utf-8")
    return path


def test_start_line_ready_file_and_stop(fleet_file: Path, tmp_path: Path) -> None:
    ready_file = tmp_path / "ready"
    with start(fleet_file, "--ready-file", str(ready_file)) as process:
        ready = first_line(process)
        assert ready == json.loads(ready_file.read_text("utf-8"))
        host = ready["hosts"][0]
        assert {"name", "address", "port", "scheme", "endpoint", "stack", "profile"} == set(host)
        assert host["address"].startswith("127.")
        assert host["port"] in (80, 20080)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_ends_with_its_lifetime_and_with_its_parent(fleet_file: Path) -> None:
    with start(fleet_file, "--lifetime", "0.5") as process:
        first_line(process)
        assert process.wait(10) == 0
    script = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({command('--fleet', str(fleet_file))!r}, stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), timeout=60, check=True
    )
    pid = json.loads(parent.stdout)["pid"]
    deadline = time.monotonic() + 10
    while (
        psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a", "no mapping with a list 'hosts'"),
        ("{", "fleet file"),
        ("hosts: [1]", "host 1 of the fleet is no mapping"),
        ("hosts: [{name: a}]", "host a: it has no profile"),
        ("hosts: [{name: a, profile: windows_98}]", "no profile 'windows_98'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, colour: red}]", "host a: unknown key 'colour'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, faults: [{kind: boom}]}]", "unknown kind 'boom'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, auth: {digest: true}}]", "unknown setting 'digest'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, limits: {magic: 1}}]", "host a: limits:"),
        ("hosts: [{name: a, profile: vista_sp1_x64, doubt: {moon: cheese}}]", "no doubt switch 'moon'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, overrides: {moon: cheese}}]", "unknown key 'moon'"),
        ("hosts: [{name: a, profile: vista_sp1_x64}, {name: a, profile: vista_sp1_x64}]", "two hosts named 'a'"),
        ("hosts: [{name: a, profile: vista_sp1_x64, address: 192.0.2.1}]", "cannot listen on 192.0.2.1"),
        ("hosts: [{name: a, profile: vista_sp1_x64, scheme: ftp}]", "scheme is http or https"),
    ],
)
def test_a_broken_fleet_file_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, expected: str
) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(text, encoding="utf-8")
    assert main(["--fleet", str(path), "--keep"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("winhost: ")
    assert expected in said
    assert "Traceback" not in said


def test_a_fleet_that_cannot_be_started_ends_with_code_2(tmp_path: Path) -> None:
    path = tmp_path / "absent.yml"
    done = subprocess.run(
        command("--fleet", str(path)), capture_output=True, text=True, env=environment(), timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"winhost: fleet file {path}: ")
    assert "Traceback" not in done.stderr


def test_the_ntlm_store_is_private_and_removed(fleet_file: Path, tmp_path: Path) -> None:
    winrm = pytest.importorskip("winrm.protocol", reason="pip install pywinrm")
    folder = tmp_path / "temporary"
    folder.mkdir()
    with running_fleet(
        {"hosts": [{"name": "vista", "profile": "vista_sp1_x64"}]}, env={"TMPDIR": str(folder)}
    ) as fleet:
        client = winrm.Protocol(
            fleet.host("vista").endpoint, transport="ntlm", username="Administrator", password="P@ssw0rd-sim"
        )
        client.close_shell(client.open_shell())
        stores = [path for path in folder.rglob("*") if path.is_file()]
        assert stores
        for path in stores:
            assert path.stat().st_mode & 0o077 == 0
            assert path.parent.stat().st_mode & 0o077 == 0
            assert "P@ssw0rd" not in path.read_text("utf-8")
    assert not list(folder.iterdir())


def test_a_thousand_hosts_in_one_process_below_500_megabytes() -> None:
    import requests

    hosts = {"hosts": [{"name": "vista", "profile": "vista_sp1_x64", "count": 1000}]}
    started = time.monotonic()
    with running_fleet(hosts) as fleet, requests.Session() as session:
        session.trust_env = False
        took = time.monotonic() - started
        body = (
            '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
            "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
        )
        for host in fleet.hosts.values():
            answer = session.post(
                host.endpoint,
                data=body,
                headers={"WSMANIDENTIFY": "unauthenticated", "Connection": "close"},
                timeout=10,
            )
            assert answer.status_code == 200
        memory = psutil.Process(fleet.process.pid).memory_info().rss / 2**20
    assert len(fleet.hosts) == 1000
    assert memory < 500, f"{memory:.0f} MB"
    assert took < 60
