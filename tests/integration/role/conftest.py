# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages for the scenarios of the role."""

from __future__ import annotations

from pathlib import Path

import pytest
from packages import write_msu


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with one package for each architecture."""
    folder: Path = tmp_path_factory.mktemp("packages")
    for architecture in ("x86", "x64", "ia64"):
        write_msu(folder, architecture)
    return str(folder)
