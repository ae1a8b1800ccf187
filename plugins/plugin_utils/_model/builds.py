# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds of Windows NT 6.0."""

from __future__ import annotations

SERVICE_PACK_OF_BUILD = {6000: 0, 6001: 1, 6002: 2, 6003: 2}
"""NT 6.0 counts its service pack in the build; 2008's first release is build 6001 and says SP1 (6003: KB4493471)."""
