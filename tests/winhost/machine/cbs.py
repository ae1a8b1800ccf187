# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Component-based servicing: packages, their states, what is pending until a boot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a servicing operation ended. ``code`` is what pkgmgr exits with (0, 3010, or an HRESULT as unsigned 32 bits)."""

    code: int
    reboot_required: bool = False
    identity: str = ""


@dataclass(frozen=True, slots=True)
class ListedUpdate:
    """An update package that is (or was) installed."""

    kb: str
    identity: str
    installed: datetime


class ServicingStack:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    restart_due = False

    def listed_updates(self) -> list[ListedUpdate]:
        return []

    def boots_needed(self) -> int:
        return 1

    def boot_begins(self) -> None: ...

    def carry_out_pending(self) -> None: ...

    async def install_cab(self, path: str, token: Token) -> Outcome:
        """pkgmgr /ip /m:PATH"""
        raise NotImplementedError

    async def apply_answer_file(self, path: str, token: Token) -> Outcome:
        """pkgmgr /n:PATH"""
        raise NotImplementedError

    async def install_msu(self, path: str, token: Token) -> Outcome:
        """wusa PATH (the caller refuses a network logon before)"""
        raise NotImplementedError

    async def uninstall(self, identity: str, token: Token) -> Outcome:
        """pkgmgr /up:IDENTITY (case matters to pkgmgr)"""
        raise NotImplementedError
