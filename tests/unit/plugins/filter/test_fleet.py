# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters report, verdict_groups and select: what goes in, plain values out, one sentence for what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.winlegacy.servicing.plugins.filter.fleet import FilterModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_REPORT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import COLUMNS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import STATUSES
from jinja2.runtime import Undefined
from unit.plugins.plugin_utils._report.samples import fleet

FILTERS = FilterModule().filters()
ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "plugins" / "filter"


def report(*arguments: Any, **options: Any) -> str:
    return str(FILTERS["report"](*arguments, **options))


def documentation(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))["DOCUMENTATION"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("format_", "start"), [("html", "<!DOCTYPE html>"), ("csv", "host,status,"), ("json", "{"), ("junit", "<?xml")]
)
def test_every_format_is_a_text_of_its_kind(format_: str, start: str) -> None:
    text = report(fleet(), format=format_)
    assert text.startswith(start)
    assert all(name in text for name in fleet())


def test_html_is_the_default_and_the_title_is_used() -> None:
    assert "<h1>Site 4</h1>" in report(fleet(), title="Site 4")
    assert "<h1>KB952876 report</h1>" in report(fleet(), "952876")


def test_a_query_chooses_rows_and_is_told() -> None:
    told = json.loads(report(fleet(), format="json", query="[?reboot_required]"))
    assert [one["host"] for one in told["hosts"]] == ["booting"]
    assert told["query"] == "[?reboot_required]"
    assert told["counts"]["needs_fix"] == 0


def test_no_query_is_none_an_empty_text_or_nothing() -> None:
    for query in (None, ""):
        told = json.loads(report(fleet(), format="json", query=query))
        assert told["query"] is None
        assert len(told["hosts"]) == len(fleet())


def test_an_undefined_result_is_a_row() -> None:
    told = json.loads(report({"gone": Undefined(name="hotfix_result")}, format="json"))
    assert told["hosts"][0]["status"] == "failed"
    assert FILTERS["verdict_groups"]({"gone": Undefined()})["kb952876_failed"] == {"hosts": {"gone": None}}


OTHER = {"a": {"kb": "KB942288", "status": "needs_fix", "summary": "KB942288 is missing: x"}, "b": {"failed": True}}


def test_the_hotfix_is_the_one_that_the_results_name() -> None:
    told = json.loads(report(OTHER, format="json"))
    assert (told["kb"], told["title"]) == ("KB942288", "KB942288 report")
    assert FILTERS["verdict_groups"](OTHER)["kb942288_needs_fix"] == {"hosts": {"a": None}}
    assert "hotfix_kb=KB942288" in report(OTHER, format="text")
    refusals = {None: "several hotfixes \\(KB942288, KB952876\\)", "KB942288": "of KB952876, not of KB942288"}
    for kb, words in refusals.items():
        with pytest.raises(AnsibleFilterError, match=words):
            report({**OTHER, **fleet()}, kb=kb)


def test_of_results_of_several_hotfixes_one_is_shown() -> None:
    own = {"KB952876": {"kb": "KB952876", "status": "fixed", "summary": "There.", "kernel": {"fixed": "2"}},
           "KB942288": {"kb": "KB942288", "status": "needs_fix", "summary": "Missing."}}
    several = {"a": {"hotfixes": own, "kernel": {"running": "1"}, "windows": {"name": "Windows Vista SP1"}}}
    with pytest.raises(AnsibleFilterError, match="several hotfixes"):
        report(several)
    for kb, status in (("KB952876", "fixed"), ("KB942288", "needs_fix")):
        (row,) = json.loads(report(several, kb, "json"))["hosts"]
        assert (row["status"], row["kernel_running"], row["os"]) == (status, "1", "Windows Vista SP1")
        assert FILTERS["verdict_groups"](several, kb.lower())[f"{kb.lower()}_{status}"] == {"hosts": {"a": None}}


def test_groups_have_their_prefix() -> None:
    found = FILTERS["verdict_groups"](fleet(), prefix="hotfix")
    assert found["hotfix_unreachable"] == {"hosts": {"dead": None}}
    assert set(found) > {f"hotfix_{status}" for status in STATUSES}


def test_select_takes_any_results() -> None:
    services = {"rows": [{"Name": "a", "State": "Running"}, {"Name": "b", "State": "Stopped"}]}
    assert FILTERS["select"](services, "rows[?State=='Stopped'].Name") == ["b"]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("report", ({}, "KB952876", "pdf"), "format is 'pdf': one of html, csv, json, junit, text, markdown was"),
        ("report", ({}, "hotfix"), "kb is 'hotfix': a hotfix such as KB952876 was expected"),
        ("report", ("text",), "not str"),
        ("report", ({"a": 5},), "the result of a is int"),
        ("report", ({"a": {}}, "KB952876", "csv", "[?"), "cannot be used"),
        ("report", ({"a": {}}, "KB952876", "csv", "[*].host"), "does not choose whole rows"),
        ("verdict_groups", ({}, "9"), "the prefix '9' cannot begin a group name"),
        ("verdict_groups", (None,), "not NoneType"),
        ("select", ([], "]"), "cannot be used"),
    ],
)
def test_bad_input_is_one_sentence(name: str, arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        FILTERS[name](*arguments)
    assert str(error.value).startswith(f"winlegacy.servicing.{name}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_only_queries_want_jmespath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    for format_ in FORMATS:
        assert report(fleet(), format=format_)
    assert FILTERS["verdict_groups"](fleet())
    for name, arguments in (("select", ([], "[0]")), ("report", ({}, "KB952876", "csv", "[0]"))):
        with pytest.raises(AnsibleFilterError, match="pip install jmespath"):
            FILTERS[name](*arguments)


@pytest.mark.parametrize("name", list(FILTERS))
def test_each_filter_is_documented(name: str) -> None:
    told = documentation(name)
    assert told["name"] == name
    assert set(told["options"]) == {"_input", *(part.strip() for part in told["positional"].split(","))}


def test_the_documentation_names_every_format_and_column() -> None:
    options = documentation("report")["options"]
    role = yaml.safe_load((ROOT / "roles" / "kb952876" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    of_role = role["argument_specs"]["report"]["options"]["kb952876_report_formats"]
    choices: Any = FLEET_REPORT["formats"]
    for told in (options["format"], choices, of_role):
        assert told["choices"] == list(FORMATS)
    assert not [column for column in COLUMNS if f"C({column})" not in " ".join(options["query"]["description"])]


def test_the_documentation_names_every_group() -> None:
    told = " ".join(documentation("verdict_groups")["description"])
    groups = [name.removeprefix("kb952876_") for name in FILTERS["verdict_groups"]({})]
    assert not [name for name in groups if f"C(PREFIX_{name})" not in told]
