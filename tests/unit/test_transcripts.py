# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every transcript in tests/transcripts is replayed; what comes of it is what stands beside it.

Those made from the simulated fleet say so; tools/make_transcripts.py makes them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document
from unit.transcripts import FOLDER, expected_beside, transcripts, verdicts


def test_there_are_some() -> None:
    assert len(transcripts()) >= 2
    assert set(FOLDER.iterdir()) == {*transcripts(), *map(expected_beside, transcripts())}


@pytest.mark.parametrize("path", transcripts(), ids=lambda path: path.stem)
def test_its_verdict_is_the_expected_one(path: Path) -> None:
    assert verdicts(path) == json.loads(expected_beside(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", transcripts(), ids=lambda path: path.stem)
def test_it_says_whether_it_is_simulated(path: Path) -> None:
    assert document.load(path).simulated is path.name.startswith("simulated-")
