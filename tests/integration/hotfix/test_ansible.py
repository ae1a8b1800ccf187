# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hotfix and reboot in Ansible's own hands: check mode, diff, documented results, Ctrl-C, hosts that are no help."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.modules import hotfix as hotfix_docs
from ansible_collections.winlegacy.servicing.plugins.modules import reboot as reboot_docs
from integration.hotfix import driver
from integration.role.runner import Controller, Played
from packages.proven import proof
from winhost.testing import RunningFleet, running_fleet

POWER = {"shutdown_seconds": 1, "boot_seconds": 3, "services_seconds": 1, "servicing_seconds": 2}
NAMES = ("life", "interrupted", "lost", "stepped", "scheduled", "going", "refused")
DEAD = {"ansible_connection": "winrm", "ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_user": "u",
        "ansible_password": "p", "ansible_winrm_transport": "ntlm"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Hosts whose clock runs as the controller's, as the proof of a boot needs."""
    overrides = {"power": POWER, "servicing": {"install_seconds": 1}}
    hosts = [{"name": name, "profile": "vista_sp1_x64", "overrides": overrides} for name in NAMES]
    with running_fleet({"time_scale": 1, "hosts": hosts}) as running:
        yield running


@pytest.fixture
def controller(fleet: RunningFleet, tmp_path: Path) -> Controller:
    """ansible-playbook with these hosts and one that is dead."""
    return Controller(tmp_path / "controller", fleet, {"dead": DEAD})


def play(hosts: str, *tasks: dict[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    """One play; each task's name is its number."""
    named = [{"name": f"Task {number}", **task} for number, task in enumerate(tasks)]
    return [{"name": "Play", "hosts": hosts, "gather_facts": False, "tasks": named, **keywords}]


def hotfix(**options: Any) -> dict[str, Any]:
    """A task."""
    return {"winlegacy.servicing.hotfix": options}


def reboot(**options: Any) -> dict[str, Any]:
    """A task with little patience."""
    return {"winlegacy.servicing.reboot": {"delay": 0, "settle": 1, "timeout": 40, **options}}


def results(played: Played, host: str) -> list[dict[str, Any]]:
    """The host's results in order."""
    events = [one for one in played.events if one["host"] == host]
    return [{**one["result"], "failed": one["outcome"] == "failed"} for one in events]


def assert_documented(result: Mapping[str, Any], documented: Mapping[str, Any], where: str = "") -> None:
    """Every key is documented, wherever the documentation goes into the depth; every value's type is the told one."""
    kinds: dict[str, Any] = {"str": str, "bool": bool, "int": int, "float": (int, float), "list": list, "dict": dict}
    for name, value in result.items():
        assert name in documented, f"{where}{name} is not documented"
        told = documented[name]
        assert value is None or isinstance(value, kinds.get(told["type"], object)), f"{where}{name}: {value!r}"
        if isinstance(value, dict) and "contains" in told:
            assert_documented(value, told["contains"], f"{where}{name}.")
            assert set(value) == set(told["contains"]), f"{where}{name}"
        for one in value if isinstance(value, list) and "contains" in told else ():
            assert_documented(one, told["contains"], f"{where}{name}[].")


def of_module(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without what Ansible adds to every module's."""
    common = {"changed", "failed", "msg", "diff", "warnings", "deprecations", "exception", "_ansible_no_log"}
    return {name: value for name, value in result.items() if name not in common and not name.startswith("_ansible")}


def one_sentence(text: str) -> None:
    """A message for a person: one line, no traceback."""
    assert text
    assert "Traceback" not in text
    assert "\n" not in text


def test_check_diff_and_a_life(fleet: RunningFleet, controller: Controller, package_dir: Path) -> None:
    host = fleet.host("life")
    path = package_dir / "x64.msu"
    package = {"path": str(path), "transfer": "winrm", **proof(path)}
    group = {"group/winlegacy.servicing.all": {"kb": "KB000000"}}
    wrong = controller.play(play("life", hotfix(state="present", **package), module_defaults=group))
    (told,) = results(wrong, "life")
    one_sentence(told["msg"])
    assert "KB000000" in told["msg"], "module_defaults of the group did not reach the module"

    before = host.state()
    checked = controller.play(play("life", hotfix(state="present", **package)), "--check", "--diff")
    (forecast,) = results(checked, "life")
    assert (forecast["changed"], forecast["reboot_required"]) == (True, True)
    assert forecast["diff"]["prepared"].startswith("needs_fix -> install_pending; restart required: check_free_space, ")
    assert "install_package" in checked.out, "the diff is not shown"
    assert "steps" not in forecast, "they are in the diff"
    assert len(json.dumps(of_module(forecast), indent=4).splitlines()) + 1 <= 30, "with the line of the diff"
    assert host.state()["processes_started"] == before["processes_started"]

    done = controller.play(
        play(
            "life",
            hotfix(state="present", **package),
            hotfix(state="present", **package),
            reboot(only_if_required=True),
            reboot(only_if_required=True),
            hotfix(state="present"),
            hotfix(state="absent"),
        )
    )
    first, again, booted, needless, fixed, removed = results(done, "life")
    assert [one["changed"] for one in (first, again, booted, needless, fixed, removed)] == [
        True, False, True, False, False, True,
    ]
    assert (first["status"], first["reboot_required"]) == (forecast["status"], forecast["reboot_required"])
    assert (fixed["status"], removed["status"]) == ("fixed", "removal_pending")
    assert forecast["msg"] == "KB952876 will be installed."
    assert first["msg"] == "KB952876 was installed and waits for a restart."
    assert removed["msg"] == "KB952876 was removed and waits for a restart."
    assert not {"before", "after"} & set(first), "two whole assessments are shown"
    assert (first["was"], removed["was"]) == ("needs_fix", "fixed")
    for one in (first, again, fixed, removed):
        assert len(json.dumps(of_module(one), indent=4).splitlines()) <= 30
    assert (booted["rebooted"], host.state()["reboots"]) == (True, 1)
    for documentation, shown in ((hotfix_docs, (first, again, fixed, removed)), (reboot_docs, (booted, needless))):
        told = yaml.safe_load(documentation.RETURN)
        for result in shown:
            assert_documented(of_module(result), told)
            sometimes = ("installer ran", "details) is true", "changes such files")
            always = {name for name, about in told.items() if not any(one in about["returned"] for one in sometimes)}
            assert always <= {*result, "msg", "changed"}
    assert "diff" not in first
    assert first["rc"] == 3010
    assert (forecast["predicted"], first["predicted"]) == (True, False)
    assert "rc" not in fixed


def test_failures_are_sentences(fleet: RunningFleet, controller: Controller, tmp_path: Path) -> None:
    other = driver.package(tmp_path / "other.msu", kb="KB940410")
    tasks = [
        hotfix(state="present", path=str(other)),
        hotfix(state="present", path="none.msu"),
        hotfix(state="present"),
        hotfix(state="present", path=str(other), package_dir=str(tmp_path)),
        reboot(reason="because"),
        reboot(timeout=1),
    ]
    played = controller.play(play("refused", *[{**task, "ignore_errors": True} for task in tasks]))
    told = results(played, "refused")
    assert len(told) == len(tasks)
    for result, words in zip(
        told, ("other.msu", "none.msu", "path or package_dir", "mutually exclusive", "because", "timeout"), strict=True
    ):
        assert result["failed"] is True
        one_sentence(result["msg"])
        assert words in result["msg"]
    assert "Traceback" not in played.out
    assert fleet.host("refused").state()["processes_started"] == []
    dead = controller.play(play("dead", hotfix(state="absent")))  # a wrong package is told before the host is asked
    assert [one["outcome"] for one in dead.events] == ["unreachable"]
    one_sentence(dead.events[0]["result"]["msg"])


def test_ctrl_c_during_a_transfer(fleet: RunningFleet, controller: Controller, tmp_path: Path) -> None:
    host = fleet.host("interrupted")
    package = driver.package(tmp_path / "big.msu", inner="none")
    options = {"path": str(package), "transfer": "winrm", **proof(package)}
    run = controller.start(play("interrupted", hotfix(state="staged", **options)))
    host.wait_for(lambda state: "cscript.exe" in state["processes_running"], 40)
    os.killpg(run.process.pid, signal.SIGINT)
    played = run.end()
    assert played.code != 0
    state = host.wait_for(lambda seen: seen["connections"] == 0)
    assert state["shells"] == 0, "a shell was left open"
    assert not state["processes_running"], "what ran in the shell goes on"
    again = controller.play(play("interrupted", hotfix(state="staged", **options)))
    assert results(again, "interrupted")[0]["status"] == "staged"


def test_reboots_that_are_not_plain(fleet: RunningFleet, controller: Controller) -> None:
    """A host that never returns, a clock that is set while it boots, and shutdowns that others asked for."""
    fleet.host("lost").change("never_returns")
    fleet.host("stepped").fault("clock_step", action="Command", seconds=7200)
    fleet.host("scheduled").change("reboot", delay=900)
    fleet.host("going").change("reboot", delay=0)
    quick = {**reboot()["winlegacy.servicing.reboot"]}
    timeout = "{{ 12 if inventory_hostname == 'lost' else 60 }}"
    task = {"winlegacy.servicing.reboot": {**quick, "timeout": timeout}, "ignore_unreachable": True}
    played = controller.play(play("lost:stepped:scheduled:going", task))
    (lost,) = results(played, "lost")
    assert lost["failed"] is True
    one_sentence(lost["msg"])
    assert "no boot was seen within 12 s" in lost["msg"]
    for name in ("stepped", "scheduled"):
        (result,) = results(played, name)
        assert (result.get("rebooted"), result.get("boots")) == (True, 1), (name, result)
        assert fleet.host(name).state()["boots"] == 2, name
    assert [item["delay"] for item in fleet.host("scheduled").state()["shutdowns"]] == [900, 0]
    (going,) = results(played, "going")
    assert going.get("rebooted") or going.get("unreachable") or going.get("failed"), going
    assert fleet.host("going").state()["reboots"] == 1, "it was restarted twice"
