# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds what the machines of one profile share: registry, files, services, past events. Made once, never changed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from winhost.machine.profile import Base
from winhost.machine.services import Service
from winhost.profiles.base_files import build_files
from winhost.profiles.base_registry import build_registry
from winhost.profiles.services import SERVICES

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.profile import Profile

_CACHE: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[Profile, Base]] = {}
_SERVICE_FIELDS = {field.name for field in fields(Service)}


def build_base(profile: Profile, doubt: Doubt) -> Base:
    """The shared defaults of a profile under these doubts (from a cache)."""
    chosen = tuple(sorted((name, value) for name, value in doubt.items()))
    key = (id(profile), chosen)
    if key not in _CACHE:
        _CACHE[key] = (profile, _build(profile, doubt))  # the profile is kept, so that its id stays its own
    return _CACHE[key][1]


def _build(profile: Profile, doubt: Doubt) -> Base:
    services = _services(profile)
    return Base(build_registry(profile, doubt, services), build_files(profile, doubt), services, profile.events)


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
