# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that Microsoft really made. They are no part of the project: a test that wants one skips without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
GENUINE = sorted(Path(os.environ.get("WINLEGACY_GENUINE", _ROOT.parent / "shared" / "genuine")).glob("*.msu"))
"""Files of the folder that WINLEGACY_GENUINE names."""
genuine = pytest.mark.skipif(not GENUINE, reason="no genuine package: WINLEGACY_GENUINE names a folder of them")
