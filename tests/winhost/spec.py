# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet file: which hosts there are, and what each differs in. Every error names the host and the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from winhost.faults.plan import FaultSpec
from winhost.http.settings import AuthSettings


class FleetError(ValueError):
    """The fleet file is broken; the text says where and what to do."""


_KEYS = {
    "name",
    "profile",
    "address",
    "port",
    "scheme",
    "auth",
    "limits",
    "overrides",
    "doubt",
    "faults",
    "tls",
    "count",
    "certificates",
    "time_scale",
    "computer_name",
}


@dataclass(slots=True)
class HostSpec:
    """One host of the fleet. ``port`` 0: the stack's default where binding is permitted, else a high one."""

    name: str
    profile: str
    address: str = ""
    port: int = 0
    scheme: str = "http"
    auth: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    doubt: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[FaultSpec, ...] = ()
    tls: Mapping[str, Any] = field(default_factory=dict)
    certificates: Mapping[str, str] = field(default_factory=dict)
    time_scale: float = 1.0
    computer_name: str = ""


@dataclass(slots=True)
class FleetSpec:
    """A whole fleet file."""

    hosts: list[HostSpec]
    keytab: str = ""


def load(path: Path) -> FleetSpec:
    """Read a fleet file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FleetError(f"fleet file {path}: {error}") from None
    return parse(content)


def parse(content: object) -> FleetSpec:
    """Check a fleet given as data."""
    if not isinstance(content, Mapping) or not isinstance(content.get("hosts"), list):
        raise FleetError("the fleet is no mapping with a list 'hosts'")
    unknown = set(content) - {"hosts", "time_scale", "keytab", "defaults"}
    if unknown:
        raise FleetError(f"the fleet has an unknown key {sorted(unknown)[0]!r}")
    defaults = content.get("defaults", {})
    scale = float(content.get("time_scale", 1.0))
    hosts: list[HostSpec] = []
    for number, given in enumerate(content["hosts"], 1):
        if not isinstance(given, Mapping):
            raise FleetError(f"host {number} of the fleet is no mapping")
        merged = {"time_scale": scale, **defaults, **given}
        count = int(merged.pop("count", 1))
        base = merged.get("name") or f"host-{number:03d}"
        for copy in range(count):
            hosts.append(_host({**merged, "name": base if count == 1 else f"{base}-{copy + 1:04d}"}))
    names = [host.name for host in hosts]
    twice = (
        next((name for name in names if names.count(name) > 1), None)
        if len(names) < 2000 and len(set(names)) != len(names)
        else None
    )
    if twice:
        raise FleetError(f"the fleet has two hosts named {twice!r}")
    return FleetSpec(hosts, str(content.get("keytab", "")))


def _host(given: Mapping[str, Any]) -> HostSpec:
    name = str(given["name"])
    unknown = set(given) - _KEYS
    if unknown:
        raise FleetError(f"host {name}: unknown key {sorted(unknown)[0]!r}; there are: {', '.join(sorted(_KEYS))}")
    if "profile" not in given:
        raise FleetError(f"host {name}: it has no profile")
    values = dict(given)
    if values.get("scheme", "http") not in ("http", "https"):
        raise FleetError(f"host {name}: scheme is http or https, not {values['scheme']!r}")
    try:
        values["faults"] = tuple(FaultSpec.from_mapping(fault) for fault in values.get("faults", ()))
        AuthSettings.from_mapping(values.get("auth", {}))
    except ValueError as error:
        raise FleetError(f"host {name}: {error}") from None
    values["port"] = int(values.get("port", 0) or 0)
    values["time_scale"] = float(values.get("time_scale", 1.0))
    return HostSpec(**values)
