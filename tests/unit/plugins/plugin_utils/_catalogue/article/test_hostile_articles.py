# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a file is, reading it as an article ends soon, with facts or with one ArticleError."""

from __future__ import annotations

import os
import time

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.blocks import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import ArticleError
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_forms import CAPTION, FORMS, HEADER, ROWS, pipe

SIZE = 60_000 if not os.environ.get("WINLEGACY_EVERY") else 1_000_000
"""Characters of each: where the time grows by their square, many seconds; else some tenths of one."""
SECONDS = 4.0 if not os.environ.get("WINLEGACY_EVERY") else 60.0

PATTERNS = [
    "<", "<!", "<!--", "<a ", "<a b='", "</", "<td", "<table>", "<table><tr><td>", "<tr><td rowspan=9999>",
    "<script>", "<td colspan=9999>a", "&", "&#", "&#x", "[", "[a](", "![", "*", "**a", "_", "_a ", "_a:", "`", "\\",
    "|", "| ", "|-", "-", "--\n", "# ", "#", "> ", "- ", "a.b ", "a.b 1 ", "6.0.6001.1 ", "1 ", "111 ", "1,111 ",
    "01-May-2008 ", "01-May-2008 09:05 ", "01-May-2008 09:05 6.0.6001.1 ", "a.b 6.0.6001.1 1 01-May-2008 ", " ",
    "\t", "\n", "a\tb\tc\n", "\u00a0", "You may have to ", "restart ", "replaces ", "this hotfix replaces ",
    "KB952876 ", "KB", "952876 ", "9", "HKEY_LOCAL_MACHINE\\a", "HKLM\\a\\", "a\\", "Windows Vista ", "Windows ",
    "Windows Server 2008 without Hyper-V ", "Prerequisites ", "APPLIES TO ", "<br>", "\u0130<td>",
    "<link canonical ", "<meta ", "charset=", "Original product version", "x86 ", "~", "a~", "Last Review ",
    "package_for_kb",
]  # fmt: skip


def ends(data: bytes, limits: Limits | None = None) -> None:
    begun = time.process_time()
    try:
        facts = read_article(data, "article", limits)
    except ArticleError as error:
        assert str(error)
    else:
        assert len(facts.rows) <= (limits or Limits()).rows
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "start", ["", "<html><table><tr><td>", "|a|b|\n|---|---|\n|"], ids=["text", "html", "markdown"]
)
def test_repeated_patterns_end_soon(start: str) -> None:
    slow: dict[str, float] = {}
    for pattern in PATTERNS:
        begun = time.process_time()
        ends((start + pattern * (SIZE // len(pattern))).encode())
        slow[pattern] = time.process_time() - begun
    assert max(slow.values()) < SECONDS, sorted(slow.items(), key=lambda one: -one[1])[:5]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    ends(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PATTERNS), max_size=60).map("".join))
def test_any_mixture(text: str) -> None:
    ends(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 30), st.sampled_from(PATTERNS)), max_size=4),
)
def test_any_damage_of_a_form(form: str, cuts: list[tuple[int, int, str]]) -> None:
    text = FORMS[form]
    for place, length, piece in cuts:
        text = text[: place % len(text)] + piece + text[place % len(text) + length :]
    ends(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=9), min_size=1, max_size=8))
def test_any_table(rows: list[list[str]]) -> None:
    ends(f"# a\n{pipe([*rows, *ROWS])}".encode("utf-8", "surrogatepass"))


BOUNDS = Limits(size=100_000, lines=50, cells=500, depth=5, rows=20)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * 100_001, "bytes"),
        ("a\n" * 60, "lines"),
        ("<html>" + "<table><tr><td>" * 6, "nested"),
        ("<html><table>" + "<tr><td rowspan=9999 colspan=30>a" * 30, "cells"),
        (f"# {CAPTION}\n" + pipe([*ROWS] * 40), "cells"),
        (f"# {CAPTION}\n" + pipe([*ROWS] * 6), "rows"),
        (" ".join([CAPTION, *HEADER, *[" ".join(row) for row in ROWS] * 6]), "rows"),
        ("a\0b", "no text"),
        (
            "Article ID: 952876\nPackage_1_for_kb952877~31bf3856ad364e35~x86~~6.0.1.0.mum 1,777 31-May-2008 18:22",
            "more than one",
        ),
    ],
)
def test_each_bound_and_contradiction_is_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(ArticleError) as raised:
        read_article(text.encode(), "article.md", BOUNDS)
    assert reason in str(raised.value)
    assert "article.md" in str(raised.value)
    assert "\n" not in str(raised.value)
