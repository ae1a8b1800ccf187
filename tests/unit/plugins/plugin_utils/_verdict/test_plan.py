# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: each desired state from each status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import (
    DesiredState,
    Plan,
    PlanOptions,
    Step,
    plan,
    plans,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from unit.plugins.plugin_utils._verdict.hosts import (
    candidate,
    disk,
    driver,
    identity,
    package,
    packages,
    staging,
)

OLD, FIX, LATER = "6.0.6001.18000", "6.0.6001.22191", "6.0.6001.22636"
HOSTS = {
    "not_applicable": Facts(identity=identity(6002)),
    "needs_fix": candidate(),
    "staged": replace(candidate(), staging=staging()),
    "install_pending": candidate(state=0x60),
    "fixed": candidate(FIX, FIX, 0x70),
    "fixed_by_later": candidate(LATER, LATER),
    "superseded": candidate(LATER, LATER, 0x50),
    "removal_pending": candidate(FIX, FIX, 0x5),
    "unknown": Facts(identity=identity(6001)),
    "conflict": candidate(state=0x70),
    "unplaced": Facts(),
}


def planned(facts: Facts, desired: str, **options: bool) -> Plan:
    return plan(load(), facts, decide(load(), facts), DesiredState(desired), PlanOptions(**options))


@pytest.mark.parametrize(
    ("host", "desired", "outlook", "code", "after", "restart"),  # the last two: predicted
    [
        ("not_applicable", "staged", "met", "not_applicable", "not_applicable", False),
        ("not_applicable", "present", "met", "not_applicable", "not_applicable", False),
        ("not_applicable", "absent", "met", "not_applicable", "not_applicable", False),
        ("needs_fix", "staged", "do", "stage", "staged", False),
        ("needs_fix", "present", "do", "install", "install_pending", True),
        ("needs_fix", "absent", "met", "not_installed", "needs_fix", False),
        ("staged", "staged", "met", "already_staged", "staged", False),
        ("staged", "present", "do", "install", "install_pending", True),
        ("staged", "absent", "do", "clean_up", "needs_fix", False),
        ("install_pending", "staged", "met", "install_already_pending", "install_pending", True),
        ("install_pending", "present", "met", "install_already_pending", "install_pending", True),
        ("install_pending", "absent", "blocked", "restart_first", "install_pending", True),
        ("fixed", "staged", "met", "already_fixed", "fixed", False),
        ("fixed", "present", "met", "already_fixed", "fixed", False),
        ("fixed", "absent", "do", "uninstall", "removal_pending", True),
        ("fixed_by_later", "present", "met", "already_fixed", "fixed", False),
        ("fixed_by_later", "absent", "met", "not_installed", "fixed", False),
        ("superseded", "present", "met", "already_fixed", "fixed", False),
        ("superseded", "absent", "do", "uninstall", "removal_pending", True),
        ("removal_pending", "staged", "do", "stage", "removal_pending", True),
        ("removal_pending", "present", "blocked", "restart_first", "removal_pending", True),
        ("removal_pending", "absent", "met", "removal_already_pending", "removal_pending", True),
        ("unknown", "staged", "blocked", "status_unknown", "unknown", None),
        ("unknown", "present", "blocked", "status_unknown", "unknown", None),
        ("unknown", "absent", "blocked", "packages_unknown", "unknown", None),
        ("conflict", "present", "blocked", "status_unknown", "unknown", False),
        ("conflict", "absent", "do", "uninstall", "removal_pending", True),
        ("unplaced", "absent", "blocked", "status_unknown", "unknown", None),
    ],
)
def test_each_state_from_each_status(  # noqa: PLR0917
    host: str, desired: str, outlook: str, code: str, after: str, restart: bool | None
) -> None:
    made = planned(HOSTS[host], desired)
    assert (made.outlook.value, made.code.value) == (outlook, code)
    assert (made.status_after.value, made.reboot_required) == (after, restart)
    assert made.changed == (outlook == "do")
    assert made.diff()["before"]["status"] == decide(load(), HOSTS[host]).status.value
    assert made.diff()["after"]["steps"] == [step.value for step in made.steps]


def test_steps_in_their_order() -> None:
    stage = ["check_free_space", "make_folder", "transfer_payload", "verify_payload", "expand_payload"]
    stage.append("write_manifest")
    install = ["verify_payload", "install_package", "verify_servicing", "remove_task"]
    assert [one.value for one in planned(HOSTS["needs_fix"], "staged").steps] == stage
    assert [one.value for one in planned(HOSTS["staged"], "present").steps] == install
    both = [one.value for one in planned(HOSTS["needs_fix"], "present").steps]
    assert both == stage + install, "what was verified once is verified again right before it runs"
    assert planned(HOSTS["staged"], "absent").steps == (Step.REMOVE_STAGING,)
    removed = planned(replace(HOSTS["fixed"], staging=staging(manifest=None)), "absent")
    assert [one.value for one in removed.steps] == [
        "uninstall_package", "verify_servicing", "remove_task", "remove_staging"
    ]


def test_the_identity_to_remove_is_the_hosts_own() -> None:
    own = package(0x70, name="PACKAGE_for_kb952876")
    part = package(0x70, name="Package_1_for_KB952876")
    made = planned(replace(HOSTS["fixed"], packages=packages(part, own)), "absent")
    assert made.identities == (own.identity,)
    parts_only = planned(replace(HOSTS["fixed"], packages=packages(part)), "absent")
    assert (parts_only.code.value, parts_only.identities) == ("root_package_not_found", ())
    permanent = planned(candidate(FIX, FIX, 0x80), "absent")
    assert (permanent.code.value, permanent.blocked) == ("package_permanent", True)


def test_installed_and_not_yet_booted_is_restarted_before_it_is_removed() -> None:
    made = planned(candidate(OLD, FIX, 0x70), "absent")
    assert (made.code.value, made.reboot_required) == ("restart_first", True)


def test_a_host_that_is_not_applicable_may_be_a_failure() -> None:
    made = planned(HOSTS["not_applicable"], "present", fail_if_not_applicable=True)
    assert (made.blocked, made.changed) == (True, False)
    left = replace(HOSTS["not_applicable"], staging=staging())
    assert planned(left, "absent").steps == (Step.REMOVE_STAGING,)


@pytest.mark.parametrize("desired", ["staged", "present"])
def test_only_where_the_symptom_was_seen(desired: str) -> None:
    for facts, outlook, code in (
        (HOSTS["needs_fix"], "skip", "no_symptom_observed"),
        (replace(HOSTS["needs_fix"], driver=Answer.unknown(Cause.CLASS_MISSING)), "skip", "symptom_unknown"),
        (replace(HOSTS["needs_fix"], driver=Answer.not_asked()), "skip", "symptom_unknown"),
        (HOSTS["fixed"], "met", "already_fixed"),
    ):
        made = planned(facts, desired, only_if_symptomatic=True)
        assert (made.outlook.value, made.code.value, made.changed) == (outlook, code, False)
        assert outlook == "met" or made.text.startswith("No symptom observed")
    for repeated in (None, 30.0):
        seen = replace(HOSTS["needs_fix"], driver=driver("Stop Pending", repeated_after=repeated))
        assert planned(seen, desired, only_if_symptomatic=True).changed
    assert planned(HOSTS["fixed"], "absent", only_if_symptomatic=True).changed, "a removal needs no symptom"


def test_no_package_without_an_architecture() -> None:
    facts = replace(
        candidate(), architecture=Answer.unknown(Cause.FAULT), running_kernel=Answer.unknown(Cause.FAULT),
        disk_kernel=disk(ntoskrnl=OLD, ntkrnlpa=OLD),
    )
    made = planned(facts, "present")
    assert (made.outlook.value, made.code.value) == ("blocked", "architecture_unknown")


@pytest.mark.parametrize(
    ("host", "staged", "present", "absent"),
    [
        ("not_applicable", "none", "none", "none"),
        ("needs_fix", "none", "after", "none"),
        ("staged", "none", "after", "none"),
        ("install_pending", "none", "after", "first"),
        ("fixed", "none", "none", "after"),
        ("fixed_by_later", "none", "none", "none"),
        ("removal_pending", "none", "first", "after"),
        ("unknown", "none", "unknown", "unknown"),
        ("unplaced", "none", "unknown", "unknown"),
    ],
)
def test_the_restart_that_each_state_takes(host: str, staged: str, present: str, absent: str) -> None:
    found = [planned(HOSTS[host], desired).restart.value for desired in ("staged", "present", "absent")]
    assert found == [staged, present, absent]


def test_a_removal_that_waits_takes_its_restart_also_where_files_are_left() -> None:
    left = planned(replace(HOSTS["removal_pending"], staging=staging()), "absent")
    assert (left.code.value, left.restart.value, left.changes_windows) == ("clean_up", "after", False)
    by_kernel = planned(candidate(FIX, OLD), "absent")
    assert (by_kernel.code.value, by_kernel.restart.value, by_kernel.reached) == ("not_installed", "after", False)


def test_what_is_reached_provable_and_left() -> None:
    fixed = planned(replace(HOSTS["fixed"], staging=staging(manifest=None)), "present")
    assert (fixed.reached, fixed.provable, fixed.leftovers) == (True, True, True)
    later = planned(HOSTS["fixed_by_later"], "present")
    assert (later.reached, later.provable, later.leftovers) == (True, False, False)
    pending = planned(replace(HOSTS["install_pending"], staging=staging()), "present")
    assert (pending.reached, pending.provable, pending.leftovers) == (False, True, False), "a restart may still fail"
    assert not planned(HOSTS["staged"], "staged").leftovers


def test_what_changes_windows_and_what_uses_the_package() -> None:
    found = {
        (host, desired): (made.changes_windows, made.uses_package)
        for host in ("needs_fix", "staged", "fixed")
        for desired in ("staged", "present", "absent")
        if (made := planned(HOSTS[host], desired))
    }
    assert [key for key, (changes, _uses) in found.items() if changes] == [
        ("needs_fix", "present"), ("staged", "present"), ("fixed", "absent")
    ]
    assert [key for key, (_changes, uses) in found.items() if uses] == [
        ("needs_fix", "staged"), ("needs_fix", "present"), ("staged", "staged"), ("staged", "present")
    ]


def test_the_users_condition_comes_before_a_restart() -> None:
    made = planned(HOSTS["removal_pending"], "present", only_if_symptomatic=True)
    assert (made.outlook.value, made.restart.value) == ("skip", "none")


def test_all_plans_of_a_host() -> None:
    facts = HOSTS["needs_fix"]
    found = plans(load(), facts, decide(load(), facts))
    assert {desired.value: made.code.value for desired, made in found.items()} == {
        "staged": "stage", "present": "install", "absent": "not_installed"
    }
    assert {desired: made.desired for desired, made in found.items()} == {desired: desired for desired in DesiredState}
