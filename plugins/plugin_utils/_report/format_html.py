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
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from .._verdict.status import Outcome
from .about import About, duration
from .charts import system_chart, verdict_chart
from .compare import LISTS
from .format import Format, Rows
from .kernels import kernel_section
from .markup import hosts, html, script_json
from .page_data import packs, page_data
from .page_rows import FIRST, page_rows
from .rows import is_symptomatic
from .statuses import LABELS, STATUSES, TONES, counts, main_statuses, outcomes
from .urgency import by_urgency

_REQUIRED, _SYMPTOMATIC = "reboot_required", "symptomatic"
_NAMED = 200
"""Hosts that a list of a comparison names."""

_DATA = "$data"
_SCRIPTS = ("details.js", "table.js", "script.js")


def as_html(rows: Rows, about: About) -> str:
    """The page. Whatever hosts said is escaped."""
    return "".join(_pieces(rows, about))


def _pieces(rows: Rows, about: About) -> Iterator[str]:
    """What is before the script's data, that, and what is behind."""
    before, behind = _part("page.html").split(_DATA)
    fields, ordered = _fields(rows, about), by_urgency(rows)
    yield Template(before).substitute(fields, rows=page_rows(ordered, about))
    data = script_json(page_data(ordered, about))
    yield data.removesuffix("}") + ',"packs":['
    for at, pack in enumerate(packs(ordered)):
        yield f"{',' if at else ''}{script_json(pack)}"
    yield "]}"
    yield Template(behind).substitute(fields)


def _fields(rows: Rows, about: About) -> dict[str, str]:
    style, script = _part("style.css"), "".join(map(_part, _SCRIPTS))
    total = counts(rows)
    return {
        "policy": html(_policy(style, script), 1000),
        "title": html(about.title),
        "kb": html(about.kb),
        "headline": _headline(rows, total),
        "generated": about.moment,
        "generated_text": about.generated.strftime("%Y-%m-%d %H:%M UTC"),
        "origin": _origin(about),
        "changes": _changes(about),
        "cards": _cards(rows, total),
        "verdicts": verdict_chart(total),
        "systems": system_chart(rows),
        "kernels": kernel_section(rows),
        "options": _options(rows, total, about),
        "count": f"{len(rows):,} of {hosts(len(rows))}",
        "unscripted": f"the first {FIRST} hosts are here, the others in the other reports." if rows[FIRST:] else "",
        "style": style,
        "script": script,
    }


class Html(Format):
    """See Format."""

    name = "html"
    suffix = "html"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The page, some hosts' assessments a piece."""
        return _pieces(rows, about)


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


def _options(rows: Rows, total: dict[str, int], about: About) -> str:
    """What can be shown alone."""
    symptomatic = sum(map(is_symptomatic, rows))
    found = [
        (_REQUIRED, f"Restart required ({_required(rows):,})"),
        (_SYMPTOMATIC, f"Symptom seen ({symptomatic:,})"),
        *((status, f"{LABELS[status]} ({total[status]:,})") for status in STATUSES),
    ]
    if about.comparison is not None:
        lists = {name: len(getattr(about.comparison, name)) for name in LISTS if name != "gone"}
        found += [(f"change-{name}", f"{LISTS[name]} ({count:,})") for name, count in lists.items()]
    return "".join(f'<option value="{value}">{label}</option>' for value, label in found)


def _origin(about: About) -> str:
    """Which hosts, how long it took and by what."""
    parts = [html(about.scope)] if about.scope else []
    if about.seconds is not None:
        parts.append(f"took {duration(about.seconds)}")
    if about.version:
        parts.append(f"winlegacy.servicing {html(about.version)}")
    if about.query:
        parts.append(f"rows chosen by <code>{html(about.query)}</code>")
    return "".join(f" &#183; {one}" for one in parts)


def _changes(about: About) -> str:
    """What has changed since the earlier report; nothing where there is none."""
    told = about.comparison
    if told is None:
        return ""
    since = f"Changes since {html(told.since)}" if told.since else "Changes since the beginning of the run"
    blocks = "".join(_change(label, getattr(told, name)) for name, label in LISTS.items())
    return (
        '<section class="panel" aria-labelledby="changes-title" id="changes">'
        f'<h2 id="changes-title">{since}</h2><ul class="changes">{blocks}</ul></section>'
    )


def _change(label: str, names: tuple[str, ...]) -> str:
    if not names:
        return f'<li class="quiet"><b>0</b> {label}</li>'
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    listed = html(", ".join(names[:_NAMED]), 100_000) + more
    return f"<li><details><summary><b>{len(names):,}</b> {label}</summary>{listed}</details></li>"
