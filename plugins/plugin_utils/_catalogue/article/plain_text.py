# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text, as a page leaves it when it is copied: cells parted by tabs are tables, all else is lines."""

from __future__ import annotations

from .blocks import Blocks

_TABS_MIN = 2


def read_text(text: str, blocks: Blocks) -> None:
    """Add what the text holds. Raises ArticleError beyond the bounds."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        cells = line.rstrip("\n").split("\t")
        if len(cells) > _TABS_MIN:
            rows.append([cell.strip() for cell in cells[: blocks.limits.columns]])
            continue
        if rows and line.strip():
            blocks.table(rows)
            rows = []
        blocks.line(line)
    if rows:
        blocks.table(rows)
