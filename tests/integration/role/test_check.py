# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every host's settings are judged, each time, and whatever is left by earlier plays, inventories or skipped tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from integration.role.runner import QUICK, Controller, Packages, machine, never_asked, play_of_role
from sampling import sampled
from winhost.testing import RunningFleet, running_fleet

STAGE, REMEDIATE = "winlegacy.servicing.stage", "winlegacy.servicing.remediate"
MISSPELT: dict[str, Any] = {"kb952876_window": [{"start": "01:00", "end": "01:01"}]}
HOSTS = ("first", "lab1", "lab2")


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": [machine(name, "vista_sp1_x64") for name in HOSTS]}) as running:
        yield running


@dataclass(frozen=True)
class Case:
    """book: a playbook or a play. hosts: variables by host, in the inventory. named: what the refusal says."""

    named: str
    book: Any = REMEDIATE
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def _lab(**variables: Any) -> dict[str, dict[str, Any]]:
    return {"lab1": variables, "lab2": variables}


def _own(state: str = "present", **play: Any) -> list[dict[str, Any]]:
    return play_of_role(state, **play)


FAILS_FIRST = [{"ansible.builtin.fail": {"msg": "x"}, "when": "inventory_hostname == 'first'"}]
MESSAGES = {name: {"m": 'off "now"!' if name == "lab1" else "fine"} for name in HOSTS}
LIMITS = {name: {"kb952876_max_fail_percentage": 100 if name == "first" else 0} for name in HOSTS}
BY_HOST = "{{ 'present' if inventory_hostname == 'lab1' else 'assessed' }}"
LINEAR = "from ansible.plugins.strategy.linear import StrategyModule  # noqa: F401\n"

REFUSED = {
    "scope-of-some": Case("kb952876_hosts is set in the inventory", hosts=_lab(kb952876_hosts="lab")),
    "apart-of-some": Case(
        "kb952876_apart is one for the whole run, but hosts disagree", hosts=_lab(kb952876_apart=[["lab1", "lab2"]])
    ),
    "canary-of-some": Case("kb952876_canary is one", hosts=_lab(kb952876_canary="lab1")),
    "limits-of-hosts": Case("kb952876_max_fail_percentage is one", hosts=LIMITS),
    "report-of-some": Case("kb952876_report_dir is one", hosts=_lab(kb952876_report_dir="reports")),
    "wire": Case(
        "winlegacy_legacy_tls is 'maybe': true or false was expected (host lab2)",
        hosts={"lab2": {"winlegacy_legacy_tls": "maybe", "winlegacy_connect_timeout": "abc"}},
    ),
    "message-of-one-host": Case(
        "(host lab1)",
        book=[{"ansible.builtin.import_playbook": REMEDIATE, "vars": {"kb952876_reboot_message": "{{ m }}"}}],
        hosts=MESSAGES,
    ),
    "message-of-one-host-by-command-line": Case(
        "(host lab1)", hosts=MESSAGES, variables={"kb952876_reboot_message": "{{ m }}"}
    ),
    "state-of-one-host": Case("kb952876_package_dir", book=_own(BY_HOST), variables={"kb952876_package_dir": ""}),
    "first-host-gone": Case(
        "kb952876_package_dir", book=_own(pre_tasks=FAILS_FIRST), variables={"kb952876_package_dir": ""}
    ),
    "first-host-gone-and-a-later-batch-wrong": Case(
        "kb952876_window:", book=_own(pre_tasks=FAILS_FIRST, serial=[2, 1]), hosts={"lab2": MISSPELT}
    ),
    "free": Case("kb952876_window:", book=_own(strategy="free"), hosts={"lab2": MISSPELT}),
    "a-strategy-of-another-name": Case(
        "kb952876_window:",
        book=_own(strategy="mylinear"),
        hosts={"lab2": MISSPELT},
        environment={"ANSIBLE_STRATEGY_PLUGINS": "."},
    ),
    "skip-tags-always": Case("were not checked", book=_own(vars=MISSPELT), arguments=("--skip-tags", "always")),
    "skip-tags-always-playbook": Case("were not checked", arguments=("--skip-tags", "always"), variables=MISSPELT),
    "scope-by-inventory": Case(
        "__kb952876_scope is set in the inventory",
        book=_own(),
        hosts={name: {"__kb952876_scope": {}} for name in HOSTS},
    ),
    "done-by-inventory": Case("__kb952876_done is set", hosts={"lab1": {"__kb952876_done": "remediate"}}),
    "apart-own-play": Case(
        "kb952876_apart is read by the playbooks alone", book=_own(), variables={"kb952876_apart": [["lab1", "lab2"]]}
    ),
    "canary-own-play": Case("kb952876_canary is read by", book=_own(), variables={"kb952876_canary": "lab1"}),
    "percentage-own-play": Case(
        "kb952876_max_fail_percentage is read by", book=_own(), variables={"kb952876_max_fail_percentage": 0}
    ),
    "hosts-own-play": Case("kb952876_hosts does not hold", book=_own(), variables={"kb952876_hosts": "lab1"}),
    "canary-of-nothing": Case("'lab1:!lab1' matches no host", variables={"kb952876_canary": "lab1:!lab1"}),
    "canary-localhost": Case("'localhost' matches no host", variables={"kb952876_canary": "localhost"}),
    "number": Case(
        "did you mean kb952876_windows", hosts={"lab1": {"kb952867_windows": [{"start": "00:00", "end": "00:01"}]}}
    ),
    "import-with-a-condition": Case(
        "were not checked",
        book=[{"ansible.builtin.import_playbook": REMEDIATE, "when": "inventory_hostname != 'first'"}],
    ),
    "import-of-assess-with-a-condition": Case(
        "were not checked",
        book=[
            {"ansible.builtin.import_playbook": "winlegacy.servicing.assess", "when": "inventory_hostname != 'first'"}
        ],
    ),
}


ALIKE = (
    "canary-of-some",  # apart-of-some
    "limits-of-hosts",
    "report-of-some",
    "message-of-one-host-by-command-line",  # message-of-one-host
    "first-host-gone",  # first-host-gone-and-a-later-batch-wrong
    "a-strategy-of-another-name",  # free
    "scope-by-inventory",  # done-by-inventory
    "canary-own-play",  # apart-own-play
    "percentage-own-play",
    "canary-localhost",  # canary-of-nothing
)
"""Cases that come the same way as another (named beside them); make test leaves them out."""


@pytest.mark.parametrize("name", sampled(REFUSED, *(name for name in REFUSED if name not in ALIKE)))
def test_it_is_refused_before_the_first_message(
    name: str, fleet: RunningFleet, tmp_path: Path, packages: Packages
) -> None:
    case = REFUSED[name]
    for host in fleet.hosts.values():
        host.reset()
    controller = Controller(tmp_path, fleet, case.hosts, groups={"lab": ["lab1", "lab2"]})
    controller.environment.update(case.environment)
    (tmp_path / "mylinear.py").write_text(LINEAR, encoding="utf-8")
    chosen = {**packages, **QUICK, "kb952876_reboot": True, **case.variables}
    played = controller.play(case.book, *case.arguments, **chosen)
    assert played.code == 2, played.out[-2000:]
    assert case.named in played.out, played.out[-2000:]
    assert "no attribute" not in played.out
    assert "Traceback" not in played.out
    assert never_asked(fleet)


def test_a_locked_vault_is_named(fleet: RunningFleet, tmp_path: Path, packages: Packages) -> None:
    for host in fleet.hosts.values():
        host.reset()
    controller = Controller(tmp_path, fleet)
    locked = "$ANSIBLE_VAULT;1.1;AES256\n6162636465666768696a\n"
    (tmp_path / "group_vars").mkdir()
    text = "kb952876_package_dir: !vault |\n" + "".join(f"  {line}\n" for line in locked.splitlines())
    (tmp_path / "group_vars" / "all.yml").write_text(text, encoding="utf-8")
    played = controller.play(REMEDIATE, **{key: one for key, one in packages.items() if not key.endswith("_dir")})
    assert played.code == 2
    assert "kb952876_package_dir cannot be read" in played.out
    assert never_asked(fleet)


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_after_a_playbook_a_play_of_the_users_own_is_judged(
    strategy: str, fleet: RunningFleet, tmp_path: Path, packages: Packages
) -> None:
    """The earlier playbook leaves its results on every host."""
    for host in fleet.hosts.values():
        host.reset()
    book = [{"ansible.builtin.import_playbook": STAGE}, *_own(vars=MISSPELT, strategy=strategy)]
    played = Controller(tmp_path, fleet).play(book, **packages, **QUICK)
    assert played.code == 2
    assert "did you mean kb952876_windows" in played.failure("first")
    assert all("Install the hotfix" not in played.tasks(name) for name in HOSTS)


def test_what_hosts_share_may_stand_in_the_inventory(tmp_path: Path, packages: Packages) -> None:
    shared = {"kb952876_canary": "{{ groups['lab'][1:] }}", "kb952876_batches": [1], "kb952876_report_dir": ""}
    with running_fleet({"hosts": [machine(name, "vista_sp1_x64") for name in HOSTS]}) as fleet:
        controller = Controller(tmp_path, fleet, dict.fromkeys(HOSTS, shared), groups={"lab": ["lab1", "lab2"]})
        played = controller.play(STAGE, "--check", **packages)
        assert played.code == 0, played.out[-2000:]
        staged = [one["host"] for one in played.events if str(one["task"]).endswith("Stage the package")]
        assert staged == ["lab2", "first", "lab1"]
