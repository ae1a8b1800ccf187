# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hotfix is data: what judges and changes hosts knows none, no build that one is for, and no file of one."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2] / "plugins/plugin_utils"
KNOWING_NONE = ("_verdict", "_operations", "_windows")
HOTFIX = re.compile(r"952876|tcpipreg|\b600[0-3]\b|kernel[ _-]?only|[lg]dr[ _-]?only", re.IGNORECASE)
ADVICE = re.compile(r"service_?pack ?= ?2|\bSP2\b|20846|22191", re.IGNORECASE)


def code_of(text: str) -> Iterator[str]:
    """All tokens of a Python text but comments and documentation, which may give examples."""
    docs = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docs.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT and token.start[0] not in docs:
            yield token.string


def known(text: str) -> list[str]:
    return [one for one in code_of(text) if HOTFIX.search(one) or ADVICE.search(one)]


@pytest.mark.parametrize("room", KNOWING_NONE)
def test_a_room_knows_no_hotfix(room: str) -> None:
    paths = list((ROOMS / room).rglob("*.py"))
    assert len(paths) > 10
    found = {path.name: known(path.read_text(encoding="utf-8")) for path in paths}
    assert not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize(
    "text", ["x = 6001", 'x = f"{y} 952876"', 'X = "Tcpipreg.sys"', "kernel_only = 1", 'x = "LDR only"', "x = 22191"]
)
def test_one_would_be_found(text: str) -> None:
    assert known(text)
    assert not known(f'"""An example: {text.replace(chr(34), "")}"""')


def test_the_catalogue_is_where_it_is_known() -> None:
    assert HOTFIX.search((ROOMS / "_catalogue/kb952876.json").read_text(encoding="utf-8"))
