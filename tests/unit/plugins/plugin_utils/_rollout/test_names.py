# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook that does not read what another hotfix was asked by would work on the ready-made one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("hotfix_kbs", "KB942288", "hotfix_kb"),
        ("hotfix_KB", "KB942288", "hotfix_kb"),
        ("Hotfix_kb", 942288, "hotfix_kb"),
        ("hotfix-kb", "KB942288", "hotfix_kb"),
        ("hotfix", "KB942288", "hotfix_kb"),
        ("hotfix_number", 942288, "hotfix_kb"),
        ("kb", "kb942288", "hotfix_kb"),
        ("hotfix_definition_dirs", "/srv", "hotfix_definition_dir"),
        ("hotfix", "KB952876", None),
        ("kb", "see the ticket", None),
        ("hotfix_list", "KB942288", None),
        ("ticket", "KB942288", None),
        ("hotfix_reboot", True, None),
        ("kb952876_window", [], None),
    ],
)
def test_a_name_that_was_meant_for_another_hotfix_is_told(name: str, value: Any, meant: str | None) -> None:
    found = names.meant_another([name, "ansible_host"], {name: value}, "KB952876")
    assert found == ({name: meant} if meant else {})


def test_of_the_inventory_only_near_misses_count() -> None:
    assert names.meant_another(["kb", "hotfix_kbs"], {}, "KB952876") == {"hotfix_kbs": "hotfix_kb"}
