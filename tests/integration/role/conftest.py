# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages for the scenarios of the role."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.role.runner import Packages
from packages import write_msu
from packages.proven import proof, signed


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """A folder with one package for each architecture, and what proves their origin."""
    folder: Path = tmp_path_factory.mktemp("packages")
    paths = [signed(write_msu(folder, architecture)) for architecture in ("x86", "x64", "ia64")]
    proven = {f"kb952876_{name}": value for name, value in proof(*paths).items()}
    return {"kb952876_package_dir": str(folder), **proven}
