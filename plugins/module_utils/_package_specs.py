# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specifications about packages: the options that hotfix shares, and package_info's own.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

from ansible_collections.winlegacy.servicing.plugins.module_utils._definition_specs import (
    DEFINITION_OPTIONS,
    ONE_SOURCE,
)

PACKAGE_OPTIONS = {
    "path": {"type": "path"},
    "package_dir": {"type": "path"},
    "checksum": {"type": "list", "elements": "str", "default": []},
    "signature": {"type": "str", "default": "auto", "choices": ["auto", "require", "prefer", "ignore"]},
    "ca_file": {"type": "path"},
    "allow_later": {"type": "bool", "default": False},
}

PACKAGE_INFO = {
    **PACKAGE_OPTIONS,
    **DEFINITION_OPTIONS,
    "architecture": {"type": "str", "choices": ["x86", "x64", "ia64"]},
    "details": {"type": "bool", "default": False},
    "fail_on_refusal": {"type": "bool", "default": True},
}

PACKAGE_INFO_RULES = {
    "mutually_exclusive": [["path", "package_dir"], ONE_SOURCE],
    "required_one_of": [["path", "package_dir"]],
    "required_by": {"package_dir": ["architecture"]},
    "required_if": [["signature", "require", ["ca_file"]]],
}
