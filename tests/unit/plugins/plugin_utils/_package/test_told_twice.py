# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fact that a definition and a package both tell: another one in the definition is refused, none is not."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import Match, MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageReport
from packages import kb942288, write_msu

GENUINE = os.environ.get("GENUINE_PACKAGES", "")
Data = dict[str, Any]
WRONG = "0" * 64


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> PackageReport:
    """A package with the structure of a genuine one."""
    path = write_msu(tmp_path_factory.mktemp("told"), "x86", **kb942288.OPTIONS)
    return read_package(path, ReadOptions(look_at_signature=False))


@cache
def _made(report_id: int) -> Data:
    return make(Sources(packages=(_REPORTS[report_id],))).data


_REPORTS: dict[int, PackageReport] = {}


def made(report: PackageReport) -> Data:
    _REPORTS[id(report)] = report
    return copy.deepcopy(_made(id(report)))


def judged(report: PackageReport, data: Data, *, pinned: bool = True) -> Match:
    data["packages"][0]["sha256"] = report.checksums.sha256 if pinned else None
    return compare(definition(data), report.contents, sha256=report.checksums.sha256)


def definition(data: Data) -> Definition:
    return build(data, "made.json")


def branch(data: Data) -> Data:
    """Of the last file of the last target: each of them is compared, not only the first of its name."""
    found: Data = data["targets"][-1]["files"][-1]["branches"][0]
    return found


def package(data: Data) -> Data:
    found: Data = data["packages"][0]
    return found


def _folder(data: Data) -> None:
    head, _sign, _hash = branch(data)["store_folder"].rpartition("_")
    branch(data)["store_folder"] = f"{head}_0123456789abcdef"


def _version(data: Data, step: int) -> None:
    head, _sign, last = branch(data)["component_version"].rpartition(".")
    branch(data)["component_version"] = f"{head}.{int(last) + step}"


def _target(data: Data) -> None:
    other = copy.deepcopy(data["targets"][-1])
    data["targets"].append({**other, "os_version": "6.0.6002", "service_pack": 2})
    data["fixed_by_service_pack"] = []


def _silent_target(data: Data) -> None:
    """One that tells nothing but a name."""
    _target(data)
    for file in data["targets"][-1]["files"]:
        for one in file["branches"]:
            one.update(dict.fromkeys(("component", "component_version", "store_folder", "size", "sha1", "sha256")))


def _restart(data: Data, to: str) -> None:
    data["restart"] = to


def _member(data: Data, name: str) -> Data:
    found: Data = next(one for one in package(data)["members"] if one["name"].endswith(name))
    return found


CONTRARY: dict[str, tuple[Callable[[Data], object], str]] = {
    "sha1": (lambda data: branch(data).update(sha1="0" * 40), "sha1"),
    "sha256": (lambda data: branch(data).update(sha256=WRONG), "sha256"),
    "size": (lambda data: branch(data).update(size=branch(data)["size"] + 1), "size"),
    "store_folder": (_folder, "store_folder"),
    "component": (lambda data: branch(data).update(component="Microsoft-Windows-Other"), "wrong_component"),
    "earlier component": (lambda data: _version(data, -1), "later_version"),
    "later component": (lambda data: _version(data, 1), "older_version"),
    "branch": (lambda data: branch(data).update(branch="gdr"), "wrong_branch"),
    "part missing": (lambda data: package(data)["sub_packages"].pop(), "extra_sub_package"),
    "part too many": (
        lambda data: package(data)["sub_packages"].append("package_9999_for_kb942288~31bf3856ad364e35~x86~~6.0.2.0"),
        "sub_package_missing",
    ),
    "target too many": (_target, "wrong_build"),
    "silent target": (_silent_target, "target_missing"),
    "target missing": (lambda data: data["targets"].pop(), "extra_executable"),
    "restart": (lambda data: _restart(data, "no"), "restart"),
    "path": (lambda data: data["targets"][-1]["files"][-1].update(
        path=f"System\\{data['targets'][-1]['files'][-1]['name']}"), "wrong_target"),
    "file missing": (lambda data: data["targets"][-1]["files"].pop(), "extra_executable"),
    "member's size": (lambda data: _member(data, ".mum").update(size=1), "size"),
    "member missing": (lambda data: package(data)["members"].remove(_member(data, "update.mum")), "extra_file"),
    "release type": (lambda data: data.update(release_type="Update"), "release_type"),
    "file name": (lambda data: package(data).update(file_name="Windows6.0-KB942288-v9-x86.msu"), "file_name"),
    "root": (lambda data: package(data).update(
        identity="Package_for_KB942288~31bf3856ad364e35~x86~de-DE~6.0.2.0"), "other_identity"),
}  # fmt: skip


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize("name", CONTRARY)
def test_a_definition_that_contradicts_its_package_is_refused(report: PackageReport, name: str, pinned: bool) -> None:
    """Whether or not the definition knows the package's own hash: of these very bytes no later release is an excuse."""
    change, code = CONTRARY[name]
    data = made(report)
    change(data)
    found = judged(report, data, pinned=pinned)
    assert code in {one.code for one in found.differences}
    assert not found.acceptable(allow_later=False)
    if pinned:
        assert found.status is MatchStatus.MISMATCH


@pytest.mark.parametrize("pinned", [True, False])
def test_what_was_made_of_the_package_matches(report: PackageReport, pinned: bool) -> None:
    found = judged(report, made(report), pinned=pinned)
    assert [one.text for one in found.differences] == []


@pytest.mark.parametrize("pinned", [True, False])
def test_a_definition_that_tells_less_contradicts_nothing(report: PackageReport, pinned: bool) -> None:
    data = made(report)
    package(data).update(sub_packages=[], members=None)
    for target in data["targets"]:
        for file in target["files"]:
            for one in file["branches"]:
                one.update(dict.fromkeys(("store_folder", "size", "sha1", "sha256")))
                one["branch"] = "single"
    assert [one.text for one in judged(report, data, pinned=pinned).differences] == []


def test_a_later_release_differs_and_no_more(report: PackageReport) -> None:
    """Its bytes, folders and parts are others: that follows from its version, which alone is told."""
    data = made(report)
    package(data)["members"] = None
    package(data)["identity"] = package(data)["identity"].replace("6.0.2.0", "6.0.1.0")
    parts = [one.replace("6.0.2.0", "6.0.1.0") for one in package(data)["sub_packages"]]
    package(data)["sub_packages"] = parts[:-1]
    _folder(data)
    _version(data, -1)
    branch(data).update(sha1="0" * 40, sha256=WRONG, size=7)
    found = judged(report, data, pinned=False)
    assert found.status is MatchStatus.DIFFERS
    assert {one.code for one in found.differences} == {"later_version", "extra_sub_package"}
    assert found.acceptable(allow_later=True)


def test_a_shortened_name_is_that_of_its_folder(report: PackageReport) -> None:
    data = made(report)
    branch(data)["component"] = f"{branch(data)['component'][:19]}..{branch(data)['component'][-10:]}"
    assert judged(report, data).status is MatchStatus.MATCHES
    branch(data)["component"] = f"{branch(data)['component'][:19]}..elsewhere"
    assert judged(report, data).status is MatchStatus.MISMATCH


@pytest.mark.skipif(not GENUINE, reason="GENUINE_PACKAGES names no folder with packages")
def test_each_contradiction_of_a_genuine_package_is_refused() -> None:
    path = Path(GENUINE) / "Windows6.0-KB942288-v2-x86.msu"
    genuine = read_package(path, ReadOptions(look_at_signature=False))
    assert judged(genuine, made(genuine)).status is MatchStatus.MATCHES
    for name, (change, code) in CONTRARY.items():
        data = made(genuine)
        change(data)
        found = judged(genuine, data)
        assert code in {one.code for one in found.differences}, name
        assert found.status is MatchStatus.MISMATCH, name
