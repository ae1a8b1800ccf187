# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What make smoke covers: every ansible-core, and every Python with the oldest and the newest core that supports it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import smoke  # noqa: E402

SUPPORTED = {
    # Pythons of controllers by ansible-core's own matrix, from the oldest that the collection takes.
    "2.16": ("3.11", "3.12"),
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
PAIRS = {(pair.core, pair.python) for pair in smoke.PAIRS}


def test_every_core_is_covered_by_pythons_that_it_supports() -> None:
    assert not [pair for pair in PAIRS if pair[1] not in SUPPORTED[pair[0]]]
    assert {core for core, python in PAIRS if python not in smoke.WHERE_FOUND} == set(SUPPORTED)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_every_python_is_covered_at_both_ends(python: str) -> None:
    cores = [core for core, pythons in SUPPORTED.items() if python in pythons]
    assert {(cores[0], python), (cores[-1], python)} <= PAIRS


def test_a_missing_interpreter_is_told_and_counts_but_for_the_newest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet: Any = None
    for python in ("3.13", "3.14"):
        monkeypatch.setitem(os.environ, f"SMOKE_PYTHON_{python.replace('.', '_')}", "/nowhere/python")
    assert smoke._line(smoke.Pair("2.21", "3.14"), fleet, {}) == "not tested"
    assert "not tested: no interpreter of Python 3.14 here" in capsys.readouterr().out
    assert smoke._line(smoke.Pair("2.21", "3.13"), fleet, {}) == "FAILED"
    assert "FAILED: missing interpreter: Python 3.13" in capsys.readouterr().out


def test_an_unknown_pair_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"no such pair here: 2\.15-3\.9"):
        smoke.select(["2.15-3.9"])
