# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page's first rows as HTML, for readers without scripts; the script makes the same ones of page_data."""

from __future__ import annotations

from typing import Any

from .about import About
from .format import Rows
from .markup import html
from .page_data import first_sentence, restart
from .rows import is_symptomatic
from .statuses import LABELS, TONES

FIRST = 100
"""Hosts that the page shows at once. The script shows more on demand, and in print."""

_RESTARTS = {
    "required": '<span class="badge s-reboot">Required</span>',
    "pending": "Pending",
    "other": 'Pending<span class="sub">not for this hotfix</span>',
    "no": "No",
    "unknown": '<span class="quiet">&#8211;</span>',
}


def page_rows(rows: Rows, about: About) -> str:
    """The first rows, each a body of the table, so that a host's details stay beside it."""
    return "\n".join(_row(row, about) for row in rows[:FIRST])


def _row(row: dict[str, Any], about: About) -> str:
    status, was = row["status"], about.was(row["host"])
    branch, fixed = row["kernel_branch"], row["kernel_fixed"]
    tag = f'<span class="tag">{html(branch, 20).upper()}</span>' if branch else ""
    symptom = html(row["symptom"], 40).replace("_", " ")
    shown = f'<span class="badge s-symptom">{symptom}</span>' if is_symptomatic(row) else symptom
    return (
        f'<tbody><tr><th scope="row">{html(row["host"])}</th>'
        f'<td data-label="Verdict"><span class="badge {TONES[status]}">{LABELS[status]}</span>'
        f"{_sub(was and f'was {LABELS[was]}')}</td>"
        f'<td data-label="Symptom">{shown or _value(None)}</td>'
        f'<td data-label="Windows">{_value(row["os"])}{_sub(row["architecture"])}</td>'
        f'<td data-label="Running kernel" class="num">{_value(row["kernel_running"])}{tag}'
        f"{_sub(fixed and f'fixed from {fixed}')}</td>"
        f'<td data-label="Restart">{_RESTARTS[restart(row)]}</td>'
        f'<td data-label="Why">{html(row["summary"])}</td>'
        f'<td data-label="What to do">{html(first_sentence(row["recommendation"]))}</td></tr></tbody>'
    )


def _value(value: str | None) -> str:
    return html(value, 120) if value else '<span class="quiet">&#8211;</span>'


def _sub(value: str | None) -> str:
    return f'<span class="sub">{html(value, 120)}</span>' if value else ""
