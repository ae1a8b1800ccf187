# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commonest mistakes: each gives one message, and that names the cure. One run a kind, all hosts together."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import HERE, Ran, ansible, of_host
from integration.role.runner import Controller, machine
from packages import write_msu
from winhost.testing import RunningFleet, running_fleet

INFO = ("all", "-m", "winlegacy.servicing.hotfix_info", "-f", "8")
PORTS = "5985 (HTTP) and 5986 (HTTPS), WinRM 1.1 of Windows Vista and Server 2008 at 80 and 443"
REMEDIATE = "winlegacy.servicing.remediate"

OF_THE_INVENTORY: dict[str, tuple[str, tuple[str, ...]]] = {
    # host: (outcome, what the message must say: what is wrong, and the cure)
    "wrong-password": ("unreachable", ("HTTP 401", "Check user, password and ansible_winrm_transport")),
    "no-password": ("failed", ("requires a password", "Set ansible_user and ansible_password", "-k")),
    "no-user": ("failed", ("requires a username", "Set ansible_user and ansible_password", "-u")),
    "nothing-listens": ("unreachable", ("Connection refused", "ansible_port", PORTS)),
    "ssh-listens": ("failed", ("an SSH server answers", "ansible_port", PORTS)),
    "closes-at-once": ("unreachable", ("the connection broke", "ansible_winrm_scheme: https", PORTS)),
    "https-to-http": ("unreachable", ("TLS was spoken to a port that does not speak it", "ansible_winrm_scheme: http")),
    "http-to-https": ("unreachable", ("the connection broke", "ansible_winrm_scheme: https", PORTS)),
    "no-connection-plugin": ("failed", ("the connection plugin is ssh", "Set ansible_connection: winrm")),
    "misspelt-wire": ("failed", ("winlegacy_legcy_tls: did you mean winlegacy_legacy_tls?",)),
    "misspelt-winrm": ("failed", ("ansible_winrm_transprt: did you mean ansible_winrm_transport?",)),
    "misspelt-extra": ("failed", ("_read_timeout_sek: did you mean ansible_winrm_read_timeout_sec?",)),
}

OF_A_RUN: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    # extra variables of remediate, and what the one message must say
    "no package": ({}, ("no package is named", "set kb952876_package_dir to the folder on the controller")),
    "empty folder": (
        {"kb952876_package_dir": "EMPTY"},
        ("holds no package of KB952876; found: no cabinet", "put the files there", "Windows6.0-KB952876-x64.msu"),
    ),
    "wrong architecture": (
        {"kb952876_package_dir": "X86", "kb952876_signature": "ignore"},
        ("there is no package for x64, which these hosts need: good", "add it to the others", "--limit"),
    ),
    "misspelt": (
        {"kb952876_pakage_dir": "X86"},
        ("kb952876_pakage_dir: did you mean kb952876_package_dir?",),
    ),
    "misspelt for any hotfix": (
        {"hotfix_kb": "KB942288", "hotfix_pakage_dir": "X86"},
        ("hotfix_pakage_dir: did you mean hotfix_package_dir?",),
    ),
}


def _listener(first: bytes) -> Iterator[int]:
    """A server of another kind: it says this and hangs up. Yields its port."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve() -> None:
            while True:
                try:
                    accepted, _address = server.accept()
                except OSError:
                    return
                with accepted:
                    accepted.sendall(first)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def ssh() -> Iterator[int]:
    yield from _listener(b"SSH-2.0-OpenSSH_9.2\r\n")


@pytest.fixture(scope="module")
def deaf() -> Iterator[int]:
    yield from _listener(b"")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [machine("good", "vista_sp1_x64"), {"name": "secure", "profile": "srv2008r2", "scheme": "https"}]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def run(fleet: RunningFleet, ssh: int, deaf: int, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    good, secure = fleet.host("good"), fleet.host("secure")

    def lacks(name: str) -> dict[str, object]:
        return {key: value for key, value in of_host(good).items() if key != name}

    inventory = {
        "good": of_host(good),
        "wrong-password": of_host(good, ansible_password="not-the-w0rd"),
        "no-password": lacks("ansible_password"),
        "no-user": lacks("ansible_user"),
        "nothing-listens": of_host(good, ansible_port=5984),
        "ssh-listens": of_host(good, ansible_host="127.0.0.1", ansible_port=ssh),
        "closes-at-once": of_host(good, ansible_host="127.0.0.1", ansible_port=deaf),
        "https-to-http": of_host(good, ansible_winrm_scheme="https"),
        "http-to-https": of_host(secure, ansible_winrm_scheme="http"),
        "no-connection-plugin": lacks("ansible_connection"),
        "misspelt-wire": of_host(good, winlegacy_legcy_tls=True),
        "misspelt-winrm": of_host(good, ansible_winrm_transprt="kerberos"),
        "misspelt-extra": of_host(good, ansible_winrm_read_timeout_sek=5),
    }
    return ansible(tmp_path_factory.mktemp("mistakes"), inventory, *INFO)


@pytest.mark.parametrize("host", OF_THE_INVENTORY)
def test_a_mistake_in_the_inventory(run: Ran, host: str) -> None:
    outcome, says = OF_THE_INVENTORY[host]
    got, result = run.results[host]
    assert got == outcome, result
    assert not [one for one in says if one not in result["msg"]], result["msg"]
    assert "\n" not in result["msg"]
    assert run.results["good"][1]["status"] == "needs_fix"


@pytest.mark.parametrize("mistake", OF_A_RUN)
def test_a_mistake_in_the_settings(fleet: RunningFleet, tmp_path: Path, mistake: str) -> None:
    variables, says = OF_A_RUN[mistake]
    folders = {"EMPTY": tmp_path / "empty", "X86": tmp_path / "x86"}
    for folder in folders.values():
        folder.mkdir()
    write_msu(folders["X86"], "x86")
    told = {name: str(folders.get(value, value)) for name, value in variables.items()}
    controller = Controller(tmp_path, fleet, {"secure": {"ansible_password": "unused"}})
    played = controller.play(REMEDIATE, "--limit", "good", **told)
    failed = [one for one in played.events if one["outcome"] == "failed"]
    assert played.code == 2
    assert [one for one in failed if one["host"] == "good"] == failed
    assert len(failed) == 1, played.out
    assert not [one for one in says if one not in failed[0]["result"]["msg"]], failed[0]["result"]["msg"]
    assert fleet.host("good").state()["processes_started"] == []


def test_a_package_of_another_architecture_ad_hoc(fleet: RunningFleet, tmp_path: Path) -> None:
    package = write_msu(tmp_path, "x86")
    arguments = f"state=present signature=ignore path={package}"
    run = ansible(
        tmp_path, {"good": of_host(fleet.host("good"))}, "all", "-m", "winlegacy.servicing.hotfix", "-a", arguments
    )
    outcome, result = run.results["good"]
    assert outcome == "failed"
    assert "wrong architecture (expected x64, found x86)" in result["msg"]
    assert "give the one for x64" in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("symptom_intervl=3", "hotfix_info: symptom_intervl: did you mean symptom_interval?"),
        ("colour=red", "hotfix_info: colour: there is no such option (hotfix_info has: deadline, definition,"),
    ],
)
def test_a_misspelt_option(tmp_path: Path, arguments: str, says: str) -> None:
    run = ansible(tmp_path, {"nowhere": {"ansible_connection": "winrm"}}, *INFO, "-a", arguments)
    assert run.results["nowhere"][0] == "failed"
    assert says in run.results["nowhere"][1]["msg"]


def test_no_pywinrm(fleet: RunningFleet, tmp_path: Path) -> None:
    (tmp_path / "winrm.py").write_text("raise ImportError('No module named winrm')\n", encoding="utf-8")
    lacking = {"PYTHONPATH": str(tmp_path)}
    run = ansible(tmp_path, {"good": of_host(fleet.host("good"))}, *INFO, environment=lacking)
    says = f"the Python package pywinrm is missing on the controller (No module named winrm). Run: {HERE / 'python'}"
    assert run.results["good"][0] == "failed"
    assert says in run.results["good"][1]["msg"]
    assert run.results["good"][1]["msg"].endswith("-m pip install pywinrm")


def test_facts_left_on_and_a_vault_that_is_locked(fleet: RunningFleet, tmp_path: Path) -> None:
    """Both end in Ansible's own tasks, before any of ours: the callback adds the cure."""
    facts = [{"name": "Facts", "hosts": "good", "roles": ["winlegacy.servicing.kb952876"]}]
    shown = {"ANSIBLE_STDOUT_CALLBACK": "winlegacy.servicing.verdicts"}
    hosts = {"good": of_host(fleet.host("good"))}
    run = ansible(tmp_path, hosts, playbook=facts, environment=shown)
    assert run.code == 2
    assert "Gathering facts needs PowerShell on the host; where there is none, set gather_facts: false" in run.out

    secret = tmp_path / "word"
    secret.write_text("open", encoding="utf-8")
    words = ("encrypt_string", "--vault-password-file", str(secret), "unknown")
    command = [str(HERE / "python"), str(HERE / "ansible-vault"), *words]
    vault = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    locked = tmp_path / "host_vars"
    locked.mkdir()
    (locked / "locked.yml").write_text(f"ansible_password: {vault}", encoding="utf-8")
    unset = {key: value for key, value in hosts["good"].items() if key != "ansible_password"}
    run = ansible(tmp_path, {"locked": unset}, *INFO, environment=shown)
    assert run.results["locked"][0] == "failed"
    assert "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file." in run.out

    sweep = [
        {
            "name": "Sweep",
            "hosts": "all",
            "gather_facts": False,
            "tasks": [{"name": "Ask", "winlegacy.servicing.fleet_hotfix_info": {}, "run_once": True}],
        }
    ]
    run = ansible(tmp_path, {"good": hosts["good"], "locked": unset}, playbook=sweep)
    found = run.results["good"][1]["hosts"]
    assert found["good"]["status"] == "needs_fix"
    assert "--ask-vault-pass" in found["locked"]["msg"]

    for book in ("winlegacy.servicing.assess", "winlegacy.servicing.restart"):
        controller = Controller(tmp_path, fleet, {"secure": {"ansible_password": "unused"}})
        controller.inventory({"locked": unset, **hosts})
        played = controller.play(book, "-i", "hosts.yml")
        cure = "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file."
        assert cure in played.failure("locked")
        assert "good" not in {one["host"] for one in played.events if one["outcome"] in ("failed", "unreachable")}


def test_items_of_added_hosts_are_shown_once(fleet: RunningFleet, tmp_path: Path) -> None:
    controller = Controller(tmp_path, fleet, {"secure": {"ansible_password": "unused"}})
    played = controller.play("winlegacy.servicing.assess", "--limit", "good")
    assert played.code == 0, played.out
    assert played.out.count("(item=good: kb952876_needs_fix)") == 1
