# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI over a machine: classes, instances, methods."""

from __future__ import annotations

from winhost.wmi.model import ClassInfo, Method, Property, QueryResult, WmiError
from winhost.wmi.provider import WmiProvider

__all__ = ["ClassInfo", "Method", "Property", "QueryResult", "WmiError", "WmiProvider"]
