# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own rules for its files, which no general linter knows."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import worktree

MAX_LINES = 350
_SOURCES = ("plugins", "tests", "tools", "benchmarks")
# Almost all of these is documentation in YAML.
_DOCUMENTATION = ("plugins/modules", "plugins/doc_fragments")
# A module starts with a shebang line because ansible-test wants one there.
_HEADER = re.compile(
    r"\A(#!/usr/bin/(python|env python3)\n(# -\*- coding: utf-8 -\*-\n)?)?"
    r"# Copyright \(c\) \d{4}(-\d{4})?, winlegacy\.servicing contributors\n"
    r"# GNU General Public License v3\.0\+ \(see LICENSE or https://www\.gnu\.org/licenses/gpl-3\.0\.txt\)\n"
    r"# SPDX-License-Identifier: GPL-3\.0-or-later\n"
)
# The files of a developer's machine: a home folder, root's home, a package mirror on disk.
_MACHINE = re.compile(
    r"(?<![\w.{}$%*-])/(root|work|home/[a-z][\w-]*|Users/[a-z][\w-]*)/[\w.]|file:///(opt|srv|mnt)|extra-index-url|/opt/wheels"
)
_TEXT = {".py", ".yml", ".yaml", ".md", ".toml", ".txt", ".json", ".sh", ".js", ".xml", ".html", ".j2", ".rst", ""}


def _python_problems(path: Path, text: str) -> Iterator[str]:
    if not text.strip():
        return
    if not _HEADER.match(text):
        yield f"{path}: the copyright, licence and SPDX lines are not the first ones (docs/contributing.md has them)"
    if "from __future__ import annotations" not in text and re.search(r"^(def|class) ", text, re.MULTILINE):
        yield f"{path}: 'from __future__ import annotations' is missing"
    lines = text.count("\n")
    if lines > MAX_LINES and str(path).startswith(_SOURCES) and not str(path).startswith(_DOCUMENTATION):
        yield f"{path}: {lines} lines; a file has one concern and at most {MAX_LINES} lines: split it"
    if path.parts[0] == "tests" and "parametrize" in text:
        for line in _unordered(text):
            yield f"{path}:{line}: tests of a set come in another order in each process, and xdist runs none: sort them"


def _unordered(text: str) -> Iterator[int]:
    """Lines with a parametrize over a set."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "parametrize" or len(node.args) < 2:
            continue
        values = node.args[1]
        made = isinstance(values, ast.Call) and getattr(values.func, "id", "") in ("set", "frozenset")
        if made or isinstance(values, ast.Set | ast.SetComp):
            yield node.lineno


def problems() -> list[str]:
    """Every broken rule as one sentence that starts with the file."""
    found: list[str] = []
    for path in worktree.files():
        if path.suffix not in _TEXT or path == Path("tools/tree_rules.py"):
            continue
        try:
            text = (worktree.ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if hit := _MACHINE.search(line):
                found.append(f"{path}:{number}: a path or address of one machine: {hit.group(0)}")
        if path.suffix == ".py":
            found.extend(_python_problems(path, text))
    return found
