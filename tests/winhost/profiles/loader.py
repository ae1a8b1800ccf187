# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the profiles: YAML files of named machines that may extend one another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from winhost.machine.cbs_state import state_named
from winhost.machine.events import EventTemplate
from winhost.machine.profile import Profile, Update, UserSpec
from winhost.profiles import packages
from winhost.profiles.base import build_base, finish

_FOLDER = Path(__file__).parent
_ADDED: dict[str, Mapping[str, Any]] = {}
_MADE: dict[str, Profile] = {}
_FIELDS = {field.name for field in dataclasses.fields(Profile)} - {
    "name",
    "make_base",
    "crowd",
    "updates",
    "users",
    "events",
}
_TUPLES = ("registry", "files", "faults")
_OWN_KEYS = {"extends", "abstract", "kernel", "updates", "users", "events"}
_SETS = ("missing_classes", "denied_classes")
_SET_MAPPINGS = ("missing_properties", "missing_methods", "null_properties")


class ProfileError(ValueError):
    """A profile is absent or broken; the text says which one, where and why."""


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for name, spec in content.items():
            if name in found:
                raise ProfileError(f"{path.name}: profile {name!r} is defined twice")
            found[name] = spec
    return found


def register(name: str, spec: Mapping[str, Any]) -> Profile:
    """Add (or replace) a profile at run time, e.g. one written in a fleet file; it may extend any other."""
    _ADDED[name] = spec
    for made in [other for other in _MADE if name in _line(other)]:
        del _MADE[made]
    return profile(name)


def names() -> list[str]:
    """Every profile that is a machine."""
    known = {**_shipped(), **_ADDED}
    return sorted(name for name, spec in known.items() if not spec.get("abstract"))


def _line(name: str) -> set[str]:
    """A profile and all that it extends."""
    spec = _ADDED.get(name, _shipped().get(name, {}))
    parents = spec.get("extends", [])
    return {name}.union(
        *(_line(parent) for parent in ([parents] if isinstance(parents, str) else parents) if parent != name)
    )


def _merged(name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    spec = _ADDED.get(name, _shipped().get(name))
    if spec is None:
        raise ProfileError(f"no profile {name!r}; there are: {', '.join(names())}")
    if name in seen:
        raise ProfileError(f"profile {name!r} extends itself: {' -> '.join((*seen, name))}")
    result: dict[str, Any] = {}
    parents = spec.get("extends", [])
    for parent in [parents] if isinstance(parents, str) else parents:
        inherited = _merged(parent, (*seen, name))
        inherited.pop("abstract", None)
        result = _merge(result, inherited)
    return _merge(result, {key: value for key, value in spec.items() if key != "extends"})


def _merge(lower: dict[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(lower)
    for key, value in upper.items():
        if key.startswith("+"):  # add to a list instead of replacing it
            result[key[1:]] = [*result.get(key[1:], []), *value]
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = _merge(dict(result[key]), value)
        else:
            result[key] = value
    return result


def profile(name: str) -> Profile:
    """The profile, complete. ProfileError when it is absent, abstract or has a key that means nothing."""
    if name not in _MADE:
        _MADE[name] = _make(name)
    return _MADE[name]


def _make(name: str) -> Profile:
    spec = _merged(name)
    if spec.pop("abstract", False):
        raise ProfileError(f"profile {name!r} is abstract: it only lends to others")
    unknown = set(spec) - _FIELDS - _OWN_KEYS
    if unknown:
        raise ProfileError(f"profile {name!r}: unknown key {sorted(unknown)[0]!r}")
    try:
        kernel = spec.pop("kernel")
        updates = _updates(spec.pop("updates", []), spec["architecture"], kernel)
        users = tuple(UserSpec(**user) for user in spec.pop("users", []))
        events = tuple(
            EventTemplate(**{**event, "strings": tuple(event.get("strings", ()))}) for event in spec.pop("events", [])
        )
        for key in _TUPLES:
            spec[key] = tuple(spec.get(key, ()))
        for key in _SETS:
            spec[key] = frozenset(item.casefold() for item in spec.get(key, ()))
        for key in _SET_MAPPINGS:
            spec[key] = {
                cls.casefold(): frozenset(item.casefold() for item in items) for cls, items in spec.get(key, {}).items()
            }
        made = Profile(
            name=name, updates=updates, users=users, events=events, make_base=build_base, finish=finish, **spec
        )
        crowd = tuple(
            (packages.kb_of(identity), identity) for identity in packages.identities(made) if packages.kb_of(identity)
        )
        return dataclasses.replace(made, crowd=crowd)
    except (KeyError, TypeError) as error:
        raise ProfileError(f"profile {name!r}: {error}") from error


def _updates(specs: list[Mapping[str, Any]], architecture: str, kernel: Mapping[str, str]) -> tuple[Update, ...]:
    release = Update("", "permanent", kernel=kernel["version"], lab=kernel["lab"], days_ago=400, listed=False)
    result = [release]
    for spec in specs:
        kb = spec["kb"]
        identity = (
            spec.get("identity")
            or f"Package_for_{kb}~31bf3856ad364e35~{architecture}~~{spec.get('version', '6.0.1.0')}"
        )
        state_named(spec.get("state", "installed"))
        result.append(
            Update(
                identity.replace("{arch}", architecture),
                spec.get("state", "installed"),
                kb,
                spec.get("kernel", ""),
                spec.get("lab", ""),
                float(spec.get("days_ago", 100)),
                spec.get("kernel_size", {}),
                tuple(spec.get("subpackages", ())),
                spec.get("listed", True),
            )
        )
    return tuple(result)
