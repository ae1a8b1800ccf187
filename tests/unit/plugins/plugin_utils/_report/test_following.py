# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the run in the next command: all of them, before the step's own."""

from __future__ import annotations

import dataclasses
import itertools
import shlex
from typing import Any

import pytest
from ansible.inventory.manager import split_host_pattern
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import Reach, Run
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.following import MOST, Next, following
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_markdown import as_markdown
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import as_text
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from unit.plugins.plugin_utils._report.samples import ABOUT, result

STAGED = {"a": {"status": "staged", "summary": "s"}}
WAITING = {"a": result("booting")}
WHOLE = Run("assess", ("h",), reach=Reach())
KEPT = ("-e kb952876_only_if_symptomatic=true", "-e @night.yml", "--vault-id 'a b'", "-k")


def after(results: Any, kb: str = "KB952876", **of_run: Any) -> Next:
    run = Run(**{"playbook": "assess", "inventory": ("h",), "reach": Reach("!staged"), **of_run})
    return all_after(results, kb, run)[0]


def all_after(results: Any, kb: str = "KB952876", run: Run = WHOLE) -> list[Next]:
    return following(rows(results), dataclasses.replace(ABOUT, kb=kb, run=run))


@pytest.mark.parametrize(
    ("results", "kb", "given", "own"),
    [
        (STAGED, "KB952876", {"kb952876_package_dir"}, ("", "-e kb952876_reboot=true")),
        (STAGED, "KB952876", {"kb952876_packages"}, ("", "-e kb952876_reboot=true")),
        (STAGED, "KB952876", set(), ("", "-e kb952876_package_dir=FOLDER -e kb952876_reboot=true")),
        (STAGED, "KB942288", {"hotfix_kb", "hotfix_package_dir"},
         ("-e hotfix_kb=KB942288 ", "-e hotfix_reboot=true")),
        (STAGED, "KB952876", {"hotfix_kb", "hotfix_package_dir"},
         ("-e hotfix_kb=KB952876 ", "-e hotfix_reboot=true")),
        (STAGED, "KB942288", {"kb952876_package_dir"},
         ("-e hotfix_kb=KB942288 ", "-e hotfix_package_dir=FOLDER -e hotfix_reboot=true")),
    ],
)
def test_settings_that_spared_hosts_stay(results: Any, kb: str, given: set[str], own: tuple[str, str]) -> None:
    command = after(results, kb, options=KEPT, given=frozenset(given)).command or ""
    assert command.replace(" \\\n ", "") == (
        f"ansible-playbook winlegacy.servicing.remediate -i h --limit '!staged' {own[0]}{' '.join(KEPT)} {own[1]}"
    )
    assert "a b" in shlex.split(command)


def test_a_folder_of_packages_in_the_inventory_is_not_asked_for() -> None:
    assert "FOLDER" in (after(STAGED, set_there=frozenset({"hotfix_packages"})).command or "")
    assert "FOLDER" not in (after(STAGED, set_there=frozenset({"kb952876_packages"})).command or "")


LEAVING = {"status": "removal_pending", "summary": "goes"}
LOST = {"unreachable": True, "msg": "off"}
MIXED = {
    "needs": result("needs"),
    "staged": STAGED["a"],
    "booting": result("booting"),
    "leaving": LEAVING,
    "off": LOST,
    "fixed": result("fixed"),
}


def limited(found: list[Next]) -> list[tuple[str, str]]:
    """Of each command its playbook and its hosts."""
    words = [shlex.split((one.command or "").replace("\\\n", " ")) for one in found]
    return [(one[1].rpartition(".")[2], one[one.index("--limit") + 1]) for one in words]


def test_each_kind_of_work_has_a_command_for_exactly_its_hosts() -> None:
    found = all_after(MIXED)
    assert limited(found) == [("restart", "booting,leaving"), ("stage", "needs"), ("remediate", "staged")]
    assert [one.why for one in found] == [
        "2 hosts wait for a restart, which finishes the install or the removal:",
        "1 host has the fix missing. Stage the package, which installs nothing:",
        "1 host has the package staged. Install it, and restart where needed:",
    ]
    assert len(found) == MOST
    some = {host: MIXED[host] for host in ("needs", "booting", "off", "fixed")}
    assert limited(all_after(some)) == [("restart", "booting"), ("stage", "needs"), ("assess", "off")]


def test_after_a_change_all_that_is_left_is_told_what_failed_first() -> None:
    run = dataclasses.replace(WHOLE, playbook="remediate")
    found = all_after({**MIXED, "no": {"status": "unknown", "summary": "s"}}, run=run)
    assert limited(found) == [("assess", "off"), ("restart", "booting,leaving"), ("remediate", "needs,staged")]
    without = {host: one for host, one in MIXED.items() if host in ("off", "fixed")}
    found = all_after({**without, "no": {"status": "unknown", "summary": "s"}}, run=run)
    assert limited(found) == [("assess", "off"), ("assess", "no")], "no host is told twice"


@pytest.mark.parametrize("playbook", ["assess", "remediate", "rollback", "restart", None])
def test_whoever_waits_for_a_restart_alone_needs_no_package_and_no_second_removal(playbook: str | None) -> None:
    for waiting in (WAITING, {"a": LEAVING}, {"a": LEAVING, "b": result("booting")}):
        run = Run(playbook, ("h",), reach=Reach(), given=frozenset({"kb952876_hosts"}))
        (found,) = all_after(waiting, run=run)
        assert found.command == "ansible-playbook winlegacy.servicing.restart -i h"
    (found,) = all_after({"a": LEAVING}, kb="KB942288")
    assert found.command == "ansible-playbook winlegacy.servicing.restart -i h -e hotfix_kb=KB942288"
    assert found.why == "1 host waits for a restart, which finishes the removal:"


def test_a_command_for_some_hosts_leaves_the_report_of_all_as_it_is() -> None:
    given = frozenset({"kb952876_report_dir", "kb952876_inventory_file"})
    one_by_one = ("-e kb952876_report_dir=r", "-e kb952876_inventory_file=g.yml", "-f 9")
    run = dataclasses.replace(WHOLE, options=one_by_one, given=given)
    commands = [one.command or "" for one in all_after(MIXED, run=run)]
    assert not [one for one in commands if "report_dir" in one or "inventory_file" in one]
    assert all("-f 9" in one for one in commands)
    (whole,) = all_after(WAITING, run=run)
    assert "report_dir=r" in (whole.command or "")
    in_a_file = dataclasses.replace(run, options=("-e @night.yml",))
    for one in all_after(MIXED, run=in_a_file):
        words = (one.command or "").split()
        assert words.index("@night.yml") < words.index("kb952876_report_dir=") < len(words)
        assert "kb952876_inventory_file=" in words


def test_a_canary_that_is_not_among_the_hosts_is_not_insisted_on() -> None:
    canary = frozenset({"kb952876_canary"})
    for given, there in ((canary, frozenset[str]()), (frozenset[str](), canary)):
        run = dataclasses.replace(WHOLE, options=("-e kb952876_canary=fixed",), given=given, set_there=there)
        restart, stage, _remediate = (one.command or "" for one in all_after(MIXED, run=run))
        assert restart.endswith(" -e kb952876_canary=fixed -e kb952876_canary=")
        assert "-e kb952876_canary= " in f"{stage} "
    (whole,) = all_after(WAITING, run=run)
    assert "kb952876_canary= " not in f"{whole.command} "


def test_many_hosts_are_named_by_their_groups_or_one_by_one_where_others_would_be_worked_on() -> None:
    many = {f"h{at}": result("needs") for at in range(9)}
    mixed = {**many, "booting": result("booting"), "fixed": result("fixed")}
    grouped = dataclasses.replace(WHOLE, groups="g.yml")
    assert limited(all_after(mixed, run=grouped)) == [("restart", "booting"), ("stage", "kb952876_needs_fix")]
    assert limited(all_after(mixed))[1] == ("stage", ",".join(many)), "else it would stage on the one that waits too"
    long = {f"host-{at:03}.example.com": result("needs") for at in range(40)}
    (_restart, stage) = all_after({**long, "booting": result("booting")})
    assert max(map(len, (stage.command or "").splitlines())) <= 98
    (_playbook, hosts) = limited([stage])[0]
    assert split_host_pattern(hosts) == list(long)
    hundred = {f"host{at}": result("needs") for at in range(100)}
    restart, stage = all_after({**hundred, "booting": result("booting")})
    assert restart.command
    assert stage.command is None
    assert stage.why.startswith("100 hosts have the fix missing. Stage the package, which installs nothing. No command")


STATES = {"needs": result("needs"), "staged": STAGED["a"], "booting": result("booting"), "leaving": LEAVING,
          "off": LOST, "failed": {"failed": True, "msg": "x"}, "no": {"status": "unknown", "summary": "s"},
          "fixed": result("fixed"), "modern": result("modern")}
"""A host in each state that a report tells apart."""


@pytest.mark.parametrize("other", STATES)
@pytest.mark.parametrize("kind", ["needs", "staged", "booting", "leaving", "off", "no"])
@pytest.mark.parametrize("count", [1, 7, 60])
@pytest.mark.parametrize("playbook", ["assess", "remediate", "rollback"])
def test_no_command_reaches_a_host_that_it_does_not_name_whatever_state_that_has_by_then(
    other: str, kind: str, count: int, playbook: str
) -> None:
    """What was off may be back when the command is typed, and what is fixed now may lack the fix."""
    of_kind = {f"h{at}": STATES[kind] for at in range(count)}
    fleet = {**of_kind, "other": STATES[other]}
    for reach, groups in itertools.product((Reach(), Reach("site", "x"), None), (None, "g.yml")):
        run = Run(playbook, ("h",), reach=reach, groups=groups)
        for found in all_after(fleet, run=run):
            words = shlex.split((found.command or "").replace("\\\n", " "))
            if not words:
                continue
            limit = words[words.index("--limit") + 1] if "--limit" in words else None
            if limit in (None, "site"):
                said = int(found.why.split()[0])
                assert said == len(fleet), "the playbook chooses among all hosts of the run: it is for all of them"
            else:
                grouped = "g.yml" in words
                assert grouped == limit.startswith("kb952876_")
                assert grouped or set(split_host_pattern(limit)) <= set(fleet)


@pytest.mark.parametrize(
    ("kind", "playbook"), [("staged", "remediate"), ("needs", "stage"), ("booting", "restart"), ("no", "assess")]
)
def test_more_than_a_few_hosts_are_named_where_others_are_there(kind: str, playbook: str) -> None:
    some = {f"h{at}": STATES[kind] for at in range(6)}
    for other in ("fixed",) if kind == "no" else ("off", "fixed"):
        assert limited(all_after({**some, "x": STATES[other]}))[0] == (playbook, ",".join(some))


def test_groups_are_of_all_hosts_and_a_query_leaves_some_out() -> None:
    some = {f"h{at}": result("needs") for at in range(9)}
    about = dataclasses.replace(ABOUT, query="[?x]", run=dataclasses.replace(WHOLE, groups="g.yml"))
    (found,) = following(rows(some), about)
    assert limited([found]) == [("stage", ",".join(some))]


def test_a_name_that_no_limit_takes_gets_no_command_that_is_for_others_too() -> None:
    run = dataclasses.replace(WHOLE, reach=Reach("old"))
    (found,) = all_after({"fe80::1": LOST, "fixed": result("fixed")}, run=run)
    assert found.command is None
    assert "No command is shown" in found.why
    assert "-e kb952876_inventory_file=FILE and without a query" in found.why
    (found,) = all_after({"fe80::1": LOST, "fixed": result("fixed")}, kb="KB942288", run=run)
    assert "-e hotfix_inventory_file=FILE" in found.why


def test_hosts_are_given_once() -> None:
    reach = Reach(None, "site")
    assert "-e kb952876_hosts=site" in (after(STAGED, reach=reach).command or "")
    found = after(STAGED, reach=reach, options=("-e @f",), given=frozenset({"kb952876_hosts"}))
    assert "kb952876_hosts" not in (found.command or "")


def test_options_that_cannot_be_written_out_are_told_and_no_command_is_shown() -> None:
    run: dict[str, Any] = {"unshown": "ansible_password may be a secret", "given": frozenset({"kb952876_package_dir"})}
    found = after(STAGED, **run)
    assert found.why.endswith(
        "No whole command is shown, as ansible_password may be a secret. Run winlegacy.servicing.remediate with the"
        " same -i, -e, vault and login options as this run, and after them:"
    )
    assert found.command == "--limit '!staged' -e kb952876_reboot=true"
    about = dataclasses.replace(ABOUT, run=Run("assess", ("h",), reach=Reach("!staged"), **run))
    assert as_text(rows(STAGED), about).endswith(f"and after them:\n  {found.command}\n")
    assert f"\n    {found.command}\n" in as_markdown(rows(STAGED), about)
    lost = after({"b": {"failed": True, "msg": "x"}}, reach=None, **run)
    assert lost.command == "--limit b"
    assert after(STAGED, reach=Reach("a\nb")).command is None
    assert after(STAGED, inventory=("a\x1b",)).command is None


@pytest.mark.parametrize("limit", ["all:!kb952876_fixed", "kb952876_needs_fix", "all,!kb*", "~kb.*_fixed"])
def test_a_limit_by_groups_that_the_run_writes_is_not_repeated(limit: str) -> None:
    """When it is typed they are others: a host that was left out as fixed is in no such group any more."""
    run = dataclasses.replace(WHOLE, reach=Reach(limit=limit), groups="g.yml")
    (stage,) = all_after({"a": result("needs"), "b": result("needs")}, run=run)
    assert limited([stage]) == [("stage", "a,b")]


def test_a_group_that_an_inventory_of_the_run_has_with_others_is_no_limit() -> None:
    """Ansible joins both files' members."""
    seven = {f"h{at}": result("needs") for at in range(7)}
    older = (("kb952876_needs_fix", frozenset({"a", "h0"})),)
    run = dataclasses.replace(WHOLE, groups="new.yml", held=older)
    (stage,) = all_after({**seven, "a": result("fixed")}, run=run)
    assert limited([stage]) == [("stage", ",".join(seven))]
