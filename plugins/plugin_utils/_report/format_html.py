# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page with everything in it: no network, no script but its own, readable without scripts too.

Its policy (a meta element) lets the browser run only the style and the script whose hashes it names.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from string import Template
from typing import Any

from .._verdict.status import Outcome
from .about import About
from .charts import system_chart, verdict_chart
from .format import Rows
from .kernels import kernel_section
from .markup import hosts, html, script_json
from .rows import is_symptomatic
from .statuses import LABELS, STATUSES, TONES, counts, main_statuses, outcomes

_REQUIRED = "reboot_required"


def as_html(rows: Rows, about: About) -> str:
    """The page. Whatever hosts said is escaped."""
    style, script = _part("style.css"), _part("script.js")
    total = counts(rows)
    chosen = f' &#183; rows chosen by <code>{html(about.query)}</code>' if about.query else ""
    return Template(_part("page.html")).substitute(
        policy=html(_policy(style, script), 1000),
        title=html(about.title),
        kb=html(about.kb),
        headline=_headline(rows, total),
        generated=about.moment,
        generated_text=about.generated.strftime("%Y-%m-%d %H:%M UTC"),
        selection=chosen,
        cards=_cards(rows, total),
        verdicts=verdict_chart(total),
        systems=system_chart(rows),
        kernels=kernel_section(rows),
        options=_options(total),
        count=f"{len(rows):,} of {hosts(len(rows))}",
        rows="\n".join(_row(index, row) for index, row in enumerate(rows)),
        data=script_json([{"summary": row["summary"], "result": row["result"]} for row in rows]),
        style=style,
        script=script,
    )


class Html:
    """See Format."""

    name = "html"
    suffix = "html"

    def write(self, rows: Rows, about: About) -> str:
        """The page."""
        return as_html(rows, about)


@functools.cache
def _part(name: str) -> str:
    return (Path(__file__).parent / "page" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    def source(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _required(rows: list[dict[str, Any]]) -> int:
    return sum(row[_REQUIRED] is True for row in rows)


def _headline(rows: list[dict[str, Any]], total: dict[str, int]) -> str:
    """What matters, in one sentence."""
    if not rows:
        return "There are no hosts in this report."
    by = outcomes(total)
    said = [
        (by[Outcome.MISSING], "need the fix", "needs the fix"),
        (_required(rows), "wait for a restart", "waits for a restart"),
        (by[Outcome.DONE], "have it", "has it"),
        (by[Outcome.NO_VERDICT], "gave no verdict", "gave no verdict"),
        (by[Outcome.NOT_CONCERNED], "are not concerned", "is not concerned"),
    ]
    parts = [f"<b>{count:,}</b> {one if count == 1 else many}" for count, many, one in said if count]
    listed = ", ".join(parts) or "none stands out"
    return f"Of {hosts(len(rows))}, {listed}."


def _cards(rows: list[dict[str, Any]], total: dict[str, int]) -> str:
    shown = [("", "", len(rows), "All hosts")]
    always = main_statuses()
    shown += [(status, f" {TONES[status]}", total[status], LABELS[status]) for status in STATUSES
              if total[status] or status in always]
    shown.insert(2, (_REQUIRED, " s-reboot", _required(rows), "Restart required"))
    return "".join(
        f'<button type="button" class="card{style}" data-view="{view}" aria-pressed="{str(not view).lower()}">'
        f"<b>{count:,}</b><span>{label}</span></button>"
        for view, style, count, label in shown
    )


def _options(total: dict[str, int]) -> str:
    found = [f'<option value="{status}">{LABELS[status]} ({total[status]:,})</option>' for status in STATUSES]
    return "".join([f'<option value="{_REQUIRED}">Restart required</option>', *found])


def _row(index: int, row: dict[str, Any]) -> str:
    """One body a host, so that its evidence moves with it. data-sort is what a column sorts by."""
    status = row["status"]
    sought = " ".join(str(one) for one in [*row["reasons"], *row["reboot_reasons"], row["package"] or ""])
    symptom = row["symptom"] if is_symptomatic(row) else ""
    branch, fixed = row["kernel_branch"], row["kernel_fixed"]
    tag = f'<span class="tag">{html(branch, 20).upper()}</span>' if branch else ""
    restart, order = _restart(row)
    verdict = f'<span class="badge {TONES[status]}">{LABELS[status]}</span>'
    return (
        f'<tbody data-row="{index}" data-status="{status}" data-reboot="{str(row[_REQUIRED] is True).lower()}" '
        f'data-find="{html(sought)}"><tr>'
        f'<td data-sort="{html(row["host"])}"><button type="button" class="host" aria-expanded="false" '
        f'aria-controls="d{index}">{html(row["host"])}</button></td>'
        f'<td data-label="Verdict" data-sort="{STATUSES.index(status)}">{verdict}'
        f'{_sub(symptom and f"symptom {symptom}")}</td>'
        f'<td data-label="Windows" data-sort="{html(row["os"])}">{_value(row["os"])}{_sub(row["architecture"])}</td>'
        f'<td data-label="Running kernel" class="num" data-sort="{html(row["kernel_running"])}">'
        f"{_value(row['kernel_running'])}{tag}{_sub(fixed and f'fixed from {fixed}')}</td>"
        f'<td data-label="Restart" data-sort="{order}">{restart}</td>'
        f'<td data-label="Why" data-sort="{html(row["summary"], 80)}">{html(row["summary"])}</td></tr></tbody>'
    )


def _value(value: str | None) -> str:
    return html(value, 120) if value else '<span class="quiet">&#8211;</span>'


def _sub(value: str | None) -> str:
    return f'<span class="sub">{html(value, 120)}</span>' if value else ""


def _restart(row: dict[str, Any]) -> tuple[str, str]:
    """Whether a restart is due, for a person and for sorting."""
    if row[_REQUIRED] is True:
        return '<span class="badge s-reboot">Required</span>', "1"
    if row["reboot_pending"] is True:
        return 'Pending<span class="sub">not for this hotfix</span>' if row[_REQUIRED] is False else "Pending", "2"
    if row[_REQUIRED] is None:
        return _value(None), ""
    return ("No", "4") if row["reboot_pending"] is False else (f"No{_sub('not for this hotfix')}", "3")
