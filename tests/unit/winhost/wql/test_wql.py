# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL: what is read, what is refused, what fits; and that nothing makes it crash or hang."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from winhost.wql import Comparison, Or, Select, WqlError, evaluate, parse
from winhost.wql.evaluator import parse_dmtf


@dataclass(frozen=True)
class _Property:
    name: str


@dataclass(frozen=True)
class _Class:
    properties: tuple[_Property, ...]
    ancestry: tuple[str, ...] = ("Thing", "Base")


_THING = _Class(tuple(_Property(name) for name in ("Name", "Size", "Started", "When", "Text", "List")))
_ROWS: list[dict[str, object]] = [
    {
        "Name": "tcpipreg",
        "Size": 10,
        "Started": True,
        "When": datetime(2026, 1, 1, 12, tzinfo=UTC),
        "Text": None,
        "List": ["a"],
    },
    {
        "Name": "Tcpip",
        "Size": 2**40,
        "Started": False,
        "When": datetime(2026, 6, 1, tzinfo=UTC),
        "Text": "",
        "List": None,
    },
    {"Name": "it's", "Size": None, "Started": None, "When": None, "Text": r"C:\a_b%c", "List": None},
]


def _names(where: str) -> list[object]:
    return [row["Name"] for row in evaluate(parse(f"SELECT Name FROM Thing WHERE {where}"), _ROWS, _THING)]


def test_select_list_and_star() -> None:
    assert parse("select * from X") == Select(None, "X")
    assert parse("  SELECT a , B\tFROM\r\nX ").fields == ("a", "B")
    rows = evaluate(parse("select NAME, size from thing"), _ROWS, _THING)
    assert list(rows[0]) == ["Name", "Size"]
    assert evaluate(parse("select * from thing"), _ROWS, _THING)[0].keys() == _ROWS[0].keys()


def test_escapes_in_strings() -> None:
    where = parse(r"""SELECT a FROM b WHERE Name='C:\\Windows\\x' OR Name="q\"'" """).where
    assert isinstance(where, Or)
    assert [part.value for part in where.parts if isinstance(part, Comparison)] == [r"C:\Windows\x", "q\"'"]
    assert _names(r"Name='it\'s'") == ["it's"]
    assert _names('Name="it\'s"') == ["it's"]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Name = 'TCPIPREG'", ["tcpipreg"]),
        ("'tcpip' = name", ["Tcpip"]),
        ("Name <> 'tcpip'", ["tcpipreg", "it's"]),
        ("Name != 'tcpip'", ["tcpipreg", "it's"]),
        ("Size > 0xA", ["Tcpip"]),
        ("Size >= 10 AND Size < 11", ["tcpipreg"]),
        ("10 >= Size", ["tcpipreg"]),
        ("Size = '10'", ["tcpipreg"]),
        ("Size <= -1", []),
        ("Started = TRUE", ["tcpipreg"]),
        ("Started = 'false'", ["Tcpip"]),
        ("Started <> true", ["Tcpip"]),
        ("NOT Started = TRUE", ["Tcpip"]),
        ("Text IS NULL", ["tcpipreg"]),
        ("Text IS NOT NULL", ["Tcpip", "it's"]),
        ("Text = NULL", ["tcpipreg"]),
        ("Text <> null", ["Tcpip", "it's"]),
        ("Size = 1 OR Started = TRUE AND Name LIKE 'tcp%'", ["tcpipreg"]),
        ("(Size = 10 OR Size > 100) AND NOT (Name = 'tcpip')", ["tcpipreg"]),
        ("Name LIKE 'tcp%'", ["tcpipreg", "Tcpip"]),
        ("Name LIKE 'tcp__'", ["Tcpip"]),
        ("Name LIKE '%REG'", ["tcpipreg"]),
        ("Name LIKE '[a-s]%'", ["it's"]),
        ("Name LIKE '[^i]%'", ["tcpipreg", "Tcpip"]),
        ("Name NOT LIKE 'tcp%'", ["it's"]),
        ("Text LIKE '%[_]b[%]c'", ["it's"]),
        (r"Text LIKE 'C:\\%'", ["it's"]),
        ("When > '20260301000000.000000+000'", ["Tcpip"]),
        ("When = '20260101130000.000000+060'", ["tcpipreg"]),
        ("When < '2026-02-01'", ["tcpipreg"]),
        ("__CLASS ISA 'base'", ["tcpipreg", "Tcpip", "it's"]),
    ],
)
def test_conditions(where: str, names: list[str]) -> None:
    assert _names(where) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select",
        "select from x",
        "select * x",
        "select * from",
        "select a,, b from x",
        "select * from x where",
        "select * from x where a",
        "select * from x where a = ",
        "select * from x where a = b",
        "select * from x where (a = 1",
        "select * from x where a = 'b",
        "select * from x where a like 1",
        "select * from x where a is 1",
        "select * from x; drop",
        "select * from x where a = 1 b",
        "select * from x within 5 where a isa 'b'",
        "select * from select",
        "delete from x",
        "associators of {X.a=1}",
        "select * from x where " + "(" * 500 + "a = 1" + ")" * 500,
        "select * from x where a = " + "'x'" * 40000,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(WqlError):
        parse(text)


@pytest.mark.parametrize(
    "where", ["Nothing = 1", "Size = 'ten'", "When = 'yesterday'", "Started = 'maybe'", "List = 'a'"]
)
def test_conditions_that_the_class_cannot_answer(where: str) -> None:
    with pytest.raises(WqlError) as caught:
        _names(where)
    assert caught.value.kind == "invalid_query"


def test_an_unknown_field_is_refused_and_a_withheld_one_is_left_out() -> None:
    with pytest.raises(WqlError):
        evaluate(parse("select Nothing from Thing"), _ROWS, _THING)
    assert evaluate(parse("select Name, Size from Thing"), [{"Name": "x"}], _THING) == [{"Name": "x"}]


def test_dmtf() -> None:
    assert parse_dmtf("20260101120000.000000-300") == datetime(2026, 1, 1, 17, tzinfo=UTC)
    assert parse_dmtf("20261399120000.000000+000") is None
    assert parse_dmtf("x") is None


_WORD = st.sampled_from(
    [
        "select",
        "*",
        "from",
        "where",
        "Name",
        "Size",
        "Text",
        "When",
        "Started",
        "and",
        "or",
        "not",
        "like",
        "is",
        "null",
        "isa",
        "(",
        ")",
        "=",
        "<>",
        "<",
        ">=",
        ",",
        "'a%'",
        "'[a-'",
        '"x\\""',
        "5",
        "0x1F",
        "1.5",
        "true",
        "'20260101120000.000000+000'",
        ".",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_WORD, max_size=40).map(" ".join)))
@settings(max_examples=400, deadline=2000)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        evaluate(parse(text), _ROWS, _THING)
    except WqlError:
        return


@given(st.lists(_WORD, max_size=20).map(lambda words: "select * from Thing where " + " ".join(words)))
@settings(max_examples=400, deadline=2000)
def test_any_condition_is_answered_or_refused(text: str) -> None:
    try:
        rows = evaluate(parse(text), _ROWS, _THING)
    except WqlError:
        return
    assert all(row in _ROWS for row in rows)


@given(st.text(alphabet="ab%_[]^-\\.*(", max_size=30), st.text(alphabet="ab.[(", max_size=40))
@settings(max_examples=400, deadline=2000)
def test_any_pattern_is_matched(pattern: str, value: str) -> None:
    quoted = pattern.replace("\\", "\\\\")
    rows = [{"Name": value}]
    found = evaluate(parse(f"select Name from Thing where Name like '{quoted}'"), rows, _THING)
    if not set(pattern) & set("%_["):
        assert bool(found) is (pattern.casefold() == value.casefold())


@given(st.text(max_size=60))
def test_a_quoted_string_comes_back_whole(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    where = parse(f"select a from b where c = '{quoted}'").where
    assert isinstance(where, Comparison) and where.value == value


def test_a_pattern_of_many_wildcards_does_not_take_long() -> None:
    rows = [{"Name": "a" * 5000}]
    assert evaluate(parse(f"select Name from Thing where Name like '{'%a' * 200}%b'"), rows, _THING) == []
