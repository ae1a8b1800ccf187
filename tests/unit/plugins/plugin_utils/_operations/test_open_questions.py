# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fact that is held doubtful is settled by a question that only reads, or is said to need more than that."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.open_questions import (
    NOT_ASKED,
    QUESTIONS,
    SETTLED,
    public_names,
)
from unit.transcripts import FOLDER
from winhost.doubt import BY_ID

_PAGE = Path(__file__).resolve().parents[5] / "docs/docsite/rst/guide_transcript.rst"


def test_every_doubt_is_asked_or_said_not_to_be() -> None:
    assert set(SETTLED) | set(NOT_ASKED) == set(BY_ID)
    assert not set(SETTLED) & set(NOT_ASKED)


def test_the_guide_lists_them_all() -> None:
    page = " ".join(_PAGE.read_text(encoding="utf-8").split())
    for question in QUESTIONS:
        assert question.what in page
    for name in BY_ID:
        assert f"``{name}``" in page


def test_nothing_but_reading_is_asked() -> None:
    """Of what a committed transcript holds, which is all that record() asks."""
    for path in FOLDER.glob("simulated-*.json"):
        text = path.read_text(encoding="utf-8")
        for verb in (
            "SetStringValue",
            "CreateKey",
            "DeleteValue",
            "transfer/Create",
            "shell/Command",
            "Win32_Process/Create",
        ):
            assert verb not in text


def test_names_of_a_definition_are_public() -> None:
    names = {name.casefold() for name in public_names([load("KB952876")])}
    assert {"kb952876", "tcpipreg", "ntoskrnl.exe", "system32"} <= names
