# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules in Ansible's own commands, on the oldest and the newest ansible-core that we promise."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.assess import cores
from integration.assess.commands import ROOT, Ran, ansible, of_host
from integration.assess.driver import PASSWORD
from winhost.testing import RunningFleet, running_fleet

pytestmark = pytest.mark.timeout(600)  # the first run makes the environments

VERDICTS = {
    "vista": "needs_fix",
    "vista-psrp": "needs_fix",
    "fixed": "fixed",
    "pending": "install_pending",
    "r2": "not_applicable",
    "r2-psrp": "not_applicable",
    "secure": "not_applicable",
}
PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/winlegacy.servicing.all": {"deadline": 90}},
        "tasks": [
            {
                "name": "assess",
                "winlegacy.servicing.hotfix_info": {"depth": "full", "details": True},
                "register": "found",
            },
            {"name": "group", "ansible.builtin.group_by": {"key": "verdict_{{ found.status }}"}},
            {
                "name": "ask",
                "winlegacy.servicing.wql_info": {
                    "queries": [
                        "SELECT Name, State FROM Win32_SystemDriver WHERE Name='tcpipreg'",
                        "SELECT BuildNumber, PAEEnabled, LastBootUpTime FROM Win32_OperatingSystem",
                    ]
                },
                "register": "rows",
            },
            {
                "name": "fail in a sentence",
                "winlegacy.servicing.wql_info": {"queries": ["SELECT * FROM Win32_NoSuchClass"]},
                "ignore_errors": True,
            },
        ],
    },
    {
        "hosts": "fixed",
        "gather_facts": False,
        "module_defaults": {"group/winlegacy.servicing.all": {"deadline": 0}},
        "tasks": [
            {"name": "bad default", "winlegacy.servicing.hotfix_info": None, "ignore_errors": True},
            {"name": "own value", "winlegacy.servicing.hotfix_info": {"deadline": 60}},
        ],
    },
    {
        "hosts": "verdict_needs_fix",
        "gather_facts": False,
        "tasks": [{"name": "chosen", "ansible.builtin.debug": {"msg": "{{ found.status }}"}}],
    },
]


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Stacks 1.1 and 2.0, plain and HTTPS."""
    hosts: list[dict[str, Any]] = [
        {"name": "vista", "profile": "vista_sp1_x64"},
        {"name": "fixed", "profile": "srv2008_fixed"},
        {"name": "pending", "profile": "vista_pending"},
        {"name": "r2", "profile": "srv2008r2"},
        {"name": "secure", "profile": "srv2008r2", "scheme": "https"},
    ]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def inventory(fleet: RunningFleet) -> dict[str, dict[str, object]]:
    """The hosts over winrm, and two of them over psrp too."""
    made = {name: of_host(fleet.host(name)) for name in fleet.hosts}
    for name in ("vista", "r2"):
        host = fleet.host(name)
        made[f"{name}-psrp"] = {
            "ansible_connection": "psrp",
            "ansible_host": host.address,
            "ansible_port": host.port,
            "ansible_psrp_protocol": "http",
            "ansible_psrp_auth": "ntlm",
            "ansible_user": "Administrator",
            "ansible_password": PASSWORD,
        }
    return made


@pytest.fixture(scope="module", params=cores.CORES)
def programs(request: pytest.FixtureRequest, monkeypatch_module: None) -> Path:
    """The commands of one ansible-core."""
    return cores.programs(request.param)


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[None]:
    """tools/ reads the requirements from the work tree's root."""
    before = Path.cwd()
    os.chdir(ROOT)
    yield
    os.chdir(before)


@pytest.fixture(scope="module")
def played(programs: Path, inventory: Any, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The play above, once for each core."""
    return ansible(tmp_path_factory.mktemp("play"), inventory, playbook=PLAY, programs=programs)


def test_a_playbook(played: Ran, inventory: dict[str, Any]) -> None:
    assert played.code == 0, played.out
    assert {host: played.tasks[host, "assess"]["status"] for host in inventory} == VERDICTS
    for host in inventory:
        result = played.tasks[host, "assess"]
        assert result["changed"] is False
        assert result["kb"] == "KB952876"
        assert result["details"]["symptom"]["status"] == "not_observed"
    assert "Traceback" not in played.out
    assert PASSWORD not in played.out


def test_group_by_chooses_hosts(played: Ran) -> None:
    assert {host for host, task in played.tasks if task == "chosen"} == {"vista", "vista-psrp"}


def test_defaults_of_the_action_group_reach_the_modules(played: Ran) -> None:
    assert "deadline" in played.tasks["fixed", "bad default"]["msg"]
    assert played.tasks["fixed", "own value"]["status"] == "fixed"


def test_rows_are_typed(played: Ran) -> None:
    result = played.tasks["vista", "ask"]
    driver, system = (one["rows"][0] for one in result["results"])
    assert driver == {"Name": "tcpipreg", "State": "Running"}
    assert system["PAEEnabled"] is None
    assert str(system["BuildNumber"]) == "6001"
    assert system["LastBootUpTime"].endswith("Z")
    assert played.tasks["vista-psrp", "ask"]["results"][0]["rows"] == result["results"][0]["rows"]


def test_a_class_that_is_missing_is_named(played: Ran) -> None:
    for host in ("vista", "vista-psrp"):
        result = played.tasks[host, "fail in a sentence"]
        assert "Win32_NoSuchClass" in result["msg"]
        assert "Traceback" not in result["msg"]


def test_ad_hoc_and_check_mode(programs: Path, fleet: RunningFleet, inventory: Any, tmp_path: Path) -> None:
    """Check mode asks the same, and nothing was ever started on a host."""
    words = ("all", "-m", "winlegacy.servicing.hotfix_info", "-a", "details=true", "--check")
    run = ansible(tmp_path, inventory, *words, programs=programs)
    assert run.code == 0, run.out
    assert {host: result["status"] for host, (_outcome, result) in run.results.items()} == VERDICTS
    not_concerned = [result for _outcome, result in run.results.values() if not result["applicable"]]
    assert {result["details"]["messages"] for result in not_concerned} == {1}
    for name in fleet.hosts:
        state = fleet.host(name).state()
        assert (state["processes_started"], state["shells"], state["connections"]) == ([], 0, 0)


def test_this_is_the_core_that_was_asked_for(programs: Path, request: pytest.FixtureRequest) -> None:
    said = subprocess.run(
        [str(programs / "python"), "-c", "import ansible; print(ansible.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    core = request.node.callspec.params["programs"]
    assert said.startswith(f"{core}.")
