# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a play's variables to results by host: what each host ended with, failures and lost hosts among them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._operations.assess.brief import brief
from .._report.rows import status_of
from .._verdict.status import Status

ASSESSMENT = "hotfix_result"
"""What the role registers: the last assessment of a host, or the sweep of all hosts, whichever came last."""

PACKED = "packed"
"""The key of a packed result's text."""

FAILURE = "hotfix_failure"
"""What the role keeps of a task that failed: a mapping with `task`, `msg` and `kb`."""

LATER = ("hotfix_stage", "hotfix_change", "hotfix_restart")
"""What the role registers of the tasks after it; only `unreachable` counts here."""

_NEVER_REACHED = (
    "Not reached yet: no task of this run has assessed this host. In a play of your own, register the assessment as"
    f" {ASSESSMENT}, which reports are made of."
)


def host_results(
    hostvars: Mapping[str, Any], hosts: Iterable[str], kb: str | None = None
) -> dict[str, dict[str, Any]]:
    """Results by host name, for rows() and all that is made of it.

    hostvars: variables by host name. kb: the hotfix; without it the one that came last. A host that failed or was lost
    keeps what was learnt of it before. A host that no task has reached is unknown, and says so.
    """
    return {str(host): _result(_of_hotfix(hostvars[host], kb), str(host)) for host in hosts}


def was_assessed(variables: Mapping[str, Any], host: str, kb: str | None = None) -> bool:
    """Whether a host has an assessment of this hotfix (of any, where kb is None)."""
    return bool(assessment(_of_hotfix(variables, kb), host))


def _of_hotfix(variables: Mapping[str, Any], kb: str | None) -> Mapping[str, Any]:
    """A host's variables where its last assessment may be this hotfix's; empty where it is another one's."""
    told = _mapping(variables, ASSESSMENT).get("kb")  # what has failed tells none
    return variables if kb is None or told in (None, kb) else {}


def swept(variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The results of a sweep by host, where that is what a host's variables hold of its last assessment."""
    found = _mapping(variables, ASSESSMENT).get("hosts")
    return found if isinstance(found, Mapping) else None


def assessment(variables: Mapping[str, Any], host: str) -> Mapping[str, Any]:
    """A host's last assessment, whole; empty where it has none."""
    fleet = swept(variables)
    return _mapping(variables, ASSESSMENT) if fleet is None else unpacked(_mapping(fleet, host))


def assessment_of(result: Mapping[str, Any], host: str, kb: str) -> Mapping[str, Any]:
    """A host's own assessment of this hotfix in what was registered for it; empty where that is of another one."""
    return assessment(_of_hotfix({ASSESSMENT: result}, kb), host)


def packed(result: Mapping[str, Any]) -> dict[str, Any]:
    """What of a result people look at, and the whole of it in one text.

    Ansible copies every value of a result several times over, and a text in one go: ten thousand hosts fit then.
    """
    return {**brief(result), PACKED: json.dumps(result, separators=(",", ":"))}


def unpacked(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The whole result, packed or not."""
    text = result.get(PACKED)
    whole: Mapping[str, Any] = json.loads(text) if isinstance(text, str) else result
    return whole


def statuses(hostvars: Mapping[str, Any], hosts: Iterable[str]) -> dict[str, str]:
    """Verdicts by host name, as reports show them, without making the reports' rows."""
    return {host: status_of(result) for host, result in host_results(hostvars, hosts).items()}


def _failure(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """What failed; empty where that was the work on another hotfix, before."""
    found, now = _mapping(variables, FAILURE), _mapping(variables, ASSESSMENT).get("kb")
    return found if None in (now, found.get("kb")) or found["kb"] == now else {}


def _told(failure: Mapping[str, Any]) -> str:
    return f"{failure.get('task')}: {failure.get('msg')}"


def _result(variables: Mapping[str, Any], host: str) -> dict[str, Any]:
    found = assessment(variables, host)
    if not found:
        return {"status": Status.UNKNOWN.value, "summary": _NEVER_REACHED}
    if found.get("unreachable") or swept(variables) is not None:  # the role would have assessed it again
        return dict(found)
    failure = _failure(variables)
    if failure:
        text = _told(failure)
        return {**found, "failed": True, "summary": text, "msg": text}
    for name in LATER:
        later = _mapping(variables, name)
        if later.get("unreachable"):
            text = str(later.get("msg") or "the host was lost")
            return {**found, "unreachable": True, "summary": text, "msg": text}
    return dict(found)


def _mapping(variables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = variables.get(name)
    return value if isinstance(value, Mapping) else {}
