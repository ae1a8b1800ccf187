# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL of the user's own: what is accepted, how values are typed, what an error looks like."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import (
    QueryError,
    QuerySet,
    read_queries,
    run_queries,
    typed_value,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from unit.plugins.plugin_utils._windows.scripted import ScriptedClient

Q = "SELECT Version, Caption FROM Win32_OperatingSystem"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Q, [(Q, "root/cimv2", Q)]),
        ([Q], [(Q, "root/cimv2", Q)]),
        ({"query": Q, "name": "os", "namespace": r"root\wmi"}, [(Q, "root/wmi", "os")]),
        ([Q, {"query": " select 1 "}], [(Q, "root/cimv2", Q), ("select 1", "root/cimv2", "select 1")]),
    ],
)
def test_queries_as_users_write_them(given: object, expected: list[tuple[str, str, str]]) -> None:
    assert [(one.text, one.namespace, one.name) for one in read_queries(given, "root/cimv2")] == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "empty list"),
        ("", "query 1 has no text"),
        ([Q, None], "query 2 has no text"),
        ({"name": "x"}, "query 1 has no text"),
        ({"query": Q, "filter": 1}, "'filter'"),
        ("DELETE x", "begin with SELECT"),
        ("SELECTED x", "begin with SELECT"),
        ("SELECT " + "x" * 70000, "70007 characters"),
        ({"query": Q, "namespace": "root/../x"}, "root/../x"),
        ({"query": Q, "namespace": 7}, "namespace"),
    ],
)
def test_what_cannot_be_sent_is_named(given: object, words: str) -> None:
    with pytest.raises(QueryError, match=words.replace(".", r"\.")):
        read_queries(given, "root/cimv2")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("18446744073709551615", 18446744073709551615),
        ("007", "007"),
        ("-0", "-0"),
        ("+1", "+1"),
        (" 1", " 1"),
        ("\u0661", "\u0661"),
        ("1" * 21, "1" * 21),
        ("1.5", "1.5"),
        ("6.0.6001", "6.0.6001"),
        ("true", True),
        ("false", False),
        ("TRUE", True),
        ("False", False),
        ("truer", "truer"),
        ("", ""),
        (None, None),
        ("2026-01-01T08:00:00.5+08:00", "2026-01-01T00:00:00.500000Z"),
        ("2026-01-01T08:00:00", "2026-01-01T08:00:00"),
        ("20260101080000.000000+000", "20260101080000.000000+000"),
        (["1", None, "x"], [1, None, "x"]),
        ({"a": "1"}, {"a": 1}),
    ],
)
def test_values_are_typed_by_their_form(text: Any, value: object) -> None:
    found = typed_value(text)
    assert (found, type(found)) == (value, type(value))


def test_an_error_ends_the_run_or_is_reported() -> None:
    client = ScriptedClient()
    client.rows["Win32_Processor"] = faults.ClassNotFound("no such class", code=2150858778)
    queries = read_queries([Q, "SELECT x FROM Win32_Processor", Q], "root/cimv2")
    results = run_queries(client, QuerySet(queries))
    assert [one.error is None for one in results] == [True, False]
    assert results[1].rows is None
    assert results[1].error is not None
    assert (results[1].error["cause"], results[1].error["code"]) == ("class_missing", 2150858778)
    assert [one.error is None for one in run_queries(client, QuerySet(queries, report_errors=True))] == [
        True,
        False,
        True,
    ]


def test_a_lost_host_is_not_reported_as_a_query() -> None:
    client = ScriptedClient()
    client.rows["Win32_OperatingSystem"] = errors.ConnectionLost("cut")
    with pytest.raises(errors.ConnectionLost):
        run_queries(client, QuerySet(read_queries(Q, "root/cimv2"), report_errors=True))


@pytest.mark.parametrize(
    ("read", "sent"),
    [
        ("a\udcffb", b"a\xffb"),
        ("\udc26foo; \u202e", b"&foo; \xe2\x80\xae"),
        ("\ufffe\uffff", b"\xef\xbf\xbe\xef\xbf\xbf"),
        ("\ud800", b"\xed\xa0\x80"),
    ],
)
def test_a_damaged_value_is_named_and_there_as_it_was_sent(read: str, sent: bytes) -> None:
    client = ScriptedClient()
    client.rows["Win32_OperatingSystem"] = [{"Caption": read, "Good": "fine"}]
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2")))
    assert [(one["row"], one["property"]) for one in found.unprintable] == [(0, "Caption")]
    assert base64.b64decode(str(found.unprintable[0]["base64"])) == sent
    shown = str(all_visible(plain(found.rows)))
    assert "\ufffd" not in shown
    assert "\\ud" in shown or "\\uf" in shown


def test_text_stays_text_where_typing_is_off() -> None:
    client = ScriptedClient()
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2"), typed=False))
    assert found.rows is not None
    assert found.rows[0]["BuildNumber"] == "6001"
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2")))
    assert found.rows is not None
    assert found.rows[0]["BuildNumber"] == 6001


@pytest.mark.parametrize(
    ("error", "cause", "meaning"),
    [
        (faults.InvalidQuery("x", code=0x80041017), "query_invalid", "WBEM_E_INVALID_QUERY"),
        (faults.FilterRejected("x", code=2150859042), "query_invalid", "the filter cannot be processed"),
        (faults.ClassNotFound("x", code=2150858778), "class_missing", "the query cannot be processed"),
        (faults.InvalidNamespace("x", code=0x8004100E), "namespace_missing", "there is no such namespace"),
        (faults.WSManFault("x", code=12345), "fault", None),
        (errors.Unanswered("silence"), "timeout", None),
        (errors.TooMuch("rows"), "too_large", None),
        (errors.ServiceFailed("HTTP 500"), "fault", None),
    ],
)
def test_what_an_error_means_for_a_users_query(error: errors.WSManError, cause: str, meaning: str | None) -> None:
    client = ScriptedClient()
    client.rows["Win32_OperatingSystem"] = error
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2"), report_errors=True))
    assert found.error is not None
    assert found.error["cause"] == cause
    assert found.error["meaning"] is None if meaning is None else meaning in str(found.error["meaning"])


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        (faults.ClassNotFound, 2150858778, "the query may also be wrong"),
        (faults.ClassNotFound, 0x80041010, ""),
        (faults.ResourceNotFound, 2150858752, "the class, the namespace or the object"),
        (faults.InvalidQuery, 0x80041058, ""),
    ],
)
def test_what_windows_leaves_open_is_left_open(kind: type[faults.WSManFault], code: int, words: str) -> None:
    client = ScriptedClient()
    client.rows["Win32_OperatingSystem"] = kind("x", code=code)
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2"), report_errors=True))
    said = found.error_text
    assert (words in said) if words else ("may also" not in said and "does not say" not in said)


@pytest.mark.parametrize("error", [errors.Silent("x"), errors.Unreachable("x"), errors.ConversationOver("x")])
def test_what_was_learnt_before_the_host_was_lost_is_kept(error: errors.WSManError) -> None:
    client = ScriptedClient()
    client.rows["Win32_OperatingSystem"] = [{"Version": "6.0.6001"}]
    client.rows["Win32_Lost"] = error
    results: list[Any] = []
    queries = read_queries([Q, "SELECT * FROM Win32_Lost"], "root/cimv2")
    with pytest.raises(type(error)):
        run_queries(client, QuerySet(queries, report_errors=True), results)
    assert [one.rows for one in results] == [[{"Version": "6.0.6001"}]]


@pytest.mark.parametrize(("seconds_a_look", "whole"), [(0.0, True), (0.4, True), (1.0, False), (30.0, False)])
def test_rows_are_made_fit_only_until_the_deadline_and_a_little_more(seconds_a_look: float, *, whole: bool) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += seconds_a_look
        return now[0]

    client = ScriptedClient()
    client.clock = clock
    client.rows["Win32_OperatingSystem"] = [{"Version": "6.0.6001"} for _unused in range(9_900)]
    (found,) = run_queries(client, QuerySet(read_queries(Q, "root/cimv2"), report_errors=True, deadline=8.0))
    assert now[0] <= 8.0 + 2.0 + 2 * seconds_a_look
    if whole:
        assert found.rows is not None
        assert len(found.rows) == 9_900
        return
    assert found.rows is None
    assert found.error is not None
    assert found.error["cause"] == "timeout"
    assert "of 9900 rows" in found.error_text
    assert "the deadline of 8 s" in found.error_text
