# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of System32. Importing this package enters them into the table."""

from __future__ import annotations

from winhost.cmd.programs import (
    certutil,
    cscript,
    expand,
    findstr,
    icacls,
    information,
    pkgmgr,
    registry,
    schtasks,
    shells,
    shutdown,
    text,
    volumes,
    whoami,
    wmic,
)

__all__ = [
    "certutil",
    "cscript",
    "expand",
    "findstr",
    "icacls",
    "information",
    "pkgmgr",
    "registry",
    "schtasks",
    "shells",
    "shutdown",
    "text",
    "volumes",
    "whoami",
    "wmic",
]
