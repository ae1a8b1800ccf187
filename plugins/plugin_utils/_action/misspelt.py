# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are slips of known ones: options of a task, variables of a host, extras of its connection.

Ansible ignores a variable that nobody reads, so that the slip shows as something else, hours later.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._rollout.settings import WIRE

_WIRE_PREFIX = "winlegacy_"
_KERBEROS_DELEGATION = "ansible_winrm_kerberos_delegation"
"""Read by the winrm plugin by its name alone."""


def strange_options(module: str, given: Iterable[str], spec: Mapping[str, Mapping[str, Any]]) -> str:
    """A sentence about options that the module has not, each with the nearest that it has; "" where there are none."""
    known = [*spec, *(alias for option in spec.values() for alias in option.get("aliases") or ())]
    strange = [str(name) for name in given if name not in known and not str(name).startswith("_")]
    if not strange:
        return ""
    told = [_nearest(name, known) for name in strange]
    wrong = "; ".join(
        f"{name}: did you mean {near}?" if near else f"{name}: there is no such option"
        for name, near in zip(strange, told, strict=True)
    )
    which = "" if all(told) else f" ({module} has: {', '.join(sorted(spec))})"
    return f"Unsupported parameters for {module}: {wrong}{which}"


def misspelt_wire(names: Iterable[object]) -> str:
    """A sentence about a variable that is a slip of one of winlegacy_*; "" where there is none."""
    for name in names:
        if isinstance(name, str) and name.startswith(_WIRE_PREFIX) and name not in WIRE:
            near = _nearest(name, list(WIRE), _WIRE_PREFIX)
            if near:
                return f"{name}: did you mean {near}? No variable of that name is read"
    return ""


def misspelt_extra(connection: Any, prefix: str, extras: Collection[str]) -> str:
    """A sentence about an inventory variable that is a slip of one of the connection plugin's own; "" where none is.

    prefix: ansible_winrm_ or ansible_psrp_. extras: the variables with it that are no options of the plugin.
    """
    if not extras:
        return ""
    known = {one for one in _variables(connection) if one.startswith(prefix)} | _further(prefix)
    for name in extras:
        near = None if name in known else _nearest(name, sorted(known), prefix)
        if near:
            return f"{name}: did you mean {near}? The connection plugin knows no variable of that name"
    return ""


def _variables(connection: Any) -> set[str]:
    """The variables of the plugin's documented options."""
    options = getattr(connection, "option_definitions", None) or {}
    return {str(one.get("name")) for option in options.values() for one in option.get("vars") or ()}


def _further(prefix: str) -> set[str]:
    """What a plugin passes on to its library."""
    if prefix == "ansible_winrm_":
        from winrm.protocol import Protocol

        return {prefix + name for name in inspect.signature(Protocol.__init__).parameters} | {_KERBEROS_DELEGATION}
    from pypsrp.wsman import AUTH_KWARGS

    return {prefix + name for names in AUTH_KWARGS.values() for name in names}


def _nearest(name: str, known: Collection[str], prefix: str = "") -> str | None:
    """The nearest of these behind their prefix, which alone would make them all alike."""
    rests = {one.removeprefix(prefix): one for one in known}
    near = difflib.get_close_matches(name.removeprefix(prefix).lower().replace("-", "_"), list(rests), n=1, cutoff=0.6)
    return rests[near[0]] if near else None
