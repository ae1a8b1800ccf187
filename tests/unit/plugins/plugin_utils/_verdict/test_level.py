# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file against one fix."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import Branch, FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.level import (
    FileLevel,
    compared_with,
    level_of,
)


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("6.0.6001.22191", FileLevel.FIXED),
        ("6.0.6001.22190", FileLevel.BELOW),
        ("6.0.6001.24575", FileLevel.FIXED),
        ("6.0.6001.18538", FileLevel.BELOW),
        ("6.0.6001.24576", FileLevel.UNKNOWN),
        ("6.0.6001.16000", FileLevel.UNKNOWN),
        ("6.0.6002.22191", FileLevel.UNKNOWN),
        ("6.0.6000.22191", FileLevel.UNKNOWN),
        ("6.1.6001.22191", FileLevel.UNKNOWN),
    ],
)
def test_level(version: str, level: FileLevel) -> None:
    assert level_of(FileVersion.parse(version), {Branch.LDR: FileVersion.parse("6.0.6001.22191")}) is level


GDR, LDR, SINGLE = Branch.GDR, Branch.LDR, Branch.SINGLE
BOTH = {GDR: "6.0.6001.18145", LDR: "6.0.6001.22269"}
SP1 = (6, 0, 6001)


@pytest.mark.parametrize(
    ("version", "fixed", "level"),
    [
        # each branch against its own threshold (ntoskrnl.exe, KB956841)
        ("6.0.6001.18145", BOTH, "fixed"), ("6.0.6001.18144", BOTH, "below"), ("6.0.6001.22269", BOTH, "fixed"),
        ("6.0.6001.22268", BOTH, "below"), ("6.0.6001.20480", BOTH, "below"), ("6.0.6002.22269", BOTH, "unknown"),
        # a GDR file never proves a fix of the other branch, and a threshold that nobody knows proves nothing
        ("6.0.6001.20479", {LDR: "6.0.6001.20480"}, "below"), ("6.0.6001.22269", {GDR: "6.0.6001.18145"}, "unknown"),
        ("6.0.6001.18145", {GDR: None, LDR: "6.0.6001.22269"}, "unknown"), ("6.0.6001.18145", {LDR: None}, "unknown"),
        ("6.0.6001.22269", {GDR: None, LDR: "6.0.6001.22269"}, "fixed"),
        # builds with one branch, and with none that is known
        ("6.0.6003.20500", {SINGLE: "6.0.6003.20500"}, "fixed"),
        ("6.0.6003.20499", {SINGLE: "6.0.6003.20500"}, "below"),
        ("2.0.50727.4016", {SINGLE: "2.0.50727.4016"}, "fixed"),
        ("2.0.50727.4015", {SINGLE: "2.0.50727.4016"}, "below"),
        # a file with a version of its own: an earlier one is below, a later one is not compared
        ("4.0.6001.18000", {LDR: "4.5.6001.22159"}, "below"), ("4.5.6001.22159", {LDR: "4.5.6001.22159"}, "fixed"),
        ("4.5.6000.22159", {LDR: "4.5.6001.22159"}, "below"), ("5.0.7600.16385", {LDR: "4.5.6001.22159"}, "unknown"),
        # one that counts with Windows is of another build, whatever its number
        ("6.0.6000.20846", {LDR: "6.0.6001.22191"}, "unknown"),
    ],
)
def test_a_file_on_its_own_branch(version: str, fixed: dict[Branch, str | None], level: str) -> None:
    thresholds = {branch: None if text is None else FileVersion.parse(text) for branch, text in fixed.items()}
    assert level_of(FileVersion.parse(version), thresholds, SP1).value == level


@pytest.mark.parametrize(
    ("version", "compared"),
    [("6.0.6001.18000", "6.0.6001.18145"), ("6.0.6001.22191", "6.0.6001.22269"), (None, "6.0.6001.22269")],
)
def test_what_a_file_is_held_against(version: str | None, compared: str) -> None:
    thresholds: dict[Branch, FileVersion | None] = {one: FileVersion.parse(text) for one, text in BOTH.items()}
    assert str(compared_with(None if version is None else FileVersion.parse(version), thresholds)) == compared
    assert compared_with(None, {}) is None
