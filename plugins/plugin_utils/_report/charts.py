# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts of the page as inline SVG: verdicts as a ring, and as bars by Windows version."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .markup import hosts, html, share
from .statuses import LABELS, STATUSES, TONES

_RADIUS = 50.0
_LENGTH = 314.159
_GAP = 1.2


def verdict_chart(counts: dict[str, int]) -> str:
    """A ring of the verdicts with a legend that has every status, also those of no host."""
    total = sum(counts.values())
    told = ", ".join(f"{LABELS[status]} {count}" for status, count in counts.items() if count) or "no hosts"
    legend = "".join(
        f'<li class="{TONES[status]}{"" if count else " zero"}"><span class="dot"></span>{LABELS[status]}'
        f'<span class="n">{count:,}</span><span class="p">{html(share(count, total))}</span></li>'
        for status, count in counts.items()
    )
    return (
        f'<div class="donut"><svg viewBox="0 0 120 120" role="img" aria-label="Verdicts: {told}">'
        f'<circle cx="60" cy="60" r="{_RADIUS:g}"/>{_arcs(counts, total)}'
        f'<text x="60" y="64">{total:,}</text><text class="small" x="60" y="77">host{"" if total == 1 else "s"}</text>'
        f'</svg><ul class="legend">{legend}</ul></div>'
    )


def _arcs(counts: dict[str, int], total: int) -> str:
    found, start = [], 0.0
    for status, count in counts.items():
        if not count:
            continue
        length = _LENGTH * count / total
        seen = max(length - _GAP, 0.8) if count < total else length
        found.append(
            f'<circle class="{TONES[status]}" cx="60" cy="60" r="{_RADIUS:g}" transform="rotate(-90 60 60)" '
            f'stroke-dasharray="{seen:.2f} {_LENGTH - seen:.2f}" stroke-dashoffset="{-start:.2f}">'
            f"<title>{LABELS[status]}: {count:,}</title></circle>"
        )
        start += length
    return "".join(found)


def system_chart(rows: list[dict[str, Any]], limit: int = 12) -> str:
    """One bar a Windows version, the largest first, divided by verdict; what is beyond `limit` is one bar."""
    if not rows:
        return '<p class="quiet">No hosts.</p>'
    by_name: dict[str, Counter[str]] = {}
    for row in rows:
        by_name.setdefault(row["os"] or "Not known", Counter())[row["status"]] += 1
    ordered = sorted(by_name.items(), key=lambda one: (-one[1].total(), one[0]))
    shown = ordered[:limit]
    if ordered[limit:]:
        rest = sum((counts for _name, counts in ordered[limit:]), Counter[str]())
        shown.append((f"{len(ordered) - limit} more", rest))
    return f'<ul class="bars">{"".join(_bar(name, counts, len(rows)) for name, counts in shown)}</ul>'


def _bar(name: str, counts: Counter[str], total: int) -> str:
    parts, start = [], 0.0
    for status in STATUSES:
        if counts[status]:
            width = 100 * counts[status] / total
            parts.append(
                f'<rect class="{TONES[status]}" x="{start:.3f}" y="0" width="{width:.3f}" height="10">'
                f"<title>{LABELS[status]}: {counts[status]:,}</title></rect>"
            )
            start += width
    told = ", ".join(f"{LABELS[status]} {counts[status]}" for status in STATUSES if counts[status])
    return (
        f'<li><div class="head"><span>{html(name, 120)}</span><span>{hosts(counts.total())}</span></div>'
        f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{told}">{"".join(parts)}</svg>'
        "</li>"
    )
