# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof after a restart: what of a full assessment is missing for saying that the hotfix is there, or is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._hotfix.quad import Branch, Quad

_THERE = frozenset({"installed", "permanent", "superseded"})
_GONE = frozenset({"absent", "resolving", "resolved", "staging", "staged"})
_MUST_RUN = frozenset({"auto", "boot", "system"})


def shortcomings(result: Mapping[str, Any], state: str = "present") -> list[str]:
    """Every requirement that a result of hotfix_info (depth full) does not meet, as a sentence; empty when all are met.

    state: present (fixed kernel of the LDR branch running, package installed or superseded, driver not stopping and
    running where its start mode says so) or absent (no package installed or pending). What is not known is not met.
    Raises ValueError for another state.
    """
    if state == "present":
        return [*_verdict(result), *_kernel(result), *_package(result), *_driver(result)]
    if state == "absent":
        return _removed(result)
    raise ValueError(f"the state is {state!r}: present or absent was expected")


def _verdict(result: Mapping[str, Any]) -> list[str]:
    status = result.get("status")
    if status == "fixed":
        return []
    return [f"The verdict is {status}: {result.get('summary') or result.get('msg') or 'no reason was given'}"]


def _kernel(result: Mapping[str, Any]) -> list[str]:
    kernel = _mapping(result.get("kernel"))
    running, fixed = _mapping(kernel.get("running")), kernel.get("fixed_version")
    try:
        version, wanted = Quad.parse(str(running.get("version"))), Quad.parse(str(fixed))
    except ValueError:
        return [f"The running kernel ({running.get('version')}) cannot be compared with the fixed one ({fixed})."]
    found = []
    if running.get("branch") != Branch.LDR.value:
        found.append(f"The running kernel {version} is not of the LDR branch.")
    if version.os_version != wanted.os_version or version < wanted:
        found.append(f"The running kernel {version} is below {wanted}.")
    return found


def _package(result: Mapping[str, Any]) -> list[str]:
    packages = result.get("packages")
    if packages is None:
        return ["What servicing knows of the hotfix is not known."]
    roots = [_mapping(one) for one in packages if _mapping(one).get("root")]
    if not roots:
        return ["Servicing lists no package of the hotfix."]
    return [
        f"Servicing says that {one.get('identity')} is {one.get('state')}."
        for one in roots
        if one.get("state") not in _THERE
    ]


def _driver(result: Mapping[str, Any]) -> list[str]:
    symptom = _mapping(result.get("symptom"))
    driver = _mapping(symptom.get("driver"))
    if symptom.get("status") == "not_present":
        return []
    state, mode = str(driver.get("state") or "").strip(), str(driver.get("start_mode") or "").strip()
    if not state:
        return ["The state of the driver Tcpipreg is not known."]
    if state.casefold() == "stop pending":
        return ["The driver Tcpipreg hangs in Stop Pending."]
    if mode.casefold() in _MUST_RUN and state.casefold() != "running":
        return [f"The driver Tcpipreg is {state}, although its start mode is {mode}."]
    return []


def _removed(result: Mapping[str, Any]) -> list[str]:
    packages = result.get("packages")
    if packages is None:
        return ["What servicing knows of the hotfix is not known."]
    found = [
        f"Servicing says that {one.get('identity')} is {one.get('state')}."
        for one in map(_mapping, packages)
        if one.get("root") and one.get("state") not in _GONE
    ]
    if result.get("status") in ("install_pending", "removal_pending"):
        found.append(f"The verdict is {result.get('status')}: {result.get('summary')}")
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
