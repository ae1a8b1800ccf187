# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's result as one line, whatever module it is from: host, verdict, and what there is to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._text.columns import columns, cut, fill, wrap
from .._text.visible import all_visible
from .lines import why
from .rows import row
from .statuses import FAILED, UNREACHABLE

ASSESSING = ("hotfix_info", "hotfix")
"""Modules whose results are verdicts."""

TOLD = (*ASSESSING, "reboot", "package_info")
"""Modules whose results this shows."""

_HOST, _VERDICT = 24, 16
_BESIDE = _HOST + _VERDICT + 4
_LEAST, _MOST = 40, 80
"""Columns of a failure's message, and its lines."""


def glance(host: str, module: str, result: Mapping[str, Any], width: int, kb: str | None = None) -> str:
    """The line, in at most so many columns. module: one of TOLD, without the collection's name. kb: to be named."""
    return cut("  ".join(_parts(host, module, result, kb)).rstrip(), width)


def failure(host: str, module: str, result: Mapping[str, Any], width: int, kb: str | None = None) -> list[str]:
    """The same for a host that failed, with its message in full on as many lines as that takes."""
    name, verdict, text = _parts(host, module, result, kb)
    most = max(width - _BESIDE, _LEAST)
    size = most if text.isascii() else most // 2
    words = (word[at : at + size] for word in text.split() for at in range(0, len(word), size))
    first, *others = wrap(" ".join(words), most, _MOST) or [""]
    head = f"{name}  {verdict}"
    if columns(head) + 2 > _BESIDE:
        return [cut(head, width), *(" " * _BESIDE + one for one in (first, *others))]
    return [f"{head}  {first}".rstrip(), *(" " * _BESIDE + one for one in others)]


def _parts(host: str, module: str, result: Mapping[str, Any], kb: str | None) -> tuple[str, str, str]:
    seen: Any = all_visible(dict(result))
    verdict, text = _told(str(all_visible(host)), module, seen)
    said = " ".join(f"{kb}: {text}".split() if kb else text.split())
    return fill(" ".join(str(all_visible(host)).split()), _HOST), fill(" ".join(verdict.split()), _VERDICT), said


def _told(host: str, module: str, result: Mapping[str, Any]) -> tuple[str, str]:
    shown = row(host, result)
    if shown["status"] in (FAILED, UNREACHABLE) and (result.get(FAILED) or result.get(UNREACHABLE)):
        return shown["status"], shown["summary"]
    if module == "reboot":
        return _reboot(result)
    if module == "package_info":
        return _package(result)
    if module == "hotfix":
        was, now = result.get("was"), result.get("status")
        verdict = f"{was} -> {now}" if was and now and was != now else str(now or was)
        ahead = bool(result.get("predicted") and result.get("changed"))  # else nothing would be done, as nothing was
        return verdict, f"{result.get('msg') or shown['summary']}{' (predicted)' if ahead else ''}"
    return shown["status"], why(shown)


def _reboot(result: Mapping[str, Any]) -> tuple[str, str]:
    if result.get("rebooted"):
        return "rebooted", str(result.get("msg") or f"after {result.get('elapsed')} s")
    return ("to be rebooted" if result.get("changed") else "not rebooted"), str(result.get("msg") or "")


def _package(result: Mapping[str, Any]) -> tuple[str, str]:
    package, match = _mapping(result.get("package")), _mapping(result.get("match"))
    words = (match.get("kb"), package.get("architecture"), package.get("path"))
    return str(match.get("status") or "-"), " ".join(str(one) for one in words if one)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
