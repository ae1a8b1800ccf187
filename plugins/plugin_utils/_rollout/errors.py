# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of what this room raises."""

from __future__ import annotations


class RolloutError(ValueError):
    """A scope, a setting or a window that cannot be used: which, what is wrong, what is expected."""
