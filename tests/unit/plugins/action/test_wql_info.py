# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of wql_info: what it takes for a query, and where rows and errors stand in its result."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.action import wql_info
from ansible_collections.winlegacy.servicing.plugins.modules import wql_info as wql_docs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import faults
from unit.plugins.action.harness import Harness

Q = "SELECT Version FROM Win32_OperatingSystem"


@pytest.fixture
def wql(monkeypatch: pytest.MonkeyPatch) -> Harness:
    return Harness(monkeypatch, wql_info.ActionModule)


def test_wql_info_returns_rows_of_each_query(wql: Harness) -> None:
    result = wql.run({"query": [Q, {"query": "SELECT Architecture FROM Win32_Processor", "name": "cpu"}]})
    assert [one["name"] for one in result["results"]] == [Q, "cpu"]
    assert result["results"][1]["rows"] == [{"Architecture": 9}, {"Architecture": 9}]
    assert result["messages"] == 2
    documented = yaml.safe_load(wql_docs.RETURN)
    assert set(documented) - {"rows"} | {"changed"} == set(result)
    assert all(set(documented["results"]["contains"]) == set(one) for one in result["results"])


@pytest.mark.parametrize("query", [Q, {"query": Q, "name": "os"}])
def test_wql_info_shows_the_rows_of_one_query_once(wql: Harness, query: Any) -> None:
    """A list has its rows with each query, however many it is of: what reads it need not count."""
    result, listed = wql.run({"query": query}), wql.run({"query": [query]})
    assert len(result["rows"]) == result["results"][0]["count"] == 1
    documented = yaml.safe_load(wql_docs.RETURN)
    assert set(documented) | {"changed"} == set(result)
    assert set(documented["results"]["contains"]) - {"rows"} == set(result["results"][0])
    assert listed["results"][0] == {**result["results"][0], "rows": result["rows"]}
    assert "rows" not in listed


def test_wql_info_takes_a_query_with_commas(wql: Harness) -> None:
    assert wql.run({"query": "SELECT Version, Caption FROM Win32_OperatingSystem"})["results"][0]["count"] == 1


@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_wql_info_names_the_query_that_failed(wql: Harness, on_error: str) -> None:
    wql.client.rows["Win32_Processor"] = faults.ClassNotFound("no such class", code=2150858778)
    queries = [{"query": "SELECT x FROM Win32_Processor", "name": "cpu"}, Q]
    result = wql.run({"query": queries, "on_error": on_error})
    assert result.get("failed", False) is (on_error == "fail")
    assert ("'cpu'" in result.get("msg", "")) is (on_error == "fail")
    assert len(result["results"]) == (1 if on_error == "fail" else 2)
    assert result["results"][0]["rows"] is None
    alone = wql.run({"query": queries[0], "on_error": on_error})
    assert (alone["rows"], alone["results"][0]["count"]) == (None, None)
    documented = yaml.safe_load(wql_docs.RETURN)["results"]["contains"]["error"]["contains"]
    assert set(result["results"][0]["error"]) == set(documented)


@pytest.mark.parametrize("query", ["DELETE x", [], {"query": Q, "colour": 1}, 7])
def test_wql_info_refuses_what_is_no_query(wql: Harness, query: Any) -> None:
    result = wql.run({"query": query})
    assert result["failed"] is True
    assert result["msg"].startswith("query")
    assert wql.wire == []
