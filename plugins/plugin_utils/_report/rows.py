# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's results as rows: one host a row, flat where people sort and filter, with the whole result as evidence.

A result is what hotfix_info returns (or hotfix, whose last assessment counts), keyed by the inventory's host name.
A host that failed, could not be reached or has no result is a row too: nothing is lost from a report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._model.plain import plain
from .errors import ReportError
from .kept import lean, symptomatic
from .statuses import FAILED, STATUSES, UNREACHABLE

COLUMNS = (
    "host",
    "status",
    "summary",
    "os",
    "version",
    "architecture",
    "kernel_running",
    "kernel_branch",
    "kernel_on_disk",
    "kernel_fixed",
    "kernel_level",
    "package",
    "reboot_required",
    "reboot_pending",
    "reboot_reasons",
    "symptom",
    "recommendation",
    "reasons",
    "messages",
)
"""The flat columns, in order; docs/report-schema.json describes them."""

NO_RESULT = "No result: the host failed or could not be reached before it was assessed."

_NOT_RESULT = ("invocation", "exception")
_NUMBERS = re.compile("([0-9]+)")


class RowError(ReportError):
    """What was given is no collection of results by host: says what it is instead and what to give."""


def rows(results: Any) -> list[dict[str, Any]]:
    """Rows sorted by host name, numbers within names as numbers.

    results: a mapping of host name to result (None for a host without one), or a list of results with a `host` key.
    Raises RowError.
    """
    try:
        given: Any = plain(results, shown=True)
    except ValueError as error:
        raise RowError(str(error)) from None
    return sorted((row(host, result) for host, result in _pairs(given)), key=lambda one: name_order(one["host"]))


def lean_rows(
    results: Iterable[tuple[str, Any]], shared: Callable[[dict[str, Any]], dict[str, Any]] = dict
) -> list[dict[str, Any]]:
    """The same rows of results that come one after the other, each with its assessment kept (see kept.py).

    shared: gives a row made of texts that others have. Raises RowError.
    """
    found: dict[str, dict[str, Any]] = {}
    for host, result in results:
        for one in rows({host: result}):
            found[one["host"]] = shared(lean(one))
    return sorted(found.values(), key=lambda one: name_order(one["host"]))


def name_order(host: str) -> list[tuple[int, str]]:
    """A key to sort host names by, numbers within them as numbers."""
    parts = _NUMBERS.split(host.casefold())
    return [(len(part.lstrip("0")), part.lstrip("0")) if at % 2 else (0, part) for at, part in enumerate(parts)]


def _pairs(results: Any) -> Iterable[tuple[str, Mapping[str, Any] | None]]:
    if isinstance(results, dict):
        pairs = list(results.items())
    elif isinstance(results, list):
        pairs = []
        for position, item in enumerate(results):
            if not isinstance(item, dict) or not item.get("host") or isinstance(item["host"], (dict, list)):
                raise RowError(f"item {position} of the results is no mapping with a 'host' key")
            pairs.append((str(item["host"]), item))
    else:
        kind = type(results).__name__
        raise RowError(f"expected results by host name, or a list of results with a 'host' key, not {kind}")
    for host, result in pairs:
        if result is not None and not isinstance(result, dict):
            raise RowError(f"the result of {host[:80]} is {type(result).__name__}, expected what hotfix_info returned")
        yield host, result


def row(host: str, result: Mapping[str, Any] | None) -> dict[str, Any]:
    """One host's row: COLUMNS, and under `result` the assessment itself. result: plain values, whatever they are."""
    if result is None:
        return row(host, {"failed": True, "msg": NO_RESULT})
    assessment = _assessment(result)
    details = _mapping(assessment.get("details"))
    windows = _mapping(assessment.get("windows"))
    kernel = _mapping(assessment.get("kernel"))
    restart = _mapping(assessment.get("restart"))
    return {
        "host": host,
        "status": status_of(result),
        "summary": _summary(result, assessment),
        "os": _text(windows.get("name")),
        "version": _text(windows.get("version")),
        "architecture": _text(windows.get("architecture")),
        "kernel_running": _text(kernel.get("running")),
        "kernel_branch": _text(kernel.get("branch")),
        "kernel_on_disk": _disk(_mapping(details.get("kernel")).get("on_disk")),
        "kernel_fixed": _text(kernel.get("fixed")),
        "kernel_level": _text(kernel.get("level")),
        "package": _package(details.get("packages")),
        "reboot_required": _flag(restart.get("required", result.get("reboot_required"))),
        "reboot_pending": _flag(restart.get("pending")),
        "reboot_reasons": _names(restart.get("reasons", result.get("reboot_reasons"))),
        "symptom": _text(_mapping(details.get("symptom")).get("status", assessment.get("symptom"))),
        "recommendation": _text(_mapping(assessment.get("next")).get("text")),
        "reasons": [str(one["code"]) for one in _items(details.get("reasons")) if _mapping(one).get("code")],
        "messages": _number(details.get("messages")),
        "result": {
            name: value
            for name, value in assessment.items()
            if name not in _NOT_RESULT and not name.startswith("_ansible")
        },
    }


def _assessment(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of hotfix the last assessment: after, or before where nothing was done or it failed; else the result itself."""
    for name in ("after", "before"):
        found = result.get(name)
        if isinstance(found, Mapping) and "status" in found:
            return found
    return result


def status_of(result: Mapping[str, Any]) -> str:
    """The verdict of a result, or failed or unreachable."""
    if result.get("unreachable"):
        return UNREACHABLE
    if result.get("failed"):
        return FAILED
    assessment = _assessment(result)
    status = assessment.get("was") if assessment.get("predicted") is True else assessment.get("status")
    if status in STATUSES:
        return str(status)
    return "unknown" if status is not None or result.get("skipped") or result.get("censored") else FAILED


_OF_ANSIBLE = re.compile(r"(?:(?:Task|Action) failed: )+")
"""What ansible-core from 2.19 on puts in front of the message of an action's error."""


def _summary(result: Mapping[str, Any], assessment: Mapping[str, Any]) -> str:
    said = result.get("msg"), assessment.get("summary"), result.get("censored")
    if not (result.get("failed") or result.get("unreachable")):
        said = assessment.get("summary"), result.get("msg"), result.get("censored")
    found = next((one for one in said if one), None)
    if found is None:
        found = f"The assessment was skipped. {result.get('skip_reason') or ''}" if result.get("skipped") else NO_RESULT
    text = str(found).strip()
    in_front = _OF_ANSIBLE.match(text)
    return text[in_front.end() :] if in_front else text


def is_symptomatic(row: Mapping[str, Any]) -> bool:
    """Whether the assessment saw the trouble."""
    return symptomatic(row.get("result"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    """A list of names; results without details have it as text with commas."""
    return [one for one in value.split(", ") if one] if isinstance(value, str) else [str(one) for one in _items(value)]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _disk(files: Any) -> str | None:
    """The version of the kernel that the host boots; where that is not told, each version once."""
    found = [one for one in _items(files) if isinstance(one, Mapping)]
    used = [one for one in found if one.get("runs")] or found
    return ", ".join(dict.fromkeys(str(one.get("version")) for one in used)) or None


def _package(packages: Any) -> str | None:
    roots = [_mapping(one) for one in _items(packages) if _mapping(one).get("root")]
    return ", ".join(str(one.get("state") or "not read") for one in roots) or None
