# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns of a terminal: counted, cut, filled and wrapped, whatever script a text is in."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.columns import columns, cut, fill, wrap
from hypothesis import given
from hypothesis import strategies as st

lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", 0),
        ("vista-17", 8),
        ("b\u00fcro", 4),
        ("bu\u0308ro", 4),  # the same, with a mark of its own
        ("\u30db\u30b9\u30c8", 6),
        ("\uff76\uff85", 2),  # half-width
        ("\uff21", 2),  # full-width
        ("\u05e9\u05dc\u05d5\u05dd", 4),
        ("\U0001f5a5", 1),
        ("\U0001f4bb", 2),
    ],
)
def test_how_many_columns_a_text_takes(text: str, taken: int) -> None:
    assert columns(text) == taken


def test_what_does_not_fit_is_cut_and_says_so() -> None:
    assert cut("vista-17", 8) == "vista-17"
    assert cut("vista-17", 6) == "vista\u2026"
    assert cut("\u30db\u30b9\u30c8\u540d", 6) == "\u30db\u30b9\u2026"


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("one two three four", 8, 3) == ["one two", "three", "four"]
    assert wrap("one two three four", 8, 2) == ["one two", "three f\u2026"]
    assert wrap("a" * 20, 8, 2) == ["aaaaaaa\u2026"]
    assert wrap("  ", 8, 2) == []


@given(lines, st.integers(1, 40))
def test_nothing_is_ever_wider(text: str, most: int) -> None:
    assert columns(cut(text, most)) <= most
    assert columns(fill(cut(text, most), most)) == most
    for lines_of in (1, 2, 3):
        found = wrap(text, most, lines_of)
        assert len(found) <= lines_of
        assert all(columns(one) <= most for one in found)


@given(lines)
def test_what_fits_is_not_touched(text: str) -> None:
    assert cut(text, max(1, columns(text))) == text
