# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading an action plugin, as a strategy does before it forks, loads what every fork would load for itself."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import preload
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import ntlm

TESTS = Path(__file__).resolve().parents[4]
PARENT = """
import sys
from ansible.plugins.loader import action_loader, connection_loader, init_plugin_loader
init_plugin_loader([])
assert "winrm" not in sys.modules
action_loader.get("winlegacy.servicing.hotfix_info", class_only=True)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue import catalogue
print("winrm.protocol" in sys.modules, "spnego" in sys.modules, bool(connection_loader._module_cache),
      catalogue._own.cache_info().currsize > 0)
"""


def test_the_parent_has_all_of_it() -> None:
    path = os.pathsep.join([str(TESTS.parent / "build" / "collections"), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "ANSIBLE_COLLECTIONS_PATH": str(TESTS.parent / "build" / "collections")}
    done = subprocess.run(
        [sys.executable, "-c", PARENT], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["True"] * 4, done.stderr


def test_what_cannot_be_loaded_is_told_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise AttributeError("half installed")

    monkeypatch.setattr(importlib, "import_module", broken)
    monkeypatch.setattr(connection_loader, "get", broken)
    monkeypatch.setattr(ntlm, "warm_up", broken)
    preload.preload()
