# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of what goes wrong with one host's surfaces, beside the wire's own errors."""

from __future__ import annotations


class HostError(Exception):
    """A host cannot be read or changed as it was wanted: one sentence with what was tried and what to do."""
