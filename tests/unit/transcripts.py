# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transcript's replay says of its host, in the form that is kept beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.replay import ReplayChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client

FOLDER = Path(__file__).resolve().parents[1] / "transcripts"
_EXPECTED = ".expected.json"


def transcripts() -> list[Path]:
    """All that are committed."""
    return sorted(path for path in FOLDER.glob("*.json") if not path.name.endswith(_EXPECTED))


def expected_beside(path: Path) -> Path:
    """Where the verdict that is expected stands."""
    return path.with_name(path.name.removesuffix(".json") + _EXPECTED)


def assessed(transcript: document.Transcript, depth: Depth = Depth.STANDARD, kb: str = "KB952876") -> dict[str, Any]:
    """The assessment of a transcript's host."""
    options = AssessOptions(depth=depth, all_files=depth is Depth.FULL)
    return assess(Client(ReplayChannel(transcript)), load(kb), options).as_dict()


def verdicts(path: Path) -> dict[str, Any]:
    """By depth, what decides: no time and no wording."""
    transcript = document.load(path)
    return {depth.value: _told(assessed(transcript, depth)) for depth in Depth}


def _told(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        "kb": whole["kb"],
        "status": whole["status"],
        "applicable": whole["applicable"],
        "reasons": [one["code"] for one in whole["details"]["reasons"]],
        "version": whole["windows"]["version"],
        "architecture": whole["windows"]["architecture"],
        "kernel": whole["kernel"],
        "restart": whole["restart"],
        "unknown": [{"question": one["question"], "cause": one["cause"]} for one in whole["unknown"]],
        "stack": whole["details"]["winrm"]["stack"],
    }
