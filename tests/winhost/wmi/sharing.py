# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances that tell what the machine shares, and with whom: shares and user accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from winhost.wmi.system import Row

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine


def share(machine: Machine, token: Token) -> Iterator[Row]:
    for name, path, kind, text in (
        ("ADMIN$", "C:\\Windows", 0x80000000, "Remote Admin"),
        ("C$", "C:\\", 0x80000000, "Default share"),
        ("IPC$", "", 0x80000003, "Remote IPC"),
    ):
        yield {
            "AllowMaximum": True,
            "Caption": text,
            "Description": text,
            "Name": name,
            "Path": path,
            "Status": "OK",
            "Type": kind,
        }


def user_account(machine: Machine, token: Token) -> Iterator[Row]:
    for user in machine.accounts.users:
        domain = user.domain or machine.computer_name
        yield {
            "AccountType": 512,
            "Caption": f"{domain}\\{user.name}",
            "Description": "",
            "Disabled": user.disabled,
            "Domain": domain,
            "FullName": "",
            "LocalAccount": not user.domain,
            "Lockout": False,
            "Name": user.name,
            "PasswordChangeable": True,
            "PasswordExpires": False,
            "PasswordRequired": True,
            "SID": user.sid,
            "SIDType": 1,
            "Status": "OK",
        }
