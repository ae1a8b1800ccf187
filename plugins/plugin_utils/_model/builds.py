# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds of Windows NT 6."""

from __future__ import annotations

SERVICE_PACK_OF_BUILD = {6000: 0, 6001: 1, 6002: 2, 6003: 2}
"""NT 6.0 counts its service pack in the build; 2008's first release is build 6001 and says SP1 (6003: KB4493471)."""

MINOR_OF_BUILD = {6000: 0, 6001: 0, 6002: 0, 6003: 0, 7600: 1, 7601: 1, 9200: 2, 9600: 3}
"""The Windows that a build is of, by the second number of its version 6.x."""

SERVICE_PACKS = {
    **{(6, MINOR_OF_BUILD[build], build): pack for build, pack in SERVICE_PACK_OF_BUILD.items()},
    (6, 1, 7600): 0,
    (6, 1, 7601): 1,
}
"""The service pack that each build is, by its version."""

RENUMBERED = {(6, 0, 6002): (6, 0, 6003), (6, 0, 6003): (6, 0, 6002)}
"""Builds that are one Windows with one service pack under two numbers: updates since KB4493471 number 6002 anew."""
