# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides of docs/docsite/rst and the README as tests read them: their code blocks and tables."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ROOT / "docs" / "docsite" / "rst"
_RST = re.compile(r"^( *)\.\. code-block:: *(\S+)\n\n((?:\1 +\S.*\n|[ \t]*\n)+)", re.MULTILINE)
_MARKDOWN = re.compile(r"^( *)```(\S+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One example: its language, its text without the indent, and where it stands."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def guide(name: str) -> str:
    """A guide's source. name: without its ending."""
    return (GUIDES / f"{name}.rst").read_text(encoding="utf-8")


def names() -> list[str]:
    """All guides."""
    return sorted(path.stem for path in GUIDES.glob("*.rst"))


def blocks(path: Path) -> Iterator[Block]:
    """A page's examples, in their order."""
    text = path.read_text(encoding="utf-8")
    for found in (_RST if path.suffix == ".rst" else _MARKDOWN).finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(path.name, line, found[2], textwrap.dedent(found[3]).strip() + "\n")


def shell(name: str) -> list[str]:
    """A guide's blocks of shell commands."""
    return [one.text for one in blocks(GUIDES / f"{name}.rst") if one.language == "sh"]


def cells(text: str) -> list[list[str]]:
    """The rows of a list-table, each cell on one line. text: from its directive to whatever follows it."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        found = re.match(r" +(\* -|  -)(?: (.*))?$", line)
        if found is None:
            if line.strip() and not line.strip().startswith((":", "..")) and not line.startswith("       "):
                break
            if line.startswith("       ") and rows:
                rows[-1][-1] += " " + line.strip()
            continue
        if found[1] == "* -":
            rows.append([])
        rows[-1].append(found[2] or "")
    return rows
