# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specifications of the modules that work on the controller for a whole play.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

ROLLOUTS = ["stage", "remediate", "restart", "rollback"]

PLAYBOOKS = ["assess", "merge", *ROLLOUTS]

ROLES = ["kb952876", "hotfix"]

ROLLOUT_SETTINGS = {
    "role": {"type": "str", "choices": ROLES, "default": "kb952876"},
    "playbook": {"type": "str", "choices": PLAYBOOKS},
    "state": {"type": "str", "required": True},
}

ROLLOUT_SCOPE = {
    "playbook": {"type": "str", "required": True, "choices": ROLLOUTS},
    "state": {"type": "str", "required": True, "choices": ["staged", "present", "absent", "restarted"]},
    "settings": {"type": "dict", "required": True},
}

ROLLOUT_MEMBER = {
    "host": {"type": "str", "required": True},
    "group": {"type": "str", "required": True},
}

ROLLOUT_BATCH = {
    "step": {"type": "str", "required": True, "choices": ["begin", "end", "last"]},
    "scope": {"type": "dict", "required": True},
}

FLEET_REPORT = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "kb": {"type": "str"},
    "folder": {"type": "str", "default": ""},
    "formats": {
        "type": "list",
        "elements": "str",
        "default": ["html", "csv", "json", "junit"],
        "choices": ["html", "csv", "json", "junit", "text", "markdown"],
    },
    "query": {"type": "str", "default": ""},
    "compare": {"type": "str", "default": ""},
    "inventory_file": {"type": "str", "default": ""},
    "terminal": {"type": "bool", "default": False},
    "playbook": {"type": "str", "default": "", "choices": ["", *PLAYBOOKS]},
}

FLEET_PART = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "kb": {"type": "str"},
    "name": {"type": "str", "required": True},
    "details": {"type": "bool", "default": False},
}

FLEET_MERGE = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "kb": {"type": "str"},
    "parts": {"type": "list", "elements": "str", "default": []},
}
