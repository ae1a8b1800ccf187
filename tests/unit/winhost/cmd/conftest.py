# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the cmd room's tests."""

from __future__ import annotations

import pytest
from unit.winhost.cmd.harness import Host


@pytest.fixture
def host() -> Host:
    return Host()
