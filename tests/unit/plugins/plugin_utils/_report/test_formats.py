# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV, JSON and JUnit: what other programs read, and what hosts must not do to them."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_csv import as_csv
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_json import as_json
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_junit import as_junit
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import COLUMNS, rows
from hypothesis import given
from jsonschema import Draft202012Validator
from unit.plugins.plugin_utils._report.hostile import ATTACKS, fleets
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, result

SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "report-schema.json").read_text(encoding="utf-8"))
FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def problems(report: Any) -> list[str]:
    validator = Draft202012Validator(SCHEMA)
    return [f"{list(one.absolute_path)}: {one.message}"[:200] for one in validator.iter_errors(report)]


# --- CSV ----------------------------------------------------------------------------------------------------------


def test_csv_has_the_columns_and_a_line_for_each_host() -> None:
    found = cells(as_csv(rows(fleet())))
    assert tuple(found[0]) == COLUMNS
    booting = dict(zip(COLUMNS, next(line for line in found if line[0] == "booting"), strict=True))
    assert len(found) == 1 + len(fleet())
    assert booting["status"] == "install_pending"
    assert (booting["reboot_required"], booting["reboot_reasons"]) == ("true", "cbs_reboot_pending")
    assert booting["reasons"].count("; ") == len(result("booting")["details"]["reasons"]) - 1


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("\t1", "'\t1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("-5", "'-5"),
        ("a-b=c", "a-b=c"),
        ("6.0.6001.18000", "6.0.6001.18000"),
        ("a; b", "a; b"),
    ],
)
def test_a_formula_gets_an_apostrophe_and_nothing_else_does(text: str, cell: str) -> None:
    found = cells(as_csv(rows({"host": {"status": "fixed", "windows": {"name": text}}})))
    assert found[1][COLUMNS.index("os")] == cell


def starts_a_formula(cell: str) -> bool:
    return cell[:1] in tuple(FORMULA) or cell.lstrip(" \u200b\ufeff\"")[:1] in tuple("=+@-\uff1d")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_csv_is_a_formula(attack: str) -> None:
    text = as_csv(rows({attack: {"status": "fixed", "summary": attack, "os": {"name": attack}}}))
    assert not [cell for line in cells(text)[1:] for cell in line if starts_a_formula(cell)]


@given(fleets)
def test_no_hostile_cell_is_a_formula_or_breaks_the_table(results: dict[str, Any]) -> None:
    found = cells(as_csv(rows(results)))
    assert {len(line) for line in found} == {len(COLUMNS)}
    assert len(found) == 1 + len(rows(results))
    for line in found[1:]:
        for cell in line:
            assert not starts_a_formula(cell)


@given(fleets)
def test_nor_where_semicolons_divide(results: dict[str, Any]) -> None:
    for line in cells(as_csv(rows(results)), ";")[1:]:
        for cell in line:
            assert cell[:1] not in tuple("=+@-")


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_json_keeps_to_its_schema() -> None:
    report = json.loads(as_json(rows(fleet()), ABOUT))
    assert not problems(report)
    assert report["counts"]["needs_fix"] == 4
    assert sum(report["counts"].values()) == len(report["hosts"]) == len(fleet())
    assert report["generated"] == "2026-01-31T12:00:00Z"
    needs = next(one for one in report["hosts"] if one["host"] == "needs")
    assert needs["result"] == result("needs")


def test_the_schema_names_every_column_and_refuses_others() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    host = SCHEMA["$defs"]["host"]
    assert set(host["properties"]) == set(host["required"]) == {*COLUMNS, "result"}
    report = json.loads(as_json(rows(fleet()), ABOUT))
    report["hosts"][0]["colour"] = "red"
    report["hosts"][1]["status"] = "splendid"
    del report["hosts"][2]["reasons"]
    assert len(problems(report)) == 3


@given(fleets)
def test_json_of_hostile_hosts_keeps_to_its_schema(results: dict[str, Any]) -> None:
    text = as_json(rows(results), ABOUT)
    text.encode("utf-8")

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    assert not problems(json.loads(text, parse_constant=refuse))


# --- JUnit --------------------------------------------------------------------------------------------------------


def junit(results: dict[str, Any]) -> ET.Element:
    return ET.fromstring(as_junit(rows(results), ABOUT).encode("utf-8"))


def test_junit_has_the_form_that_build_servers_read() -> None:
    root = junit(fleet())
    assert root.tag == "testsuites"
    (suite,) = root
    expected = {"tests": "12", "failures": "5", "errors": "4", "skipped": "1"}
    for element in (root, suite):
        assert {name: element.get(name) for name in expected} == expected
        assert element.get("name") == "KB952876 report"
    assert suite.get("timestamp") == "2026-01-31T12:00:00"
    cases = {case.get("name"): case for case in suite}
    assert {case.get("classname") for case in suite} == {"KB952876"}
    assert {case.tag for case in suite} == {"testcase"}
    told = {name: [(child.tag, child.get("type")) for child in case] for name, case in cases.items()}
    assert told["needs"] == [("failure", "needs_fix")]
    assert told["booting"] == [("failure", "install_pending")]
    assert told["silent"] == [("error", "unknown")]
    assert told["dead"] == [("error", "unreachable")]
    assert told["absent"] == [("error", "failed")]
    assert told["modern"] == [("skipped", None)]
    assert told["fixed"] == []
    assert "kernel_running: 6.0.6001.18000" in (cases["needs"][0].text or "")


@given(fleets)
def test_junit_of_hostile_hosts_is_well_formed_and_counts_right(results: dict[str, Any]) -> None:
    root = junit(results)
    (suite,) = root
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert len(suite.findall(f"testcase/{tag}")) == int(suite.get(name) or -1)
    assert len(suite) == int(suite.get("tests") or -1) == len(rows(results))
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "error", "skipped")
    }
