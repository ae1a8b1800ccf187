# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package of another hotfix with what KB952876 lacks: two branches, drivers, Service Pack 2, other places.

    build_cab("x64", **other.OPTIONS)

Component and file versions differ where the file's name says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from .plan import (
    CBS_ARCHITECTURE,
    FOUNDATION,
    SP1,
    VISTA_SP1,
    Component,
    Deployment,
    Parent,
    Part,
    Plan,
    PlannedFile,
    Sub,
    Update,
    service_pack_2,
)

if TYPE_CHECKING:
    from .msu import Recipe

GDR, LDR = 18063, 22167
"""The last numbers of the two branches' versions for build 6001; those for 6002 are the same."""
_BASE = Parent(FOUNDATION, SP1)
_CLIENT = Parent(FOUNDATION, "6.0.6000.16386")


def plan(recipe: Recipe) -> Plan:
    """Server 2008 and Vista with Service Pack 1, and both with Service Pack 2."""
    architecture = CBS_ARCHITECTURE[recipe.architecture]
    updates = {build: _updates(architecture, build) for build in (6001, 6002)}
    return Plan(
        recipe.kb,
        recipe.architecture,
        (
            Sub("client", 1, _CLIENT, (VISTA_SP1,), (Part((_CLIENT, VISTA_SP1), updates[6001]),)),
            Sub("client", 2, _CLIENT, (service_pack_2(),), (Part((_CLIENT, service_pack_2()), updates[6002]),)),
            Sub("server", 0, _BASE, (_BASE,), (Part((_BASE,), updates[6001]),)),
            Sub("server", 1, _BASE, (service_pack_2(),), (Part((_BASE, service_pack_2()), updates[6002]),)),
        ),
    )


def _updates(architecture: str, build: int) -> tuple[Update, ...]:
    def update(name: str, branch: Literal["GDR", "LDR"], file: PlannedFile) -> Update:
        revision = LDR if branch == "LDR" else GDR
        planned = replace(file, version=file.version or (6, 0, build, revision))
        component = Component(name, f"6.0.{build}.{revision}", architecture, files=(planned,))
        return Update(Deployment((component,), architecture), branch)

    driver = PlannedFile("tcpip.sys", destination="$(runtime.drivers)\\")
    program = PlannedFile("engine45.dll", 0, (4, 5, build, LDR), "$(runtime.programFiles)\\Fixture\\")
    return (
        update("Microsoft-Windows-TCPIP", "GDR", driver),
        update("Microsoft-Windows-TCPIP", "LDR", driver),
        update("winusb.inf", "LDR", PlannedFile("winusb.sys", 0, (1, 9, 0, 6), None)),
        update("Microsoft-Windows-Fixture-Engine", "LDR", program),
    )


OPTIONS: Mapping[str, Any] = {"kb": "KB960999", "plan": plan, "restart": None}
