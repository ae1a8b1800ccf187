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
from integration.role.runner import Controller, Packages, machine, never_asked
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
    return {"hotfix_package_dir": str(folder), **{f"hotfix_{name}": value for name, value in proof(path).items()}}


def test_it_is_brought_and_removed(controller: Controller, fleet: RunningFleet, settings: dict[str, Any]) -> None:
    """By the playbooks, on the hosts that need it alone."""
    more = {**KB, **settings, **QUICK, "hotfix_reboot": True, "hotfix_report_formats": ["json"]}
    played = controller.play("winlegacy.servicing.remediate", **more, hotfix_hosts="needs:r2", hotfix_report_dir="after")
    assert played.code == 0, played.out[-3000:]
    assert re.search(r"^needs .* -> fixed +no$", played.out, re.MULTILINE), played.out[-3000:]
    assert "KB952876" not in played.out
    report = json.loads((controller.folder / "after" / "kb942288.json").read_text(encoding="utf-8"))
    assert {row["host"]: row["status"] for row in report["hosts"]} == {"needs": "fixed", "r2": "not_applicable"}
    assert fleet.host("needs").state()["boots"] == 2
    assert fleet.host("r2").state()["processes_started"] == []

    played = controller.play("winlegacy.servicing.rollback", **{**KB, **QUICK}, hotfix_hosts="needs", hotfix_reboot=True)
    assert played.code == 0, played.out[-3000:]
    state = fleet.host("needs").state()
    assert state["boots"] == 3
    assert not [name for name in state["cbs"] if "KB942288" in name]


def test_two_hotfixes_in_one_play(
    controller: Controller, fleet: RunningFleet, packages: Packages, settings: dict[str, Any]
) -> None:
    """Each has its own result, changes and report."""
    book = [
        {
            "hosts": "two",
            "gather_facts": False,
            "roles": [
                {"role": "winlegacy.servicing.kb952876", "kb952876_state": "staged"},
                {"role": "winlegacy.servicing.hotfix", **KB, "hotfix_state": "assessed"},
            ],
            "tasks": [
                {
                    "ansible.builtin.debug": {
                        "msg": "{{ [kb952876_result.kb, kb952876_result.status, kb952876_stage.changed, hotfix_result.kb,"
                        " hotfix_result.status, hotfix_stage, hostvars['two'].kb952876_result.status] }}"
                    },
                    "name": "Tell",
                },
                *(
                    {
                        "name": f"Report with {role}",
                        "run_once": True,
                        "ansible.builtin.include_role": {"name": f"winlegacy.servicing.{role}", "tasks_from": "report"},
                        "vars": {f"{role}_report_dir": "both", f"{role}_report_formats": ["json"], **KB},
                    }
                    for role in ("kb952876", "hotfix")
                ),
            ],
        }
    ]
    played = controller.play(book, **packages, **settings)
    assert played.code == 0, played.out[-3000:]
    assert played.said("Tell") == ["KB952876", "staged", True, "KB942288", "needs_fix", {}, "staged"]
    found = {}
    for kb in ("kb952876", "kb942288"):
        whole = json.loads((controller.folder / "both" / f"{kb}.json").read_text(encoding="utf-8"))
        found[kb] = whole["hosts"][0]["status"]
    assert found == {"kb952876": "staged", "kb942288": "needs_fix"}


BROKEN = '{"format": 2, "kb": "KB123456"}'
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # variables of the command line, those of the inventory, the sentence
    "unknown": ({"hotfix_kb": "KB123456"}, {}, "hotfix_kb: "),
    "no-number": ({"hotfix_kb": "the new one"}, {}, "hotfix_kb: "),
    "broken": ({"hotfix_kb": "KB123456", "hotfix_definition_dir": "broken"}, {}, "kb123456.json"),
    "in-the-inventory": ({}, {"needs": KB, "two": KB}, "hotfix_kb is set in the inventory"),
    "of-one-host": ({}, {"two": KB}, "hotfix_kb is set in the inventory"),
    "without-kb": ({"hotfix_reboot": True}, {}, "hotfix_reboot is not read: hotfix_kb is not set"),
    "of-the-other": ({**KB, "kb952876_reboot": True}, {}, "kb952876_reboot is not read: hotfix_kb is set"),
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
