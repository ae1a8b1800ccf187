# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows whose assessments are kept compressed: every report is what it is of whole ones, and needs little memory."""

from __future__ import annotations

import functools
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import Earlier, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.kept import Kept, lean, whole
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import (
    RowError,
    is_symptomatic,
    lean_rows,
    rows,
)
from hypothesis import given, settings
from unit.plugins.plugin_utils._report.hostile import ATTACKS, fleets, hostile_result
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, large_fleet, own, result

HOSTS = 150


@functools.cache
def varied() -> dict[str, Any]:
    """Results of which no two are the same."""
    return {host: own(told, at) for at, (host, told) in enumerate(large_fleet(HOSTS).items())}


def both(results: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return rows(results), lean_rows(iter(results.items()))


def same_in_every_format(results: dict[str, Any]) -> None:
    known, kept = both(results)
    assert [whole(row) for row in kept] == known
    assert [list(row) for row in kept] == [list(row) for row in known]
    assert [is_symptomatic(row) for row in kept] == [is_symptomatic(row) for row in known]
    for name, one in FORMATS.items():
        assert "".join(one.pieces(kept, ABOUT)) == one.write(known, ABOUT), name


@pytest.mark.parametrize("results", [fleet(), varied(), {}, {"one": result("needs")}], ids=["few", "many", "no", "one"])
def test_reports_are_those_of_whole_rows(results: dict[str, Any]) -> None:
    same_in_every_format(results)


@pytest.mark.parametrize("attack", ATTACKS)
def test_so_they_are_of_attacks(attack: str) -> None:
    same_in_every_format({attack: hostile_result(result("needs"), attack), "host": {"status": "fixed", attack: attack}})


@settings(max_examples=40)  # each in twelve reports
@given(fleets)
def test_so_they_are_of_whatever_hosts_send(results: dict[str, Any]) -> None:
    same_in_every_format(results)


def test_comparisons_are_of_whole_rows_too() -> None:
    known, kept = both(fleet())
    earlier = Earlier({"needs": "fixed", "fixed": "needs_fix", "gone": "fixed"})
    assert compare(earlier, kept) == compare(earlier, known)


def test_names_that_become_one_are_one_row() -> None:
    twice = {"a\u202e": {"status": "fixed"}, "b": None, "a\\u202e": {"status": "needs_fix"}}
    known, kept = both(twice)
    assert [whole(row) for row in kept] == known
    assert len(known) == 2


def test_what_is_no_result_is_refused_as_ever() -> None:
    with pytest.raises(RowError, match="the result of vista is str"):
        lean_rows([("vista", "text")])
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(RowError, match="nested deeper"):
        lean_rows([("host", endless)])


def test_a_row_of_a_query_without_an_assessment_stays_as_it_is() -> None:
    assert lean({"host": "a", "result": None}) == {"host": "a", "result": None}
    made = lean({"result": {"a": 1}, "host": "a"})
    assert list(made) == ["result", "host"]
    assert isinstance(made["result"], Kept)
    assert whole(made) == {"result": {"a": 1}, "host": "a"}


def test_json_of_rows_in_another_order_is_the_same() -> None:
    """A query may put rows together anew."""
    turned = [{name: row[name] for name in reversed(row)} for row in rows(fleet())]
    assert FORMATS["json"].write([lean(row) for row in turned], ABOUT) == FORMATS["json"].write(turned, ABOUT)


def peak(work: Callable[[], Any]) -> int:
    """Bytes at most, beyond those of before."""
    tracemalloc.start()
    try:
        before, _most = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_one_result_at_a_time_is_whole() -> None:
    """Each is made when it is asked for, as from its text."""
    told = [own(result(("needs", "server")[at % 2]), at) for at in range(4)]

    def coming() -> Iterator[tuple[str, Any]]:
        return ((f"host{at}", own(told[at % 4], at)) for at in range(HOSTS))

    list(coming())  # what is made once
    at_once = peak(lambda: rows(dict(coming())))
    one_by_one = peak(lambda: lean_rows(coming()))
    assert one_by_one < at_once / 3


@pytest.mark.parametrize("name", ["json", "csv", "junit"])
def test_what_programs_read_is_made_a_host_at_a_time(name: str) -> None:
    kept = lean_rows(varied().items()) * 10
    size = sum(map(len, FORMATS[name].pieces(kept, ABOUT)))

    def consume() -> None:
        for _piece in FORMATS[name].pieces(kept, ABOUT):
            pass

    assert peak(consume) < size / 4
    assert len(list(FORMATS[name].pieces(kept, ABOUT))) >= len(kept)


def test_nor_are_the_assessments_of_a_page_made_at_once() -> None:
    kept = lean_rows(varied().items())
    longest = max(map(len, list(FORMATS["html"].pieces(kept, ABOUT))))
    assert longest < len(FORMATS["html"].write(kept, ABOUT)) * 0.8
    assert len(list(FORMATS["html"].pieces(kept, ABOUT))) >= 3 + HOSTS // 50


def test_junit_is_indented_throughout() -> None:
    text = FORMATS["junit"].write(rows(fleet()), ABOUT)
    root = ET.fromstring(text)
    ET.indent(root)
    assert text == f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
