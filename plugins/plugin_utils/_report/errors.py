# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of what is wrong with a report's input."""

from __future__ import annotations


class ReportError(ValueError):
    """What was given cannot be reported on: one sentence that says what it is, and what was expected."""
