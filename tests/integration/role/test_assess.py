# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook assess on every profile: verdicts, groups, reports, and how little a host costs that needs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.assess.expected import HOSTS, TRUE_STATUS
from integration.role.runner import Controller, Packages, Played, machine, play_of_role
from sampling import sampled
from winhost.testing import RunningFleet, running_fleet

WEB = "a-web-server"
OFF = "switched-off"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [machine(profile, profile) for profile in HOSTS]
    hosts.append(machine(WEB, "vista_sp1_x64", faults=[{"kind": "html"}]))
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def controller(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    place = {"ansible_host": "127.0.0.1", "ansible_port": 9}
    off = {**place, "ansible_connection": "winrm", "ansible_winrm_scheme": "http"}
    account = {"ansible_user": "nobody", "ansible_password": "nothing", "ansible_winrm_transport": "ntlm"}
    more: dict[str, dict[str, Any]] = {OFF: {**off, **account}, "win2019": {"kb952876_depth": "full"}}
    return Controller(tmp_path_factory.mktemp("assess"), fleet, more)


@pytest.fixture(scope="module")
def played(controller: Controller) -> Played:
    later = {"name": "Later", "gather_facts": False, "ignore_errors": True}
    named = {"name": "Name the lost", "ansible.builtin.debug": {"msg": "{{ groups['kb952876_assess_silent'] }}"}}
    book: list[dict[str, Any]] = [
        {"name": "Assess", "ansible.builtin.import_playbook": "winlegacy.servicing.assess"},
        {**later, "hosts": "kb952876_needs_fix", "tasks": [named]},
    ]
    return controller.play(book, kb952876_report_dir="reports", kb952876_inventory_file="groups.yml")


@pytest.fixture(scope="module")
def rows(played: Played, controller: Controller) -> dict[str, dict[str, Any]]:
    report = json.loads((controller.folder / "reports" / "kb952876.json").read_text(encoding="utf-8"))
    return {row["host"]: row for row in report["hosts"]}


def test_every_profile_has_its_verdict(rows: dict[str, dict[str, Any]]) -> None:
    """Never a wrong one: unknown is allowed only where the table of truths knows no better."""
    for profile, truth in HOSTS.items():
        expected = {TRUE_STATUS[profile]} if truth.candidate else {"not_applicable"}
        found = rows[profile]["status"]
        assert found in expected or (found == "unknown" and rows[profile]["result"]["unknown"]), profile
    known = [profile for profile in HOSTS if rows[profile]["status"] != "unknown"]
    assert len(known) > 0.7 * len(HOSTS)


def test_each_host_is_asked_by_its_own_settings(rows: dict[str, dict[str, Any]]) -> None:
    """One task for all of them, and one host that wants everything asked."""
    assert (rows["win2012r2"]["messages"], rows["win2012r2"]["status"]) == (1, "not_applicable")
    assert rows["win2019"]["messages"] > 5


def test_hosts_without_a_verdict_fail_and_the_others_go_on(played: Played, rows: dict[str, dict[str, Any]]) -> None:
    assert played.code == 2
    assert rows[OFF]["status"] == "unreachable"
    assert "no connection" in rows[OFF]["summary"]
    assert rows[WEB]["status"] == "failed"
    assert "Fail for a host that gave no verdict" in played.tasks(OFF, "failed")
    assert "Fail for a host that gave no verdict" in played.tasks(WEB, "failed")
    assert not played.tasks("vista_sp1_x64", "failed")
    assert set(rows) == {*HOSTS, WEB, OFF}
    assert set(played.said("Name the lost")) == {WEB, OFF}, "plays after it are played, with the groups of the run"
    assert "Name the lost" in played.tasks("vista_sp1_x64", "ok")


def test_nothing_is_started_or_changed_on_a_host(played: Played, fleet: RunningFleet) -> None:
    assert played.events
    for name, host in fleet.hosts.items():
        state = host.state()
        assert (state["processes_started"], state["boots"]) == ([], 1), name
    on_the_controller = {"Write reports and the inventory of verdicts"}
    assert not [name for name in fleet.hosts if set(played.changed(name)) - on_the_controller]


def test_it_ends_with_a_table_on_the_terminal(played: Played) -> None:
    """As lines of their own, within 100 columns, ordered by what needs work, with the next command to type."""
    begun = played.out.index("\nKB952876 report (") + 1
    lines = played.out[begun:].partition("\nchanged: ")[0].splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[lines.index("") + 1].split() == ["host", "Windows", "kernel", "verdict", "restart"]
    verdicts = [line.split()[-2] for line in lines if line.endswith(("  no", "  yes", "  other", "  -"))]
    assert len(verdicts) == len(HOSTS) + 2
    order = ("needs_fix", "install_pending", "unknown", "fixed", "not_applicable")
    first = {name: verdicts.index(name) for name in order}
    assert list(first) == sorted(first, key=lambda name: first[name])
    typed = [line.split()[1] for line in lines if line.startswith("  ansible-playbook ")]
    assert typed == [f"winlegacy.servicing.{name}" for name in ("restart", "stage", "assess")]
    assert "PLAY [Tell hosts without a verdict]" in played.out[begun:], "it comes after the hosts' results"


def test_the_next_command_has_hosts_and_settings_of_the_run(controller: Controller, played: Played) -> None:
    assert played.events
    (controller.folder / "night.yml").write_text("kb952876_windows: [{start: '03:00', end: '04:00'}]\n")
    options = ("--limit", "vista_sp1*:!vista_sp1_x86", "-e", "@night.yml", "-e", "kb952876_only_if_symptomatic=true")
    limited = controller.play("winlegacy.servicing.assess", *options)
    command = limited.out[limited.out.index("ansible-playbook winlegacy.servicing.stage") :].partition("FOLDER")[0]
    assert "--limit vista_sp1_stack2,vista_sp1_x64,vista_sp1_x86_pae " in command, "of the run's hosts those with work"
    kept = "-e @night.yml -e kb952876_only_if_symptomatic=true -e kb952876_package_dir="
    assert kept in " ".join(command.replace("\\\n", " ").split()), "what spares hosts is typed again"


def test_the_groups_can_be_used_beside_the_inventory(played: Played, controller: Controller) -> None:
    assert played.events
    groups = yaml.safe_load((controller.folder / "groups.yml").read_text(encoding="utf-8"))
    assert "vista_sp1_x64" in groups["kb952876_needs_fix"]["hosts"]
    assert OFF in groups["kb952876_unreachable"]["hosts"]
    assert "vista_pending" in groups["kb952876_reboot_required"]["hosts"]
    shown = controller.play(
        [{"hosts": "kb952876_fixed", "gather_facts": False, "tasks": [{"name": "Show", "ansible.builtin.debug": {}}]}],
        "-i",
        "groups.yml",
    )
    assert {one["host"] for one in shown.events} == set(groups["kb952876_fixed"]["hosts"])


def test_the_reports_are_written(played: Played, controller: Controller) -> None:
    assert played.events
    folder = controller.folder / "reports"
    names = {f"kb952876.{kind}" for kind in ("html", "csv", "json", "junit.xml")}
    assert {path.name for path in folder.iterdir()} == names
    assert "vista_sp1_x64" in (folder / "kb952876.html").read_text(encoding="utf-8")


def test_a_query_chooses_the_rows(controller: Controller) -> None:
    controller.play(
        "winlegacy.servicing.assess",
        kb952876_hosts="vista_sp1_x64:win2019",
        kb952876_report_dir="chosen",
        kb952876_report_formats=["csv"],
        kb952876_report_query="[?status=='needs_fix']",
    )
    assert [path.name for path in (controller.folder / "chosen").iterdir()] == ["kb952876.csv"]
    text = (controller.folder / "chosen" / "kb952876.csv").read_text(encoding="utf-8")
    assert "vista_sp1_x64" in text
    assert "win2019" not in text


@pytest.mark.parametrize("strategy", sampled(("linear", "free", "ansible.builtin.host_pinned"), "linear", "free"))
def test_a_host_without_work_gets_four_tasks_at_most(controller: Controller, strategy: str, packages: Packages) -> None:
    done = ["srv2008_fixed", "win2019", "vista_sp2_6002", "vista_sp1_x86_fixed"]
    played = controller.play(
        play_of_role("present", strategy=strategy, hosts=":".join([*done, "vista_pending"])),
        **packages,
    )
    assert played.code == 0
    # The settings are judged on the first host for all; with the others on each, and what is included counts as a task.
    each = 4 if strategy == "linear" else 5
    most = {**dict.fromkeys(done, each), done[0]: 5, "vista_pending": each + 1}
    for host in (*done, "vista_pending"):
        assert 2 <= len(played.tasks(host)) <= most[host], host
        assert not played.changed(host)
    assert "Flag a restart that is due" in played.tasks("vista_pending", "ok")
    assert "Flag a restart that is due" not in played.tasks("srv2008_fixed", "ok")


def test_only_symptomatic_hosts_are_worked_on(controller: Controller, packages: Packages) -> None:
    played = controller.play(
        play_of_role("staged", hosts="vista_hung_tcpipreg:vista_sp1_x86"),
        "--check",
        **packages,
        kb952876_only_if_symptomatic=True,
        kb952876_symptom_interval=0,
    )
    assert played.code == 0
    assert played.changed("vista_hung_tcpipreg") == ["Stage the package"]
    assert not played.changed("vista_sp1_x86")
    assert len(played.tasks("vista_sp1_x86")) <= 4


def test_bad_values_are_refused_by_name(controller: Controller) -> None:
    played = controller.play(play_of_role("there", hosts="win2019"))
    assert played.code != 0
    assert "kb952876_state" in played.out
    assert "there" in played.failure("win2019")


def test_all_hosts_lost_still_give_a_report(controller: Controller) -> None:
    played = controller.play(
        "winlegacy.servicing.assess", kb952876_hosts=OFF, kb952876_report_dir="lost", kb952876_report_formats=["json"]
    )
    assert played.code == 2
    report = json.loads(Path(controller.folder, "lost", "kb952876.json").read_text(encoding="utf-8"))
    assert report["counts"]["unreachable"] == 1
