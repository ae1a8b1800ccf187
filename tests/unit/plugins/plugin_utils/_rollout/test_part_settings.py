# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that name a part, and the variables that hold one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import HOTFIX, KB952876, problem


@pytest.mark.parametrize(
    ("name", "value", "usable"),
    [
        ("part", "slice2of3", True),
        ("part", 17, True),
        ("part", "slice4of3", False),
        ("part", "a-b", False),
        ("part", "{{x}}", False),
        ("part", ["17"], False),
        ("part_details", "yes", True),
        ("part_details", "whole", False),
        ("parts", "runs", True),
        ("parts", ["a.json", "b.json"], True),
        ("parts", [1], False),
    ],
)
def test_what_can_be_used(name: str, value: Any, usable: bool) -> None:
    wrong = problem(KB952876, f"kb952876_{name}", value)
    assert (wrong is None) is usable, wrong


def test_parts_that_a_workflow_hands_on_are_no_settings() -> None:
    """Every later job of a workflow gets them, remediations too."""
    for naming in (KB952876, HOTFIX):
        assert names.unknown(naming, ["winlegacy_part_17", "winlegacy_part_slice1of3"]) == {}
        assert not names.is_ours(naming, "winlegacy_part_17")
        assert names.unknown(naming, ["winlegacy_parts"]) != {}
