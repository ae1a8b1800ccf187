# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File versions and branches."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import (
    Branch,
    FileVersion,
    branches_of,
)
from hypothesis import given
from hypothesis import strategies as st

PARTS = st.integers(0, 65535)


@given(PARTS, PARTS, PARTS, PARTS)
def test_text_and_quad_are_one(major: int, minor: int, build: int, revision: int) -> None:
    quad = FileVersion(major, minor, build, revision)
    assert FileVersion.parse(str(quad)) == quad
    assert FileVersion.parse(f"{quad} (vistasp1_ldr.080530-1504)") == quad


@given(st.tuples(PARTS, PARTS, PARTS, PARTS), st.tuples(PARTS, PARTS, PARTS, PARTS))
def test_order_is_part_by_part(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> None:
    assert (FileVersion(*one) < FileVersion(*other)) == (one < other)


def test_the_service_packs_kernel_is_later_as_a_whole() -> None:
    assert FileVersion.parse("6.0.6002.18005") > FileVersion.parse("6.0.6001.22191")


@pytest.mark.parametrize(
    "text",
    ["", "6.0.6001", "6.0.6001.22191.1", "6.0.6001.x", "6.0.6001.65536", "v6.0.6001.1", "-6.0.6001.1", "6.0.6001.٢",
     "6.0.6001.22191 (", "6.0.6001.22191(lab)", "6.0.6001.22191 lab"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="file version"):
        FileVersion.parse(text)


@given(st.text(max_size=40))
def test_no_text_crashes(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert FileVersion.parse(text).branch in Branch


@pytest.mark.parametrize(
    ("revision", "branch"),
    [(16383, Branch.OTHER), (16384, Branch.GDR), (16386, Branch.GDR), (17021, Branch.GDR), (18000, Branch.GDR),
     (20479, Branch.GDR), (20480, Branch.LDR), (20846, Branch.LDR), (22191, Branch.LDR), (24575, Branch.LDR),
     (24576, Branch.OTHER), (0, Branch.OTHER)],
)
def test_branch_by_revision_of_the_first_builds(revision: int, branch: Branch) -> None:
    assert FileVersion(6, 0, 6001, revision).branch is branch


@pytest.mark.parametrize(
    ("version", "branch"),
    [
        ("6.0.6000.17021", Branch.GDR), ("6.0.6000.20480", Branch.LDR), ("6.0.6002.18005", Branch.GDR),
        ("6.0.6002.18541", Branch.GDR), ("6.0.6002.20480", Branch.OTHER), ("6.0.6002.22119", Branch.LDR),
        ("6.0.6002.22742", Branch.LDR), ("6.0.6002.24999", Branch.LDR), ("6.0.6003.20489", Branch.SINGLE),
        ("6.0.6003.18005", Branch.OTHER), ("6.1.7600.16385", Branch.GDR), ("6.1.7600.20518", Branch.LDR),
        ("6.1.7600.18000", Branch.OTHER), ("6.1.7601.17514", Branch.GDR), ("6.1.7601.26664", Branch.LDR),
        ("6.1.7601.20480", Branch.OTHER), ("6.2.9200.16384", Branch.GDR), ("6.2.9200.20000", Branch.LDR),
        ("6.3.9600.17415", Branch.SINGLE), ("4.5.6001.22159", Branch.LDR), ("2.0.50727.4016", Branch.OTHER),
        ("10.0.17763.1", Branch.OTHER),
    ],
)
def test_branch_by_build(version: str, branch: Branch) -> None:
    assert FileVersion.parse(version).branch is branch


def test_the_branches_of_a_build() -> None:
    assert branches_of(6001) == branches_of(7601) == {Branch.GDR, Branch.LDR}
    assert branches_of(9600) == {Branch.SINGLE}
    assert branches_of(50727) == frozenset()
