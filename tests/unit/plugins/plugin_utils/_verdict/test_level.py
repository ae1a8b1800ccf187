# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One kernel against one fix."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.level import KernelLevel, level_of


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("6.0.6001.22191", KernelLevel.FIXED),
        ("6.0.6001.22190", KernelLevel.BELOW),
        ("6.0.6001.24575", KernelLevel.FIXED),
        ("6.0.6001.18538", KernelLevel.BELOW),
        ("6.0.6001.24576", KernelLevel.UNKNOWN),
        ("6.0.6001.16000", KernelLevel.UNKNOWN),
        ("6.0.6002.22191", KernelLevel.UNKNOWN),
        ("6.0.6000.22191", KernelLevel.UNKNOWN),
        ("6.1.6001.22191", KernelLevel.UNKNOWN),
    ],
)
def test_level(version: str, level: KernelLevel) -> None:
    assert level_of(FileVersion.parse(version), FileVersion.parse("6.0.6001.22191")) is level
