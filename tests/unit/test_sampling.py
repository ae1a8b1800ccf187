# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sample keeps, and that nothing drops out of it by a slip of the pen."""

from __future__ import annotations

from typing import Any

import pytest
from sampling import sampled


def _kept(cases: list[Any]) -> list[Any]:
    return [case.values for case in cases if not case.marks]


def test_every_case_stays_and_what_is_not_kept_is_exhaustive() -> None:
    found = sampled(["a", "b", "c"], "b")
    assert [case.values for case in found] == [("a",), ("b",), ("c",)]
    assert _kept(found) == [("b",)]
    assert {mark.name for case in found for mark in case.marks} == {"exhaustive"}


def test_a_case_of_several_values_is_kept_by_its_first_or_whole() -> None:
    cases = [("x", 1), ("x", 2), ("y", 1)]
    assert _kept(sampled(cases, "x")) == [("x", 1), ("x", 2)]
    assert _kept(sampled(cases, ("x", 2), "y")) == [("x", 2), ("y", 1)]


def test_a_case_that_is_not_there_cannot_be_kept() -> None:
    with pytest.raises(KeyError, match="no case is called 'd'"):
        sampled(["a", "b", "c"], "d")
