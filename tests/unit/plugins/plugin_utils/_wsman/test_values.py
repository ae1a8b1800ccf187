# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WMI sends, as values."""

from __future__ import annotations

import datetime as dt

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import values, xmlread
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.values import MISSING, Row, UnparsableValue

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
CIM = 'xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"'


def row(inner: str) -> Row:
    return values.element_row(xmlread.parse(f'<p:X xmlns:p="urn:x" {XSI} {CIM}>{inner}</p:X>'.encode()))


def test_null_empty_text_and_case_are_kept_apart() -> None:
    found = row('<p:A xsi:nil="true"/><p:B/><p:c> x </p:c><D xsi:nil="1"/><E xsi:nil="false">1</E>')
    assert found == {"A": None, "B": "", "c": " x ", "D": None, "E": "1"}


def test_arrays_repeat_and_may_hold_null() -> None:
    assert row('<p:A>1</p:A><p:B>x</p:B><p:A xsi:nil="true"/><p:A>3</p:A>') == {"A": ["1", None, "3"], "B": "x"}


def test_embedded_instances_are_rows() -> None:
    found = row(
        "<p:D><p:Owner><p:Name>a</p:Name></p:Owner><p:ACE><p:T>1</p:T></p:ACE><p:ACE><p:T>2</p:T></p:ACE></p:D>"
    )
    assert found == {"D": {"Owner": {"Name": "a"}, "ACE": [{"T": "1"}, {"T": "2"}]}}


def test_selectors_of_a_reference_keep_their_names() -> None:
    found = row('<p:R><p:SelectorSet><p:Selector Name="Handle">3</p:Selector></p:SelectorSet></p:R>')
    assert found == {"R": {"SelectorSet": {"Handle": "3"}}}


@pytest.mark.parametrize("wrapper", ["cim:Datetime", "Datetime", "CIM_DateTime", "cim:CIM_DateTime"])
def test_datetime_wrappers_are_opened(wrapper: str) -> None:
    assert row(f"<p:T><{wrapper}>2026-01-01T00:00:00Z</{wrapper}></p:T>") == {"T": "2026-01-01T00:00:00Z"}
    assert row(f'<p:T><{wrapper} xsi:nil="true"/></p:T>') == {"T": None}


def test_a_property_named_datetime_is_no_wrapper() -> None:
    assert row("<Datetime>x</Datetime>") == {"Datetime": "x"}


def test_missing_is_not_null() -> None:
    found = row('<p:Name xsi:nil="true"/>')
    for lookup in (values.find, values.text, values.integer, values.boolean, values.strings, values.moment):
        assert lookup(found, "name") is None
        assert lookup(found, "other") is MISSING
    assert not MISSING


def test_lookups() -> None:
    found = row("<N> 42 </N><H>-1</H><T>TRUE</T><F>0</F><A>x</A><B>1</B><B>2</B><W>Vista </W>")
    assert values.integer(found, "n") == 42
    assert values.integer(found, "H") == -1
    assert values.boolean(found, "T") is True
    assert values.boolean(found, "F") is False
    assert values.strings(found, "A") == ["x"]
    assert values.strings(found, "B") == ["1", "2"]
    assert values.text(found, "W") == "Vista"


def test_unparsable_values_name_the_property() -> None:
    found = row("<N>4x</N><E/><B>1</B><B>2</B><D><p:X>1</p:X></D>")
    for lookup, name in [
        (values.integer, "N"),
        (values.integer, "E"),
        (values.integer, "B"),
        (values.boolean, "N"),
        (values.text, "D"),
        (values.strings, "D"),
    ]:
        with pytest.raises(UnparsableValue, match=name):
            lookup(found, name)


UTC = dt.UTC


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T03:04:05Z", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.5Z", dt.datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456Z", dt.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789Z", dt.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-02T03:04:05+08:00", dt.datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.25-02:30", dt.datetime(2026, 1, 2, 5, 34, 5, 250000, tzinfo=UTC)),
        (" 2026-01-02T03:04:05Z\n", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("20260102030405.500000+060", dt.datetime(2026, 1, 2, 2, 4, 5, 500000, tzinfo=UTC)),
        ("20260102030405.000000-480", dt.datetime(2026, 1, 2, 11, 4, 5, tzinfo=UTC)),
    ],
)
def test_datetimes(text: str, moment: dt.datetime) -> None:
    assert values.parse_datetime(text) == moment
    assert values.parse_datetime(text).utcoffset() == dt.timedelta(0)
    assert values.moment({"T": text}, "T") == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z",
        "2026-01-02T03:04:60Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z", "20260102030405.******+060",
        "00000001000000.000000:000", "2026-01-02T03:04:05+99:00", "0001-01-01T00:00:00+01:00", "２026-01-02T03:04:05Z",
    ],
)  # fmt: skip
def test_no_datetimes(text: str) -> None:
    with pytest.raises(UnparsableValue):
        values.parse_datetime(text)
