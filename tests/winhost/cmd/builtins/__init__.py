# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The internal commands of cmd.exe."""

from __future__ import annotations

from winhost.cmd.builtins import copying, directories, environment, files, flow, listing, screen, starting
from winhost.cmd.builtins.registry import BUILTINS

NAMES = frozenset(BUILTINS)
__all__ = [
    "BUILTINS",
    "NAMES",
    "copying",
    "directories",
    "environment",
    "files",
    "flow",
    "listing",
    "screen",
    "starting",
]
