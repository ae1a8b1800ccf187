# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of a hotfix, written by people and inside other names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.cbs import is_of_kb
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import kb_in, names_kb, normal_kb


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KB952876", "KB952876"),
        (" kb 952876 ", "KB952876"),
        ("952876", "KB952876"),
        ("2999226", "KB2999226"),
        ("95287", None),
        ("29992261", None),
        ("KB952876-v2", None),
        ("KB\u0669\u0669\u0669\u0669\u0669\u0669", None),
        ("", None),
    ],
)
def test_the_normal_form(text: str, name: str | None) -> None:
    assert normal_kb(text) == name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Package_for_KB952876", True),
        ("package_1_for_kb952876", True),
        ("KB952876_server", True),
        ("Package_for_KB9528761", False),
        ("Package_for_1KB952876", False),
        ("Package_for_KB942288", False),
    ],
)
def test_a_name_that_holds_it(text: str, named: bool) -> None:
    assert names_kb(text, "KB952876") is named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Windows6.0-KB952876-x64.msu", "KB952876"),
        ("windows6.0-kb942288-v2-x86.cab", "KB942288"),
        ("KB29992261", None),
        ("akb952876", None),
        ("nothing", None),
    ],
)
def test_the_number_inside_a_name(text: str, found: str | None) -> None:
    assert kb_in(text) == found


def test_what_a_number_looks_like_is_said_here_alone() -> None:
    plugins = Path(__file__).resolve().parents[5] / "plugins"
    saying = {path.name for path in plugins.rglob("*.py") if "{6,7}" in path.read_text(encoding="utf-8")}
    assert saying == {"kb.py"}


def test_thousands_of_names_take_one_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real host lists 2,000 packages, and its own KB is looked for in each."""
    made: list[object] = []
    compiled = re.compile

    def counted(*args: Any, **options: Any) -> re.Pattern[str]:
        made.append(args[0])
        return compiled(*args, **options)

    monkeypatch.setattr(re, "compile", counted)
    numbers = range(900_000, 902_000)
    names = [f"Package_{number}_for_KB{number}~31bf3856ad364e35~amd64~~6.0.1.0" for number in numbers]
    assert sum(names_kb(name, "KB901234") for name in names) == 1
    assert sum(is_of_kb(name, "KB901234") for name in names) == 1
    assert len(made) <= 1, made[:3]
