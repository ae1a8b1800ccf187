# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fixed sample of the fault matrix; `make soak-matrix` runs the whole of it (tools/soak_matrix.py)."""

from __future__ import annotations

import time

import pytest
from integration.matrix.cases import FAULTS, OPERATIONS, every_case, sample, shuffled
from integration.matrix.figures import figures
from integration.matrix.runner import run_cases

SEED = 952876
COUNT = 48
SECONDS = 300.0
LENGTHS = {"hotfix_info": 9, "wql_info": 2, "staged": 111, "present": 120, "absent": 114, "reboot": 24}
"""Messages, about: a number beyond an operation's end strikes nothing, and is run without a fault."""


def test_the_sample_is_fixed_and_covers_every_fault_and_operation() -> None:
    cases = sample(LENGTHS, len(FAULTS) * len(OPERATIONS), SEED)
    assert cases == sample(LENGTHS, len(FAULTS) * len(OPERATIONS), SEED)
    assert len({(case.operation, case.fault) for case in cases}) == len(FAULTS) * len(OPERATIONS)
    assert sorted(map(str, shuffled(LENGTHS, 1))) == sorted(map(str, every_case(LENGTHS)))


@pytest.mark.timeout(900)
def test_a_sample_of_the_matrix() -> None:
    began = time.monotonic()
    outcomes = run_cases(
        sample(LENGTHS, COUNT, SEED), say=lambda one: print(one.as_dict()), until=began + SECONDS - 30
    )
    print(figures(outcomes), f"\nin {time.monotonic() - began:.0f} s")
    assert len(outcomes) >= COUNT // 2, "the machine is too slow for the sample"
    assert not [one for one in outcomes if one.problem], figures(outcomes)
