# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a format of the report is; each has a file of its own, and formats.py knows them all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from .about import About

Rows = list[dict[str, Any]]
"""Rows of rows.rows(), or of rows.lean_rows()."""


class Format(ABC):
    """name: what people choose it by. suffix: of its file, without the dot."""

    name: str
    suffix: str

    @abstractmethod
    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The report as text, in pieces of some hosts at most. Whatever hosts said cannot break out of it."""

    def write(self, rows: Rows, about: About) -> str:
        """All of it."""
        return "".join(self.pieces(rows, about))
