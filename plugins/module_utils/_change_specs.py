# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specifications of the modules that change hosts: hotfix and reboot.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

from ansible_collections.winlegacy.servicing.plugins.module_utils._definition_specs import (
    DEFINITION_OPTIONS,
    ONE_SOURCE,
)
from ansible_collections.winlegacy.servicing.plugins.module_utils._package_specs import PACKAGE_OPTIONS

REBOOT_REASONS = [
    "required_by_kb",
    "cbs_reboot_pending",
    "cbs_reboot_in_progress",
    "cbs_packages_pending",
    "windows_update",
    "file_rename",
    "computer_rename",
    "netlogon",
    "sccm",
]

WINDOWS = {
    "windows": {"type": "list", "elements": "dict", "default": []},
    "window_reserve": {"type": "int", "default": 0},
}

HOTFIX = {
    **PACKAGE_OPTIONS,
    **WINDOWS,
    **DEFINITION_OPTIONS,
    "state": {"type": "str", "required": True, "choices": ["staged", "present", "absent"]},
    "only_if_symptomatic": {"type": "bool", "default": False},
    "symptom_interval": {"type": "int", "default": 30},
    "fail_if_not_applicable": {"type": "bool", "default": False},
    "cleanup": {"type": "bool", "default": False},
    "details": {"type": "bool", "default": False},
    "transfer": {"type": "str", "default": "auto", "choices": ["auto", "smb", "winrm", "path"]},
    "source_path": {"type": "str"},
    "source_user": {"type": "str"},
    "source_password": {"type": "str", "no_log": True},
    "smb_user": {"type": "str"},
    "smb_password": {"type": "str", "no_log": True},
    "smb_port": {"type": "int", "default": 445},
    "smb_share": {"type": "str", "default": "ADMIN$"},
    "transfer_timeout": {"type": "int", "default": 7200},
    "installer": {"type": "str", "default": "pkgmgr", "choices": ["pkgmgr", "pkgmgr_package", "wusa"]},
    "install_timeout": {"type": "int", "default": 3600},
    "lock_timeout": {"type": "int", "default": 600},
    "deadline": {"type": "int"},
}

HOTFIX_RULES = {
    "mutually_exclusive": [["path", "package_dir"], ONE_SOURCE],
    "required_if": [["signature", "require", ["ca_file"]], ["transfer", "path", ["source_path"]]],
    "required_together": [["source_user", "source_password"], ["smb_user", "smb_password"]],
}

REBOOT_RULES = {"mutually_exclusive": [ONE_SOURCE]}

REBOOT = {
    **WINDOWS,
    **DEFINITION_OPTIONS,
    "msg": {"type": "str", "default": ""},
    "delay": {"type": "int", "default": 5},
    "reason": {"type": "str", "default": "p:2:17"},
    "timeout": {"type": "int", "default": 1800},
    "deadline": {"type": "int"},
    "random_start": {"type": "int", "default": 0},
    "settle": {"type": "int", "default": 20},
    "only_if_required": {"type": "bool", "default": False},
    "required_reasons": {
        "type": "list",
        "elements": "str",
        "default": ["required_by_kb"],
        "choices": REBOOT_REASONS,
    },
}
