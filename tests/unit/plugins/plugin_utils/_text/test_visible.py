# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made visible, and what stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible, is_visible, visible
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.faults import WSManFault
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nof two lines", "plain\ttext\nof two lines"),
        ("M\u00fcller \u2122 \u041e\u043a\u043d\u0430 \u7a93", "M\u00fcller \u2122 \u041e\u043a\u043d\u0430 \u7a93"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\rb", "a\\x0db"),
        ("\u009b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066x\u2069\u200f\u2028", "\\u2066x\\u2069\\u200f\\u2028"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_words(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert is_visible(text) is (text == shown)


@given(st.text())
def test_nothing_unfit_is_left_and_nothing_else_is_changed(text: str) -> None:
    shown = visible(text)
    assert is_visible(shown)
    assert all(unicodedata.category(one) not in ("Cc", "Cs", "Zl", "Zp") or one in "\t\n" for one in shown)
    if text.isprintable():
        assert shown == text


def test_all_the_way_down() -> None:
    assert all_visible({"\x1b": [("\x07",), {"a": "\u202e"}, 7, None, True]}) == {
        "\\x1b": [["\\x07"], {"a": "\\u202e"}, 7, None, True]
    }


@pytest.mark.parametrize("error", [errors.NotWSMan("\x1b[2J", do="\u202e"), WSManFault("x", detail="\x1b]0;t\x07")])
def test_errors_are_fit_whichever_way_they_are_read(error: errors.WSManError) -> None:
    error.located(asked="SELECT '\x1b'", endpoint="http://h/\u009b")
    for text in (str(error), error.reported, *map(str, error.args)):
        assert is_visible(text)
