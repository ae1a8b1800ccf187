# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that check our fixtures independently of us; a test whose program is absent skips and names the package."""

from __future__ import annotations

import shutil

import pytest


def needs(program: str, package: str | None = None) -> pytest.MarkDecorator:
    """Skip a test unless a program is on PATH. package: its Debian package, where that has another name."""
    reason = f"the Debian package {package or program} is not installed"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)
