# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages for the scenarios of the hotfix operation."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.hotfix import driver


@pytest.fixture(scope="session")
def package_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one package for each architecture."""
    return driver.packages(tmp_path_factory.mktemp("packages"))
