# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of a report by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .about import About
from .report_html import as_html
from .tables import as_csv, as_json, as_junit

FORMATS: Mapping[str, Callable[[list[dict[str, Any]], About], str]] = {
    "html": as_html,
    "csv": lambda chosen, _about: as_csv(chosen),
    "json": as_json,
    "junit": as_junit,
}
