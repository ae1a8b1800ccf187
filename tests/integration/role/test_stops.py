# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stop is a stop: a table of roll-outs in which hosts fail or are lost, and of Ansible's own switches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from integration.role.runner import (
    QUICK,
    Controller,
    Packages,
    Played,
    machine,
    never_asked,
    only_assessed,
    play_of_role,
    without,
)
from sampling import sampled
from winhost.testing import RunningFleet, running_fleet

REMEDIATE = "winlegacy.servicing.remediate"
LIAR: dict[str, Any] = {"servicing": {"fault": "noop_zero"}}
"""Its installer says success, and servicing knows nothing of it: the host fails."""
LOST: dict[str, Any] = {"faults": [{"kind": "power_off", "at": 25}]}
"""It goes down in the middle of the work."""


@dataclass(frozen=True)
class Case:
    """hosts: name to what is wrong with it. touched: hosts that are worked on; the others get an assessment only."""

    hosts: dict[str, dict[str, Any]]
    touched: str
    said: str = ""
    code: int = 2
    variables: dict[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


WELL: dict[str, Any] = {}
ROLLOUTS = {
    "half-the-canary-fails": Case(
        {"a": LIAR, "b": WELL, "c": WELL, "d": WELL},
        "a b",
        "The roll-out stops",
        variables={"kb952876_canary_size": 2},
    ),
    "a-canary-fails-which-is-allowed": Case(
        {"a": LIAR, "b": WELL, "c": WELL},
        "a b c",
        "goes on",
        variables={"kb952876_canary_size": 2, "kb952876_max_fail_percentage": 50},
    ),
    "just-above-what-is-allowed": Case(
        {"a": LIAR, "b": WELL, "c": WELL},
        "a b",
        "The roll-out stops",
        variables={"kb952876_canary_size": 2, "kb952876_max_fail_percentage": 49},
    ),
    "a-batch-fails-in-part": Case(
        {"a": WELL, "b": LIAR, "c": WELL, "d": WELL, "e": WELL},
        "a b c",
        "The roll-out stops",
        variables={"kb952876_batches": [2]},
    ),
    "two-batches-in-a-row-fail-in-part": Case(
        {"a": LIAR, "b": WELL, "c": LIAR, "d": LIAR, "e": WELL, "f": WELL},
        "a b c d",
        "The roll-out stops",
        variables={"kb952876_batches": [2], "kb952876_canary_size": 2, "kb952876_max_fail_percentage": 50},
    ),
    "a-batch-fails-whole-and-that-is-allowed": Case(
        {"a": WELL, "b": LIAR, "c": WELL},
        "a b c",
        "goes on",
        variables={"kb952876_batches": [1], "kb952876_max_fail_percentage": 100},
    ),
    "lost-in-mid-batch": Case(
        {"a": WELL, "b": LOST, "c": WELL, "d": WELL, "e": WELL},
        "a b c",
        "The roll-out stops",
        variables={"kb952876_batches": [2]},
    ),
    "the-canary-is-lost": Case({"a": LOST, "b": WELL}, "a", "The roll-out stops"),
    "any-errors-fatal-in-the-configuration": Case(
        {"a": WELL, "b": LIAR, "c": WELL, "d": WELL},
        "a b c d",
        "goes on",
        variables={"kb952876_batches": [2], "kb952876_max_fail_percentage": 50},
        environment={"ANSIBLE_ANY_ERRORS_FATAL": "true"},
    ),
    "one-fork": Case(
        {"a": WELL, "b": LIAR, "c": WELL},
        "a b",
        "The roll-out stops",
        variables={"kb952876_batches": [1]},
        arguments=("--forks", "1"),
    ),
    "a-limit": Case(
        {"a": WELL, "b": LIAR, "c": WELL}, "b", "The roll-out stops", arguments=("--limit", "b:c")
    ),
    "all-is-well": Case({"a": WELL, "b": WELL, "c": WELL}, "a b c", code=0),
}


ALIKE = (
    "a-canary-fails-which-is-allowed",  # two-batches-in-a-row-fail-in-part begins so
    "just-above-what-is-allowed",  # half-the-canary-fails; the arithmetic is test_progress.py's
    "a-batch-fails-in-part",  # two-batches-in-a-row-fail-in-part ends so
    "one-fork",
    "all-is-well",  # test_remediate.py
)
"""Roll-outs whose every turn another one takes too; make test leaves them out."""


@pytest.mark.parametrize("name", sampled(ROLLOUTS, *(name for name in ROLLOUTS if name not in ALIKE)))
def test_a_stop_is_a_stop(name: str, tmp_path: Path, packages: Packages) -> None:
    case = ROLLOUTS[name]
    hosts = [machine(host, "vista_sp1_x86", **wrong) for host, wrong in case.hosts.items()]
    with running_fleet({"hosts": hosts}) as fleet:
        controller = Controller(tmp_path, fleet)
        controller.environment.update(case.environment)
        played = controller.play(
            REMEDIATE, *case.arguments, **{**packages, **QUICK, **case.variables}
        )
        assert played.code == case.code, played.out[-3000:]
        touched = case.touched.split()
        for host in case.hosts:
            if host in touched:
                began = played.tasks(host)
                assert "Stage the package" in began, f"{host} was not worked on:\n{played.out[-3000:]}"
            elif case.arguments[:1] == ("--limit",) and host not in case.arguments[1]:
                assert fleet.host(host).messages == 0, host
            else:
                assert only_assessed(fleet.host(host), played, host), host
        assert case.said in _said(played)
        if "stops" in case.said:
            left = [host for host in case.hosts if host not in touched and fleet.host(host).messages]
            assert f"Not touched: {', '.join(left)}." in _said(played)
        for host, wrong in case.hosts.items():
            if wrong and host in touched:
                assert f"{host}: " in _said(played), "the message names each host that failed"
            assert bool(played.failure(host)) == bool(wrong and host in touched), f"{host}: {played.failure(host)}"


def _said(played: Played) -> str:
    """All that was said of batches, one after the other."""
    told = [one["result"]["msg"] for one in played.events if str(one["task"]).endswith("Say what became of the batch")]
    return "\n".join(line for lines in told for line in lines)


TAGS = [
    f"{option} kb952876_{tag}"
    for option, tag in (
        ("--tags", "assess"),
        ("--tags", "stage"),
        ("--tags", "install"),
        ("--tags", "reboot"),
        ("--skip-tags", "reboot"),
        ("--tags", "verify"),
        ("--tags", "cleanup"),
    )
]


@pytest.fixture(scope="module")
def untouched() -> Iterator[RunningFleet]:
    """Two hosts that nothing is ever to be done to."""
    with running_fleet({"hosts": [machine("a", "vista_sp1_x64"), machine("b", "vista_sp1_x64")]}) as fleet:
        yield fleet


@pytest.mark.parametrize(
    ("play", "arguments"),
    sampled(
        itertools.product(("remediate", "role"), TAGS),
        ("remediate", "--tags kb952876_install"),
        ("remediate", "--skip-tags kb952876_reboot"),
        ("role", "--tags kb952876_stage"),
    ),
)
def test_a_tag_that_would_do_nothing_is_refused(
    play: str, arguments: str, untouched: RunningFleet, tmp_path: Path, packages: Packages
) -> None:
    """There are variables for each step. Never more than was said, and never nothing with exit code 0."""
    for host in untouched.hosts.values():
        host.reset()
    book = REMEDIATE if play == "remediate" else play_of_role("present")
    controller = Controller(tmp_path, untouched)
    played = controller.play(book, *arguments.split(), **packages, kb952876_reboot=True, **QUICK)
    assert played.code == 2, played.out[-2000:]
    assert arguments.split()[1] in played.out
    assert "kb952876_state" in played.out
    assert never_asked(untouched)


def test_tags_of_the_users_own_choose_the_whole(tmp_path: Path, packages: Packages) -> None:
    with running_fleet({"hosts": [machine("a", "vista_sp1_x64")]}) as fleet:
        controller = Controller(tmp_path, fleet)
        site = controller.folder / "site.yml"
        site.write_text(
            "- import_playbook: winlegacy.servicing.stage\n  tags: [servicing]\n"
            "- hosts: all\n  gather_facts: false\n  tags: [other]\n  tasks: [{ansible.builtin.debug: {}}]\n",
            encoding="utf-8",
        )
        other = controller.play(str(site), "--tags", "other", **packages)
        assert other.code == 0
        assert never_asked(fleet)
        played = controller.play(str(site), "--tags", "servicing", **packages)
        assert played.code == 0, played.out[-2000:]
        assert played.changed("a") == ["Stage the package"]
        skipped = controller.play(str(site), "--skip-tags", "servicing", **packages)
        assert skipped.code == 0


STARTS = (
    "Assess the host",
    "Group by verdict",
    "Decide which hosts have work",
    "Do the batch's work",
    "Bring the host to the wanted state",
    "Stage the package",
    "no such task",
)


@pytest.mark.parametrize("task", sampled(STARTS, "Group by verdict", "Decide which hosts have work", "no such task"))
def test_started_in_the_middle_nothing_is_touched(
    task: str, untouched: RunningFleet, tmp_path: Path, packages: Packages
) -> None:
    played = Controller(tmp_path, untouched).play(REMEDIATE, "--start-at-task", task, **packages, **QUICK)
    assert played.code != 0 or "No matching task" in played.out, played.out[-2000:]
    assert not [host for host in untouched.hosts.values() if host.state()["processes_started"]]


def test_an_inventory_without_hosts_is_said(tmp_path: Path, packages: Packages) -> None:
    with running_fleet({"hosts": [machine("a", "vista_sp1_x64")]}) as fleet:
        controller = Controller(tmp_path, fleet)
        controller.inventory({})
        played = controller.play(REMEDIATE, **packages)
        assert played.code != 0
        assert "no host" in played.out
        assert never_asked(fleet)


@pytest.mark.parametrize("serial", sampled((1, 2), 2))
def test_any_errors_fatal_of_a_users_play(serial: int, tmp_path: Path, packages: Packages) -> None:
    """The broken host fails and no other; what was begun is finished, and the next batch is not begun."""
    hosts = [machine("bad", "vista_sp1_x86", **LIAR), machine("well", "vista_sp1_x86"), machine("c", "vista_sp1_x86")]
    with running_fleet({"hosts": hosts}) as fleet:
        controller = Controller(tmp_path, fleet)
        book = play_of_role("present", any_errors_fatal=True, serial=serial)
        played = controller.play(book, **packages, **QUICK)
        assert played.code == 2
        assert "But servicing says" in played.failure("bad")
        assert "ansible_failed_task" not in played.out
        assert not played.failure("well")
        assert "c" not in {one["host"] for one in played.events}
        assert fleet.host("c").messages == 0
        if serial == 2:
            assert "Install the hotfix" in played.changed("well")


def test_max_fail_percentage_of_a_users_play(tmp_path: Path, packages: Packages) -> None:
    hosts = [machine("bad", "vista_sp1_x86", **LIAR), machine("well", "vista_sp1_x86"), machine("c", "vista_sp1_x86")]
    with running_fleet({"hosts": hosts}) as fleet:
        book = play_of_role("present", serial=2, max_fail_percentage=0)
        played = Controller(tmp_path, fleet).play(book, **packages, **QUICK)
        assert played.code == 2
        assert fleet.host("c").messages == 0


@pytest.mark.parametrize(
    ("play", "lacks"),
    sampled(
        itertools.product(("remediate", "role"), ("present.yml", "look.yml")),
        ("remediate", "present.yml"),
        ("role", "look.yml"),
    ),
)
def test_what_cannot_be_included_is_a_failure(play: str, lacks: str, tmp_path: Path, packages: Packages) -> None:
    """Ansible tells no failed task then, and its own count of failures would end the run with success."""
    with running_fleet({"hosts": [machine("a", "vista_sp1_x86"), machine("b", "vista_sp1_x86")]}) as fleet:
        controller = Controller(tmp_path, fleet)
        lacking = without(tmp_path / "collections", f"roles/kb952876/tasks/{lacks}")
        controller.environment["ANSIBLE_COLLECTIONS_PATH"] = lacking
        book = REMEDIATE if play == "remediate" else play_of_role("present")
        played = controller.play(book, **packages, **QUICK)
        assert played.code == 2, played.out[-3000:]
        assert played.failure("a")
        assert "is undefined" not in played.out
        if play == "remediate":
            assert "The roll-out stops. Not touched: b." in _said(played)
            assert only_assessed(fleet.host("b"), played, "b")
