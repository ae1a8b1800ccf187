# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel against fix: for each fixed kernel its hosts by running kernel, on an axis of revisions and as a table."""

from __future__ import annotations

import math
from typing import Any

from .._hotfix.kernel import KernelLevel, level_of
from .._hotfix.quad import GDR_FIRST, LDR_FIRST, LDR_LAST, Branch, Quad
from .markup import hosts, html

_NAMED = 6
_WORDS = {
    "fixed": ("s-fixed", "has the fix"),
    "below": ("s-needs_fix", "below the fix"),
    "gdr": ("s-needs_fix", "GDR branch, without the fix"),
    "unknown": ("s-unknown", "cannot be compared"),
    None: ("s-unknown", "not known"),
}


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


def compare(running: str | None, fixed: str) -> str | None:
    """fixed, below, gdr or unknown; None when no running kernel is known.

    Build and revision count, for BuildLabEx, which tells the running kernel, has no more.
    """
    if running is None:
        return None
    kernel, fix = _quad(running), _quad(fixed)
    if kernel is None or fix is None:
        return "unknown"
    level = level_of(Quad(fix.major, fix.minor, kernel.build, kernel.revision), fix)
    return "gdr" if level is KernelLevel.BELOW and kernel.branch is Branch.GDR else level.value


def _quad(text: str) -> Quad | None:
    try:
        return Quad.parse(text)
    except ValueError:
        return None


def _branch(fixed: str, rows: list[dict[str, Any]]) -> str:
    by_kernel: dict[str | None, list[str]] = {}
    for row in rows:
        by_kernel.setdefault(row["kernel_running"], []).append(row["host"])
    ordered = sorted(by_kernel.items(), key=lambda one: _revision(one[0]))
    good = sum(len(names) for kernel, names in ordered if compare(kernel, fixed) == "fixed")
    lines = "".join(_line(kernel, fixed, names) for kernel, names in ordered)
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


def _line(kernel: str | None, fixed: str, names: list[str]) -> str:
    style, words = _WORDS[compare(kernel, fixed)]
    quad = None if kernel is None else _quad(kernel)
    tag = "" if quad is None or quad.branch is Branch.OTHER else f'<span class="tag">{quad.branch.name}</span>'
    shown = f"<code>{html(kernel)}</code>{tag}" if kernel else '<span class="quiet">not known</span>'
    listed = html(", ".join(names), 1_000_000)
    if len(names) > _NAMED:
        listed = f"<details><summary>{hosts(len(names))}</summary>{listed}</details>"
    return f'<tr><td>{shown}</td><td><span class="badge {style}">{words}</span></td><td>{listed}</td></tr>'


def _place(revision: int) -> float:
    """Per cent of the axis's width, with room at both ends."""
    return 2 + 96 * (revision - GDR_FIRST) / (LDR_LAST + 1 - GDR_FIRST)


def _axis(fixed: str, kernels: list[tuple[str | None, list[str]]]) -> str:
    fix = _quad(fixed)
    if fix is None or fix.branch is not Branch.LDR:
        return ""
    middle, mark = _place(LDR_FIRST), _place(fix.revision)
    dots = []
    for kernel, names in sorted(kernels, key=lambda one: -len(one[1])):
        quad = None if kernel is None else _quad(kernel)
        if quad is None or quad.branch is Branch.OTHER or quad.build != fix.build:
            continue
        radius = min(6 + 1.2 * math.log2(len(names)), 15)
        dots.append(
            f'<circle class="{_WORDS[compare(kernel, fixed)][0]}" cx="{_place(quad.revision):.2f}%" cy="48" '
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
