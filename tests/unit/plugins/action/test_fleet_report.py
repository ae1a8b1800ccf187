# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fleet_report: every file is that of the whole results, though one result is unpacked at a time."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.action import fleet_report
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.select import select_rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.version import collection_version
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results, packed
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory
from unit.plugins.action.test_rollout import of_this_run, run
from unit.plugins.plugin_utils._report.samples import fleet

__all__ = ["of_this_run"]

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
RESULTS: dict[str, Any] = {host: told for host, told in fleet().items() if told is not None}
SWEPT = {"kb": "KB952876", "hosts": {host: packed(told) for host, told in RESULTS.items()}}
HOSTS = {host: {"hotfix_result": SWEPT} for host in RESULTS}
OTHER: dict[str, dict[str, Any]] = {"other": {"hotfix_result": {"kb": "KB123456", "status": "fixed", "summary": "s"}}}


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch, of_this_run: Any) -> list[About]:
    """The time stands; what the reports said of themselves."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return NOW

    told: list[About] = []
    made = fleet_report.ActionModule._about

    def about(self: Any, *arguments: Any) -> About:
        told.append(made(self, *arguments))
        return told[-1]

    monkeypatch.setattr(fleet_report, "datetime", Clock)
    monkeypatch.setattr(fleet_report.ActionModule, "_about", about)
    return told


def report(folder: Path, hosts: dict[str, dict[str, Any]] = HOSTS, **more: Any) -> dict[str, Any]:
    arguments = {"folder": str(folder), "formats": list(FORMATS), "inventory_file": str(folder / "groups.yml"), **more}
    return run(fleet_report, {"hosts": list(hosts), **arguments}, hosts)


@pytest.mark.parametrize("query", ["", "[?status=='needs_fix']", "sort_by(@, &status)"])
@pytest.mark.parametrize("kb", ["", "KB952876"])
def test_the_files_are_those_of_whole_results(query: str, kb: str, tmp_path: Path, frozen: list[About]) -> None:
    told = report(tmp_path, query=query, kb=kb, terminal=True)
    found = rows(host_results(HOSTS, HOSTS))
    chosen = select_rows(found, query) if query else found
    (about,) = frozen
    assert (about.kb, about.version, about.generated) == ("KB952876", collection_version(), NOW)
    for name, one in FORMATS.items():
        file = tmp_path / f"kb952876.{one.suffix}"
        assert str(file) in told["files"]
        assert file.read_bytes() == one.write(chosen, about).encode(), name
    groups = yaml.safe_dump(inventory(found, "kb952876"), sort_keys=False, allow_unicode=True)
    assert (tmp_path / "groups.yml").read_text(encoding="utf-8") == groups
    assert told["files"][-1] == str(tmp_path / "groups.yml")
    assert told["table"] == FORMATS["text"].write(chosen, about).splitlines()
    assert told["changed"]
    assert not report(tmp_path, query=query, kb=kb)["changed"]


def test_a_report_is_compared_with_its_own_file_before_that_is_replaced(tmp_path: Path, frozen: list[About]) -> None:
    assert not report(tmp_path, formats=["json"]).get("failed")
    later = {**HOSTS, "fixed": {"hotfix_result": {**RESULTS["needs"]}}, "new": {"hotfix_result": RESULTS["needs"]}}
    told = report(tmp_path, later, formats=["json"], compare=str(tmp_path / "kb952876.json"))
    assert not told.get("failed"), told
    assert frozen[1].comparison is not None
    assert (frozen[1].comparison.newly_broken, frozen[1].comparison.new) == (("fixed",), ("new",))


@pytest.mark.parametrize(("kb", "words"), [("", "of several hotfixes"), ("KB940410", "not of KB940410")])
def test_results_of_another_hotfix_are_refused_and_nothing_is_written(
    kb: str, words: str, tmp_path: Path, frozen: list[About]
) -> None:
    several: dict[str, Any] = {"hotfix_result": {"hotfixes": {"KB952876": {}}}}
    strange: dict[str, dict[str, Any]] = {"a": several} if kb else {**HOSTS, **OTHER}
    told = report(tmp_path / "reports", strange, kb=kb)
    assert words in told["msg"]
    assert (told["failed"], frozen) == (True, [])
    assert not (tmp_path / "reports").exists()


def test_a_result_is_gone_before_the_next_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched(dict[str, Any]):
        """A dictionary that can be asked whether it is still there."""

    last: list[weakref.ref[Watched]] = []
    unpacked = 0

    def watching(known: Mapping[str, Any], hosts: list[str], kb: str | None) -> dict[str, Any]:
        nonlocal unpacked
        unpacked += 1
        assert sum(one() is not None for one in last) <= 1, "the one before is replaced by this one"
        made = Watched(host_results(known, hosts, kb)[hosts[0]])
        last.append(weakref.ref(made))
        return {hosts[0]: made}

    monkeypatch.setattr(fleet_report, "host_results", watching)
    assert fleet_report._rows(HOSTS, "KB952876")[0] == "KB952876"
    assert unpacked == len(HOSTS)
