# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bounded dose of fuzzing in every run; tests/fuzz/fuzz_package.py gives as much as is wanted."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.container import CONTAINER_INDEX
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from fuzz.fuzz_package import by_chance, mutate, mutate_inside, seeds, target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages import Member, write_cabinet
from packages.msu import Recipe, inner_members

SEEDS = seeds()
WHOLE = inner_members(Recipe("x64"))
INDEX = next(one.data for one in WHOLE if one.name == CONTAINER_INDEX).decode()
NAMED = set(re.findall(r'<Source type="\w+" name="([^"]+)"', INDEX))
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
@given(number=st.integers(min_value=0))
def test_mutated_indexes_and_manifests_in_a_whole_cabinet(run: Run, number: int) -> None:
    run(mutate_inside(random.Random(number), SEEDS))


def test_members_that_nothing_is_made_from_are_few_and_are_numbers() -> None:
    """Genuine packages have such members too; nothing installs them."""
    assert {one.name.isdigit() for one in WHOLE if one.name not in NAMED | {CONTAINER_INDEX}} == {True}
    assert len(NAMED) > len(WHOLE) - 6


@given(number=st.integers(min_value=0))
@settings(parent=bounded, max_examples=60)
def test_no_change_of_one_member_is_accepted(tmp_path: Path, number: int) -> None:
    """Every byte of every member that is used is held by a hash of the index: whatever is changed, it is refused."""
    chance = random.Random(number)
    path, changed = tmp_path / "x.cab", {one.name: bytearray(one.data) for one in WHOLE}
    name = chance.choice(sorted(changed.keys() & NAMED))
    place = chance.randrange(len(changed[name]))
    changed[name][place] ^= 1 << chance.randrange(8)
    path.write_bytes(write_cabinet([Member(one, bytes(data)) for one, data in changed.items()], "none"))
    try:
        found = compare(load("KB952876"), read_package(path).contents)
    except PackageError:
        return
    assert not found.acceptable(allow_later=True), (name, place)


def test_the_package_that_is_changed_there_is_accepted_without(tmp_path: Path) -> None:
    path = tmp_path / "x.cab"
    path.write_bytes(write_cabinet(WHOLE, "none"))
    assert compare(load("KB952876"), read_package(path).contents).acceptable(allow_later=False)


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
