# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback verdicts on each ansible-core: ad hoc runs are one line a host with a table, playbooks end with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.assess import cores
from integration.assess.commands import ROOT, Ran, ansible, of_host
from integration.assess.driver import PASSWORD
from packages import write_msu
from packages.proven import proof, signed
from winhost.testing import RunningFleet, running_fleet

pytestmark = pytest.mark.timeout(600)  # the first run makes the environments

CALLBACK = {"ANSIBLE_STDOUT_CALLBACK": "winlegacy.servicing.verdicts"}
HOTFIX_INFO = "winlegacy.servicing.hotfix_info"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [{"name": "needs", "profile": "vista_sp1_x64"}, {"name": "fixed", "profile": "srv2008_fixed"}]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module", params=cores.CORES)
def programs(request: pytest.FixtureRequest) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(ROOT)
    yield cores.programs(request.param)
    os.chdir(before)


@pytest.fixture
def run(programs: Path, fleet: RunningFleet, tmp_path: Path) -> Any:
    """Run an ad hoc command, or a playbook, with the callback."""
    inventory = {name: of_host(host) for name, host in fleet.hosts.items()}
    inventory["dead"] = {**inventory["needs"], "ansible_host": "127.0.0.1", "ansible_port": 9}

    def made(*words: str, **more: Any) -> Ran:
        return ansible(tmp_path, inventory, *words, programs=programs, environment=CALLBACK, **more)

    return made


def lines(ran: Ran) -> list[str]:
    """What was shown, without empty lines and core's own warnings."""
    assert PASSWORD not in ran.out
    assert "Traceback" not in ran.out
    return [line for line in ran.out.splitlines() if line.strip() and not line.startswith(("[WARNING]", "[DEPRECAT"))]


def test_one_line_a_host_and_a_table(run: Any) -> None:
    ran = run("all", "-m", HOTFIX_INFO)
    assert ran.code == 4, ran.out
    told = lines(ran)
    first = sorted(line.split()[:2] for line in told[:3])
    assert first == [["dead", "unreachable"], ["fixed", "fixed"], ["needs", "needs_fix"]], ran.out
    assert told[3].startswith("KB952876 report (3 hosts, after ")
    assert [line.split()[0] for line in told[4:] if not line.startswith(" ")][:4] == ["host", "needs", "dead", "fixed"]
    assert "3 hosts: 1 needs_fix, 1 fixed, 1 unreachable." in told
    assert told[-1].strip().startswith("ansible-playbook winlegacy.servicing.stage -i ")
    assert all(len(line) <= 100 for line in told if "ansible-playbook" not in line)


def test_a_change_in_check_mode_is_told_as_a_prediction(run: Any, tmp_path: Path) -> None:
    package = signed(write_msu(tmp_path, "x64"))
    proven = {name: value if isinstance(value, str) else ",".join(value) for name, value in proof(package).items()}
    arguments = " ".join(f"{name}={value}" for name, value in {"state": "present", "path": package, **proven}.items())
    ran = run("needs", "-m", "winlegacy.servicing.hotfix", "-a", arguments, "--check")
    assert ran.code == 0, ran.out
    (line,) = [one for one in lines(ran) if one.startswith("needs  ")][:1]
    assert line.split(maxsplit=4)[1:4] == ["needs_fix", "->", "install_pending"]
    assert line.endswith("KB952876 will be installed. (predicted)")


def test_more_is_shown_on_asking_and_for_other_modules(run: Any) -> None:
    ran = run("needs", "-m", HOTFIX_INFO, "-v")
    assert 'needs | SUCCESS => {' in ran.out
    assert '"kb": "KB952876"' in ran.out
    assert "1 host: 1 needs_fix." in ran.out
    ran = run("needs", "-m", "ansible.builtin.debug", "-a", "msg=hello")
    assert "needs | SUCCESS => {" in ran.out
    assert "report (" not in ran.out


def test_a_failure_is_a_line(run: Any) -> None:
    ran = run("needs", "-m", HOTFIX_INFO, "-a", "kb=KB000000")
    assert ran.code == 2
    (line,) = [one for one in lines(ran) if one.startswith("needs  ")][:1]
    assert line.split()[1] == "failed"
    assert "KB000000" in line


def test_playbooks_end_with_the_table(run: Any) -> None:
    task = {"name": "assess", HOTFIX_INFO: {}, "ignore_unreachable": True}
    ran = run(playbook=[{"name": "Ask", "hosts": "all", "gather_facts": False, "tasks": [task]}])
    told = lines(ran)
    assert "TASK [assess]" in ran.out
    assert "Since the beginning" not in ran.out, "nothing was changed"
    recap = next(at for at, line in enumerate(told) if line.startswith("PLAY RECAP"))
    assert any(line.startswith("KB952876 report (3 hosts") for line in told[recap:])
