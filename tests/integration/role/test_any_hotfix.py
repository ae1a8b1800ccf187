# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role hotfix and the playbooks with hotfix_kb: KB942288 brought and removed, two in one play, what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.role.runner import Controller, Packages, machine, never_asked, play_of_role
from packages import kb942288, write_msu
from packages.proven import proof, signed
from winhost.testing import RunningFleet, running_fleet

KB = {"hotfix_kb": "KB942288"}
QUICK = {"hotfix_reboot_delay": 0, "hotfix_reboot_settle": 2}
ASSESS = "winlegacy.servicing.assess"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [machine("needs", "vista_sp1_x86"), machine("two", "vista_sp1_x86"), machine("r2", "srv2008r2")]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def controller(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    return Controller(tmp_path_factory.mktemp("any"), fleet)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A folder with the package, and what proves its origin."""
    folder = tmp_path_factory.mktemp("kb942288")
    path = signed(write_msu(folder, "x86", **kb942288.OPTIONS))
    proven = {f"hotfix_{name}": value for name, value in proof(path).items()}
    return {"hotfix_package_dir": str(folder), "hotfix_allow_later": True, **proven}


def test_it_is_brought_and_removed(controller: Controller, fleet: RunningFleet, settings: dict[str, Any]) -> None:
    """By the playbooks, on the hosts that need it alone."""
    reports = {"hotfix_report_formats": ["json"], "hotfix_report_dir": "after"}
    more = {**KB, **settings, **QUICK, **reports, "hotfix_reboot": True, "hotfix_hosts": "needs:r2"}
    played = controller.play("winlegacy.servicing.remediate", **more)
    assert played.code == 0, played.out[-3000:]
    assert re.search(r"^needs .* -> fixed +no$", played.out, re.MULTILINE), played.out[-3000:]
    assert "KB952876" not in played.out
    report = json.loads((controller.folder / "after" / "kb942288.json").read_text(encoding="utf-8"))
    assert {row["host"]: row["status"] for row in report["hosts"]} == {"needs": "fixed", "r2": "not_applicable"}
    assert fleet.host("needs").state()["boots"] == 2
    assert fleet.host("r2").state()["processes_started"] == []

    played = controller.play("winlegacy.servicing.rollback", **KB, **QUICK, hotfix_hosts="needs", hotfix_reboot=True)
    assert played.code == 0, played.out[-3000:]
    state = fleet.host("needs").state()
    assert state["boots"] == 3
    assert not [name for name in state["cbs"] if "KB942288" in name]


def test_two_hotfixes_in_one_play(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    """What was learnt and done for one is not taken for the other's."""
    both = ["KB952876", "KB942288"]
    tell = "{{ [hotfix_result.kb, hotfix_result.status, kb952876_result.status | default('none')] }}"
    report = {"name": "winlegacy.servicing.hotfix", "tasks_from": "report"}
    options = {"hotfix_report_dir": "both", "hotfix_report_formats": ["json"]}
    book = [
        {
            "hosts": "two",
            "gather_facts": False,
            "tasks": [
                {
                    "ansible.builtin.import_role": {"name": "winlegacy.servicing.kb952876"},
                    "vars": {**packages, "kb952876_state": "staged"},
                },
                {"ansible.builtin.debug": {"msg": tell}, "name": "Tell the first"},
                {"ansible.builtin.import_role": {"name": "winlegacy.servicing.hotfix"}, "vars": KB},
                {"ansible.builtin.debug": {"msg": tell}, "name": "Tell the second"},
                *({"ansible.builtin.include_role": report, "vars": {"hotfix_kb": kb, **options}} for kb in both),
            ],
        }
    ]
    played = controller.play(book)
    assert played.code == 0, played.out[-3000:]
    assert played.said("Tell the first") == ["KB952876", "staged", "staged"]
    assert played.said("Tell the second") == ["KB942288", "needs_fix", "staged"]
    folder = controller.folder / "both"
    reports = [json.loads((folder / f"{kb.lower()}.json").read_text(encoding="utf-8")) for kb in both]
    assert [one["hosts"][0]["status"] for one in reports] == ["unknown", "needs_fix"]


def test_the_ready_made_roles_results_are_variables_of_the_host(tmp_path: Path, packages: Packages) -> None:
    """In later plays and for other hosts too, of a host that failed as well; and a template may rest on them before."""
    names = ("result", "stage", "change", "restart", "failure")
    told = {name: f"{{{{ hostvars[item].kb952876_{name} }}}}" for name in names}
    well = machine("well", "vista_sp1_x64")
    failing = machine("failing", "srv2008_rtm_x64", servicing={"fault": "noop_zero"})
    play = play_of_role("present")
    later = {"ansible.builtin.debug": {"msg": told}, "loop": ["well", "failing", "idle"], "name": "Tell"}
    book = [
        *play,
        {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [later]},
    ]
    with running_fleet({"hosts": [well, failing, machine("idle", "srv2008_fixed")]}) as fleet:
        played = Controller(tmp_path, fleet).play(
            book,
            **packages,
            kb952876_reboot_delay=0,
            kb952876_reboot_settle=2,
            kb952876_reboot=True,
            kb952876_reboot_message="{{ 'It is ' ~ (kb952876_result.status | default('unread')) }}",
        )
        assert "It is needs_fix" in str(fleet.host("well").state()["processes_started"])
    said = [one["result"] for one in played.events if str(one["task"]).endswith("Tell")]
    one, other, idle = (entry["msg"] for entry in said[-1]["results"])
    assert (one["result"]["status"], one["change"]["changed"], one["failure"]) == ("fixed", True, {})
    assert one["restart"]["changed"]
    assert other["failure"]["task"]
    assert other["stage"]["changed"]
    assert (idle["result"]["status"], idle["stage"], idle["change"]) == ("fixed", {}, {})


def test_extra_variables_do_not_take_the_place_of_the_ready_made_roles_own(fleet: RunningFleet, tmp_path: Path) -> None:
    """They beat what a role is given: the role kb952876 would work on another hotfix."""
    for host in fleet.hosts.values():
        host.reset()
    played = Controller(tmp_path, fleet).play(play_of_role("assessed"), **KB)
    assert played.code == 2, played.out[-2000:]
    assert "hotfix_kb is an extra variable, which would take the place of the role kb952876's own" in played.out
    assert never_asked(fleet)


BROKEN = '{"format": 2, "kb": "KB123456"}'
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # variables of the command line, those of the inventory, the sentence
    "unknown": ({"hotfix_kb": "KB123456"}, {}, "hotfix_kb: "),
    "no-number": ({"hotfix_kb": "the new one"}, {}, "hotfix_kb: "),
    "broken": ({"hotfix_kb": "KB123456", "hotfix_definition_dir": "broken"}, {}, "kb123456.json"),
    "in-the-inventory": ({}, dict.fromkeys(("needs", "two", "r2"), KB), "hotfix_kb is set in the inventory"),
    "of-one-host": ({}, {"two": KB}, "hotfix_kb is set in the inventory"),
    "without-kb": ({"hotfix_reboot": True}, {}, "hotfix_reboot is not read: hotfix_kb is not set"),
    "of-its-number": ({**KB, "kb942288_reboot": True}, {}, "kb942288_reboot: did you mean hotfix_reboot?"),
    "of-the-other": ({**KB, "kb952876_reboot": True}, {}, "kb952876_reboot is not read: hotfix_kb is set"),
    "kb-misspelt": ({"hotfix_kbs": "KB942288"}, {}, "hotfix_kbs: did you mean hotfix_kb? Without hotfix_kb it is KB95"),
    "misspelt": ({**KB, "hotfix_window": []}, {}, "did you mean hotfix_windows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_before_any_host_is_asked(case: str, fleet: RunningFleet, tmp_path: Path) -> None:
    for host in fleet.hosts.values():
        host.reset()
    variables, inventory, named = REFUSED[case]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "kb123456.json").write_text(BROKEN, encoding="utf-8")
    played = Controller(tmp_path, fleet, inventory).play(ASSESS, **variables)
    assert played.code == 2, played.out[-2000:]
    said = next(one["result"]["msg"] for one in played.events if one["outcome"] == "failed")
    assert said.startswith("1 setting is wrong, and no host was asked."), said
    assert named in said
    assert "Traceback" not in played.out
    assert never_asked(fleet)
