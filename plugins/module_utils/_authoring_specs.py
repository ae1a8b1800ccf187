# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specification of hotfix_definition.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

HOTFIX_DEFINITION = {
    "dest": {"type": "path", "required": True},
    "packages": {"type": "list", "elements": "path", "default": []},
    "article": {"type": "path"},
    "kb": {"type": "str"},
    "title": {"type": "str"},
    "paths": {"type": "dict", "default": {}},
    "checksum": {"type": "list", "elements": "str", "default": []},
    "signature": {"type": "str", "default": "auto", "choices": ["auto", "require", "prefer", "ignore"]},
    "ca_file": {"type": "path"},
    "details": {"type": "bool", "default": False},
}

HOTFIX_DEFINITION_RULES = {"required_if": [["signature", "require", ["ca_file"]]]}
