# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted host for each test of the assessment."""

from __future__ import annotations

import pytest
from unit.plugins.plugin_utils._windows.scripted import (
    ScriptedClient,
)


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient()
