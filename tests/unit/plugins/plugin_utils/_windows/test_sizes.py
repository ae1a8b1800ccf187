# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes that a host tells: a number of ASCII digits, or none."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.files import free_space, sizes
from unit.plugins.plugin_utils._windows.scripted import ScriptedClient


@pytest.mark.parametrize(
    ("told", "size"),
    [("0", 0), ("4720056", 4720056), ("\u00b2", None), ("\u0661", None), ("-1", None), ("9" * 5000, None)],
)
def test_sizes(told: str, size: int | None) -> None:
    client = ScriptedClient()
    client.rows["CIM_DataFile"] = [{"Name": "c:\\x", "FileSize": told}]
    client.rows["Win32_LogicalDisk"] = [{"FreeSpace": told}]
    assert sizes(client, ["C:\\x"]).get("C:\\x") == size
    assert free_space(client, "C:") == size
