# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with the settings is said before the first message to any host, by the fleet's own records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.role.runner import Controller, Packages, machine, never_asked, play_of_role
from sampling import sampled
from winhost.testing import RunningFleet, running_fleet

REMEDIATE = "winlegacy.servicing.remediate"
WINDOW = {"start": "22:00", "end": "04:00"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": [machine("one", "vista_sp1_x64"), machine("two", "vista_sp1_x86")]}) as running:
        yield running


@pytest.fixture
def controller(fleet: RunningFleet, tmp_path: Path) -> Controller:
    for host in fleet.hosts.values():
        host.reset()
    return Controller(tmp_path, fleet, groups={"pair": ["one", "two"]})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "canary-size-0": ({"kb952876_canary_size": 0}, "kb952876_canary_size is 0"),
    "canary-size-word": ({"kb952876_canary_size": "abc"}, "kb952876_canary_size is 'abc'"),
    "batches-0": ({"kb952876_batches": [0]}, "kb952876_batches"),
    "batches-word": ({"kb952876_batches": ["x"]}, "kb952876_batches"),
    "batches-0-percent": ({"kb952876_batches": "0%"}, "kb952876_batches"),
    "batches-none": ({"kb952876_batches": []}, "kb952876_batches"),
    "canary-misspelt": ({"kb952876_canary": "oen"}, "kb952876_canary: 'oen' matches no host"),
    "canary-part": ({"kb952876_canary": "one:nobody"}, "'nobody' matches no host"),
    "canary-outside": ({"kb952876_canary": "one", "kb952876_hosts": "two"}, "outside"),
    "hosts-misspelt": ({"kb952876_hosts": "prood"}, "kb952876_hosts"),
    "hosts-empty": ({"kb952876_hosts": ""}, "kb952876_hosts"),
    "percentage": ({"kb952876_max_fail_percentage": 101}, "kb952876_max_fail_percentage is 101"),
    "window": ({"kb952876_window": [WINDOW]}, "kb952876_windows"),
    "another-case": ({"kb952876_Reboot": True}, "kb952876_reboot"),
    "wire": ({"winlegacy_legacytls": True}, "winlegacy_legacy_tls"),
    "no-days": ({"kb952876_windows": [{**WINDOW, "days": []}]}, "days"),
    "span-of-days": ({"kb952876_windows": [{**WINDOW, "days": ["mon-fri"]}]}, "mon-fri"),
    "days-in-one-text": ({"kb952876_windows": [{**WINDOW, "days": "fri, sat"}]}, "fri, sat"),
    "unquoted": ({"kb952876_windows": [{"start": 22, "end": 4}]}, "start is 22"),
    "reserve": ({"kb952876_window_reserve": "soon"}, "kb952876_window_reserve"),
    "no-package": ({"kb952876_package_dir": ""}, "kb952876_package_dir"),
    "no-folder": ({"kb952876_package_dir": "/nowhere/at/all"}, "/nowhere/at/all"),
    "empty-folder": ({"kb952876_package_dir": "/proc/self/fdinfo"}, "no package of KB952876"),
    "message": ({"kb952876_reboot_message": "Down at 5 %!"}, "kb952876_reboot_message"),
    "delay": ({"kb952876_reboot_delay": 100000}, "kb952876_reboot_delay is 100000"),
    "switch": ({"kb952876_reboot": "perhaps"}, "kb952876_reboot is 'perhaps'"),
    "choice": ({"kb952876_transfer": "ftp"}, "kb952876_transfer is 'ftp'"),
    "query": ({"kb952876_report_query": "[?status=="}, "kb952876_report_query"),
    "formats": ({"kb952876_report_formats": ["pdf"]}, "pdf"),
    "apart-host": ({"kb952876_apart": [["one", "tow"]]}, "tow"),
    "apart-group": ({"kb952876_apart": ["pear"]}, "pear"),
    "result": ({"kb952876_result": {"status": "needs_fix"}}, "kb952876_result"),
    "state-of-another-playbook": ({"kb952876_state": "absent"}, "kb952876_state cannot be set here"),
    "private": ({"__kb952876_scope": {}}, "__kb952876_scope"),
    "two-canaries": ({"kb952876_canary": "one", "kb952876_canary_size": 2}, "exclude each other"),
    "report-folder-is-a-file": ({"kb952876_report_dir": "/etc/hostname"}, "/etc/hostname"),
    "compare-is-no-report": ({"kb952876_report_compare": "/etc/hostname"}, "kb952876_report_compare: /etc/hostname: "),
    "signature-without-roots": ({"kb952876_signature": "require", "kb952876_ca_file": ""}, "kb952876_ca_file"),
    "undefined": ({"kb952876_reboot_message": "{{ nobody_knows }}"}, "kb952876_reboot_message"),
}


IN_PLAYBOOKS = (
    "canary-size-0",
    "canary-outside",
    "hosts-misspelt",
    "hosts-empty",
    "window",
    "wire",
    "no-package",
    "result",
    "state-of-another-playbook",
    "private",
    "undefined",
)
"""One of each way in which a playbook gets at a setting; what is an extra variable or a scope of its own cannot be told
in a play. The others reach the same task in a play each, all in one run (test_its_task_refuses_it)."""


@pytest.mark.parametrize("case", sampled(REFUSED, *IN_PLAYBOOKS))
def test_it_is_refused_before_the_first_message(
    case: str, controller: Controller, fleet: RunningFleet, packages: Packages
) -> None:
    variables, named = REFUSED[case]
    played = controller.play(REMEDIATE, **{**packages, "kb952876_reboot": True, **variables})
    assert played.code != 0
    assert named in played.out, played.out[-1500:]
    assert "Traceback" not in played.out
    assert never_asked(fleet)


@pytest.fixture(scope="module")
def judged(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory, packages: Packages) -> dict[str, str]:
    """What the task of the playbooks that judges settings says of each case, all in one run of a play each."""
    for host in fleet.hosts.values():
        host.reset()
    judge = {"winlegacy.servicing.rollout_settings": {"playbook": "remediate", "state": "present"}}
    book = [
        {
            "hosts": "all",
            "gather_facts": False,
            "vars": {**packages, "kb952876_reboot": True, **variables},
            "tasks": [{"name": case, **judge, "run_once": True, "ignore_errors": True}],
        }
        for case, (variables, _named) in REFUSED.items()
        if case not in IN_PLAYBOOKS
    ]
    played = Controller(tmp_path_factory.mktemp("judged"), fleet, groups={"pair": ["one", "two"]}).play(book)
    assert "Traceback" not in played.out
    assert never_asked(fleet)
    return {one["task"]: one["result"]["msg"] for one in played.events if one["outcome"] == "failed"}


@pytest.mark.parametrize("case", [case for case in REFUSED if case not in IN_PLAYBOOKS])
def test_its_task_refuses_it(case: str, judged: dict[str, str]) -> None:
    assert REFUSED[case][1] in judged[case]


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_a_play_of_the_users_own_is_judged_too(
    strategy: str, controller: Controller, fleet: RunningFleet, packages: Packages
) -> None:
    book = play_of_role("present", strategy=strategy, vars={"kb952876_window": [WINDOW], "kb952876_install_timeout": 1})
    played = controller.play(book, **packages)
    assert played.code == 2
    assert "did you mean kb952876_windows" in played.out
    assert "kb952876_install_timeout is 1" in played.out, "one list of all that is wrong"
    assert never_asked(fleet)


@pytest.mark.parametrize("kind", ["import_role", "include_role"])
def test_a_condition_that_leaves_out_the_first_host_leaves_out_no_check(
    kind: str, controller: Controller, fleet: RunningFleet, packages: Packages
) -> None:
    role = {"name": "winlegacy.servicing.kb952876"}
    task = {"name": "Use the role", f"ansible.builtin.{kind}": role, "when": "inventory_hostname != 'one'"}
    variables = {"kb952876_state": "present", "kb952876_window": [WINDOW]}
    book = [{"hosts": "all", "gather_facts": False, "vars": variables, "tasks": [task]}]
    played = controller.play(book, **packages)
    assert played.code == 2
    told = {"include_role": "did you mean kb952876_windows", "import_role": "the settings were not checked"}
    assert told[kind] in played.out
    assert never_asked(fleet)


def test_a_list_of_patterns_is_a_scope(controller: Controller, fleet: RunningFleet, packages: Packages) -> None:
    played = controller.play(REMEDIATE, "--check", **packages, kb952876_hosts=["one", "tw*"])
    assert played.code == 0, played.out[-2000:]
    assert {name for name in fleet.hosts if played.changed(name)} == {"one", "two"}


def test_a_name_of_one_host_alone_is_found(fleet: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    """The first host's names are not enough, and a template behind the name is not looked at."""
    for host in fleet.hosts.values():
        host.reset()
    book = Controller(tmp_path, fleet, {"two": {"kb952876_wndows": "{{ lookup('file', '/nowhere') }}"}})
    played = book.play(REMEDIATE, **packages)
    assert played.code == 2
    assert "kb952876_wndows" in played.out
    assert "did you mean kb952876_windows" in played.out
    assert "(host two)" in played.out
    assert never_asked(fleet)


def test_a_scope_in_the_inventory_is_no_scope(fleet: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    """No play's `hosts` sees variables of groups, so it would be all hosts."""
    for host in fleet.hosts.values():
        host.reset()
    controller = Controller(tmp_path, fleet, {name: {"kb952876_hosts": "two"} for name in fleet.hosts})
    played = controller.play(REMEDIATE, **packages)
    assert played.code == 2
    assert "kb952876_hosts is set in the inventory" in played.out
    assert never_asked(fleet)


def test_a_state_from_outside_makes_no_work(fleet: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    """Also where the check of the settings is skipped by force."""
    for host in fleet.hosts.values():
        host.reset()
    controller = Controller(tmp_path, fleet)
    for arguments in ((), ("--skip-tags", "always")):
        for book in ("winlegacy.servicing.assess", REMEDIATE):
            controller.play(book, *arguments, **packages, kb952876_state="present")
            assert not [host for host in fleet.hosts.values() if host.state()["processes_started"]]


def test_each_host_has_its_own_values(fleet: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    """Templates are those of each host; what rests on a result of the run is left for later."""
    later = "{{ 'x' if kb952876_result.status == 'fixed' else 'y' }}"
    values = {
        name: {
            "kb952876_windows": "{{ [night] }}",
            "night": {"start": "22:00", "end": "04:00"},
            "kb952876_reboot_delay": "{{ own }}",
            "own": delay,
            "kb952876_reboot_message": later,
        }
        for name, delay in (("one", 5), ("two", 9999))
    }
    played = Controller(tmp_path, fleet, values).play(REMEDIATE, **packages)
    assert played.code == 2
    assert "1 setting is wrong" in played.out, played.out
    assert "kb952876_reboot_delay is 9999: a whole number, 0 to 600, was expected (host two)" in played.out


def test_one_list_of_all_that_is_wrong(controller: Controller, fleet: RunningFleet) -> None:
    played = controller.play(
        REMEDIATE, kb952876_window=[], kb952876_canary_size=0, kb952876_reboot_settle=-1, kb952876_batches="x"
    )
    said = next(one["result"]["msg"] for one in played.events if one["outcome"] == "failed")
    for name in ("kb952876_window:", "kb952876_canary_size", "kb952876_reboot_settle", "kb952876_batches"):
        assert name in said
    assert "kb952876_package_dir" in said
    assert never_asked(fleet)
