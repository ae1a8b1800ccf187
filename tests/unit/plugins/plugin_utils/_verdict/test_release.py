# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servicing's word decides over files that nobody can compare only where it is of this release, and of all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import DiskFile, Facts, PackageRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState, plan
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.proof import unmet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import Verdict, decide
from unit.plugins.plugin_utils._catalogue.made import data, file
from unit.plugins.plugin_utils._verdict.hosts import PENDING, QUIET, candidate, packages

NUMBER = 962001
PATH = "System32\\drivers\\one.sys"
ROOT = "Package_for_KB962001"
PARTS = ("Package_1_for_KB962001", "Package_2_for_KB962001")
ALL = {0x70: "installed", 0x60: "install_pending", 0x5: "uninstall_pending"}


def identity(name: str, release: str) -> str:
    return f"{name}~31bf3856ad364e35~amd64~~{release}"


def record(state: int | None, name: str = ROOT, release: str = "6.0.2.0") -> PackageRecord:
    return PackageRecord(identity(name, release), state)


def definition(*, ldr: str | None = None, parts: tuple[str, ...] = PARTS, path: str | None = PATH) -> Definition:
    told = data(NUMBER, [file(path, name="one.sys", role="driver", ldr=ldr)])
    told["packages"][0]["identity"] = identity(ROOT, "6.0.2.0")
    told["packages"][0]["sub_packages"] = [identity(one, "6.0.2.0") for one in parts]
    for branch in told["targets"][0]["files"][0]["branches"]:
        branch["store_folder"] = None
    return build(told, "kb962001.json")


UNREAD = definition()
READ = definition(ldr="6.0.6001.22269")


def host(*records: PackageRecord, version: str | None = None, reboot: Any = QUIET) -> Facts:
    seen = () if version is None else (DiskFile(PATH, True, FileVersion.parse(version), 1),)
    return replace(candidate(), packages=packages(*records), files=Answer.known(seen), reboot=reboot)


def verdict(*records: PackageRecord, of: Definition = UNREAD, **more: Any) -> Verdict:
    return decide(of, host(*records, **more))


@pytest.mark.parametrize("release", ["6.0.1.0", "6.0.3.0", "6.1.2.0", "", "one"])
@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("reboot", [QUIET, PENDING])
def test_a_root_of_another_release_decides_nothing_for_unread_files(state: int, release: str, reboot: Any) -> None:
    found = verdict(record(state, release=release), reboot=reboot)
    assert (found.status.value, found.reasons[0].code.value) == ("unknown", "package_other_release")
    assert identity(ROOT, release) in found.summary
    assert "6.0.2.0" in found.summary
    assert found.reboot_required_by_kb is not True
    for desired in (DesiredState.STAGED, DesiredState.PRESENT):
        assert plan(UNREAD, host(record(state, release=release)), found, desired).steps == ()


@pytest.mark.parametrize(("state", "status"), [(0x70, "fixed"), (0x60, "install_pending"), (0x5, "removal_pending")])
def test_a_root_of_this_release_decides(state: int, status: str) -> None:
    assert verdict(record(state), reboot=PENDING).status.value == status
    beside = verdict(record(0x50, release="6.0.1.0"), record(state), reboot=PENDING)
    assert beside.status.value == status, "the earlier release is superseded"


@pytest.mark.parametrize("other", [0x50, 0x40, 0x0, 0x65, -2])
def test_the_release_that_is_installed_is_the_one_that_counts(other: int) -> None:
    """This one only staged, superseded or broken beside another one that is installed."""
    assert verdict(record(0x70, release="6.0.1.0"), record(other)).status.value == "unknown"


def test_a_staged_root_of_another_release_is_not_installed() -> None:
    found = verdict(record(0x40, release="6.0.1.0"))
    assert (found.status.value, found.reasons[0].code.value) == ("needs_fix", "package_not_installed")


def test_files_that_can_be_compared_decide_over_another_release() -> None:
    for reboot in (QUIET, PENDING):
        old = verdict(record(0x70, release="6.0.1.0"), of=READ, version="6.0.6001.18000", reboot=reboot)
        assert old.status.value == "unknown"
        assert "package_other_release" in {one.code.value for one in old.reasons}
    new = verdict(record(0x70, release="6.0.1.0"), of=READ, version="6.0.6001.22269")
    assert new.status.value == "fixed"
    waits = verdict(record(0x70, release="6.0.1.0"), of=READ, version="6.0.6001.22269", reboot=PENDING)
    assert waits.reasons[0].code.value == "files_may_not_be_loaded", "its word says nothing of this driver"
    assert verdict(record(0x70), of=READ, version="6.0.6001.22269", reboot=PENDING).status.value == "fixed"


def parts(*states: int | None, names: tuple[str, ...] = PARTS, release: str = "6.0.2.0") -> list[PackageRecord]:
    return [record(state, name, release) for name, state in zip(names, states, strict=False)]


@pytest.mark.parametrize("second", [0x0, 0x20, 0x40, 0x50, 0x65, -2, 0x33, None])
def test_parts_that_are_installed_only_partly_decide_nothing_for_unread_files(second: int | None) -> None:
    found = verdict(*parts(0x70, second))
    assert found.status.value == "unknown"
    if second is not None and second != 0x33:
        assert found.reasons[0].code.value == "package_parts_open"
        assert identity(PARTS[1], "6.0.2.0") in found.summary


def test_parts_of_which_one_is_not_listed_or_none_is_known_decide_nothing() -> None:
    found = verdict(*parts(0x70))
    assert found.reasons[0].code.value == "package_parts_open"
    assert "Package_2_for_KB962001" in found.summary
    assert "does not list" in found.summary
    assert verdict(*parts(0x70, 0x70), of=definition(parts=())).status.value == "unknown"


@pytest.mark.parametrize(("states", "status"), [
    ((0x70, 0x70), "fixed"), ((0x60, 0x60), "install_pending"), ((0x70, 0x60), "install_pending"),
    ((0x60, 0x0), "unknown"), ((0x60, 0x65), "unknown"),
    ((0x5, 0x5), "removal_pending"), ((0x5, 0x0), "removal_pending"), ((0x5, 0x70), "unknown"),
])  # fmt: skip
def test_parts_alone_decide_where_all_of_them_say_it(states: tuple[int, ...], status: str) -> None:
    assert verdict(*parts(*states), reboot=PENDING).status.value == status


def test_parts_of_another_release_decide_nothing() -> None:
    assert verdict(*parts(0x70, 0x70, release="6.0.1.0")).reasons[0].code.value == "package_other_release"


@pytest.mark.parametrize("release", ["6.0.2.0", "6.0.1.1"])
def test_kernels_are_decided_as_ever_whatever_the_release(release: str) -> None:
    """KB952876's identity is inferred, and its kernel tells by itself."""
    name = "Package_for_KB952876"
    for kernel, state, status in (
        ("6.0.6001.22191", 0x70, "fixed"),
        ("6.0.6001.18000", 0x70, "unknown"),
        ("6.0.6001.18000", 0x60, "install_pending"),
        ("6.0.6001.22191", 0x5, "removal_pending"),
        ("6.0.6001.18000", 0x40, "needs_fix"),
    ):
        facts = replace(candidate(kernel, kernel, state), packages=packages(record(state, name, release)))
        usual = decide(load(), replace(facts, packages=packages(record(state, name, "6.0.1.0"))))
        found = decide(load(), facts)
        assert found.status.value == status
        assert [one.code for one in found.reasons] == [one.code for one in usual.reasons]


def removed(*records: PackageRecord) -> tuple[str, ...]:
    facts = host(*records)
    found = decide(UNREAD, facts)
    return unmet(UNREAD, facts, found, plan(UNREAD, facts, found, DesiredState.ABSENT))


@pytest.mark.parametrize("state", [0x70, 0x80, 0x60, 0x5, 0x65, 0x50, -2, None, 0x33])
def test_a_removal_is_not_proven_while_a_part_may_be_there(state: int | None) -> None:
    """Also where no root is left, and for a root of any release."""
    said = removed(*parts(state, 0x0))
    assert any(identity(PARTS[0], "6.0.2.0") in one for one in said), said
    assert any(identity(ROOT, "6.0.1.0") in one for one in removed(record(state, release="6.0.1.0")))


def test_a_removal_is_proven_by_parts_that_are_not_installed() -> None:
    assert removed() == ()
    assert removed(*parts(0x0, 0x40)) == ()
    assert removed(record(0x0), *parts(None, None)) == (), "those that nobody asked about beside the root"
    assert removed(record(0x0), *parts(0x70, 0x0)) != ()


def test_a_package_of_another_release_can_be_removed_by_the_name_that_the_host_gives() -> None:
    facts = host(record(0x70, release="6.0.1.0"))
    made = plan(UNREAD, facts, decide(UNREAD, facts), DesiredState.ABSENT)
    assert made.identities == (identity(ROOT, "6.0.1.0"),)
