# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of several hotfixes together, whole or brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .brief import brief
from .result import Assessment

_SHARED = ("windows", "ended")
_SHARED_DETAILS = ("os", "winrm", "kernel", "messages", "evidence")
"""Of a result of several hotfixes: what is the host's own, and told once."""


def together(assessments: Sequence[Assessment], *, evidence: bool = False) -> dict[str, object]:
    """The documented result of several hotfixes on one host: what they share once, and each one's own by its number."""
    wholes = [one.as_dict(evidence=evidence) for one in assessments]
    first = wholes[0]
    return {
        "hotfixes": {str(one["kb"]): _own(one) for one in wholes},
        "windows": first["windows"],
        "kernel": {name: _part(first["kernel"])[name] for name in ("running", "branch")},
        "restart": {name: _part(first["restart"])[name] for name in ("pending", "reasons")},
        "ended": first["ended"],
        "details": {name: _part(first["details"])[name] for name in _SHARED_DETAILS},
    }


def _part(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _own(whole: Mapping[str, object]) -> dict[str, object]:
    """What of one hotfix's result the others do not share."""
    own = {name: value for name, value in whole.items() if name not in _SHARED}
    own["kernel"] = {name: _part(whole["kernel"])[name] for name in ("fixed", "level")}
    own["restart"] = {"required": _part(whole["restart"])["required"]}
    own["details"] = {name: one for name, one in _part(whole["details"]).items() if name not in _SHARED_DETAILS}
    return own


def brief_of_several(result: Mapping[str, object]) -> dict[str, object]:
    """What of together() is shown where nobody asked for details."""
    shown = brief(result)
    shown["hotfixes"] = {kb: brief(_part(one)) for kb, one in _part(result.get("hotfixes")).items()}
    return shown

