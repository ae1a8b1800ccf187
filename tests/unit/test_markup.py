# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markup of the documentation says what a word is: C() is for none of what has markup of its own.

Whether references lead somewhere is antsibull-docs' matter (make docs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
_ENVIRONMENT = re.compile(r"C\((?:ANSIBLE_[A-Z_]+|KRB5[A-Z]+|[a-z]+_proxy)(?:=[^)]*)?\)")
_PLUGIN = re.compile(r"(?<!playbook )C\(winlegacy\.servicing\.[a-z_0-9]+\)")
"""Playbooks have no markup of their own."""

_VALUE = re.compile(r"C\((?:true|false|KB\d{6,7})\)")


def _documented(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        yield yaml.safe_load(text)["DOCUMENTATION"]
    for block in re.findall(r'^\s*(?:DOCUMENTATION|[A-Z]+) = r"""(.*?)"""', text, re.MULTILINE | re.DOTALL):
        loaded = yaml.safe_load(block)
        if isinstance(loaded, dict):
            yield loaded


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _texts(below) if name not in ("sample", "default") else ()
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)


PATHS = sorted(
    path
    for folder in ("modules", "filter", "callback", "doc_fragments")
    for path in (PLUGINS / folder).iterdir()
    if path.suffix in (".py", ".yml") and path.stem != "__init__"
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_markup_says_what_a_word_is(path: Path) -> None:
    wrong: list[str] = []
    for block in _documented(path):
        options = {name for name in block.get("options") or {} if "_" in name}
        for text in _texts(block):
            wrong += [one for pattern in (_ENVIRONMENT, _PLUGIN, _VALUE) for one in pattern.findall(text)]
            wrong += [f"C({one})" for one in re.findall(r"C\(([a-z_0-9]+)\)", text) if one in options]
    assert not wrong


def test_there_is_something_to_look_at() -> None:
    found = [text for path in PATHS for block in _documented(path) for text in _texts(block)]
    for markup in ("O(", "V(", "C(", "E(", "P(", "RV(", "M("):
        assert any(markup in text for text in found), markup
