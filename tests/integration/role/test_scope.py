# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Never a host that was not named: hostile names, old groups, limits, connections of the controller, slices.

The fleet's own records prove it: what was not to be touched got the messages of its assessment and no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible.template
import pytest
import yaml
from integration.role.runner import QUICK, Controller, Packages, hotfix_packages, machine, never_asked, only_assessed
from winhost.testing import RunningFleet, running_fleet

STAGE, REMEDIATE = "winlegacy.servicing.stage", "winlegacy.servicing.remediate"
NAMES = (
    "prod 01",
    "wien,graz",
    "dc:eins",
    "srv:22",
    "!one",
    "&one",
    "~one",
    "web[1:3]",
    "*",
    "one*",
    "b\u00f6se gr\u00f6\u00dfe",
    "\u4e1c\u4eac",
    "kb952876_needs_fix",
    "tonight",
    "-x",
    "::1",
)
"""What a host may be called in an inventory, and what means something else as a pattern."""


def _fleet(*names: str, **more: Any) -> Any:
    return running_fleet({"hosts": [machine(name, "vista_sp1_x64", **more) for name in names]})


def test_names_are_never_patterns(tmp_path: Path, packages: Packages) -> None:
    """Half of the hosts are in the scope and half are not, and each kind of name is on both sides in turn."""
    with _fleet(*[f"h{number}" for number in range(len(NAMES) + 2)]) as fleet:
        for turn in (0, 1):
            hosts = list(fleet.hosts.values())
            for host in hosts:
                host.reset()
            names = dict(zip([*NAMES, "one", "untouchable"], hosts, strict=True))
            inside = [name for at, name in enumerate(NAMES) if at % 2 == turn]
            controller = Controller(tmp_path / str(turn), fleet)
            _script(controller, {name: _of(host) for name, host in names.items()}, inside)
            played = controller.play(
                STAGE, "--check" if turn == 0 else "--diff", kb952876_hosts="scope", **packages
            )
            assert played.code == 0, played.out[-3000:]
            for name, host in names.items():
                if name in inside:
                    assert played.changed(name) == ["Stage the package"], name
                else:
                    assert host.messages == 0, name


def test_a_name_that_ansible_takes_for_a_template(tmp_path: Path, packages: Packages) -> None:
    """From 2.19 on a name is a name; before, Ansible evaluates it, and the host is refused before any message."""
    with _fleet("h", "other") as fleet:
        names = {"{{ 7 * 6 }}": fleet.host("h"), "plain": fleet.host("other")}
        controller = Controller(tmp_path, fleet)
        _script(controller, {name: _of(host) for name, host in names.items()}, list(names))
        played = controller.play(STAGE, kb952876_hosts="scope", **packages)
        if hasattr(ansible.template, "trust_as_template"):
            assert played.code == 0, played.out[-3000:]
            assert all(played.changed(name) == ["Stage the package"] for name in names)
        else:
            assert played.code != 0
            assert "is a template to this ansible-core" in " ".join(played.out.split())
            assert all(host.messages == 0 for host in names.values())


def _script(controller: Controller, hosts: dict[str, Any], scope: list[str]) -> None:
    """A dynamic inventory: its names are taken as they are, where one in YAML reads ranges and ports out of them."""
    told = {"_meta": {"hostvars": hosts}, "all": {"hosts": list(hosts)}, "scope": {"hosts": scope}}
    path = controller.folder / "hosts.yml"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(told)}\nEND\n", encoding="utf-8")
    path.chmod(0o755)


def _of(host: Any) -> dict[str, Any]:
    from integration.assess.commands import of_host

    return of_host(host)


def test_groups_of_an_earlier_run_do_not_count(tmp_path: Path, packages: Packages) -> None:
    """groups.yml of an assessment of all is beside the inventory; only the lab is to be worked on."""
    with _fleet("lab1", "prod1", "prod2") as fleet:
        controller = Controller(tmp_path, fleet, groups={"lab": ["lab1"], "prod": ["prod1", "prod2"]})
        assert controller.play("winlegacy.servicing.assess", kb952876_inventory_file="groups.yml").code == 0
        for name in ("prod1", "prod2"):
            fleet.host(name).reset()
        played = controller.play(
            REMEDIATE,
            "-i",
            "groups.yml",
            kb952876_hosts="lab",
            **packages,
            kb952876_reboot=True,
            **QUICK,
        )
        assert played.code == 0, played.out[-3000:]
        assert fleet.host("lab1").state()["boots"] == 2
        for name in ("prod1", "prod2"):
            assert fleet.host(name).messages == 0, name


@pytest.mark.parametrize("kind", ["group", "host"])
def test_a_name_of_the_run_that_the_inventory_has_is_refused(kind: str, tmp_path: Path, packages: Packages) -> None:
    with _fleet("one", "two") as fleet:
        taken = "kb952876_stage_canary"
        controller = Controller(tmp_path, fleet, groups={taken: ["two"]} if kind == "group" else {})
        if kind == "host":
            controller.inventory({"one": _of(fleet.host("one")), taken: _of(fleet.host("two"))})
        played = controller.play(STAGE, **packages)
        assert played.code == 2
        assert taken in played.out
        assert "already" in played.out
        assert never_asked(fleet)


def test_the_canary_is_the_first_of_the_inventory(tmp_path: Path, packages: Packages) -> None:
    """Not the one whose assessment ended first."""
    hosts = [machine("slow", "vista_sp1_x64"), machine("quick", "vista_sp1_x64")]
    hosts[0]["overrides"]["wmi_delays"] = {"Win32_OperatingSystem": 1.5}
    with running_fleet({"hosts": hosts}) as fleet:
        played = Controller(tmp_path, fleet).play(STAGE, **packages)
        assert played.code == 0, played.out[-3000:]
        staged = [one["host"] for one in played.events if str(one["task"]).endswith("Stage the package")]
        assert staged == ["slow", "quick"]


def test_a_limit_is_kept(tmp_path: Path, packages: Packages) -> None:
    with _fleet("one", "two", "three") as fleet:
        controller = Controller(tmp_path, fleet)
        refused = controller.play(STAGE, "--limit", "two:three", kb952876_canary="one", **packages)
        assert refused.code == 2
        assert "kb952876_canary" in refused.out
        assert "outside" in refused.out
        assert never_asked(fleet)
        played = controller.play(STAGE, "--limit", "two:three", **packages)
        assert played.code == 0, played.out[-3000:]
        assert fleet.host("one").messages == 0
        assert {name for name in fleet.hosts if played.changed(name)} == {"two", "three"}


@pytest.mark.parametrize("local", [False, True], ids=["extra-variable", "host-named-::1"])
def test_what_the_controller_writes_needs_no_connection(local: bool, tmp_path: Path, packages: Packages) -> None:
    with _fleet("one", "two") as fleet:
        controller = Controller(tmp_path, fleet)
        if local:
            controller.inventory({"::1": _of(fleet.host("one")), "two": _of(fleet.host("two"))})
        extra: dict[str, Any] = {} if local else {"ansible_connection": "winrm"}
        played = controller.play(
            REMEDIATE,
            **packages,
            kb952876_report_dir="reports",
            kb952876_inventory_file="groups.yml",
            **extra,
            **QUICK,
        )
        assert played.code == 0, played.out[-3000:]
        report = json.loads((tmp_path / "reports" / "kb952876.json").read_text(encoding="utf-8"))
        assert {row["status"] for row in report["hosts"]} == {"install_pending"}
        groups = yaml.safe_load((tmp_path / "groups.yml").read_text(encoding="utf-8"))
        assert len(groups["kb952876_install_pending"]["hosts"]) == 2


AWX = {"awx_job_template_name": "Remediate", "awx_workflow_job_name": "Remediate", "awx_job_id": 7}


def test_a_slice_elects_no_canary_of_its_own(tmp_path: Path, packages: Packages) -> None:
    with _fleet("one", "two") as fleet:
        controller = Controller(tmp_path, fleet)
        refused = controller.play(STAGE, **packages, **AWX)
        assert refused.code == 2
        assert "kb952876_canary_done" in refused.out
        assert never_asked(fleet)
        other = {**AWX, "awx_workflow_job_name": "Night of the servers"}
        assert controller.play(STAGE, "--check", **packages, **other).code == 0
        played = controller.play(STAGE, **packages, kb952876_canary_done=True, **AWX)
        assert played.code == 0, played.out[-3000:]
        assert {name for name in fleet.hosts if played.changed(name)} == {"one", "two"}


APART = ("dc1", "dc2", "node1", "node2", "free")


@pytest.fixture(scope="module")
def pairs() -> Iterator[RunningFleet]:
    with _fleet(*APART) as fleet:
        yield fleet


def test_hosts_that_are_kept_apart(pairs: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    """One of a pair is worked on only after the other was verified, in one batch of all and in the canary too."""
    controller = Controller(tmp_path, pairs, groups={"cluster": ["node1", "node2"]})
    played = controller.play(
        REMEDIATE,
        **packages,
        kb952876_reboot=True,
        kb952876_canary="dc1:dc2",
        kb952876_batches="100%",
        kb952876_apart=[["dc1", "dc2"], "cluster"],
        **QUICK,
    )
    assert played.code == 0, played.out[-3000:]
    order = [(str(one["task"]).rpartition(" : ")[2], one["host"]) for one in played.events]
    for first, second in (("dc1", "dc2"), ("node1", "node2"), ("dc2", "node1")):
        verified, begun = order.index(("Verify the hotfix", first)), order.index(("Stage the package", second))
        assert verified < begun, f"{second} was begun before {first} was verified"
    for host in pairs.hosts.values():
        assert hotfix_packages(host.state())


def test_the_other_of_a_pair_is_left_alone_when_the_first_fails(tmp_path: Path, packages: Packages) -> None:
    hosts = [
        machine("canary", "vista_sp1_x64"),
        machine("dc1", "srv2008_rtm_x64", servicing={"fault": "noop_zero"}),
        machine("dc2", "srv2008_rtm_x64"),
        machine("free", "vista_sp1_x86"),
    ]
    with running_fleet({"hosts": hosts}) as fleet:
        played = Controller(tmp_path, fleet).play(
            REMEDIATE,
            **packages,
            kb952876_apart=[["dc1", "dc2"]],
            kb952876_batches="100%",
            kb952876_max_fail_percentage=100,
            **QUICK,
        )
        assert played.code == 2
        assert "Install the hotfix" in played.changed("free")
        assert only_assessed(fleet.host("dc2"), played, "dc2")
        assert "dc1" in played.failure("dc2")
