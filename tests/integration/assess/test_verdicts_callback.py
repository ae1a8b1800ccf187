# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback verdicts on each ansible-core: ad hoc runs are one line a host with a table, playbooks end with it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.assess import cores
from integration.assess.commands import HERE, ROOT, Ran, ansible, of_host
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

    def made(*words: str, without: Mapping[str, str] | None = None, **more: Any) -> Ran:
        lacking = {host: {name: value for name, value in values.items() if name != (without or {}).get(host)}
                   for host, values in inventory.items()}
        return ansible(tmp_path, lacking, *words, programs=programs, environment=CALLBACK, **more)

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
    typed = [line.split()[1] for line in told if line.startswith("  ansible-playbook ")]
    assert typed == ["winlegacy.servicing.stage", "winlegacy.servicing.assess"]
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


UNLOCK = "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file."


def said_by_ansible() -> list[str]:
    """The left column of the guide's table of Ansible's own words."""
    page = (ROOT / "docs" / "docsite" / "rst" / "troubleshooting.rst").read_text(encoding="utf-8")
    table = page.partition("   * - Ansible says\n")[2].partition("\n.. _")[0]
    return re.findall(r"\* - ``(.+)``", table)


def test_what_ansible_says_itself_is_told_with_the_cure(run: Any, tmp_path: Path) -> None:
    """None of our actions is called; the words are those of the guide, in every ansible-core."""
    vault, undefined, facts, ad_hoc = said_by_ansible()
    ran = run("needs", "-m", HOTFIX_INFO, "-e", '{"ansible_password": "{{ vault_svc_patch }}"}')
    assert undefined in ran.results["needs"][1]["msg"]
    assert "Nothing defines vault_svc_patch for this host" in " ".join(ran.out.split())
    secret = tmp_path / "word"
    secret.write_text("open", encoding="utf-8")
    ours = str(HERE / "python"), str(HERE / "ansible-vault")
    command = [*ours, "encrypt_string", "--vault-password-file", str(secret)]
    locked = subprocess.run([*command, "unknown"], capture_output=True, text=True, check=True).stdout
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "fixed.yml").write_text(f"ansible_password: {locked}", encoding="utf-8")
    ran = run("fixed", "-m", HOTFIX_INFO, without={"fixed": "ansible_password"})
    assert ran.results["fixed"][0] == "failed"
    assert vault in ran.results["fixed"][1]["msg"]
    assert UNLOCK in " ".join(ran.out.split())
    assert ran.out.count("A vault is not unlocked") == 2, "in the line, and in the table"
    play = {"name": "Ask", "hosts": "fixed,needs", "tasks": [{"name": "assess", HOTFIX_INFO: {}}]}
    ran = run(playbook=[play], without={"fixed": "ansible_password"})
    assert vault in ran.out
    assert facts in ran.out
    assert UNLOCK in ran.out
    assert "set gather_facts: false in the play" in ran.out
    ran = run("needs", "-m", "setup")
    assert ad_hoc in ran.results["needs"][1]["msg"]
    assert "ask with winlegacy.servicing.hotfix_info or wql_info" in ran.out


def test_playbooks_end_with_the_table(run: Any) -> None:
    task = {"name": "assess", HOTFIX_INFO: {}, "ignore_unreachable": True}
    ran = run(playbook=[{"name": "Ask", "hosts": "all", "gather_facts": False, "tasks": [task]}])
    told = lines(ran)
    assert "TASK [assess]" in ran.out
    assert "Since the beginning" not in ran.out, "nothing was changed"
    recap = next(at for at, line in enumerate(told) if line.startswith("PLAY RECAP"))
    assert any(line.startswith("KB952876 report (3 hosts") for line in told[recap:])
