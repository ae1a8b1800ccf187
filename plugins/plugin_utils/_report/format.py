# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a format of the report is; each has a file of its own, and formats.py knows them all."""

from __future__ import annotations

from typing import Any, Protocol

from .about import About

Rows = list[dict[str, Any]]
"""Rows of rows.rows()."""


class Format(Protocol):
    """name: what people choose it by. suffix: of its file, without the dot."""

    name: str
    suffix: str

    def write(self, rows: Rows, about: About) -> str:
        """The report as text. Whatever hosts said cannot break out of it."""
