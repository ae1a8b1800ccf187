# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds what the machines of one profile share: registry, files, services, past events. Made once, never changed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from winhost.machine.profile import Base
from winhost.machine.services import Service
from winhost.profiles import base_files, base_registry
from winhost.profiles.base_files import build_files
from winhost.profiles.base_registry import build_registry
from winhost.profiles.services import SERVICES

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.machine import Machine
    from winhost.machine.profile import Profile

# What the shared defaults follow from; profiles that agree in all of it share them.
_FIELDS = (
    "major", "minor", "build", "architecture", "caption", "sku", "product_type", "service_pack_text", "language",
    "code_page", "ansi_code_page", "updates", "users", "services", "programs", "uac_enabled", "remote_filter_off",
)  # fmt: skip
_DOUBTS = (
    "current_state_encoding", "root_package_identity", "buildlabex_on_6000", "processor_architecture_registry",
    "system32_while_pending", "winsxs_while_pending", "cbs_pending_keys",
)  # fmt: skip
_CACHE: dict[tuple[str, ...], Base] = {}
_SERVICE_FIELDS = {field.name for field in fields(Service)}


def build_base(profile: Profile, doubt: Doubt) -> Base:
    """The shared defaults of a profile under these doubts (from a cache)."""
    key = (*(repr(getattr(profile, name)) for name in _FIELDS), *(doubt[name] for name in _DOUBTS))
    if key not in _CACHE:
        services = _services(profile)
        _CACHE[key] = Base(build_registry(profile, doubt, services), build_files(profile, doubt), services)
    return _CACHE[key]


def finish(machine: Machine) -> None:
    """Write a profile's own entries into a machine that has just been made."""
    for entry in machine.profile.registry:
        base_registry.write_entry(machine.registry, entry)
    for entry in machine.profile.files:
        base_files.write_entry(machine.files, entry)


def _services(profile: Profile) -> tuple[Service, ...]:
    known = {service.name.casefold(): service for service in SERVICES}
    for name, changes in profile.services.items():
        given: dict[str, Any] = dict(changes)
        if given.pop("absent", False):
            known.pop(name.casefold(), None)
            continue
        if set(given) - _SERVICE_FIELDS:
            raise ValueError(
                f"profile {profile.name!r}: service {name!r} has no {sorted(set(given) - _SERVICE_FIELDS)[0]!r}"
            )
        existing = known.get(name.casefold())
        known[name.casefold()] = (
            replace(existing, **given) if existing else Service(name, given.pop("display_name", name), **given)
        )
    return tuple(known.values())
