# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of what goes wrong with an operation on a host, beside the surfaces' and the wire's own errors."""

from __future__ import annotations


class OperationError(Exception):
    """An operation did not reach what it was for: one sentence with what was wrong, where, and what to do."""
