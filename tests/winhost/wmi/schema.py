# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the class definitions from YAML and fits them to a machine's build and profile."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from winhost.wmi.model import ClassInfo, Method, Property

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.profile import Profile

_FILES = {"root\\cimv2": "cimv2.yaml", "root\\default": "default.yaml"}
NAMESPACES = ("root", "root\\cimv2", "root\\default", "root\\wmi")


def normal_namespace(namespace: str) -> str:
    """``root\\cimv2`` for ``root/CIMV2``, ``//./root/cimv2`` and the like."""
    return "\\".join(part for part in namespace.replace("/", "\\").split("\\") if part and part != ".").lower()


@lru_cache(maxsize=8)
def _definitions(namespace: str) -> Mapping[str, Any]:
    name = _FILES.get(namespace)
    if name is None:
        return {}
    content = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return {class_name.casefold(): {**spec, "name": class_name} for class_name, spec in content.items()}


def class_names(namespace: str) -> list[str]:
    """All classes of a namespace, before any profile's absences."""
    return [spec["name"] for spec in _definitions(namespace).values()]


@lru_cache(maxsize=4096)
def _class(
    namespace: str, folded: str, build: int, absent: frozenset[str], absent_methods: frozenset[str]
) -> ClassInfo | None:
    spec = _definitions(namespace).get(folded)
    if spec is None:
        return None
    since = {name.casefold(): number for name, number in spec.get("since", {}).items()}
    properties = sorted(
        (_property(word, cim_type) for cim_type, words in spec.get("types", {}).items() for word in words.split()),
        key=lambda item: item.name.casefold(),
    )
    kept = tuple(p for p in properties if p.name.casefold() not in absent and since.get(p.name.casefold(), 0) <= build)
    methods = {
        name.casefold(): Method(
            name,
            tuple(
                _property(parameter + ("+" if cim_type.endswith("[]") else ""), cim_type.removesuffix("[]"))
                for parameter, cim_type in parameters.items()
            ),
        )
        for name, parameters in spec.get("methods", {}).items()
        if name.casefold() not in absent_methods
    }
    ancestry = (spec["name"], *spec.get("parents", ()))
    return ClassInfo(
        spec["name"], namespace, kept, tuple(spec.get("keys", ())), methods, ancestry, bool(spec.get("abstract"))
    )


def class_info(profile: Profile, doubt: Doubt, namespace: str, class_name: str) -> ClassInfo | None:
    """The class as this machine has it, or None when it has no such class."""
    folded = class_name.casefold()
    if folded in profile.missing_classes or (
        folded == "win32_processor" and doubt["processor_architecture_wmi"] == "class_absent"
    ):
        return None
    absent = profile.missing_properties.get(folded, frozenset())
    if folded == "win32_operatingsystem":
        absent |= {
            name
            for name, switch in (("paeenabled", "pae_enabled"), ("osarchitecture", "os_architecture"))
            if doubt[switch] == "absent"
        }
    if folded == "win32_processor" and doubt["processor_architecture_wmi"] == "absent":
        absent |= {"architecture"}
    return _class(namespace, folded, profile.build, absent, profile.missing_methods.get(folded, frozenset()))


def _property(word: str, cim_type: str) -> Property:
    return Property(word.removesuffix("+"), cim_type, word.endswith("+"))
