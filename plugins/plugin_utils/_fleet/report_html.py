# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page with everything in it."""

from __future__ import annotations

from html import escape
from typing import Any

from .about import About
from .rows import COLUMNS


def as_html(rows: list[dict[str, Any]], about: About) -> str:
    """The page. Whatever hosts said is escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(one[column]))}</td>" for column in COLUMNS) + "</tr>" for one in rows
    )
    title = escape(about.title)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><table><tr>{head}</tr>{body}</table></body></html>\n"
    )
