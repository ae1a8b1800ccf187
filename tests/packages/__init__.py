# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test packages: structurally true .msu and .cab files, and the parts that they are made of."""

from __future__ import annotations

from .cab import CabinetOverrides, Member, write_cabinet
from .container import Payload
from .msu import KB, Recipe, build_cab, build_msu, kernel, payload, write_msu
from .pe import build_pe

__all__ = [
    "KB",
    "CabinetOverrides",
    "Member",
    "Payload",
    "Recipe",
    "build_cab",
    "build_msu",
    "build_pe",
    "kernel",
    "payload",
    "write_cabinet",
    "write_msu",
]
