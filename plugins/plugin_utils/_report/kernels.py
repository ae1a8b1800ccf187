# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel against fix: for each fixed kernel its hosts by running kernel, on an axis of revisions and as a table."""

from __future__ import annotations

import math
from typing import Any

from .._model.file_version import GDR_FIRST, LDR_FIRST, LDR_LAST, Branch, FileVersion
from .markup import hosts, html

_NAMED, _LISTED = 6, 200
"""Hosts that are named at once, and behind a click."""

_Kernel = tuple[str | None, str | None]
"""A running kernel and how it stands to the fix."""

_WORDS = {
    "fixed": ("s-done-1", "has the fix"),
    "below": ("s-missing-1", "below the fix"),
    "gdr": ("s-missing-1", "GDR branch, without the fix"),
    "unknown": ("s-no_verdict-1", "cannot be compared"),
    None: ("s-no_verdict-1", "not known"),
}
_LEVELS = ("fixed", "below", "unknown")


def kernel_section(rows: list[dict[str, Any]]) -> str:
    """One block for each fixed kernel that a row names."""
    by_fix: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["kernel_fixed"]:
            by_fix.setdefault(row["kernel_fixed"], []).append(row)
    if not by_fix:
        return '<p class="quiet">The hotfix has no kernel for any of these hosts.</p>'
    blocks = "".join(_branch(fixed, found) for fixed, found in sorted(by_fix.items()))
    return f'<div class="branches">{blocks}</div>'


def standing(row: dict[str, Any]) -> str | None:
    """fixed, below, gdr or unknown, as the assessment judged it; None when no running kernel is known."""
    if row["kernel_running"] is None:
        return None
    level: str = row["kernel_level"] if row["kernel_level"] in _LEVELS else "unknown"
    return "gdr" if level == "below" and row["kernel_branch"] == Branch.GDR.value else level


def _quad(text: str) -> FileVersion | None:
    try:
        return FileVersion.parse(text)
    except ValueError:
        return None


def _branch(fixed: str, rows: list[dict[str, Any]]) -> str:
    by_kernel: dict[_Kernel, list[str]] = {}
    for row in rows:
        by_kernel.setdefault((row["kernel_running"], standing(row)), []).append(row["host"])
    ordered = sorted(by_kernel.items(), key=lambda one: _revision(one[0][0]))
    good = sum(len(names) for (_unused, how), names in ordered if how == "fixed")
    lines = "".join(_line(kernel, how, names) for (kernel, how), names in ordered)
    return (
        f'<div class="branch"><h3>Fixed from <code>{html(fixed)}</code></h3>'
        f'<p class="sub">{good:,} of {hosts(len(rows))} run a kernel with the fix.</p>{_axis(fixed, ordered)}'
        '<table class="plain kernels"><thead><tr><th scope="col">Running kernel</th>'
        f'<th scope="col">Against the fix</th><th scope="col">Hosts</th></tr></thead><tbody>{lines}</tbody>'
        "</table></div>"
    )


def _revision(kernel: str | None) -> tuple[bool, int, str]:
    quad = None if kernel is None else _quad(kernel)
    return (quad is None, 0 if quad is None else quad.revision, kernel or "")


def _line(kernel: str | None, how: str | None, names: list[str]) -> str:
    style, words = _WORDS[how]
    quad = None if kernel is None else _quad(kernel)
    tag = "" if quad is None or quad.branch is Branch.OTHER else f'<span class="tag">{quad.branch.name}</span>'
    shown = f"<code>{html(kernel)}</code>{tag}" if kernel else '<span class="quiet">not known</span>'
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    listed = html(", ".join(names[:_LISTED]), 1_000_000) + more
    if len(names) > _NAMED:
        listed = f"<details><summary>{hosts(len(names))}</summary>{listed}</details>"
    return f'<tr><td>{shown}</td><td><span class="badge {style}">{words}</span></td><td>{listed}</td></tr>'


def _place(revision: int) -> float:
    """Per cent of the axis's width, with room at both ends."""
    return 2 + 96 * (revision - GDR_FIRST) / (LDR_LAST + 1 - GDR_FIRST)


def _axis(fixed: str, kernels: list[tuple[_Kernel, list[str]]]) -> str:
    fix = _quad(fixed)
    if fix is None or fix.branch is not Branch.LDR:
        return ""
    middle, mark = _place(LDR_FIRST), _place(fix.revision)
    dots = []
    for (kernel, how), names in sorted(kernels, key=lambda one: -len(one[1])):
        quad = None if kernel is None else _quad(kernel)
        if quad is None or quad.branch is Branch.OTHER or quad.build != fix.build:
            continue
        radius = min(6 + 1.2 * math.log2(len(names)), 15)
        dots.append(
            f'<circle class="{_WORDS[how][0]}" cx="{_place(quad.revision):.2f}%" cy="48" '
            f'r="{radius:.1f}"><title>{html(kernel)}: {hosts(len(names))}</title></circle>'
        )
    return (
        f'<svg class="axis" role="img" aria-label="Running kernels by revision; the fix is {html(fixed)}">'
        f'<rect class="band" x="0" y="24" width="100%" height="48" rx="6"/>'
        f'<rect class="good" x="{mark:.2f}%" y="24" width="{100 - mark:.2f}%" height="48" rx="6"/>'
        f'<line class="edge" x1="{middle:.2f}%" x2="{middle:.2f}%" y1="18" y2="78"/>'
        f'<line class="fix" x1="{mark:.2f}%" x2="{mark:.2f}%" y1="18" y2="78"/>'
        f'<text class="fixtext" x="{mark:.2f}%" y="13" text-anchor="middle">fix {fix.revision}</text>'
        f'<text x="0" y="88">GDR from {GDR_FIRST}</text><text x="{middle:.2f}%" y="88">LDR from {LDR_FIRST}</text>'
        f"{''.join(dots)}</svg>"
    )
