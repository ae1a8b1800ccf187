# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from .about import About
from .format import Format, Rows
from .rows import COLUMNS

# A spreadsheet takes a cell for a formula by its first character, wide forms and those behind blanks included. One
# that divides at semicolons or tabs, as many locales have it, starts cells inside ours.
_BLANK, _SIGN = "[\\s\"';\ufeff\u200b]*", "[=+@\uff1d\uff0b\uff0d\uff20-]"
_FORMULA = re.compile(f"{_BLANK}{_SIGN}|[\t\r\n]")
_INNER_FORMULA = re.compile(f"([;\t\r\n]{_BLANK})(?={_SIGN})")


def as_csv(rows: Rows) -> str:
    """RFC 4180 text with a header row. Texts that a spreadsheet would take for a formula get an apostrophe in front."""
    return "".join(_lines(rows))


def _lines(rows: Rows) -> Iterator[str]:
    line = csv.writer(_Line(), lineterminator="\r\n").writerow  # gives what write() of its file does
    yield str(line(COLUMNS))
    for one in rows:
        yield str(line([_no_formula(cell(one.get(column))) for column in COLUMNS]))


class _Line:
    """A file that hands back each line it is to write."""

    @staticmethod
    def write(text: str) -> Any:
        """The line."""
        return text


def cell(value: Any) -> str:
    """A value as the text of one cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "; ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    return text.replace("\x00", "\ufffd")


def _no_formula(text: str) -> str:
    inside = _INNER_FORMULA.sub(r"\1'", text)
    return "'" + inside if _FORMULA.match(inside) else inside


class Csv(Format):
    """See Format."""

    name = "csv"
    suffix = "csv"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:  # noqa: ARG002 - a table says nothing of itself
        """The table, a host a piece."""
        return _lines(rows)
