# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's pictures show what a run prints today: the same run is made again and held against them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from integration.assess.commands import ROOT

sys.path.append(str(ROOT / "tools"))

import pictures  # noqa: E402


def _stable(lines: list[str]) -> str:
    """What does not change from run to run and from release to release: not the time, its length and the version."""
    text = " ".join(" ".join(lines).split())
    return re.sub(r"after \d+ s, \S+Z, winlegacy\.servicing \S+\)", "...)", text)


def test_the_pictures_are_those_of_a_run_of_today(tmp_path: Path) -> None:
    """Made anew by tools/pictures.py, which this test names when it fails."""
    run = pictures.assess(tmp_path)
    drawn = ElementTree.parse(pictures.TERMINAL).getroot()
    lines = [str(one.text) for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert lines[0] == f"$ {pictures.COMMAND}"
    remedy = "docs/pictures are older than what is printed: run tools/pictures.py"
    assert _stable(lines[1:]) == _stable(run.table.splitlines()), remedy
    assert len(lines) > 15
    there = pictures.words_of(pictures.REPORT)
    assert len(there) > 10
    assert there == pictures.words(run.page), remedy
    assert pictures.svg(run.table).count("<text") == len([line for line in run.table.splitlines() if line]) + 1
