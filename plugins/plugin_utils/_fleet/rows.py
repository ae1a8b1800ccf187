# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's results as rows: one host a row, flat where people sort and filter, with the whole result as evidence.

A result is what hotfix_info returns (or hotfix, whose last assessment counts), keyed by the inventory's host name.
A host that failed or could not be reached is a row too: nothing is lost from a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

STATUSES = (
    "needs_fix",
    "staged",
    "install_pending",
    "removal_pending",
    "fixed",
    "not_applicable",
    "unknown",
    "failed",
    "unreachable",
)
"""All verdicts in the order of a report, and the two states of a host that gave none."""

COLUMNS = (
    "host",
    "status",
    "summary",
    "os",
    "version",
    "architecture",
    "kernel_running",
    "kernel_on_disk",
    "kernel_fixed",
    "package",
    "reboot_required",
    "reboot_pending",
    "reboot_reasons",
    "symptom",
    "recommendation",
    "reasons",
    "messages",
)
"""The flat columns, in order; the JSON schema of the report describes them."""


class RowError(ValueError):
    """What was given is no collection of results by host: says what it is instead and what to give."""


def rows(results: Any) -> list[dict[str, Any]]:
    """Rows sorted by host name. results: a mapping of host name to result, or a list of results with a `host` key.

    Raises RowError.
    """
    return sorted((row(host, result) for host, result in _pairs(results)), key=lambda one: str(one["host"]))


def _pairs(results: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(results, Mapping):
        pairs = list(results.items())
    elif isinstance(results, (list, tuple)):
        pairs = []
        for position, item in enumerate(results):
            if not isinstance(item, Mapping) or not item.get("host"):
                raise RowError(f"item {position} of the results is no mapping with a 'host' key")
            pairs.append((item["host"], item))
    else:
        kind = type(results).__name__
        raise RowError(f"expected results by host name, or a list of results with a 'host' key, not {kind}")
    for host, result in pairs:
        if not isinstance(result, Mapping):
            raise RowError(f"the result of {host} is {type(result).__name__}, expected what hotfix_info returned")
        yield str(host), result


def row(host: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """One host's row: COLUMNS, and under `result` the assessment itself."""
    assessment = _assessment(result)
    kernel = _mapping(assessment.get("kernel"))
    reboot = _mapping(assessment.get("reboot"))
    system = _mapping(assessment.get("os"))
    return {
        "host": host,
        "status": _status(result, assessment),
        "summary": str(assessment.get("summary") or result.get("msg") or ""),
        "os": system.get("name"),
        "version": system.get("version"),
        "architecture": system.get("architecture"),
        "kernel_running": _mapping(kernel.get("running")).get("version"),
        "kernel_on_disk": _disk(kernel.get("on_disk")),
        "kernel_fixed": kernel.get("fixed_version"),
        "package": _package(assessment.get("packages")),
        "reboot_required": reboot.get("required_by_kb"),
        "reboot_pending": reboot.get("pending"),
        "reboot_reasons": list(reboot.get("reasons") or ()),
        "symptom": _mapping(assessment.get("symptom")).get("status"),
        "recommendation": _mapping(assessment.get("recommendation")).get("text"),
        "reasons": [str(_mapping(one).get("code")) for one in assessment.get("reasons") or ()],
        "messages": assessment.get("messages"),
        "result": dict(assessment),
    }


def _assessment(result: Mapping[str, Any]) -> Mapping[str, Any]:
    after = result.get("after")
    return after if isinstance(after, Mapping) and "status" in after else result


def _status(result: Mapping[str, Any], assessment: Mapping[str, Any]) -> str:
    if result.get("unreachable"):
        return "unreachable"
    status = assessment.get("status")
    if status in STATUSES and not result.get("failed"):
        return str(status)
    return "failed" if result.get("failed") or status is None else "unknown"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _disk(files: Any) -> str | None:
    """The version of the kernel that the host boots; where that is not told, each version once."""
    found = [one for one in files or () if isinstance(one, Mapping)]
    used = [one for one in found if one.get("runs")] or found
    return ", ".join(dict.fromkeys(str(one.get("version")) for one in used)) or None


def _package(packages: Any) -> str | None:
    roots = [one for one in packages or () if isinstance(one, Mapping) and one.get("root")]
    return ", ".join(str(one.get("state")) for one in roots) or None
