# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bounded dose of fuzzing in every run; tests/fuzz/fuzz_package.py gives as much as is wanted."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.fuzz_package import by_chance, mutate, seeds, target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEEDS = seeds()
bounded = settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Run = Callable[[bytes], None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return target(tmp_path)


def test_all_seeds_are_readable_without_mutation(run: Run) -> None:
    for data in SEEDS:
        run(data)


@bounded
@given(data=st.binary(max_size=400))
def test_any_bytes(run: Run, data: bytes) -> None:
    run(data)


@bounded
@given(data=st.binary(max_size=300))
def test_any_cabinet_header(run: Run, data: bytes) -> None:
    run(b"MSCF\0\0\0\0" + data)


@bounded
@given(number=st.integers(min_value=0), index=st.integers(min_value=0, max_value=len(SEEDS) - 1))
def test_mutated_packages(run: Run, number: int, index: int) -> None:
    run(mutate(SEEDS[index], random.Random(number), SEEDS))


@bounded
@given(text=st.text(max_size=200), encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-16"]))
def test_any_text(run: Run, text: str, encoding: str) -> None:
    run(text.encode(encoding, "surrogatepass"))


def test_a_few_seconds_of_chance(run: Run) -> None:
    assert by_chance(run, 3.0, seed=20081) > 20


def test_an_escape_would_be_noticed(tmp_path: Path) -> None:
    """The harness itself: a file beside the input is a violation."""
    checked = target(tmp_path)
    (tmp_path / "escaped").touch()
    with pytest.raises(AssertionError, match="written elsewhere"):
        checked(b"MSCF")
