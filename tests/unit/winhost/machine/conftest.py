# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the machine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from packages import build_cab


@pytest.fixture(scope="module")
def cab_x64() -> Iterator[bytes]:
    yield build_cab("x64", small_kernels=True)
