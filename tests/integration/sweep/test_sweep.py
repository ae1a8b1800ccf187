# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for all hosts of a play: the answers of a task of each host's own; trouble stays with its host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hostile import servers
from integration.assess.commands import Ran, ansible, of_host
from integration.assess.driver import PASSWORD
from winhost.testing import RunningFleet, running_fleet

SWEEP, ONE = "winlegacy.servicing.fleet_hotfix_info", "winlegacy.servicing.hotfix_info"
PROFILES = ("vista_sp1_x64", "vista_pending", "srv2008_fixed", "win2019", "vista_hung_tcpipreg", "vista_uac_filtered")
FAULTS = ("html", "garbled", "unauthorized", "busy")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts: list[dict[str, Any]] = [{"name": name, "profile": name} for name in PROFILES]
    hosts += [{"name": kind, "profile": "vista_sp1_x64", "faults": [{"kind": kind, "times": 0}]} for kind in FAULTS]
    hosts.append({"name": "secure", "profile": "vista_sp1_x64", "scheme": "https"})
    hosts.append({"name": "lost", "profile": "vista_sp1_x64", "faults": [{"kind": "power_off", "at": 6}]})
    with running_fleet({"hosts": hosts}) as running:
        yield running


def _inventory(fleet: RunningFleet) -> dict[str, dict[str, Any]]:
    good = of_host(fleet.host("vista_sp1_x64"))
    place, fixed = fleet.host("vista_sp1_x64"), of_host(fleet.host("srv2008_fixed"))
    psrp = {"ansible_connection": "psrp", "ansible_psrp_protocol": "http", "ansible_psrp_auth": "ntlm"}
    return {
        **{name: of_host(host) for name, host in fleet.hosts.items()},
        "a-second-name": good,
        "by-psrp": {
            **psrp,
            **{key: good[key] for key in ("ansible_host", "ansible_port", "ansible_user")},
            "ansible_password": PASSWORD,
        },
        "wrong-password": {**good, "ansible_password": "n0t-the-word"},
        "no-password": {key: value for key, value in good.items() if key != "ansible_password"},
        "no-user": {key: value for key, value in good.items() if key != "ansible_user"},
        "no-template": {**good, "ansible_password": "{{ nobody_knows }}"},
        "no-name": {**good, "ansible_host": "no-such-name.invalid"},
        "dead": {**good, "ansible_port": 9},
        "local": {"ansible_connection": "local"},
        "wrong-wire": {**good, "winlegacy_connect_timeout": "soon"},
        "full": {**of_host(place), "hotfix_depth": "full"},
        "wrong-depth": {**good, "hotfix_depth": "deep"},
        "full-by-template": {**fixed, "hotfix_depth": "{{ wanted_depth }}", "wanted_depth": "full"},
        "standard-by-template": {**fixed, "hotfix_depth": "{{ wanted_depth }}", "wanted_depth": "standard"},
    }


@pytest.fixture(scope="module")
def ran(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    sweep = {SWEEP: {"details": True, "host_options": {"depth": "hotfix_depth"}, "processes": 2}, "run_once": True}
    one = {ONE: {"details": True, "depth": "{{ hotfix_depth | default('standard') }}"}}
    tasks = [{"name": "sweep", **sweep}, {"name": "one", **one, "ignore_errors": True, "ignore_unreachable": True}]
    tasks.insert(1, {"name": "none", SWEEP: {"hosts": []}, "run_once": True})
    tasks.insert(2, {"name": "twice", SWEEP: {"hosts": ["win2019", "win2019"]}, "run_once": True})
    tasks.insert(3, {"name": "stranger", SWEEP: {"hosts": ["win2019", "who"]}, "ignore_errors": True, "run_once": True})
    tasks.insert(4, {"name": "delegated", SWEEP: {}, "delegate_to": "win2019", "ignore_errors": True, "run_once": True})
    tasks.append({"name": "revive", "ansible.builtin.meta": "clear_host_errors"})
    return ansible(
        tmp_path_factory.mktemp("sweep"),
        _inventory(fleet),
        "-vvv",
        playbook=[{"hosts": "all", "gather_facts": False, "tasks": tasks}],
    )


def _swept(ran: Ran, task: str = "sweep") -> dict[str, Any]:
    found = [result for (_host, name), result in ran.tasks.items() if name == task]
    assert len(found) == 1, ran.out[-3000:]
    return found[0]


def test_each_host_answers_what_a_task_of_its_own_gets(ran: Ran, fleet: RunningFleet) -> None:
    hosts = _swept(ran)["hosts"]
    assert list(hosts) == sorted(_inventory(fleet)), "in the order of the inventory"
    volatile = {"outcome", "_ansible_no_log", "changed", "exception", "msg", "failed", "unreachable"}
    for name, swept in hosts.items():
        own = ran.tasks[name, "one"]
        if name == "lost":  # it was off by then
            continue
        of_noise = {"unknown"} if name == "garbled" else set()  # what the noise says differs from answer to answer
        assert not of_noise or (swept["unknown"] and own["unknown"]), "noise was believed"
        same = {key for key in {*swept, *own} - volatile - of_noise if swept.get(key) != own.get(key)}
        assert not same, f"{name}: {same}: {swept} and {own}"
        assert swept["outcome"] == ran.results[name][0], name
        if name not in ("no-template", "wrong-depth"):  # of these Ansible itself speaks, before the module
            assert str(own.get("msg")).endswith(str(swept.get("msg"))), name


def test_each_host_has_one_outcome(ran: Ran) -> None:
    told = _swept(ran)
    outcomes = {name: one["outcome"] for name, one in told["hosts"].items()}
    for name in (*PROFILES, "secure", "a-second-name", "by-psrp", "full", "garbled"):
        assert outcomes[name] == "ok", told["hosts"][name]
    for name in ("unauthorized", "wrong-password", "no-name", "dead", "lost"):
        assert outcomes[name] == "unreachable", told["hosts"][name]
    for name in ("html", "busy", "no-user", "no-template", "local", "wrong-wire", "wrong-depth"):
        assert outcomes[name] == "failed", told["hosts"][name]
    assert sum(told["outcomes"].values()) == len(outcomes)
    assert told["outcomes"]["ok"] == sum(told["verdicts"].values())
    assert "hotfix_depth" in told["hosts"]["wrong-depth"]["msg"]
    assert told["hosts"]["full"]["details"]["messages"] > told["hosts"]["vista_sp1_x64"]["details"]["messages"]
    by_template = [told["hosts"][f"{depth}-by-template"]["details"]["messages"] for depth in ("full", "standard")]
    assert by_template[0] > by_template[1] == told["hosts"]["srv2008_fixed"]["details"]["messages"]
    assert told["hosts"]["lost"]["status"], "what was learnt is kept"


def test_the_result_is_what_the_documentation_says(ran: Ran) -> None:
    from ansible_collections.winlegacy.servicing.plugins.modules import fleet_hotfix_info

    documented = set(yaml.safe_load(fleet_hotfix_info.RETURN))
    assert set(_swept(ran)) - {"changed", "_ansible_no_log"} == documented
    assert set(_swept(ran, "none")) - {"changed", "_ansible_no_log"} == documented


def test_what_makes_no_sense_is_refused_at_once(ran: Ran) -> None:
    assert _swept(ran, "none")["hosts"] == {}
    assert list(_swept(ran, "twice")["hosts"]) == ["win2019"]
    assert "'who' is no host of this play" in _swept(ran, "stranger")["msg"]
    assert "delegate_to" in _swept(ran, "delegated")["msg"]


def test_no_secret_is_told(ran: Ran) -> None:
    for word in (PASSWORD, "n0t-the-word"):
        assert word not in ran.out
        assert word not in json.dumps([*map(str, ran.tasks.values())])


def test_silent_and_dripping_hosts_cost_their_own_time(fleet: RunningFleet, tmp_path: Path) -> None:
    """More of them than may be asked at once, and the whole has an end."""
    good = of_host(fleet.host("vista_sp1_x64"))
    with servers.serving(servers.FIRST["silent"]) as silent, servers.serving(servers.FIRST["header_drip"]) as drip:
        inventory: dict[str, dict[str, Any]] = {}
        for number in range(6):
            port = (silent, drip)[number % 2]
            inventory[f"bad{number}"] = {**good, "ansible_host": "127.0.0.1", "ansible_port": port}
            inventory[f"good{number}"] = good
        options = {"concurrency": 4, "deadline": 4, "processes": 1}
        hurry = {"concurrency": 1, "overall_deadline": 2, "processes": 1}
        tasks = [{"name": "sweep", SWEEP: options}, {"name": "hurry", SWEEP: hurry}]
        ran = ansible(tmp_path, inventory, playbook=[{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    told = _swept(ran)
    assert told["seconds"] < 40
    assert "of 12 hosts" in ran.out, "progress"
    for name, one in told["hosts"].items():
        if name.startswith("bad"):
            assert one["outcome"] != "ok"
            assert "silent" in one["msg"] or "deadline" in one["msg"], one
        else:
            assert one["status"] == "needs_fix", one
    hurried = _swept(ran, "hurry")
    assert hurried["seconds"] < 15
    assert list(hurried["hosts"]) == sorted(inventory)
    assert hurried["hosts"]["good5"]["msg"] == "not asked: the deadline of the whole task was over"
